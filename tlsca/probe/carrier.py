"""A thread that carries many visits at once: each goes on when its peer has answered, and until then takes nobody's time.

A thread for each visit would fight the others for Python's lock, which OpenSSL takes for every message that it tells of: of two
such carriers there is one for each side of that lock.
"""

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from tlsca.probe.wire import Pause, Steps

R = TypeVar("R")


@dataclass(eq=False, slots=True)
class _Load(Generic[R]):
    """One visit that is carried."""

    steps: Steps[R]
    answer: Future[R]
    pause: Pause | None = None
    """What it waits for, as the selector knows it."""
    due: float = 0.0
    """When it goes on at the latest, by the monotonic clock."""


class Carrier(Generic[R]):
    """Carries what it is given, in the one thread that calls `run`."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._bell, self._cord = socket.socketpair()
        for end in (self._bell, self._cord):
            end.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._thread: int | None = None
        self._given: deque[_Load[R]] = deque()
        self._loads: set[_Load[R]] = set()
        self._closing = False

    @property
    def burden(self) -> int:
        """How many visits it has; may be asked from any thread."""
        return len(self._loads) + len(self._given)

    def carry(self, steps: Steps[R]) -> Future[R]:
        """Take a visit; may be called from any thread. What it raises is in the answer."""
        load = _Load(steps, Future())
        self._given.append(load)
        self._ring()
        return load.answer

    def close(self) -> None:
        """Have `run` end once everything is carried; may be called from any thread."""
        self._closing = True
        self._ring()

    def run(self) -> None:
        """Carry until closed, and everything is carried."""
        self._thread = threading.get_ident()
        with self._selector, self._bell, self._cord:
            while self._loads or self._given or not self._closing:
                self._take_up()
                for key, _events in self._selector.select(self._patience()):
                    if key.data is None:
                        self._hear()
                    else:
                        self._go_on(key.data)
                self._look_at_the_late()

    def _ring(self) -> None:
        if threading.get_ident() != self._thread:
            with contextlib.suppress(OSError):  # full: it is ringing; closed: nothing is carried any more
                self._cord.send(b"\0")

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._bell.recv(4096)

    def _take_up(self) -> None:
        while self._given:
            load = self._given.popleft()
            self._loads.add(load)
            self._go_on(load)

    def _patience(self) -> float | None:
        """Return the seconds until somebody has waited long enough; without end where nobody waits."""
        if self._given:
            return 0
        due = min((load.due for load in self._loads), default=None)
        return None if due is None else max(due - time.monotonic(), 0)

    def _look_at_the_late(self) -> None:
        now = time.monotonic()
        for load in [load for load in self._loads if load.due <= now]:
            self._go_on(load)

    def _go_on(self, load: _Load[R]) -> None:
        """Do what can be done of one visit without waiting."""
        try:
            pause = next(load.steps)
        except StopIteration as end:
            self._put_down(load)
            load.answer.set_result(end.value)
        except BaseException as problem:  # noqa: BLE001 -- it is the problem of whoever waits for the answer
            self._put_down(load)
            load.answer.set_exception(problem)
        else:
            load.due = time.monotonic() + pause.seconds
            self._await(load, pause)

    def _put_down(self, load: _Load[R]) -> None:
        self._loads.discard(load)
        self._forget(load)

    def _await(self, load: _Load[R], pause: Pause) -> None:
        known = load.pause
        if known is None or known.sock is not pause.sock or known.writing is not pause.writing:
            self._forget(load)
            events = selectors.EVENT_WRITE if pause.writing else selectors.EVENT_READ
            self._selector.register(pause.sock, events, load)
            load.pause = pause

    def _forget(self, load: _Load[R]) -> None:
        """Stop looking at what a visit waited for; it may have closed that socket."""
        if load.pause is not None:
            self._selector.unregister(load.pause.sock)
            load.pause = None
