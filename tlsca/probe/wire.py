"""A socket that never waits longer than it may: one deadline for a whole probe, and an operator who can call it off.

A peer decides when it answers, octet by octet if it likes, so every wait is short and looks at the deadline and at the
operator in between. What waits says so instead of waiting itself, so that one thread can carry many handshakes.
"""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Generator
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from tlsca.errors import TlscaError

_GLANCE = 0.05  # seconds between two looks at the operator's wish
_PIECE = 16384

T = TypeVar("T")


class Cancelled(TlscaError):
    """The operator called the probe off."""

    title = "Cancelled"


class Elapsed(Exception):
    """The time for a probe is up; never leaves this room."""


class Patience:
    """How long may be waited: until a deadline, or until somebody calls it off."""

    def __init__(self, seconds: float, cancelled: threading.Event | None = None) -> None:
        self._deadline = time.monotonic() + seconds
        self._cancelled = cancelled

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(self._deadline - time.monotonic(), 0.0)

    def glance(self) -> float:
        """Return the seconds of one short wait. Raises Elapsed, and Cancelled when called off."""
        if self._cancelled is not None and self._cancelled.is_set():
            raise Cancelled("The probe was called off.")
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Elapsed
        return min(left, _GLANCE)

    def within(self, seconds: float) -> "Patience":
        """Return a patience that ends after `seconds`, if not earlier, and at the same wish."""
        return Patience(min(seconds, self.remaining), self._cancelled)


class Pause(NamedTuple):
    """What has to happen before work can go on: a socket can be read, or written to, or some time is over."""

    sock: socket.socket
    seconds: float
    """After which to go on even so: there is an operator, and a deadline, to look at."""
    writing: bool = False


Steps = Generator[Pause, None, T]
"""Work that pauses wherever it would have to wait for a peer, and returns what came of it."""


def carried(steps: Steps[T]) -> T:
    """Carry work to its end in this thread, and return what came of it. Raises what the work raises."""
    with contextlib.closing(steps):
        while True:
            try:
                pause = next(steps)
            except StopIteration as end:
                value: T = end.value
                return value
            _is_ready(pause)


class Wire:
    """A connected socket that does not block, read through a buffer so that a line and what follows it come apart."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._socket = sock
        self.patience = patience
        self._buffer = b""
        self.first_octets = b""
        """The first octets that came since `mark`: what a service that speaks no TLS says."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def mark(self) -> None:
        """Forget what came first so far."""
        self.first_octets = b""

    def send(self, data: bytes) -> None:
        """Send all of `data`, and wait for that in this thread. Raises OSError, Elapsed, Cancelled."""
        carried(self.sending(data))

    def sending(self, data: bytes) -> Steps[None]:
        """Send all of `data`. Raises OSError, Elapsed, Cancelled."""
        view = memoryview(data)
        while view:
            seconds = self.patience.glance()
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                yield Pause(self._socket, seconds, writing=True)

    def send_last(self, data: bytes) -> None:
        """Send `data` together with the end of the stream, once the wire is closed, if there is room. Raises OSError."""
        self._socket.send(data, getattr(socket, "MSG_MORE", 0))

    def receive(self) -> bytes:
        """Return what `receiving` does, and wait for it in this thread."""
        return carried(self.receiving(self.patience))

    def receiving(self, patience: Patience) -> Steps[bytes]:
        """Return what comes next, at most 16 kB; nothing at the end of the stream. Raises OSError, Elapsed, Cancelled."""
        if self._buffer:
            data, self._buffer = self._buffer, b""
            return data
        while True:
            yield Pause(self._socket, patience.glance())
            try:
                data = self._socket.recv(_PIECE)
            except BlockingIOError:
                continue
            if len(self.first_octets) < 64:
                self.first_octets += data[:64]
            return data

    def receive_exactly(self, count: int) -> bytes:
        """Return exactly `count` octets. Raises EOFError at the end of the stream."""
        gathered = b""
        while len(gathered) < count:
            data = self.receive()
            if not data:
                raise EOFError
            gathered += data
        self._buffer = gathered[count:]
        return gathered[:count]

    def receive_until(self, end: bytes, *, most: int) -> bytes:
        """Return octets up to and with `end`. Raises EOFError, and OverflowError when `most` come without it."""
        gathered = b""
        while (found := gathered.find(end)) < 0:
            if len(gathered) > most:
                raise OverflowError
            data = self.receive()
            if not data:
                raise EOFError
            gathered += data
        stop = found + len(end)
        self._buffer = gathered[stop:]
        return gathered[:stop]

    def discard_unread(self) -> bytes:
        """Return what has come and was not asked for, and forget it."""
        unread, self._buffer = self._buffer, b""
        with contextlib.suppress(OSError):
            unread += self._socket.recv(_PIECE)
        return unread


def connecting(address: str, port: int, patience: Patience) -> Steps[socket.socket]:
    """Open a TCP connection to an IP address; the socket does not block. Raises OSError, Elapsed, Cancelled; it is closed then."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        yield from _connected(sock, address, port, patience)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def _connected(sock: socket.socket, address: str, port: int, patience: Patience) -> Steps[None]:
    try:
        sock.connect(_place(sock, address, port))
    except BlockingIOError:  # as nearly always, other than on this machine
        while not _is_ready(Pause(sock, 0, writing=True)):
            yield Pause(sock, patience.glance(), writing=True)
        _check_connected(sock)


def _place(sock: socket.socket, address: str, port: int) -> tuple[object, ...]:
    """Return what to connect to: the resolver has to read the zone of a link-local address."""
    if "%" not in address:
        return address, port
    return socket.getaddrinfo(address, port, sock.family, sock.type, flags=socket.AI_NUMERICHOST)[0][4]


def _check_connected(sock: socket.socket) -> None:
    failure = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if failure:
        raise OSError(failure, "")


def _is_ready(pause: Pause) -> bool:
    """Wait in this thread for what a pause is about, and say whether it came."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(pause.sock, select.POLLOUT if pause.writing else select.POLLIN)
        return bool(poll.poll(pause.seconds * 1000))
    read, written = ([], [pause.sock]) if pause.writing else ([pause.sock], [])
    return any(select.select(read, written, written, pause.seconds))
