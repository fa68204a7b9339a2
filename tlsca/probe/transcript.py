"""Everything said on the wire, in order: plaintext steps, handshake messages and alerts, and what they tell.

The recorder is handed every message by OpenSSL, decrypted, while the handshake runs; what it notes is evidence that Python's
`ssl` keeps nowhere else: the number of an alert, the key-exchange group, whether a client certificate was asked for.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tlsca.probe.messages import Direction, Facts, Message, decode
from tlsca.probe.registry import ALERTS, MESSAGES, named
from tlsca.text import printable, shorten

_MOST_MESSAGES = 200  # a peer may go on for as long as the deadline lets it
_MOST_UNREAD = 32
_HANDSHAKE, _ALERT = 22, 21
_FATAL = 2
_LONGEST_LINE = 500
_TOLD = frozenset({_HANDSHAKE, _ALERT})
_EMPTY_CERTIFICATE_OCTETS = 8  # header 4, length of the list 3, and in TLS 1.3 length of the context 1

SERVER_HELLO, NEW_SESSION_TICKET, CERTIFICATE = 2, 4, 11
SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST, SERVER_HELLO_DONE, CERTIFICATE_VERIFY = 12, 13, 14, 15
_COMPRESSED_CERTIFICATE = 25
"""RFC 8879: OpenSSL from 3.2 sends and takes it where it was built with a compressor."""
_TELLING = frozenset({SERVER_HELLO, SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST, CERTIFICATE_VERIFY})
"""Messages of the server that have to be read at once; the others are decoded when somebody looks at them."""


class Stage(StrEnum):
    """The stages of a probe, in their order."""

    DNS = "dns"
    TCP = "tcp"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens while a probe runs: a stage begins, or, with `message`, something is said in it."""

    stage: Stage
    at_ms: float
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert (RFC 8446, section 6)."""

    direction: Direction
    fatal: bool
    number: int

    @property
    def name(self) -> str:
        """Number and name: `48 (unknown_ca)`."""
        return f"{self.number} ({named(ALERTS, self.number)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was learnt from the messages of one handshake."""

    messages: tuple[Message, ...] = ()
    alerts: tuple[Alert, ...] = ()
    kinds_received: frozenset[int] = frozenset()
    """Which kinds of handshake message came from the peer."""
    kinds_sent: frozenset[int] = frozenset()
    """Which kinds of handshake message we made."""
    version: str | None = None
    """The version that the server chose."""
    suite: int | None = None
    group: str | None = None
    scheme: str | None = None
    authorities: tuple[bytes, ...] = ()
    """Whom the server accepts as issuers of client certificates, DER names."""
    presented: bool = False
    """Whether a client certificate left this machine: a Certificate message may also be empty."""
    took_ms: tuple[tuple[Stage, float], ...] = ()

    def received(self, kind: int) -> bool:
        """Say whether a handshake message of this kind came from the peer."""
        return kind in self.kinds_received

    def sent(self, kind: int) -> bool:
        """Say whether we made a handshake message of this kind."""
        return kind in self.kinds_sent

    def alert_of(self, direction: Direction) -> Alert | None:
        """Return the alert with which one side ended things: the fatal one, else a warning other than close_notify."""
        if not self.alerts:
            return None
        alerts = [alert for alert in self.alerts if alert.direction is direction and alert.number]
        return next((alert for alert in alerts if alert.fatal), alerts[0] if alerts else None)


_Note = tuple[float, int, bytes]
"""When a message passed by the monotonic clock, its content type, and its octets."""


class Recorder:
    """Takes down one probe."""

    def __init__(self, on_event: Callable[[Event], None] | None = None) -> None:
        self._begun = time.monotonic()
        self._on_event = on_event
        self._stage = Stage.DNS
        self._took_ms: dict[Stage, float] = {}
        self._messages: list[Message] = []
        self._alerts: list[Alert] = []
        self._kinds_received: set[int] = set()
        self._kinds_sent: set[int] = set()
        self._unsent: list[_Note] = []
        self._unread: list[tuple[Direction, _Note]] = []
        self._presented = False
        self._learnt = Facts()

    def heard(self) -> Heard:
        """Return what was learnt so far."""
        self._read()
        return Heard(
            messages=tuple(self._messages),
            alerts=tuple(self._alerts),
            kinds_received=frozenset(self._kinds_received),
            kinds_sent=frozenset(self._kinds_sent),
            version=self._learnt.version,
            suite=self._learnt.suite,
            group=self._learnt.group,
            scheme=self._learnt.scheme,
            authorities=self._learnt.authorities,
            presented=self._presented,
            took_ms=tuple(self._took_ms.items()),
        )

    def at_ms(self) -> float:
        """Return the milliseconds since the probe began."""
        return (time.monotonic() - self._begun) * 1000

    @contextlib.contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Take the time of one stage, however it ends."""
        self._stage = stage
        begun = time.monotonic()
        if self._on_event:
            self._on_event(Event(stage, self.at_ms()))
        try:
            yield
        finally:
            self._took_ms[stage] = (time.monotonic() - begun) * 1000

    def took(self, stage: Stage) -> float:
        """Return the milliseconds that a stage took, 0 for one not reached."""
        return self._took_ms.get(stage, 0.0)

    def plain(self, direction: Direction, text: str, detail: str = "") -> None:
        """Note a plaintext step of STARTTLS; `text` is foreign."""
        self._add(Message(self.at_ms(), direction, shorten(printable(text), _LONGEST_LINE), detail))

    def received(self, kind: int) -> bool:
        """Say whether a handshake message of this kind came from the peer."""
        self._read()
        return kind in self._kinds_received

    def note(self, direction: str, content_type: int, data: bytes) -> None:
        """Take what OpenSSL's message callback reports; record headers and inner content types are dropped.

        What OpenSSL wants sent counts only once it has left: see `sent_out`. OpenSSL takes Python's lock for each call in the midst
        of its work, so messages are only put down here, and read when somebody asks or looks on.
        """
        if content_type not in _TOLD or len(data) < 2:
            return
        noted = (time.monotonic(), content_type, data)
        if direction == "write":
            self._unsent.append(noted)
        else:
            self._put_down(Direction.RECEIVED, noted)

    def sent_out(self) -> None:
        """Note that everything OpenSSL wanted sent has left this machine."""
        unsent, self._unsent = self._unsent, []
        for noted in unsent:
            self._put_down(Direction.SENT, noted)

    def _put_down(self, direction: Direction, noted: _Note) -> None:
        self._unread.append((direction, noted))
        if self._on_event or len(self._unread) > _MOST_UNREAD:
            self._read()

    def _read(self) -> None:
        """Read what was put down, in its order."""
        unread, self._unread = self._unread, []
        for direction, (at, content_type, data) in unread:
            at_ms = (at - self._begun) * 1000
            if content_type == _HANDSHAKE:
                self._handshake(at_ms, direction, data)
            else:
                self._alert(at_ms, direction, data)

    def _alert(self, at_ms: float, direction: Direction, data: bytes) -> None:
        alert = Alert(direction, data[0] == _FATAL, data[1])
        if len(self._alerts) < _MOST_MESSAGES:
            self._alerts.append(alert)
        self._add(Message(at_ms, direction, f"alert {alert.name}", "fatal" if alert.fatal else "warning"))

    def _handshake(self, at_ms: float, direction: Direction, data: bytes) -> None:
        name = MESSAGES.get(data[0]) or f"handshake message {data[0]}"
        self._add(Message(at_ms, direction, name, "", data, self._learnt.version))
        self._conclude(direction, data)

    def _conclude(self, direction: Direction, data: bytes) -> None:
        """Keep what a message means for the handshake; a compressed Certificate means what a plain one does."""
        kind = CERTIFICATE if data[0] == _COMPRESSED_CERTIFICATE else data[0]
        if direction is Direction.SENT:
            self._kinds_sent.add(kind)
            self._presented |= kind == CERTIFICATE and _unfolded_octets(data) > _EMPTY_CERTIFICATE_OCTETS
            return
        self._kinds_received.add(kind)
        if kind in _TELLING:
            self._learn(decode(data, version=self._learnt.version))

    def _learn(self, facts: Facts) -> None:
        """Keep what a message of the peer tells; a HelloRetryRequest settles nothing but the version."""
        known = self._learnt
        self._learnt = Facts(
            version=facts.version or known.version,
            suite=facts.suite or known.suite,
            group=facts.group or known.group,
            scheme=facts.scheme or known.scheme,
            authorities=facts.authorities or known.authorities,
        )

    def _add(self, message: Message) -> None:
        if len(self._messages) < _MOST_MESSAGES:
            self._messages.append(message)
            if self._on_event:
                self._on_event(Event(self._stage, message.at_ms, message))


def _unfolded_octets(data: bytes) -> int:
    """Return how long a Certificate message is with its header, before it was compressed if it was (RFC 8879, section 4)."""
    if data[0] == _COMPRESSED_CERTIFICATE:
        return 4 + int.from_bytes(data[6:9], "big")
    return len(data)
