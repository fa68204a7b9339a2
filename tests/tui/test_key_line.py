"""The keys at the foot of a screen: they stay as they are while nothing about them changes, and follow what can be done."""

from tlsca.tui.widgets.activity_table import ActivityTable
from tlsca.tui.widgets.key_line import KeyLine


async def test_a_cursor_that_goes_down_leaves_the_keys_as_they_are(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.until("e Export")
        await op.settle()
        drawn = list(op.find(KeyLine).children)
        await op.press("down", "down")
        await op.settle()
        assert op.current() is op.rows()[2]
        assert list(op.find(KeyLine).children) == drawn


async def test_another_place_for_the_cursor_has_other_keys(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.until("e Export")
        await op.press("/")
        await op.until(lambda: "e Export" not in op.text())
        await op.press("escape")
        await op.until("e Export")


async def test_a_click_on_a_key_presses_it(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.until("e Export")
        await op.pilot.click(KeyLine, offset=(op.text().splitlines()[-1].index("Export"), 0))
        await op.dialog("ExportDialog")


async def test_a_screen_that_is_left_draws_its_keys_no_more(operate, demo):
    """What is under its cursor, which the keys depend on, may be gone before the line of keys is."""
    async with operate(demo) as op:
        await op.opened()
        await op.press("5")
        await op.until(lambda: op.find(ActivityTable).has_focus)
        line = op.find(KeyLine)
        await op.find(ActivityTable).remove()
        op.app.pop_screen()
        await line.recompose()
        await op.home()
