"""Long work, which goes on whatever screen is in front: what runs, how far it is, how it is stopped, and what came of it.

It belongs to the home screen, which outlives every dialog: whoever leaves the one in which something was begun is told there instead.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from textual.dom import DOMNode

from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.widgets.run_progress import Progress
from tlsca.tui.work import tell, work

T = TypeVar("T")

_WORTH_KEEPING = 1.0
"""Seconds below which what went well is nothing to remember: the audit log has it."""
_MOST_KEPT = 100


class JobState(Enum):
    """What has become of a job."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a job can be followed and ended."""

    progress: Callable[[], Progress] | None = None
    """Returns how far it is; called in the app's own thread."""
    stop: Callable[[], None] | None = None
    """Has it end soon; None where nothing stops it."""
    signs: bool = False
    """Whether it needs private keys, so that the store is not locked under it."""


class Job(Generic[T]):
    """One piece of long work; all but what `around` does happens in the app's own thread."""

    def __init__(
        self, title: str, way: Way, done: Callable[[T], object], failed: Callable[[TlscaError], object]
    ) -> None:
        """`done` and `failed` hear what came of it."""
        self.title = title
        self.way = way
        self.state = JobState.RUNNING
        self.said = ""
        self.stopping = False
        self.left = False
        self._done = done
        self._failed = failed
        self._began = time.monotonic()
        self._took: float | None = None
        self._begun = threading.Event()
        self._over = threading.Event()

    @property
    def running(self) -> bool:
        """Whether it has not come to an end."""
        return self.state is JobState.RUNNING

    @property
    def seconds(self) -> float:
        """How long it has been running, or took."""
        return time.monotonic() - self._began if self._took is None else self._took

    @property
    def progress(self) -> Progress:
        """How far it is; without a total where nobody can say."""
        return self.way.progress() if self.way.progress else Progress(self.title, seconds=self.seconds)

    @property
    def can_be_stopped(self) -> bool:
        """Whether it can be, and nobody has asked for that yet."""
        return self.running and self.way.stop is not None and not self.stopping

    @property
    def is_worth_keeping(self) -> bool:
        """Whether it is something to remember once it is over."""
        return self.left or self.state is not JobState.DONE or self.seconds >= _WORTH_KEEPING

    def stop(self) -> None:
        """Have it end soon, where it can be."""
        if self.can_be_stopped and self.way.stop is not None:
            self.stopping = True
            self.way.stop()

    def leave(self, done: Callable[[T], object], failed: Callable[[TlscaError], object]) -> None:
        """Have others hear what comes of it, because whoever began it does not wait."""
        self.left = True
        self._done, self._failed = done, failed

    def around(self, act: Callable[[], T]) -> T:
        """Do it, in the thread in which it is done."""
        self._begun.set()
        try:
            return act()
        finally:
            self._over.set()

    def wait(self) -> None:
        """Stop it and return once nothing more will be done; what cannot be stopped is left to its thread."""
        if self.running and self.way.stop is not None:
            self.way.stop()
            if self._begun.is_set():  # else it was given no thread yet, and gets none any more
                self._over.wait()

    def succeed(self, value: T, said: str) -> None:
        """Keep what is said of what came of it, and hand that on."""
        self._end(JobState.STOPPED if self.stopping else JobState.DONE, said)
        self._done(value)

    def fail(self, error: TlscaError) -> None:
        """Keep why nothing came of it, and hand that on."""
        self._end(JobState.STOPPED if self.stopping else JobState.FAILED, error.sentence)
        self._failed(error)

    def _end(self, state: JobState, said: str) -> None:
        self._took = time.monotonic() - self._began
        self.state = state
        self.said = printable(said)


class Jobs:
    """Everything that runs over one store, and what came of what has ended in this session."""

    def __init__(self, home: DOMNode) -> None:
        self._home = home
        self._all: list[Job[Any]] = []

    @property
    def running(self) -> tuple[Job[Any], ...]:
        """What has not come to an end, oldest first."""
        return tuple(job for job in self._all if job.running)

    @property
    def known(self) -> tuple[Job[Any], ...]:
        """What runs, and after it what has ended and is worth remembering, newest first."""
        ended = [job for job in reversed(self._all) if not job.running]
        return (*self.running, *(job for job in ended if job.is_worth_keeping))

    @property
    def signing(self) -> bool:
        """Whether something runs that needs private keys."""
        return any(job.way.signs for job in self.running)

    def begin(
        self,
        title: str,
        act: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[TlscaError], object] | None = None,
        *,
        told: Callable[[T], str] | None = None,
        way: Way = Way(),
    ) -> Job[T]:
        """Do something in a thread, whatever becomes of the screen where it was begun.

        `title` says what is done while it is: `Issuing 500 certificates`; `told` says in a sentence what came of it. `done` hears its
        value and `failed` its error, which is told as a notification where nobody hears it.
        """
        job = Job(title, way, done, failed or self.tell)
        self._all = [*self._all[-_MOST_KEPT:], job]
        work(
            self._home,
            lambda: job.around(act),
            lambda value: job.succeed(value, told(value) if told else ""),
            failed=job.fail,
            group="jobs",
        )
        return job

    def tell(self, error: TlscaError) -> None:
        """Tell an error as a notification, whatever screen is in front."""
        tell(self._home.app, error)

    def wait(self) -> None:
        """Stop what can be stopped, and return once nothing of that is done any more; it blocks."""
        for job in self.running:
            job.wait()


@dataclass(frozen=True, slots=True)
class Behind(Generic[T]):
    """Where the work of a dialog goes on when that is left, and who hears then what came of it."""

    jobs: Jobs
    done: Callable[[T], object]
