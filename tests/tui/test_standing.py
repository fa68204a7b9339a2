"""Whether an act can be done: every reason against one is a sentence."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tlsca.tui.actions import BY_ID
from tlsca.tui.standing import Standing, hindrance

ROOT = SimpleNamespace(title="Home Root", record=SimpleNamespace(id="1", issuer_id="1", is_authority=True))
THERE = Standing(entry=ROOT)


@pytest.mark.parametrize(
    ("act", "standing", "reason"),
    [
        ("issue", THERE, ""),
        ("help", Standing(closed="The store is damaged."), ""),
        ("issue", Standing(closed="The store is damaged."), "The store is damaged."),
        ("issue", replace(THERE, read_only="It is a copy."), "Issue changes the store. It is a copy."),
        ("export", replace(THERE, read_only="It is a copy."), ""),
        ("export", Standing(nothing="There is none."), "There is none."),
        ("issue", Standing(nothing="There is none."), ""),
        ("revoke", THERE, "Home Root is a root, and a root cannot revoke itself."),
        ("revoke", replace(THERE, marked=2), ""),
        ("trust", replace(THERE, marked=2), ""),
    ],
)
def test_an_act_that_cannot_be_done_says_why(act, standing, reason):
    assert hindrance(BY_ID[act], standing) == reason


async def test_in_read_only_mode_what_writes_is_greyed_and_says_why_and_the_title_says_it(operate, demo):
    async with operate(demo, read_only=True) as op:
        await op.opened()
        await op.until("! read-only  ▢ locked")
        assert op.home_screen.check_action("issue", ()) is None
        assert op.home_screen.check_action("export", ()) is True
        await op.press("i")
        await op.until(lambda: "Issue changes the store. It was opened for reading only." in op.told())
        await op.go_to("localhost")
        await op.press("m")
        await op.dialog("MenuDialog")
        await op.until("Renew changes the store.")
        await op.press("r")
        await op.until(lambda: op.told().count("Renew changes the store.") == 1)
        await op.press("t")
        await op.home()
        await op.until("Host:port")


async def test_while_something_is_typed_the_footer_shows_no_key_that_would_be_typed(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.until("? Help")
        await op.press("slash")
        await op.until("F1 Help")
        assert "? Help" not in op.text()
        assert "i Issue" not in op.text()
        assert "/ Filter" not in op.text()
        await op.press("f1")
        await op.dialog("HelpDialog")
        await op.press("escape", "escape")
        await op.until("? Help")


async def test_every_screen_says_whether_keys_can_be_used_and_locks_at_once(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.press("ctrl+l")
        await op.unlock(passphrase)
        await op.until("▣ unlocked")
        await op.press("H")
        await op.until(lambda: type(op.app.screen).__name__ == "HostsScreen" and "▣ unlocked" in op.text())
        await op.press("ctrl+l")
        await op.until("▢ locked")
        assert not op.home_screen._desk.unlocked


async def test_a_form_that_stands_open_does_not_keep_the_store_from_being_locked(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.press("ctrl+l")
        await op.unlock(passphrase)
        await op.home()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.type("late.home.arpa")
        await op.press("ctrl+l")
        await op.until(lambda: not op.home_screen._desk.unlocked)
        await op.press("ctrl+s")
        await op.dialog("UnlockDialog")
        await op.press("escape")
        assert op.find("#names").value == "late.home.arpa"
