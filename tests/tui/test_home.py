"""The home: what matters today, the timeline and the tree of authorities, and that each leads where something can be done."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority.timeline import Ending, Span
from tlsca.text import BAR_STEPS
from tlsca.tui.pane_sizes import LOW, WIDE, Pane, PaneSizes
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.expiry_chart import ExpiryChart, words_of
from tlsca.tui.widgets.skyline import Part, column

_NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=3), st.integers(1, 12))
def test_a_bar_stands_on_the_floor_and_is_as_high_as_it_has_to_be(numbers, rows):
    most = max(sum(numbers), 1)
    cells = column([Part(number, f"$c{place}") for place, number in enumerate(numbers)], most=most, rows=rows)
    assert len(cells) == rows
    filled = [BAR_STEPS.index(cell.char) if " on " not in cell.style else 8 for cell in cells]
    assert filled == sorted(filled)
    assert sum(filled) == (8 * rows if sum(numbers) else 0)


@given(st.integers(1, 400), st.integers(1, 12))
def test_even_one_of_many_is_higher_than_the_floor_of_the_chart(most, rows):
    bottom = column([Part(0, "$a"), Part(1, "$b")], most=most, rows=rows)[-1]
    assert BAR_STEPS.index(bottom.char) >= 2
    assert bottom.style == "$b"


def test_of_two_parts_in_one_cell_both_are_seen():
    bottom = column([Part(1, "$warning"), Part(1, "$success")], most=2, rows=1)[-1]
    assert bottom == ("▄", "$warning on $success")


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(_NOW.date(), _NOW.date() + timedelta(days=6)), "31 Jan to 6 Feb 2030: nothing ends"),
        (
            Span(
                _NOW.date(),
                None,
                valid=2,
                renewed=1,
                first=(Ending("Root CA", _NOW + timedelta(days=4000), True),),
            ),
            "After 31 Jan 2030: 3 end, in 11 years (1 renewed already): ◆ Root CA and 2 more",
        ),
        (
            Span(_NOW.date(), _NOW.date(), lapsed=1, is_past=True, first=(Ending("a\x1b", _NOW, False),)),
            "1 ended lately with nothing in its place: a\\x1b",
        ),
    ],
)
def test_a_span_is_told_in_a_line(span, words):
    assert words_of(span, _NOW, 3) == words


@given(
    st.integers(1, 300),
    st.integers(1, 100),
    st.lists(st.tuples(st.sampled_from(Pane), st.sampled_from((-1, 1)))),
)
def test_however_panes_are_resized_each_keeps_some_room(width, height, presses):
    sizes = PaneSizes()
    for pane, steps in presses:
        sizes = sizes.resized(pane, steps)
    lines, columns = sizes.lines(width, height), sizes.columns(width)
    assert lines == 0 if height < LOW else 3 <= lines <= height - 10
    assert columns == 0 if width < WIDE else 26 <= columns <= width - 60
    assert 25 <= sizes.certificates <= 75


def test_the_inspector_grows_by_what_the_table_loses():
    assert PaneSizes().resized(Pane.INSPECTOR, 1) == PaneSizes().resized(Pane.CERTIFICATES, -1)


async def test_what_matters_today_is_two_keys_away(operate, demo, either_size):
    async with operate(demo, either_size) as op:
        await op.opened()
        assert op.find(CertificateTable).has_focus
        await op.until("○ 1 expired  ◐ 1 expiring")
        await op.until("Next to end: mail.home.arpa in 15 days")

        await op.press("1", "right")
        await op.until("1 certificate ends within 30 days, with nothing in its place.")
        await op.press("enter")
        await op.until(lambda: op.titles() == ["mail.home.arpa"])
        await op.until("status:expiring renewed:no")
        assert op.find(CertificateTable).has_focus

        await op.press("1", "down", "right", "right")
        await op.until("1 ends, in 26 days: *.apps.home.arpa")
        await op.press("enter")
        await op.until(lambda: op.titles() == ["*.apps.home.arpa"])
        await op.press("escape")
        await op.until(lambda: len(op.rows()) == 11)

        await op.press("8", "enter")
        await op.until(lambda: set(op.titles()) == {"Home Root CA", "Home Issuing CA"})
        assert op.find(CertificateTable).has_focus


async def test_a_pane_has_the_screen_for_itself_until_escape(operate, demo):
    async with operate(demo, (160, 45)) as op:
        await op.opened()
        chart, table = op.find(ExpiryChart), op.find(CertificateTable)
        await op.until(lambda: chart.size.height)
        before = chart.size, table.size
        await op.press("1", "down", "right_square_bracket")
        await op.until(lambda: chart.size.height == before[0].height + 1)
        await op.press("left_square_bracket", "z")
        await op.until(lambda: chart.size.height > 35)
        await op.press("2")
        await op.until(lambda: table.size.height > 35)
        await op.press("escape")
        await op.until(lambda: (chart.size, table.size) == before)
        assert op.home_screen.sizes == PaneSizes()


async def test_the_timeline_gives_way_to_the_table_where_it_is_low(operate, demo):
    async with operate(demo, (80, 15)) as op:
        await op.opened()
        await op.until("○ 1 expired")
        assert "Next to end" not in op.text()
        assert op.find(CertificateTable).size.height == 12
        await op.press("1", "down")
        assert op.find(CertificateTable).has_focus


async def test_any_size_will_do_wherever_the_focus_is(operate, demo):
    async with operate(demo, (160, 45)) as op:
        await op.opened()
        await op.press("1", "down", "end")
        for size in ((80, 24), (20, 30), (1, 1), (13, 25), (120, 20)):
            await op.pilot.resize_terminal(*size)
            await op.press("left", "right", "8", "z", "z", "1", "down", "end")
        await op.until("After ")
