"""What a run found, as lines for the terminal and as the page of the documentation, written from the same rows."""

import os
import platform
import re
import ssl
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from contest import Outcome, Row
from growing import ACTS, STORES, Curves
from programs import Program

PLOT = "benchmarks.svg"
_HEAD = ("Program", "What it does", "Least", "Median", "Per second", "Beside the first", "Rounds")
_INTRODUCTION = """# Benchmarks

tlsca beside what people would take instead, measured by one command, which also wrote this page:

```text
python benchmarks/run.py
```

Every program has its turn in every round, in an order that changes, so that whatever else the machine does falls on all of them. *Least* is the time of the
quickest round for one thing, *median* the time of the one in the middle; *per second* comes from the least. *Beside the first* is how
many times as long as the first row of its table a program takes: **below 1 it is quicker than that row**. Programs run with their
defaults and with P-256 keys, and nothing leaves the machine. A program that is not installed is named, and has no numbers.

Three things explain most of what follows. A process of Python that loads `cryptography` takes longer to begin than programs in C and Go take
for a whole certificate: by a script, one at a time, they are quicker, and tlsca is quick where one process does more than one thing. A store
that is opened with a passphrase costs what Argon2id costs, in each process. And tlsca answers when what it did is on the disk, for which none
of the others that issue waits.

To measure on your own machine, install what you want to compare with (on Debian `apt install openssl easy-rsa mkcert gnutls-bin testssl.sh`);
`--fetch` puts sslyze, posting and harlequin into environments of their own under the cache directory. `--quick` takes one round of everything,
and `--only` one contest; neither writes this page.
"""
_GROWTH = f"""## Growth of the store

Seconds by the number of certificates, both axes logarithmic; the least of several.

![Three plots: opening, finding and adding, by the number of certificates]({PLOT})

TinyDB as it comes reads its whole file for each question and writes it anew for each certificate. tlsca's store speaks TinyDB's API over a
journal that is read, and each line of it checked, when the store is opened: that takes longer than TinyDB takes for its one file, once. What
is added costs the same in a store of any size, and what is asked is answered from memory. SQLite, in which XCA keeps its certificates, need not
read what is not asked for, and opens at once; in the mode that it begins with it syncs several times for each thing added.
"""


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield a contest as lines for the terminal."""
    yield f"\n{outcome.contest.title}"
    table = [_HEAD, *_cells(outcome.rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEAD))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def growth_lines(curves: Curves) -> Iterator[str]:
    """Yield the growth of the stores as lines for the terminal."""
    yield "\nGrowth of the store"
    for row in _growth_cells(curves):
        yield "".join(cell.ljust(20) for cell in row).rstrip()


def page(outcomes: Sequence[Outcome], curves: Curves, programs: Iterable[Program], directory: Path) -> str:
    """Return the page."""
    parts = [_INTRODUCTION, _facts(programs, directory)]
    for outcome in outcomes:
        title = f"## {outcome.contest.title}\n\n{outcome.contest.about}\n\n"
        parts.append(title + _table(_HEAD, _cells(outcome.rows)))
    head, *rows = _growth_cells(curves)
    return "\n".join([*parts, _GROWTH, _table(head, rows)])


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it, with three digits at least."""
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1, 1e3, "ms")):
        if seconds < limit:
            return f"{_figure(seconds * factor)} {unit}"
    return f"{_figure(seconds)} s"


def _figure(number: float) -> str:
    """Return a number with three digits, or all before the point."""
    decimals = 0 if number >= 100 else 1 if number >= 10 else 2
    return f"{number:,.{decimals}f}"


def _cells(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    first = rows[0].least if rows[0].seconds else None
    return [(row.name, row.does, *_figures(row, first)) for row in rows]


def _figures(row: Row, first: float | None) -> tuple[str, ...]:
    if not row.seconds:
        return (row.absent, "", "", "", "")
    beside = f"{row.least / first:.2g}" if first else ""
    return (
        duration(row.least),
        duration(row.median),
        _figure(1 / row.least),
        beside,
        str(len(row.seconds)),
    )


def _growth_cells(curves: Curves) -> Iterator[tuple[str, ...]]:
    yield ("What is done", "Store", *(f"{size:,}" for size in curves.sizes))
    for act in ACTS:
        for store in STORES:
            times = (curves.least[act, store.name, size] for size in curves.sizes)
            yield (act, store.name, *(duration(seconds) for seconds in times))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in written)


def _facts(programs: Iterable[Program], directory: Path) -> str:
    told = [f"{one.name} {one.version}" if one.path else f"{one.name} not installed" for one in programs]
    libraries = [f"{name} {version(name)}" for name in ("cryptography", "textual", "tinydb")]
    machine = f"{_processor()}, {os.cpu_count()} of its cores; {platform.system()} {platform.release().split('-')[0]}"
    python = f"Python {platform.python_version()} with OpenSSL {ssl.OPENSSL_VERSION.split(' ', 2)[1]}"
    return "\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}:\n",
            f"- {machine}; temporary files on {_file_system(directory)}",
            f"- {python}; {', '.join(libraries)}",
            f"- {', '.join(told)}\n",
        ]
    )


def _processor() -> str:
    """Return what the processor is called, where the system says so."""
    facts = Path("/proc/cpuinfo")
    told = re.search(r"model name\s*:\s*(.+)", facts.read_text()) if facts.exists() else None
    return told.group(1) if told else platform.machine()


def _file_system(directory: Path) -> str:
    """Return the kind of file system, which decides what a sync costs."""
    asked = ["stat", "-f", "-c", "%T", str(directory)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 -- asks for a kind of file system
    return said.stdout.strip() or "an unknown file system"
