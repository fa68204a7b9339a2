"""The line at the top: what stays of it in a narrow terminal."""

import pytest
from textual.app import App

from tlsca.tui.widgets.title_bar import TitleBar


class Bar(App):
    def compose(self):
        bar = TitleBar()
        bar.place = "~/.local/share/tlsca"
        bar.counts = "61 certificates, 12 expiring or expired"
        bar.marked = "✔ 3 marked"
        bar.vault = "unlocked"
        bar.read_only = True
        bar.running = 1
        yield bar


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (
            130,
            "tlsca ~/.local/share/tlsca ▸ 1 running ✔ 3 marked 61 certificates, 12 expiring or expired ! read-only ▣ unlocked",
        ),
        (80, "tlsca ~/.local/share/tlsca ▸ 1 running ✔ 3 marked ! read-only ▣ unlocked"),
        (50, "tlsca ✔ 3 marked ! read-only ▣ unlocked"),
        (33, "tlsca ! read-only ▣ unlocked"),
        (28, "! read-only ▣ unlocked"),
    ],
)
async def test_what_has_no_room_is_left_out_whole_and_the_lock_stays(width, line):
    async with Bar().run_test(size=(width, 3)) as pilot:
        drawn = pilot.app.query_one(TitleBar).render().plain
        assert " ".join(drawn.split()) == line
        assert len(drawn) <= width - 2


async def test_a_form_that_covers_the_line_says_the_lock_in_its_place_and_no_other_does(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.until(lambda: "Issue a certificate  ▢ locked" in op.text().splitlines()[0])
        await op.press("escape")
        await op.home()
        await op.press("a")
        await op.dialog("AuthorityDialog")
        assert str(op.find("#frame").border_title) == "Create an authority"


async def test_a_form_in_a_very_narrow_terminal_keeps_the_buttons_that_leave_and_do_it(operate, demo):
    async with operate(demo, (40, 20)) as op:
        await op.until(op.rows)
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.until(lambda: op.text().splitlines()[-2].split()[1:-1] == ["Cancel", "Issue"])
