"""A socket that never waits longer than it may: one deadline for a whole probe, and an operator who can call it off.

A peer decides when it answers, octet by octet if it likes, so every wait is short and looks at the deadline and at the
operator in between.
"""

import contextlib
import select
import socket
import threading
import time
from types import TracebackType
from typing import Self

from tlsca.errors import TlscaError

_GLANCE = 0.05  # seconds between two looks at the operator's wish
_PIECE = 16384


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


class Wire:
    """A connected socket, read through a buffer so that a line and what follows it come apart."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._socket = sock
        self._timeout: float | None = None
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
        """Send all of `data`. Raises OSError, Elapsed, Cancelled."""
        view = memoryview(data)
        while view:
            self._wait_at_most(self.patience.glance())
            with contextlib.suppress(TimeoutError):
                view = view[self._socket.send(view) :]

    def send_last(self, data: bytes) -> None:
        """Send `data` together with the end of the stream, once the wire is closed. Raises OSError, Elapsed, Cancelled."""
        self._wait_at_most(self.patience.glance())
        self._socket.send(data, getattr(socket, "MSG_MORE", 0))

    def _wait_at_most(self, seconds: float) -> None:
        """Set how long the socket waits, which is nearly always as long as before and costs a call of the system."""
        if seconds != self._timeout:
            self._socket.settimeout(seconds)
            self._timeout = seconds

    def receive(self, patience: Patience | None = None) -> bytes:
        """Return what comes next, at most 16 kB; nothing at the end of the stream. Raises OSError, Elapsed, Cancelled."""
        if self._buffer:
            data, self._buffer = self._buffer, b""
            return data
        waiting = patience or self.patience
        while True:
            self._wait_at_most(waiting.glance())
            with contextlib.suppress(TimeoutError):
                data = self._socket.recv(_PIECE)
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
        self._wait_at_most(0)
        with contextlib.suppress(OSError):
            unread += self._socket.recv(_PIECE)
        return unread


def connect(address: str, port: int, patience: Patience) -> socket.socket:
    """Open a TCP connection to an IP address. Raises OSError, Elapsed, Cancelled; the socket is closed then."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        _connect_within(sock, address, port, patience)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def _connect_within(sock: socket.socket, address: str, port: int, patience: Patience) -> None:
    try:
        sock.connect(_place(sock, address, port))
    except BlockingIOError:  # as nearly always, other than on this machine
        while not _is_writable(sock, patience.glance()):
            pass
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


def _is_writable(sock: socket.socket, seconds: float) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, select.POLLOUT)
        return bool(poll.poll(seconds * 1000))
    return any(select.select([], [sock], [sock], seconds))
