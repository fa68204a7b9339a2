"""A restore is killed at every step that it takes: under the store's name there is always a store, or it is said where both are."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tlsca.authority import keeping
from tlsca.authority.backup import backup
from tlsca.authority.interrupted import interruption
from tlsca.authority.restoring import restore
from tlsca.errors import StoreMissing
from tlsca.store.exchange import exchange

KILLED = """
import os, signal, sys
from pathlib import Path
from tlsca.authority import replacing, restoring

made, store, steps, can_exchange = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "True"
if not can_exchange:
    replacing.exchange = lambda one, other: False

taken = None

def watch(event, arguments):
    global taken
    if event == "os.rename" and taken is None and str(arguments[1]).startswith(f"{store}-before-"):
        taken = 0
    if taken is not None:
        taken += 1
        if taken == steps:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
restoring.restore(made, store)
"""
"""Restores, and is killed at the first, second, third... thing that it asks of the system from the first renaming on."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed like that there")


@pytest.fixture
def restored(desk, create, tmp_path, directory):
    """Return what restores a store with two roots from a backup with one, in a process that is killed at a step."""
    create("Acme Root")
    made = backup(desk, tmp_path / "a.tar").path
    create("Later Root")
    desk.close()

    def restored(steps: int, *, can_exchange: bool) -> int:
        program = [sys.executable, "-c", KILLED, str(made), str(directory), str(steps), str(can_exchange)]
        return subprocess.run(program, check=False, timeout=60).returncode

    return restored


def titles(directory: Path) -> list[str]:
    with contextlib.closing(keeping.open_store(directory, read_only=True)) as desk:
        return [record.subject for record in desk.ledger.certificates()]


OLD, NEW = ["CN=Acme Root", "CN=Later Root"], ["CN=Acme Root"]


def stores(directory: Path) -> list[list[str]]:
    """Return what is in every store beside each other, however it is called."""
    names = sorted(path for path in directory.parent.glob("store*") if (path / "journal.jsonl").exists())
    return [titles(path) for path in names]


def can_exchange_here(directory: Path) -> bool:
    one, other = directory / "one", directory / "other"
    one.write_text("1")
    other.write_text("2")
    return exchange(one, other) and one.read_text() == "2" and other.read_text() == "1"


def test_whoever_is_killed_while_names_are_exchanged_leaves_a_store_in_its_place(
    restored, directory, tmp_path
):
    if not can_exchange_here(tmp_path):
        pytest.skip("this file system exchanges no names")
    steps, seen = 0, []
    while directory.exists():
        steps += 1
        status = restored(steps, can_exchange=True)
        seen.append(titles(directory))
        assert OLD in stores(directory)
        if status == 0 or seen[-1] == NEW:
            break
        assert status == -signal.SIGKILL
    assert seen[0] == OLD
    assert seen[-1] == NEW


@pytest.mark.parametrize("back", [False, True])
def test_whoever_is_killed_between_two_renames_leaves_both_and_is_told_how_to_go_on(
    restored, directory, back
):
    steps = 0
    while directory.exists():
        steps += 1
        assert restored(steps, can_exchange=False) == -signal.SIGKILL
        assert OLD in stores(directory)
    with pytest.raises(StoreMissing, match="was being restored") as missing:
        keeping.open_store(directory)
    assert stores(directory).count(OLD) == 1
    for refused in (keeping.create_store, restore):
        with pytest.raises(StoreMissing, match="was being restored"):
            refused(directory, directory)
    forward, backward = (part.split("”")[0] for part in missing.value.hint.split("“")[1:])
    subprocess.run(backward if back else forward, shell=True, check=True)  # noqa: S602 -- a person pastes it into a shell
    assert titles(directory) == (OLD if back else NEW)
    assert interruption(directory) is None
