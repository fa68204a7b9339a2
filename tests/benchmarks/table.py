"""What a key press costs in the table of certificates, at 100, 1,000, 10,000 and 100,000 of them.

    python tests/benchmarks/table.py [MOST]

The app itself runs over a store of each size, without a terminal. A key press is taken from its event until the screen has been drawn
anew; a filter's until the rows that it keeps have been. Beside it stands what Python takes to pick the same rows out of a bare list of
strings, so that the ratio does not depend on the machine, and the longest time for which the app answered nothing meanwhile. All of it is
processor time, whichever thread spends it, so that what else the machine does counts for nothing.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from large import make_store
from open_large import until
from textual.pilot import Pilot

from tlsca.authority.desk import Desk
from tlsca.authority.filter_fields import haystack
from tlsca.settings import Settings
from tlsca.store.ledger import Ledger
from tlsca.tui.app import TlscaApp
from tlsca.tui.screens.home import HomeScreen
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.filter_bar import FilterBar

SIZES = (100, 1_000, 10_000, 100_000)
ROUNDS = 7
_BEAT = 0.001
FILTERS = ("host9", "-host9", "issuer:acme", "san:*.host99.example.com", "san:*.example.com", "expires<30d")
"""Typed as a whole, which is the dearest: letter by letter, each looks only at what the one before kept."""


class Heartbeat:
    """Notes the longest time for which the event loop did nothing else."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Beat until cancelled."""
        last = time.process_time()
        while True:
            await asyncio.sleep(_BEAT)
            now = time.process_time()
            self.longest = max(self.longest, now - last - _BEAT)
            last = now


class Bench:
    """The app over one store."""

    def __init__(self, pilot: Pilot[int], heart: Heartbeat) -> None:
        self.pilot = pilot
        self.heart = heart
        self.screen = pilot.app.screen
        self.table = self.screen.query_one(CertificateTable)
        self.bar = self.screen.query_one(FilterBar)

    async def drawn(self) -> None:
        """Wait until what was asked for has been drawn."""
        done = asyncio.Event()
        self.table.call_after_refresh(done.set)
        await done.wait()

    async def shown(self, act: Callable[[], object]) -> None:
        """Do something that leads to other rows, and wait until they are drawn."""
        before = self.screen._selection
        act()
        await until(lambda: self.screen._selection is not before)
        await self.drawn()

    async def key(self, act: Callable[[], object]) -> None:
        """Do what a key does, and wait until it is drawn."""
        act()
        await self.drawn()

    async def filter(self, text: str) -> None:
        """Replace the filter."""
        await self.shown(lambda: setattr(self.bar, "text", text))

    async def sort(self, by: str) -> None:
        """Choose an order."""
        await self.shown(lambda: self.screen._sort_by(by))

    async def taken(
        self, act: Callable[[], Awaitable[None]], before: Callable[[], Awaitable[None]] | None = None
    ) -> str:
        """Return how long something takes, in the middle of several times, and the longest pause."""
        times, self.heart.longest = [], 0.0
        pauses = []
        for _ in range(ROUNDS):
            if before is not None:
                await before()
            await asyncio.sleep(0.01)
            self.heart.longest = 0.0
            begin = time.process_time()
            await act()
            times.append(time.process_time() - begin)
            pauses.append(self.heart.longest)
        self.middle = statistics.median(times) * 1000
        return f"{self.middle:9.1f} ms   answers after at most {statistics.median(pauses) * 1000:6.1f} ms"


def bare(texts: list[str]) -> float:
    """Return the milliseconds in which Python picks what has a substring out of a list of strings."""
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        kept = [text for text in texts if "host9" in text]
        times.append(time.process_time() - begin)
        del kept
    return statistics.median(times) * 1000


async def measured(directory: Path, records: int) -> None:
    """Print what everything costs in a store of so many."""
    app, heart = (
        TlscaApp(
            Settings(store=directory, session=False), open_desk=lambda place: Desk(ledger=Ledger.open(place))
        ),
        Heartbeat(),
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await until(
            lambda: isinstance(app.screen, HomeScreen) and app.screen.query_one(CertificateTable).entries
        )
        await pilot.pause(0.3)
        beating = asyncio.create_task(heart.beat())
        bench = Bench(pilot, heart)
        python = bare([haystack(entry) for entry in bench.table.entries])
        say = sys.stdout.write
        say(f"\n{records:,} certificates\n")
        say(f"  {'bare list, “host9”':<34}{python:9.1f} ms\n")
        say(
            f"  {'cursor down':<34}{await bench.taken(lambda: bench.key(lambda: bench.table.action_move(1)))}\n"
        )
        say(
            f"  {'page down':<34}{await bench.taken(lambda: bench.key(lambda: bench.table.action_page(1)))}\n"
        )
        await bench.filter("x")
        for text in FILTERS:
            told = await bench.taken(lambda text=text: bench.filter(text), lambda: bench.filter(""))
            say(f"  {'filter ' + text:<34}{told}   {bench.middle / python:6.1f} x the bare list\n")
        told = await bench.taken(lambda: bench.filter("host99"), lambda: bench.filter("host9"))
        say(f"  {'filter host9, then another 9':<34}{told}   {bench.middle / python:6.1f} x the bare list\n")
        await bench.filter("")
        for by in ("name", "end", "state"):
            begin = time.process_time()
            await bench.sort(by)
            first = (time.process_time() - begin) * 1000
            told = await bench.taken(lambda by=by: bench.sort(by))
            say(f"  {f'sort by {by}, turned round':<34}{told}   the first time {first:.0f} ms\n")
        beating.cancel()


def main(most: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        for records in SIZES:
            if records <= most:
                make_store(Path(temporary) / str(records), records)
                asyncio.run(measured(Path(temporary) / str(records), records))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1])
