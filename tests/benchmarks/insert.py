"""What one durable insert costs in stores of four sizes, beside a bare append and fsync.

    python tests/benchmarks/insert.py [DIRECTORY]

All are measured in turns in the same run, in the same directory (a temporary one, unless told), so that the ratio does
not depend on the disk or on what else the machine is doing.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from large import SIZES, make_store, record

from tlsca.store.ledger import Ledger

ROUNDS = 500
ENOUGH = 30
"""Questions after which an index of any size is whole."""


def insert(ledger: Ledger, number: int) -> None:
    ledger.database.table("certificates").insert(record(number).to_document())


def store(directory: Path, certificates: int) -> Ledger:
    """Return a store of so many certificates with every index in use, as after a while in the app."""
    make_store(directory, certificates)
    ledger = Ledger.open(directory)
    for question in ENOUGH * (
        ledger.by_name,
        ledger.by_serial,
        ledger.by_fingerprint,
        ledger.by_issuer,
        ledger.with_key,
    ):
        question("00")
    return ledger


def append(descriptor: int, line: bytes) -> None:
    os.write(descriptor, line)
    os.fsync(descriptor)


def seconds(act: Callable[..., None], *arguments: object) -> float:
    started = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - started


def main(directory: Path) -> None:
    stores = {size: store(directory / str(size), size) for size in SIZES}
    line = (directory / "100" / "journal.jsonl").read_bytes()[-900:]
    times: dict[int, list[float]] = {size: [] for size in (0, *SIZES)}
    descriptor = os.open(directory / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in range(SIZES[-1], SIZES[-1] + ROUNDS):
        times[0].append(seconds(append, descriptor, line))
        for size, ledger in stores.items():
            times[size].append(seconds(insert, ledger, number))
    os.close(descriptor)
    bare, *found = (statistics.median(values) * 1000 for values in times.values())
    sys.stdout.write(f"bare append and fsync          {bare:8.3f} ms\n")
    for size, taken in zip(SIZES, found, strict=True):
        sys.stdout.write(
            f"insert, {size:7,} certificates   {taken:8.3f} ms   ratio {taken / found[0]:5.2f}\n"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
