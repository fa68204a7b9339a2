"""Let the operating system fail whoever works at a store, and look each time what is left of it.

    python tests/torture/failing.py DIRECTORY FAULT

Every act is tried while the fault lasts, several times where it can strike at several moments. An act either succeeds or is refused
with a sentence; the store then holds what was acknowledged, whole, and takes everything again once the fault is gone. What was said
goes to standard output as JSON. The full and the read-only disk are mounted at DIRECTORY by whoever starts this.
"""

import errno
import json
import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from killing import ACTS, PASSPHRASE, Torture, begin, faults, faults_of_exports, foreign

from tlsca.authority import keeping
from tlsca.authority.desk import Desk
from tlsca.errors import TlscaError
from tlsca.store import syncfs

PAGE = 4096
ROUNDS = 6


@contextmanager
def full(directory: Path, free: int) -> Iterator[None]:
    """Fill the disk up to a few pages."""
    filling = directory / "filling"
    with filling.open("wb") as file:
        try:
            while True:
                os.write(file.fileno(), bytes(PAGE))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        os.ftruncate(file.fileno(), max(0, os.fstat(file.fileno()).st_size - free * PAGE))
    yield
    filling.unlink()


@contextmanager
def limited(directory: Path, nth: int) -> Iterator[None]:
    """Forbid files to be larger than the journal almost is, or than objects are."""
    size = (directory / "store" / "journal.jsonl").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100 if nth % 2 else 300 * nth, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(directory: Path, _nth: int) -> Iterator[None]:
    """Let the disk take nothing."""
    mount = ["mount", "-o"]
    subprocess.run([*mount, "remount,ro", directory], check=True)
    yield
    subprocess.run([*mount, "remount,rw", directory], check=True)


@contextmanager
def unsynced(_directory: Path, nth: int) -> Iterator[None]:
    """Let the disk fail when it is told for the nth time to keep what it was given; no disk here fails on demand."""
    calls = {"left": nth}
    sync, sync_all = os.fsync, syncfs.FileSystem.sync

    def failing(real: Callable[..., None]) -> Callable[..., None]:
        def called(*arguments: object) -> None:
            calls["left"] -= 1
            if calls["left"] < 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            real(*arguments)

        return called

    os.fsync, syncfs.FileSystem.sync = failing(sync), failing(sync_all)
    yield
    os.fsync, syncfs.FileSystem.sync = sync, sync_all


@contextmanager
def gone(directory: Path, _nth: int) -> Iterator[None]:
    """Take the store away while it is open."""
    (directory / "store").rename(directory / "elsewhere")
    yield
    assert not (directory / "store").exists(), "what is gone is not begun anew"
    (directory / "elsewhere").rename(directory / "store")


FAULTS = {"full": full, "limited": limited, "read-only": read_only, "unsynced": unsynced, "gone": gone}


def opened(store: Path) -> Desk:
    desk = keeping.open_store(store)
    keeping.unlock(desk, PASSPHRASE)
    return desk


def main(directory: Path, fault: str) -> None:
    """Try everything, and tell what was said."""
    one = Torture(directory, random.Random(1))  # noqa: S311 -- which certificate is revoked is no secret
    begin(one)
    said: dict[str, list[str]] = {}
    for nth in range(ROUNDS):
        for name, (_, act) in ACTS.items():
            with closing(opened(one.store)) as desk:
                ACTS["issue"][1](desk, one.exports, one.dice)
                foreign(directory / "foreign.pem", one.dice)
                before = contents(one.store)
                with FAULTS[fault](directory, nth):
                    sentence = tried(one, name, lambda act=act, desk=desk: act(desk, one.exports, one.dice))
            said.setdefault(name, []).append(sentence)
            if sentence:
                assert sentence.endswith("."), sentence
                assert "\n" not in sentence, sentence
                assert contents(one.store) == before, (name, nth, sentence)
            with closing(opened(one.store)) as desk:
                ACTS["revoke"][1](desk, one.exports, one.dice)
                found = [*faults(desk, one.store), *faults_of_exports(desk, one.exports)]
                assert not found, (name, nth, sentence, found)
    sys.stdout.write(json.dumps(said) + "\n")


def tried(one: Torture, name: str, act: Callable[[], dict[str, object]]) -> str:
    """Return how an act was refused; nothing where it was done."""
    try:
        one.acknowledge({"act": name} | act())
    except TlscaError as error:
        return error.sentence
    return ""


def contents(store: Path) -> list[tuple[str, bool]]:
    """Return what a fresh reader sees."""
    desk = keeping.open_store(store)
    return [(record.sha256, record.revoked_at is not None) for record in desk.ledger.certificates()]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
