"""Looks at watched hosts, in a thread: how far one is can be seen, and it can be stopped, from any screen; it ends with the app.

A look belongs to the home screen, which outlives the screen of hosts: whoever leaves that one finds the results when coming back.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tlsca.authority.desk import Desk
from tlsca.authority.watched import Watched, seen
from tlsca.authority.watching import Looked, look_again
from tlsca.errors import TlscaError
from tlsca.probe.result import Outcome
from tlsca.probe.wire import Cancelled
from tlsca.store.records import WatchRecord
from tlsca.text import count
from tlsca.tui.jobs import Jobs, Way
from tlsca.tui.widgets.run_progress import Progress


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of one look at some hosts."""

    looks: tuple[Looked, ...]
    total: int
    """How many were to be looked at; more than `looks` where it was stopped."""
    seconds: float
    unasked: bool = False
    """Whether it was its time, and nobody's wish."""

    @property
    def changed(self) -> tuple[Looked, ...]:
        """Those that are not as they were."""
        return tuple(one for one in self.looks if one.changes)

    @property
    def troubled(self) -> int:
        """How many are not trusted."""
        return sum(one.result.verdict is not Outcome.TRUSTED for one in self.looks)


class HostSweep:
    """One look at some hosts; everything but the call itself may be asked from any thread."""

    def __init__(self, desk: Desk, records: Sequence[WatchRecord], sparing: timedelta) -> None:
        """`sparing` is as `look_again` takes it."""
        self._desk = desk
        self._records = tuple(records)
        self._sparing = sparing
        self._cancelled = threading.Event()
        self._begun = time.monotonic()
        self._running: set[str] = set()
        self._found: dict[str, Looked] = {}
        self._standing: dict[str, Watched] = {}
        self.over = False
        """Whether nothing more will be found."""

    def __call__(self) -> Swept:
        """Look at all of them. Raises TlscaError; having been stopped is no error."""
        try:
            for _ in look_again(
                self._desk,
                self._records,
                cancelled=self._cancelled,
                told=self._hear,
                sparing=self._sparing,
            ):
                pass
        except Cancelled:
            pass  # what was found until then is kept and told
        finally:
            self.over = True
            self._running.clear()
        seconds = time.monotonic() - self._begun
        return Swept(tuple(self._found.values()), len(self._records), seconds, unasked=bool(self._sparing))

    def __len__(self) -> int:
        """Return how many hosts are to be looked at."""
        return len(self._records)

    def stop(self) -> None:
        """Have it end at once; what was found stays."""
        self._cancelled.set()

    @property
    def running(self) -> frozenset[str]:
        """The `id` of each host that is being asked right now."""
        return frozenset(self._running.copy())

    @property
    def found(self) -> dict[str, Watched]:
        """The hosts that have answered, as they stand now, by their `id`."""
        return self._standing.copy()

    @property
    def changed(self) -> frozenset[str]:
        """The `id` of each host that is not as it was."""
        return frozenset(name for name, one in self._found.copy().items() if one.changes)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        done = len(self._found)
        return Progress("Looking", done, len(self._records), time.monotonic() - self._begun)

    @property
    def troubled(self) -> int:
        """How many of those that answered are not trusted."""
        return sum(one.result.verdict is not Outcome.TRUSTED for one in self._found.copy().values())

    def _hear(self, record: WatchRecord, looked: Looked | None) -> None:
        """Take what a probing thread tells."""
        if looked is None:
            self._running.add(record.id)
            return
        self._standing[record.id] = seen(self._desk, looked.record)
        self._found[record.id] = looked
        self._running.discard(record.id)


class Sweeper:
    """The looks over one store, of which one at a time is under way; what is wanted meanwhile comes next."""

    def __init__(
        self,
        jobs: Jobs,
        desk: Desk,
        told: Callable[[Swept], object],
        failed: Callable[[TlscaError], object],
    ) -> None:
        """`told` and `failed` hear in the app's own thread what came of each."""
        self._jobs = jobs
        self._desk = desk
        self._told = told
        self._failed = failed
        self._next: dict[str, WatchRecord] = {}
        self._last: HostSweep | None = None

    @property
    def last(self) -> HostSweep | None:
        """The look that is under way, or else the last one."""
        return self._last

    @property
    def under_way(self) -> bool:
        """Whether hosts are being looked at."""
        return self._last is not None and not self._last.over

    def begin(self, records: Iterable[WatchRecord], *, sparing: timedelta = timedelta(0)) -> None:
        """Look at these hosts now, or as soon as the look that is under way is over; `sparing` is as `look_again` takes it."""
        self._next |= {record.id: record for record in records}
        if not self.under_way:
            self._begin(sparing)

    def stop(self) -> None:
        """End what is under way, and begin nothing that waits."""
        self._next.clear()
        if self._last is not None:
            self._last.stop()

    def _begin(self, sparing: timedelta = timedelta(0)) -> None:
        if not self._next:
            return
        sweep = self._last = HostSweep(self._desk, tuple(self._next.values()), sparing)
        self._next.clear()
        self._jobs.begin(
            f"Looking at {count(len(sweep), 'host')}",
            sweep,
            self._ended,
            self._broken,
            told=came_of,
            way=Way(progress=lambda: sweep.progress, stop=self.stop),
        )

    def _ended(self, swept: Swept) -> None:
        self._told(swept)
        self._begin()

    def _broken(self, error: TlscaError) -> None:
        self._failed(error)
        self._begin()


def came_of(swept: Swept) -> str:
    """Return how many answered, and how many of those are not trusted."""
    answered = len(swept.looks)
    if not answered:
        return "Stopped before any host answered."
    hosts = count(swept.total, "host")
    head = f"{hosts} looked at" if answered == swept.total else f"Stopped after {answered:,} of {hosts}"
    return f"{head}: {f'{swept.troubled:,} not trusted' if swept.troubled else 'all trusted'}."
