"""Several real processes over one store."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import tlsca
from tlsca.store.ledger import Ledger

ROOT = Path(tlsca.__file__).parents[1]

WRITER = """
    import hashlib, os, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from tlsca.store.ledger import Ledger

    name, count = sys.argv[2], int(sys.argv[3])
    with Ledger.open(Path(sys.argv[1])) as ledger:
        sys.stdin.readline()
        for number in range(count):
            with ledger.transaction("write", at=datetime.now(UTC), detail={"by": name}) as change:
                change.put_setting(f"{name}:{number}", {"number": number})
                ledger.database.table("rows").insert({"by": name, "number": number})
            print(number, flush=True)
"""


@pytest.fixture
def writer(directory, ledger):
    """Start processes that write so many transactions once they read a line."""
    processes = []

    def start(name: str, count: int) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(directory), name, str(count)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_four_processes_that_write_at_once_lose_nothing_and_repeat_nothing(writer, ledger):
    processes = [writer(name, 25) for name in "abcd"]
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]
    assert ledger.refresh()
    expected = {(name, number) for name in "abcd" for number in range(25)}
    rows = ledger.database.table("rows").all()
    assert [row.doc_id for row in rows] == list(range(1, 101))
    assert {(row["by"], row["number"]) for row in rows} == expected
    assert set(ledger.settings()) == {f"{name}:{number}" for name, number in expected}
    assert ledger.verify() == ledger.position == 101
    assert [act.seq for act in ledger.history()] == list(range(1, 102))


def test_what_was_acknowledged_is_there_after_the_writer_was_killed(writer, ledger, directory):
    process = writer("a", 1_000_000)
    process.stdin.write(b"go\n")
    process.stdin.flush()
    for _ in range(50):
        last = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    last = max([last, *map(int, process.stdout.read().split())])
    with Ledger.open(directory) as again:
        numbers = [row["number"] for row in again.database.table("rows")]
        assert numbers in (list(range(last + 1)), list(range(last + 2)))
        again.database.insert({"goes": "on"})
        assert again.verify() == again.position


def test_another_processs_change_is_seen_by_refreshing(ledger, directory, now):
    with Ledger.open(directory) as other:
        assert not ledger.refresh()
        with other.transaction("set", at=now) as change:
            change.put_setting("colour", {"name": "green"})
        assert ledger.setting("colour") is None
        assert ledger.refresh()
        assert ledger.setting("colour") == {"name": "green"}
        assert not ledger.refresh()


def test_refreshing_hardly_waits_for_a_writer(ledger, directory, now):
    with Ledger.open(directory) as other:
        other.database.insert({})
        with other.transaction("long", at=now):
            begun = time.monotonic()
            assert not ledger.refresh()
            assert time.monotonic() - begun < 2
    assert ledger.refresh()


def test_a_transaction_sees_what_others_wrote_before_it(ledger, directory, now, make):
    with Ledger.open(directory) as other, other.transaction("issue", at=now) as change:
        change.add_certificate(*make(1))
    with ledger.transaction("renew", at=now) as change:
        assert ledger.certificate(make(1)[0].id) == make(1)[0]
        change.add_certificate(*make(2))
    assert len(ledger.certificates()) == 2


def test_a_torn_line_of_a_dead_writer_is_set_aside_by_the_next_one(ledger, directory, now):
    with (directory / "journal.jsonl").open("ab") as file:
        file.write(b"0000ffff 00ab")
    assert not ledger.refresh()
    ledger.database.insert({})
    assert "Line 2 of the journal was torn off" in ledger.repairs[0]
    assert ledger.verify() == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_somebody_who_may_not_write_reads(ledger, directory, now, make):
    with ledger.transaction("issue", at=now) as change:
        change.add_certificate(*make(1))
    program = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from tlsca.store.ledger import Ledger
        directory = os.open(sys.argv[1], os.O_RDONLY)
        os.fchdir(directory)
        os.setgroups([])
        os.setgid(12345)
        os.setuid(12345)
        with Ledger.open(Path(".")) as ledger:
            print(len(ledger.certificates()), ledger.read_only)
    """)
    for path in (directory, directory / "journal.jsonl", directory / "lock"):
        os.chown(path, 0, 12345)
        path.chmod(0o750 if path.is_dir() else 0o640)
    done = subprocess.run(
        [sys.executable, "-c", program, str(directory)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "1 12345 may not write to ..\n"
