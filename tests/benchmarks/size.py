"""What opening a store, and finding something in it, costs at four sizes, beside reading and parsing its journal's JSON alone.

    python tests/benchmarks/size.py [CERTIFICATES...]

Each size is measured in a process of its own, so that memory is that of one store. Times are processor time, the least of several
turns, taken alternately. The bare reading keeps what it parsed, as whoever opens a store does, while the collector of garbage rests;
with it at work, as by default, it takes twice as long.

Of a large store an index is built bit by bit: the first question looks through notes that were taken at opening, each after it takes a
part in as well, and from some twentieth on (names and first digits: hundredth) it is whole. What Python takes to find a word in a bare list of the same names stands beside that.
"""

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from timeit import timeit

from large import ISSUER, NOW, SIZES, make_store, record

from tlsca.errors import NotFound
from tlsca.store.ledger import JOURNAL, Ledger

TURNS = 3
LOOKS = 50
_MEBIBYTE = 1024 if sys.platform == "linux" else 1024 * 1024


def megabytes() -> float:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEBIBYTE


def seconds(act: Callable[[], object]) -> float:
    """Return the processor time of an act, without what clearing up after it takes."""
    gc.collect()
    return processor_time(act)


def processor_time(act: Callable[[], object]) -> float:
    begun = time.process_time()
    kept = act()
    taken = time.process_time() - begun
    del kept
    return taken


def bare(journal: Path) -> list[object]:
    """Read and parse every line's JSON, and nothing else."""
    gc.disable()
    try:
        with journal.open("rb") as file:
            return [json.loads(line[74:]) for line in file]
    finally:
        gc.enable()


def bare_look(ledger: Ledger) -> float:
    """Look for a word in a list of names, as a question without an index does in all there is; return the seconds."""
    names = [record.names[1] for record in ledger.certificates()]
    return min(processor_time(lambda: [name for name in names if "host9" in name]) for _ in range(TURNS))


def looks(ledger: Ledger, number: int) -> dict[str, Callable[[], object]]:
    """Return one question for each index."""
    one = record(number)
    return {
        "id": lambda: ledger.certificate(one.id),
        "serial number": lambda: ledger.by_serial(one.serial),
        "fingerprint": lambda: ledger.by_fingerprint(one.sha256),
        "name": lambda: ledger.by_name(one.names[1]),
        "first digits": lambda: ledger.find(one.sha256[:16], now=NOW),
        "key": lambda: ledger.with_key(one.key_id),
        "issuer (one of its own)": lambda: ledger.by_issuer(ISSUER[::-1] + "1"),
        "revoked": lambda: ledger.revoked_by(ISSUER),
        "authorities": ledger.authorities,
        "mistyped name": lambda: nearest(ledger, f"hsot{number}.example.com"),
    }


def nearest(ledger: Ledger, mistyped: str) -> None:
    """Ask for what is not there, which is answered with the nearest name."""
    with suppress(NotFound):
        ledger.find(mistyped, now=NOW)


def measured(certificates: int) -> dict[str, float]:
    """Measure one size."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        store = Path(temporary) / "store"
        make_store(store, certificates)
        before = megabytes()
        ledger = Ledger.open(store)
        gc.freeze()  # as the app does: the collector goes over the whole store otherwise, at whichever question it comes by
        figures["MB, opened"] = megabytes()
        for name, ask in looks(ledger, certificates // 2).items():
            times = [processor_time(ask) * 1000 for _ in range(LOOKS)]
            figures[f"ms, first by {name}"] = times[0]
            figures[f"ms, the dearest after it by {name}"] = max(times[1:])
            figures[f"ms, by {name}"] = timeit(ask, number=LOOKS) / LOOKS * 1000
        figures["ms, all records made"] = seconds(ledger.certificates) * 1000
        figures["MB, every index and record"] = megabytes()
        figures["ms, a word in a bare list of their names"] = bare_look(ledger) * 1000
        figures["MB, before"] = before
        ledger.close()
        del ledger
        gc.unfreeze()
        turns = [
            (seconds(lambda: bare(store / JOURNAL)), seconds(lambda: Ledger.open(store)))
            for _ in range(TURNS)
        ]
        figures["s, journal's JSON alone"], figures["s, opened"] = (
            min(times) for times in zip(*turns, strict=True)
        )
        figures["opened / JSON alone"] = figures["s, opened"] / figures["s, journal's JSON alone"]
    return figures


def main(sizes: list[int]) -> None:
    """Measure every size, and print a curve for each figure."""
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, __file__, "--one", str(size)], stdout=subprocess.PIPE, check=True
            ).stdout
        )
        for size in sizes
    ]
    sys.stdout.write(f"{'certificates':<52}" + "".join(f"{size:>12,}" for size in sizes) + "\n")
    for name in found[0]:
        sys.stdout.write(f"{name:<52}" + "".join(f"{one[name]:>12.3f}" for one in found) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        sys.stdout.write(json.dumps(measured(int(sys.argv[2]))))
    else:
        main([int(word) for word in sys.argv[1:]] or list(SIZES))
