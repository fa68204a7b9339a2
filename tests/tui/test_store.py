"""What the operator is told about the store: locked or not, changed by somebody else, damaged, or not there."""

import pytest

from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.keeping import open_store, unlock


async def test_a_wrong_passphrase_is_told_and_changes_nothing(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        assert "▢ locked" in op.text()
        await op.press("ctrl+l")
        await op.unlock("this is not it at all")
        await op.until("does not open")
        assert op.find("#passphrase").value == ""
        await op.type(passphrase)
        await op.press("enter")
        await op.until("▣ unlocked")
        await op.press("ctrl+l")
        await op.until("▢ locked")


async def test_issuing_from_a_locked_store_asks_for_the_passphrase_first(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        before = op.titles()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.type("new.home.arpa")
        await op.press("enter")
        await op.dialog("UnlockDialog")
        await op.press("escape")
        await op.dialog("IssueDialog")
        assert op.titles() == before
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: op.titles() == [*before, "new.home.arpa"])


async def test_enter_pressed_twice_issues_once(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.press("ctrl+l")
        await op.unlock(passphrase)
        await op.home()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.type("once.home.arpa")
        for _ in range(3):
            op._send("enter")
        await op.home()
        await op.until(lambda: "once.home.arpa" in op.titles())  # a notice says it before the table does
        assert op.titles().count("once.home.arpa") == 1


async def test_the_store_locks_itself_when_nothing_was_pressed_for_a_while(operate, demo, passphrase):
    async with operate(demo, lock_minutes=1) as op:
        await op.opened()
        await op.press("ctrl+l")
        await op.unlock(passphrase)
        await op.until("▣ unlocked")
        op.app._lock_when_idle()
        assert "▣ unlocked" in op.text()
        op.app._touched -= 61
        op.app._lock_when_idle()
        await op.until("▢ locked")
        await op.until(lambda: "nothing was pressed" in op.told())


async def test_what_another_process_adds_appears_by_itself_and_leaves_what_is_typed_alone(
    operate, demo, passphrase, in_thread
):
    other = open_store(demo)
    unlock(other, passphrase)
    async with operate(demo, (120, 40)) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("t")
        await op.replace("10.0.0.1:8443")
        await in_thread(issue, other, CertificateForm(names=("other.home.arpa",), issuer="Home Issuing CA"))
        await op.until("other.home.arpa")
        assert op.current().title == "localhost"
        assert op.find("#target").value == "10.0.0.1:8443"
    other.close()


async def test_the_filter_narrows_the_list_and_escape_clears_it(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        total = len(op.rows())
        await op.press("slash")
        await op.type("status:exp -expired")
        await op.until(lambda: op.titles() == ["mail.home.arpa"])
        assert f"1 of {total}" in op.text()
        await op.replace("expires<soon")
        await op.until("“expires<soon” is no filter.")
        await op.press("enter")
        assert op.find("#filter").has_focus
        await op.replace("san:*.home.arpa profile:client")
        await op.until(lambda: op.titles() == [])
        await op.press("escape")
        await op.until(lambda: len(op.rows()) == total)


async def test_a_damaged_journal_opens_for_reading_and_says_why(operate, demo):
    journal = demo / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[-2] = lines[-2].replace(b"home.arpa", b"evil.arpa", 1)
    journal.write_bytes(b"".join(lines))
    async with operate(demo) as op:
        await op.opened()
        await op.until("! read-only")
        assert "line" in op.told()
        assert "localhost" not in op.titles()
        for key in ("i", "a", "I"):
            before = op.told()
            await op.press(key)
            await op.until(lambda before=before: op.told() != before)
            await op.home()
        assert "reading only" in op.told() or "read-only" in op.told().lower()


@pytest.mark.parametrize("content", [b"", b"no journal\n", b"\x00" * 500])
async def test_a_journal_that_is_none_is_told_and_the_app_can_be_left(operate, demo, content):
    (demo / "journal.jsonl").write_bytes(content)
    async with operate(demo) as op:
        await op.until(lambda: op.told() or "! read-only" in op.text())
        await op.press("i", "e", "t", "enter", "ctrl+l", "q")
        await op.until(lambda: not op.app.is_running or op.app._exit)


async def test_the_demo_can_be_unlocked_again_and_is_gone_afterwards(operate, tmp_path):
    async with operate(tmp_path / "store") as op:
        await op.until("Try the demo")
        await op.press("d")
        await op.opened()
        await op.until(lambda: "passphrase" in op.told())
        place = op.home_screen._place
        assert place.is_dir()
    assert not place.exists()
    assert not (tmp_path / "store").exists()
