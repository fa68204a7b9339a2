"""Many targets at once, politely: so many at a time, one at a time per host, and the answers in the order of the questions.

Targets are drawn as they are needed, so they may come from a slow source without end, and an answer never waits for the next one.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from operator import attrgetter
from typing import Generic, TypeVar

from tlsca.errors import TlscaError
from tlsca.probe.carrier import Carrier
from tlsca.probe.target import Target, is_address
from tlsca.probe.wire import Steps, carried

_MOST_AHEAD = 4
"""Targets drawn and not yet answered for, per job: the head of the line may be slow, and memory is not without end."""
_FEWEST_AHEAD = 64
_CARRIERS = 2
"""One works while the other waits for Python's lock; more would only take it from each other."""
_GATHER = 0.01
"""Seconds in which visits that end gather: judging many in a row takes half the time of judging each right after its handshake."""

T = TypeVar("T")
V = TypeVar("V")
R = TypeVar("R")


def host_of(target: Target) -> str:
    """Return what stands for the machine behind a target; on this machine itself every port is a host of its own."""
    host = target.address or target.host
    own = host == "localhost" or (is_address(host) and ip_address(host.partition("%")[0]).is_loopback)
    return f"{host} {target.port}" if own else host


def sweep(
    targets: Iterable[T],
    visit: Callable[[T], Steps[V]],
    *,
    judge: Callable[[V], R],
    host: Callable[[T], str],
    blocks: Callable[[T], bool],
    jobs: int,
) -> Generator[R, None, None]:
    """Visit every target, `jobs` at once and never two of the same `host`; yield in the order of the targets.

    A few threads carry all visits; one whose target `blocks`, since it waits without a pause, gets a thread of its own. `judge` is
    called in the caller's thread with what each visit returns, as they end. What a visit or the source raises is raised here in
    its turn, and ends the sweep. Closing the iterator begins nothing more; what is under way is for the caller to call off.
    """
    return _Sweep(targets, visit, judge=judge, host=host, blocks=blocks, jobs=jobs).answers()


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    number: int
    target: T
    host: str


class _Sweep(Generic[T, V, R]):
    """One sweep; everything below `_lock` is touched by its holder alone."""

    def __init__(
        self,
        targets: Iterable[T],
        visit: Callable[[T], Steps[V]],
        *,
        judge: Callable[[V], R],
        host: Callable[[T], str],
        blocks: Callable[[T], bool],
        jobs: int,
    ) -> None:
        self._source = targets
        self._visit = visit
        self._judge = judge
        self._host = host
        self._blocks = blocks
        self._jobs = jobs
        self._most_ahead = max(_FEWEST_AHEAD, _MOST_AHEAD * jobs)
        self._carriers: list[Carrier[V]] = [Carrier() for _ in range(min(_CARRIERS, jobs))]
        self._pool = ThreadPoolExecutor(jobs + len(self._carriers))
        self._lock = threading.RLock()
        self._turn = threading.Condition(self._lock)  # a visit has ended, or there is no other
        self._room = threading.Condition(self._lock)  # there is room ahead again
        self._waiting: deque[_Waiting[T]] = deque()
        self._busy: set[str] = set()
        self._ended: list[tuple[int, Future[V]]] = []
        self._drawn = self._given = 0
        self._dry = self._over = False

    def answers(self) -> Generator[R, None, None]:
        """Start the threads, and yield what they find."""
        for carrier in self._carriers:
            self._pool.submit(carrier.run)
        # A daemon: nobody waits for a source that is a terminal at which nothing is typed any more.
        threading.Thread(target=self._draw, daemon=True).start()
        try:
            yield from self._in_order()
        finally:
            with self._lock:
                self._over = True
                self._waiting.clear()
                self._room.notify()
            for carrier in self._carriers:
                carrier.close()
            self._pool.shutdown(wait=False)  # the caller has yet to call off what is under way

    def _in_order(self) -> Generator[R, None, None]:
        """Judge the visits as they end, and yield what comes of them in the order of the targets."""
        answers: dict[int, R | BaseException] = {}
        given = 0
        while ended := self._gathered():
            for number, visit in ended:
                answers[number] = visit.exception() or self._judge(visit.result())
            while given in answers:
                answer = answers.pop(given)
                if isinstance(answer, BaseException):
                    raise answer
                yield answer
                given += 1
            self._make_room(given)

    def _gathered(self) -> list[tuple[int, Future[V]]]:
        """Wait for a visit to end, and return it with those that end right after it; nothing after the last."""
        with self._lock:
            self._turn.wait_for(self._is_told)
        time.sleep(_GATHER)
        with self._lock:
            ended, self._ended = self._ended, []
            return ended

    def _is_told(self) -> bool:
        return bool(self._ended) or (self._dry and self._given == self._drawn)

    def _make_room(self, given: int) -> None:
        with self._lock:
            self._given = given
            # Waking the drawing thread for every single answer would cost more than what it draws.
            if self._drawn - given <= self._most_ahead // 2:
                self._room.notify()

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
        failed: Future[V] = Future()
        failed.set_exception(problem)
        with self._lock:
            self._ended.append((self._drawn, failed))
            self._drawn += 1

    def _begin(self) -> None:
        """Begin with every target for which there is a thread and whose host is not busy, in their order."""
        while len(self._busy) < self._jobs and not self._over and (job := self._next_job()) is not None:
            self._waiting.remove(job)
            self._busy.add(job.host)
            # May call at once, and begin with others.
            self._under_way(job.target).add_done_callback(partial(self._done, job))

    def _under_way(self, target: T) -> Future[V]:
        steps = self._visit(target)
        if self._blocks(target):
            return self._pool.submit(carried, steps)
        return min(self._carriers, key=attrgetter("burden")).carry(steps)

    def _next_job(self) -> _Waiting[T] | None:
        return next((job for job in self._waiting if job.host not in self._busy), None)

    def _done(self, job: _Waiting[T], visit: Future[V]) -> None:
        with self._lock:
            self._ended.append((job.number, visit))
            self._busy.discard(job.host)
            self._begin()
            self._turn.notify()
