"""Issuing many from the keyboard: what is pasted is looked over while it is typed, and all of it is made or nothing."""

import asyncio
import time

import pytest
from textual import events

from tlsca.tui.widgets.dry_run_table import DryRunTable
from tlsca.tui.widgets.rows_area import RowsArea
from tlsca.tui.widgets.run_progress import RunProgress


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A directory in which the app runs, and which holds nothing but what a test puts there."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


async def opened(op, rows: str) -> None:
    """Open the form and paste rows."""
    await op.opened()
    await op.press("B")
    await op.dialog("BulkDialog")
    op.app.post_message(events.Paste(rows))
    await op.until(lambda: op.find(RowsArea).text)


async def issuing(op) -> None:
    """Wait until the unlocked store has begun to fill, and is far from done."""
    await op.dialog("BulkDialog")
    await op.until(lambda: op.find(RunProgress).progress.done)


async def focused(op, field: str) -> None:
    """Go to a field, as the tab key does in the end."""
    op.find(field).focus()
    await op.until(lambda: op.find(field).has_focus)


def hosts(number: int) -> str:
    return "".join(f"host{at}.example.com www{at}.example.com\n" for at in range(number))


def journal(store) -> bytes:
    return (store / "journal.jsonl").read_bytes()


async def test_pasted_lines_are_shown_then_issued_and_then_stand_in_the_table(operate, demo, passphrase):
    async with operate(demo, (80, 24)) as op:
        await op.opened()
        await op.press("/")
        await op.type("localhost")
        await op.press("enter")
        await opened(op, "a.example www.a.example\r\nb.example\r\n10.0.0.7 c.example\r\n")
        await op.until("3 of 3 rows right")
        assert "Issue 3" in op.text()
        assert op.titles() == ["localhost"]  # what a filter shows; it gives way to what is made
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.until("Issued 3 certificates")
        await op.press("enter")
        await op.home()
        await op.until(lambda: op.titles()[11:] == ["a.example", "b.example", "10.0.0.7"])
        assert op.current().title == "a.example"
        assert op.current().record.names == ("a.example", "www.a.example")
        assert all(entry.has_key for entry in op.rows()[11:])


async def test_rows_that_leave_something_empty_get_what_is_chosen_below(operate, demo):
    async with operate(demo, (120, 40)) as op:
        await opened(op, "name,key,days\na.example,,\nb.example,rsa-2048,7\n")
        await op.until("2 of 2 rows right")
        await focused(op, "#key")
        await op.choose("ed25519")
        await focused(op, "#lifetime")
        await op.choose("issuer")
        issuer = next(entry for entry in op.rows() if entry.title == "Home Issuing CA").record
        end = f"{issuer.not_after:%Y-%m-%d}"
        await op.until(lambda: f"ed25519   {end}" in line_of(op, "a.example"))
        assert "rsa-2048" in line_of(op, "b.example")
        assert end not in line_of(op, "b.example")


async def test_the_commands_of_all_rows_are_shown_and_of_wrong_ones_why_not(operate, demo):
    async with operate(demo, (120, 40)) as op:
        await opened(op, "a.example\nb_b.example\n")
        await op.until("1 of 2 rows right, 1 wrong")
        await op.press("f3")
        await op.dialog("CommandDialog")
        await op.until("Row 2, column name")
        await op.press("escape")
        await op.dialog("BulkDialog")
        op.find(RowsArea).text = "a.example\nb.example\n"
        await op.until("2 of 2 rows right")
        await op.press("f3")
        await op.dialog("CommandDialog")
        await op.until("# A certificate for CN=a.example")
        await op.press("end", "pagedown", "pagedown")
        await op.until("b.example")


def line_of(op, name: str) -> str:
    return next((line for line in op.text().splitlines() if f" {name} " in line and "✔" in line), "")


async def test_a_wrong_row_of_a_file_is_named_with_its_column_and_nothing_is_issued(
    operate, demo, place, passphrase
):
    (place / "rows.csv").write_text("name,days\na.example,30\nb.example,soon\nc.example,\n")
    before = journal(demo)
    async with operate(demo, (80, 24)) as op:
        await op.opened()
        await op.press("B")
        await op.dialog("BulkDialog")
        await op.press("tab")
        await op.type("rows.csv")
        await op.until("2 of 3 rows right, 1 wrong")
        assert "The first wrong one is row 3." in op.text()
        await op.until("Row 3, column days: “soon” is no number of days. Write a whole number")
        await op.press("ctrl+s")
        assert op.find(DryRunTable).has_focus
        assert journal(demo) == before

        (place / "rows.csv").write_text("name,days\na.example,30\nb.example,14\nc.example,\n")
        await focused(op, "#path")
        await op.press("enter")
        await op.until("3 of 3 rows right")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.until("Issued 3 certificates")


async def test_a_path_is_completed_and_one_that_leads_nowhere_is_told(operate, demo, place):
    (place / "the rows.csv").write_text("name\na.example\n")
    async with operate(demo, (80, 24)) as op:
        await op.opened()
        await op.press("B")
        await op.dialog("BulkDialog")
        await op.press("tab")
        await op.type("the")
        await op.until("the rows.csv")
        await op.press("right")
        await op.until("1 of 1 row right")
        await op.replace("~nobody/nowhere.csv")
        await op.until("nowhere.csv cannot be read")


async def test_escape_in_the_middle_stops_and_leaves_nothing(operate, demo, passphrase):
    async with operate(demo, (80, 24)) as op:
        await opened(op, "name,key\n" + "".join(f"host{at}.example.com,rsa-2048\n" for at in range(250)))
        await op.until("250 of 250 rows right")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await issuing(op)
        before = journal(demo)
        op.home_screen.lock_now(
            "Locked."
        )  # as when nothing was pressed for a while: it waits until the run has ended
        await op.press("escape")
        await op.until("none was kept")
        assert journal(demo) == before
        assert len(op.rows()) == 11
        assert "Issue 250" in op.text()  # what was pasted is still there
        await op.press("escape")
        await op.home()


async def test_an_app_that_is_left_in_the_middle_keeps_nothing(operate, demo, passphrase):
    async with operate(demo, (80, 24)) as op:
        await opened(op, "name,key\n" + "".join(f"host{at}.example.com,rsa-2048\n" for at in range(250)))
        await op.until("250 of 250 rows right")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await issuing(op)
        op.app.exit()
    async with operate(demo, (80, 24)) as op:
        await op.opened()
        assert len(op.rows()) == 11


async def test_a_wrong_passphrase_issues_nothing_and_can_be_given_again(operate, demo, passphrase):
    async with operate(demo, (80, 24)) as op:
        await opened(op, "a.example\n")
        await op.until("1 of 1 row right")
        await op.press("ctrl+s")
        await op.unlock("not the passphrase")
        await op.until(lambda: op.find(".dialog-error").has_class("-shown"))
        await op.press("escape")
        await op.dialog("BulkDialog")
        assert "1 of 1 row right" in op.text()
        assert len(op.rows()) == 11
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.until("Issued 1 certificate ")


async def test_hostile_text_in_a_file_is_shown_as_escapes_and_refused(operate, demo, place):
    (place / "rows.csv").write_text(
        'name,subject\nevil\x1b[2J.example,\n[/bad].example,\nbidi\u202emoc.example,\na.example,"CN=\x1b]52;c;x\x07"\n'
    )
    async with operate(demo, (120, 40)) as op:
        await op.opened()
        await op.press("B")
        await op.dialog("BulkDialog")
        await op.press("tab")
        await op.type("rows.csv")
        await op.until("4 rows right")
        shown = op.text()
        assert not {"\x1b", "\u202e", "\x07"} & set(shown)
        assert "evil\\x1b[2J.example" in shown
        assert "[/bad].example" in shown
        assert "bidi\\u202emoc.example" in shown


async def test_hostile_text_that_is_pasted_loses_what_a_terminal_would_act_upon(operate, demo):
    async with operate(demo, (80, 24)) as op:
        await opened(op, "a\x1b[2J.example\u202e\rb.example\tc.example\n")
        assert op.find(RowsArea).text == "a[2J.example\nb.example\tc.example\n"
        await op.until("1 of 2 rows right")


async def test_chains_and_keys_are_written_where_that_is_wanted(operate, demo, place, passphrase):
    out = place / "out"
    async with operate(demo, (80, 24)) as op:
        await opened(op, "a.example\nb.example\na.example\n")
        await op.until("3 of 3 rows right")
        await focused(op, "#directory")
        await op.type("out")
        await focused(op, "#with-key")
        await op.press("space", "ctrl+s")
        await op.unlock(passphrase)
        await op.until("out is no directory.")
        assert len(op.rows()) == 11

        out.mkdir()
        await op.press("ctrl+s")
        await op.until("6 in ")
        files = {path.name: path for path in out.iterdir()}
        assert {"a.example.chain.pem", "a.example.key.pem", "b.example.chain.pem"} <= files.keys()
        assert len(files) == 6
        assert {path.stat().st_mode & 0o777 for name, path in files.items() if ".key." in name} == {0o600}


async def test_the_keys_are_heard_while_thousands_of_rows_are_looked_at(operate, demo):
    async with operate(demo, (80, 24)) as op:
        await opened(op, hosts(5_000))
        waits = []
        while op.app.screen._found is None:
            started = time.monotonic()
            await asyncio.sleep(0.005)
            waits.append(time.monotonic() - started)
        await op.until("5,000 of 5,000 rows right")
        assert max(waits) < sum(waits) / 2  # no one wait was for the whole of the work
