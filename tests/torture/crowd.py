"""Let several processes work at one store at once, and look what came of it.

    python tests/torture/crowd.py DIRECTORY [PROCESSES [ACTS]]

Each issues, revokes and publishes as fast as it can, beside one that only looks, as often as the app does. What was found goes to
standard output as JSON.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from killing import ACTS, PASSPHRASE, Acknowledged, Torture, begin, faults, forked, heard, tell

from tlsca.authority import keeping
from tlsca.errors import StoreConflict, StoreError
from tlsca.store.ledger import Ledger

EVERY = 0.5
"""Seconds between two looks; the app's are no further apart."""


Look = tuple[int, float, float]
"""How many lines were seen, when, and for how long until then the machine had let whoever looks wait."""


def work(store: Path, exports: Path, seed: float, acts: int, write: int) -> None:
    """Do so many acts; one that somebody else was faster with is done again."""
    dice = random.Random(seed)  # noqa: S311 -- which act is next is no secret
    desk = keeping.open_store(store)
    keeping.unlock(desk, PASSPHRASE)
    conflicts = 0
    for number in range(acts):
        name = ("issue", "revoke", "crl")[number % 3]
        while True:
            try:
                done = ACTS[name][1](desk, exports, dice)
                break
            except StoreConflict:
                conflicts += 1
            except StoreError as error:
                if (
                    type(error) is not StoreError
                ):  # of its kind itself is only that the others had the lock all the time
                    raise
                conflicts += 1
        tell(write, done | {"lines": desk.ledger.position, "at": time.monotonic()})
    tell(write, {"conflicts": conflicts})


def watch(store: Path, until: int, write: int) -> None:
    """Look as the app does until a pipe is closed; tell when which line of the log was first seen."""
    seen: list[Look] = []
    with Ledger.open(store) as ledger:
        os.set_blocking(until, False)
        while True:
            ledger.refresh()
            seen.append((ledger.position, time.monotonic(), stopped()))
            try:
                if not os.read(until, 1):
                    break
            except BlockingIOError:
                time.sleep(EVERY)
        ledger.refresh()
        seen.append((ledger.position, time.monotonic(), stopped()))
    tell(write, {"seen": seen})


def stopped() -> float:
    """Return the seconds for which this process could have worked and had no processor to do it on."""
    try:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def latest(lines: list[Acknowledged], seen: list[Look]) -> float:
    """Return how long at most it took until what was acknowledged was seen, without what the machine took for others."""
    took = [0.0]
    for line in lines:
        number = next(number for number, look in enumerate(seen) if look[0] >= line["lines"])
        waited = seen[number][2] - (seen[number - 1][2] if number else 0.0)
        took.append(seen[number][1] - line["at"] - waited)
    return max(took)


def found(store: Path) -> dict[str, object]:
    """Return what a fresh process finds."""
    desk = keeping.open_store(store)
    records = desk.ledger.certificates()
    published = [act.detail["number"] for act in desk.ledger.history() if act.act == "publish-crl"]
    return {
        "certificates": [record.sha256 for record in records],
        "revoked": [record.sha256 for record in records if record.revoked_at],
        "numbers": published,
        "faults": list(faults(desk, store)),
    }


def main(directory: Path, processes: int = 8, acts: int = 12) -> None:
    """Let them work, and tell what came of it."""
    one = Torture(directory, random.Random(1))  # noqa: S311 -- likewise
    heard(lambda write: tell(write, begin(one)))
    read, end = os.pipe()

    def watching(write: int) -> None:
        os.close(end)
        watch(one.store, read, write)

    watcher, told = forked(watching)
    seeds = [one.dice.random() for _ in range(processes)]
    workers = [
        forked(lambda write, seed=seed: work(one.store, one.exports, seed, acts, write)) for seed in seeds
    ]
    lines = [json.loads(line) for _, pipe in workers for line in pipe]
    os.close(end)
    seen = json.loads(told.read())["seen"]
    for child in (watcher, *(worker for worker, _ in workers)):
        os.waitpid(child, 0)
    there = heard(lambda write: tell(write, found(one.store)))
    done = [line for line in lines if "at" in line]
    issued = {name for line in done for name in line.get("certificates", ())}
    revoked = [name for line in done for name in line.get("revoked", ())]
    numbers = [line["number"] for line in done if "number" in line]
    report = {
        "acts": len(done),
        "lost": sorted(issued - set(there["certificates"]) | set(revoked) - set(there["revoked"])),
        "revoked twice": [name for name, times in Counter(revoked).items() if times > 1],
        "numbers repeated": len(numbers) - len(set(numbers)),
        "numbers rise": there["numbers"] == sorted(set(there["numbers"]))
        and set(numbers) <= set(there["numbers"]),
        "conflicts told": sum(line.get("conflicts", 0) for line in lines),
        "seen after at most": round(latest(done, seen), 3),
        "faults": there["faults"],
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
