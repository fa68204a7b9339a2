"""The registry of acts: every act can be reached, by a key that arrives, and is told everywhere from one place."""

import re

from textual.command import CommandPalette

from tlsca.tui.actions import ACTS, PALETTE
from tlsca.tui.keymap import Keymap
from tlsca.tui.screens.home import HomeScreen

# Terminals send these as another key, or keep them to themselves.
EATEN = {
    "ctrl+m",
    "ctrl+i",
    "ctrl+h",
    "ctrl+left_square_bracket",
    "ctrl+j",
    "ctrl+enter",
    "alt+enter",
    "ctrl+c",
    "ctrl+z",
}


def test_every_act_has_a_method_on_the_home_screen():
    assert [act.id for act in ACTS if not act.action and not hasattr(HomeScreen, f"action_{act.id}")] == []


def test_no_two_acts_share_a_key_and_no_terminal_eats_one():
    keys = [key for act in ACTS for key in act.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert not EATEN & set(keys)


def test_the_footer_fits_80_columns():
    width = sum(len(f" {Keymap().shown(act)} {act.title} ") for act in ACTS if act.footer)
    assert width <= 80


async def test_help_and_the_palette_list_every_act(operate, demo):
    async with operate(demo, (100, 200)) as op:
        await op.opened()
        await op.press("question_mark")
        await op.dialog("HelpDialog")
        shown = re.sub(r"\s+", " ", re.sub(r"[│▌]", " ", op.text()))
        assert [act.help for act in ACTS if act.help not in shown] == []
        await op.press("escape")
        await op.home()
        await op.press("ctrl+p")
        await op.until(lambda: isinstance(op.app.screen, CommandPalette))
        await op.until("Close tlsca")
        assert [act.title for act in ACTS if act is not PALETTE and act.title not in op.text()] == []


async def test_an_act_that_cannot_be_done_is_greyed_until_there_is_something_to_do_it_to(
    operate, tmp_path, demo
):
    async with operate(demo) as op:
        await op.opened()
        assert op.home_screen.check_action("export", ()) is True
        await op.press("slash")
        await op.type("no such name")
        await op.until("No certificate matches")
        assert op.home_screen.check_action("export", ()) is None
