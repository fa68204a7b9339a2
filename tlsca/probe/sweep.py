"""Many targets at once, politely: so many at a time, one at a time per host, and the answers in the order of the questions.

Targets are drawn as they are needed, so they may come from a slow source without end, and an answer never waits for the next one.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import Generic, TypeVar

from tlsca.errors import TlscaError
from tlsca.probe.target import Target, is_address

_MOST_AHEAD = 4
"""Targets drawn and not yet answered for, per job: the head of the line may be slow, and memory is not without end."""
_FEWEST_AHEAD = 64
_FEW = 4
"""Threads to begin with: hosts that answer at once keep these busy, and more would only take Python's lock from each other."""
_STALL = 0.05
"""Seconds without the next answer after which twice as many work, up to all the jobs: then it is the hosts that are waited for."""

T = TypeVar("T")
R = TypeVar("R")


def host_of(target: Target) -> str:
    """Return what stands for the machine behind a target; on this machine itself every port is a host of its own."""
    host = target.address or target.host
    own = host == "localhost" or (is_address(host) and ip_address(host.partition("%")[0]).is_loopback)
    return f"{host} {target.port}" if own else host


def sweep(
    targets: Iterable[T], probe: Callable[[T], R], *, host: Callable[[T], str], jobs: int
) -> Generator[R, None, None]:
    """Call `probe` with every target from `jobs` threads, never twice at once for the same `host`; yield in the order of the targets.

    What `probe` or the source raises is raised here in its turn, and ends the sweep. Closing the iterator begins nothing more;
    what is under way is for the caller to call off.
    """
    return _Sweep(targets, probe, host, jobs).answers()


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    number: int
    target: T
    host: str


class _Sweep(Generic[T, R]):
    """One sweep; everything below `_lock` is touched by its holder alone."""

    def __init__(
        self, targets: Iterable[T], probe: Callable[[T], R], host: Callable[[T], str], jobs: int
    ) -> None:
        self._source = targets
        self._probe = probe
        self._host = host
        self._jobs = jobs
        self._width = min(jobs, _FEW)
        self._most_ahead = max(_FEWEST_AHEAD, _MOST_AHEAD * jobs)
        self._pool = ThreadPoolExecutor(jobs)
        self._lock = threading.RLock()
        self._turn = threading.Condition(self._lock)  # the next answer is there, or there is no other
        self._room = threading.Condition(self._lock)  # there is room ahead again
        self._waiting: deque[_Waiting[T]] = deque()
        self._busy: set[str] = set()
        self._answers: dict[int, Future[R]] = {}
        self._drawn = self._given = 0
        self._dry = self._over = False

    def answers(self) -> Generator[R, None, None]:
        """Start the threads, and yield what they find."""
        # A daemon: nobody waits for a source that is a terminal at which nothing is typed any more.
        threading.Thread(target=self._draw, daemon=True).start()
        try:
            while (answer := self._next()) is not None:
                yield answer.result()
        finally:
            with self._lock:
                self._over = True
                self._waiting.clear()
                self._room.notify()
            self._pool.shutdown(wait=False)  # the caller has yet to call off what is under way

    def _next(self) -> Future[R] | None:
        """Wait for the next answer; None after the last."""
        with self._lock:
            while not self._turn.wait_for(self._is_told, self._patience()):
                self._width = min(self._jobs, 2 * self._width)
                self._begin()
            answer = self._answers.pop(self._given, None)
            self._given += 1
            # Waking the drawing thread for every single answer would cost more than what it draws.
            if self._drawn - self._given <= self._most_ahead // 2:
                self._room.notify()
            return answer

    def _patience(self) -> float | None:
        """Return for how long to wait for an answer before more work at once; without end once all do."""
        return _STALL if self._width < self._jobs else None

    def _is_told(self) -> bool:
        return self._given in self._answers or (self._dry and self._given == self._drawn)

    def _draw(self) -> None:
        """Draw targets while there is room ahead."""
        try:
            for target in self._source:
                host = self._host(target)
                with self._lock:
                    self._room.wait_for(self._has_room)
                    if self._over:
                        return
                    self._waiting.append(_Waiting(self._drawn, target, host))
                    self._drawn += 1
                    self._begin()
        except (OSError, ValueError, TlscaError) as problem:
            self._source_failed(problem)
        finally:
            with self._lock:
                self._dry = True
                self._turn.notify()

    def _has_room(self) -> bool:
        return self._over or self._drawn - self._given < self._most_ahead

    def _source_failed(self, problem: Exception) -> None:
        failed: Future[R] = Future()
        failed.set_exception(problem)
        with self._lock:
            self._answers[self._drawn] = failed
            self._drawn += 1

    def _begin(self) -> None:
        """Begin with every target for which there is a thread and whose host is not busy, in their order."""
        while len(self._busy) < self._width and not self._over and (job := self._next_job()) is not None:
            self._waiting.remove(job)
            self._busy.add(job.host)
            future = self._pool.submit(self._probe, job.target)
            future.add_done_callback(partial(self._done, job))  # may call at once, and begin with others

    def _next_job(self) -> _Waiting[T] | None:
        return next((job for job in self._waiting if job.host not in self._busy), None)

    def _done(self, job: _Waiting[T], answer: Future[R]) -> None:
        with self._lock:
            self._answers[job.number] = answer
            self._busy.discard(job.host)
            self._begin()
            if job.number == self._given:
                self._turn.notify()
