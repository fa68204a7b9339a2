"""What runs goes on behind whatever is on the screen, and what was done stands in words below it."""

import asyncio
import json
import threading

from textual import events

from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.keeping import open_store, unlock
from tlsca.tui.jobs import JobState, Way
from tlsca.tui.widgets.rows_area import RowsArea
from tlsca.tui.widgets.run_progress import RunProgress


async def test_a_bulk_run_that_was_left_is_found_and_stopped_on_the_activity_screen(
    operate, demo, passphrase, either_size
):
    async with operate(demo, either_size) as op:
        await op.opened()
        await op.press("B")
        await op.dialog("BulkDialog")
        op.app.post_message(
            events.Paste("name,key\n" + "".join(f"h{at}.example.com,rsa-2048\n" for at in range(400)))
        )
        await op.until(lambda: op.find(RowsArea).text)
        await op.until("400 of 400 rows right")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.dialog("BulkDialog")
        await op.until(lambda: op.find(RunProgress).progress.done)
        before = (demo / "journal.jsonl").read_bytes()
        op.find("#behind").focus()
        await op.press("enter")
        await op.home()
        await op.until("▸ 1 running")
        op.home_screen.lock_now("Locked.")  # as when nothing was pressed for a while: it waits for the run

        await op.press("5")
        await op.until("Issuing 400 certificates")
        await op.until(" of 400")
        await op.press("x")
        await op.until("none was kept")
        await op.press("escape")
        await op.home()
        await op.until(lambda: "running" not in op.text())
        assert "none was kept" in op.told()
        assert (demo / "journal.jsonl").read_bytes() == before


async def test_the_log_is_told_in_words_filtered_verified_and_kept_as_a_checkpoint(
    operate, demo, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    async with operate(demo) as op:
        await op.opened()
        await op.press("5")
        await op.until("Issued localhost")
        assert op.text().index("Issued localhost") < op.text().index("Issued alice@home.arpa")
        await op.press("slash")
        await op.type("authority root")
        await op.until(lambda: "Issued" not in op.text())
        assert "Made the authority CN=Home Root CA" in op.text()
        await op.press("enter", "escape")
        await op.until("Issued localhost")
        await op.press("v")
        await op.until("every one linked to the one before")
        await op.press("c")
        await op.dialog("CheckpointDialog")
        await op.press("ctrl+s")
        await op.dialog("SaveDialog")
        await op.press("ctrl+s")
        await op.until(lambda: "Keep it on another machine" in op.told())
        kept = json.loads(next(tmp_path.glob("tlsca-checkpoint-*.txt")).read_text())
        assert kept["lines"] == len((demo / "journal.jsonl").read_bytes().splitlines())


async def test_what_another_process_does_is_seen_on_either_screen(operate, demo, passphrase, in_thread):
    def issued() -> None:
        desk = open_store(demo)
        unlock(desk, passphrase)
        issue(desk, CertificateForm(names=("other.example.com",), issuer="Home Issuing CA"))
        desk.close()

    async with operate(demo) as op:
        await op.opened()
        await op.press("5")
        await op.until("Issued localhost")
        await in_thread(issued)
        await op.until("Issued other.example.com")
        await op.press("q")
        await op.home()
        await op.until(lambda: "other.example.com" in op.titles())


async def test_who_quits_while_something_runs_is_asked_and_what_runs_is_stopped(operate, demo):
    gate = threading.Event()
    async with operate(demo) as op:
        await op.opened()
        way = Way(stop=gate.set)
        job = op.home_screen.jobs.begin("Waiting for a gate", gate.wait, lambda _: None, way=way)
        await op.press("q")
        await op.dialog("QuitDialog")
        await op.until("Waiting for a gate")
        await op.press("enter")  # on Cancel
        await op.home()
        assert job.running
        job.stop()
        await op.until(lambda: job.state is JobState.STOPPED)
        assert op.home_screen.jobs.known == (job,)


async def test_nothing_that_runs_outlives_the_app(operate, demo):
    gate = threading.Event()
    ended = []

    def wait() -> None:
        gate.wait()
        ended.append("before the store was closed")

    async with operate(demo) as op:
        await op.opened()
        op.home_screen.jobs.begin("Waiting for a gate", wait, lambda _: None, way=Way(stop=gate.set))
        await asyncio.sleep(0.05)
        await op.press("q")
        await op.dialog("QuitDialog")
        await op.press("y")
    assert ended == ["before the store was closed"]
