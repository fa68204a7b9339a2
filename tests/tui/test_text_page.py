"""A page of text: what is found, what is selected and copied, and what reaches the screen, however long it is."""

from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.geometry import Offset
from textual.selection import Selection

from tlsca.tui.finding import MOST, Standing, occurrences, parts_of
from tlsca.tui.widgets.text_page import Page, TextPage, page


class Reader(App):
    def compose(self):
        yield TextPage()


@pytest.fixture
async def reader():
    app = Reader()
    async with app.run_test(size=(40, 10)) as pilot:
        app.query_one(TextPage).focus()
        await pilot.pause()
        yield pilot


def lines(pilot):
    return ["".join(strip.text) for strip in pilot.app.screen._compositor.render_strips()]


async def found(pilot, needle):
    """Look for something and wait for how the search stands."""
    told = []
    pilot.app.query_one(TextPage).find(needle, told.append)
    while not told:
        await pilot.pause(0.01)
    await pilot.pause()
    return told


async def test_two_hundred_thousand_lines_are_searched_to_the_last(reader):
    text = page("".join(f"line {number} of many\n" for number in range(200_000)))
    shown = reader.app.query_one(TextPage)
    shown.show(text)
    told = await found(reader, "LINE 199999 ")
    assert told == [Standing(1, 1)]
    assert any("line 199999 of many" in line for line in lines(reader))
    assert (await found(reader, "many"))[-1].sentence == "1 of 100,000+"
    assert (await found(reader, "nowhere"))[-1].sentence == "not found"


async def test_only_the_lines_in_view_are_drawn(reader, monkeypatch):
    drawn = []
    draw = TextPage.render_line
    monkeypatch.setattr(TextPage, "render_line", lambda self, y: drawn.append(y) or draw(self, y))
    reader.app.query_one(TextPage).show(page("x\n" * 100_000))
    await reader.pause()
    assert drawn
    assert set(drawn) <= set(range(10))


async def test_one_line_of_five_million_letters_is_drawn_and_searched(reader):
    shown = reader.app.query_one(TextPage)
    shown.show(page("x" * 5_000_000 + "needle" + "x" * 50))
    assert await found(reader, "needle") == [Standing(1, 1)]
    assert "needle" in lines(reader)[0]


async def test_wide_letters_keep_their_cells_when_the_page_is_scrolled_sideways(reader):
    shown = reader.app.query_one(TextPage)
    shown.show(page("日本語abc\n" + "x" * 100))
    await reader.pause()
    assert lines(reader)[0].startswith(" 日本語abc")
    shown.scroll_to(3, 0, animate=False)
    await reader.pause()
    assert lines(reader)[0].startswith("  語abc")


async def test_a_slip_of_whoever_gives_the_text_does_not_reach_the_terminal(reader):
    reader.app.query_one(TextPage).show(page("a\x1b[2Jb\u202e\nc"))
    await reader.pause()
    assert "\\x1b[2J" in lines(reader)[0]
    assert not any(char in "".join(lines(reader)) for char in "\x1b\u202e")


async def test_lines_are_selected_with_shift_and_forgotten_with_escape(reader):
    shown = reader.app.query_one(TextPage)
    shown.show(page("one\ntwo\nthree\nfour\n"))
    assert shown.copied() is None
    await reader.press("shift+down", "shift+down", "shift+down")
    assert shown.copied() == ("3 lines", "one\ntwo\nthree\n")
    await reader.press("shift+up")
    assert shown.copied() == ("2 lines", "one\ntwo\n")
    await reader.press("shift+pagedown")
    assert shown.copied() == ("4 lines", "one\ntwo\nthree\nfour\n")
    await reader.press("escape")
    assert shown.copied() is None


async def test_selecting_begins_at_what_was_found(reader):
    shown = reader.app.query_one(TextPage)
    shown.show(page("one\ntwo\nthree\nfour\n"))
    await found(reader, "thr")
    await reader.press("shift+down", "shift+down")
    assert shown.copied()[1] == "three\nfour\n"


async def test_the_mouse_selects_letters(reader):
    shown = reader.app.query_one(TextPage)
    shown.show(page("one\ntwo\nthree\n"))
    reader.app.screen.selections = {shown: Selection(Offset(1, 0), Offset(2, 1))}
    await reader.pause()
    assert shown.copied() == ("selected text", "ne\ntw")
    reader.app.screen.selections = {shown: Selection(None, None)}
    assert shown.copied() == ("selected text", "one\ntwo\nthree")


async def test_the_same_text_shown_again_stays_where_it_was(reader):
    shown = reader.app.query_one(TextPage)
    text = "".join(f"{number}\n" for number in range(100))
    shown.show(page(text))
    await reader.press("end")
    await reader.pause()
    shown.show(page(text))
    await reader.pause()
    assert "99" in lines(reader)[-1]
    shown.show(Page())
    await reader.pause()
    assert not "".join(lines(reader)).strip()


async def test_a_search_goes_around_the_ends(reader):
    reader.app.query_one(TextPage).show(page("ab\nxx\nab\nxx\nab\n"))
    told = await found(reader, "AB")
    for by in (1, 1, 1, -1):
        reader.app.query_one(TextPage).find_next(by)
    assert [one.sentence for one in told] == ["1 of 3", "2 of 3", "3 of 3", "1 of 3", "3 of 3"]


@given(st.text("aAbß\nK", max_size=60), st.text("aAbßK", min_size=1, max_size=3))
def test_every_occurrence_is_found_once_and_in_its_line(text, needle):
    shown = page(text)
    places = occurrences(shown.text, shown.starts, needle)
    assert [text[at : at + len(needle)].lower() for at in places] == [needle.lower()] * len(places)
    expected, at = [], text.lower().find(needle.lower())
    while at >= 0:
        expected.append(at)
        at = text.lower().find(needle.lower(), at + len(needle))
    assert list(places) == expected
    for at in places:
        row = bisect_right(shown.starts, at) - 1
        column = at - shown.starts[row]
        assert shown.lines[row][column : column + len(needle)].lower() == needle.lower()


def test_a_search_that_nobody_waits_for_gives_up():
    shown = page("a\n" * 20_000)
    assert len(occurrences(shown.text, shown.starts, "a", stop=lambda: True)) < 20_000
    assert len(occurrences("a" * (MOST + 5), [0], "a")) == MOST


@given(text=st.text("aAb.*\n"), needle=st.text("aAb.*", max_size=3))
def test_the_parts_of_a_text_are_the_text_and_what_is_found_is_the_needle(text, needle):
    parts = parts_of(text, needle)
    assert "".join(part for part, _ in parts) == text
    assert all(part.lower() == needle.lower() for part, is_found in parts if is_found)
    assert not needle or not any(needle.lower() in part.lower() for part, is_found in parts if not is_found)
