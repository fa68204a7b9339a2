"""A ClientHello of our own making, and what the server answers before any key is agreed on (RFC 8446, 4.1; RFC 5246, 7.4.1).

OpenSSL offers what it can speak itself. To learn what a host would accept, weak suites and key exchanges that this OpenSSL has
never heard of included, the first message is enough: the answer names the version, the suite and mostly the group.
"""

from dataclasses import dataclass, replace
from enum import Enum

from tlsca.probe.messages import FINITE_FIELD, decode
from tlsca.probe.registry import SCHEMES, VERSIONS
from tlsca.probe.wire import Elapsed, Wire

SSL3, TLS1, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304

_HANDSHAKE, _ALERT = 22, 21
_FATAL = 2
_CLIENT_HELLO, _SERVER_HELLO, _SERVER_KEY_EXCHANGE, _SERVER_HELLO_DONE = 1, 2, 12, 14
_LONGEST_RECORD = 16384 + 2048
_MOST_OCTETS = 1024 * 1024  # of a flight that is read only for the group in its middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What a client offers."""

    version: int
    """The only version offered."""
    suites: tuple[int, ...]
    groups: tuple[int, ...]
    server_name: str | None
    random: bytes
    """32 octets, also used as the session id."""
    alpn: tuple[str, ...] = ()


class Reply(Enum):
    """How a server answers."""

    ACCEPTED = "it goes on"
    REFUSED = "it sends a fatal alert"
    CLOSED = "it closes the connection"
    STRANGE = "it does not speak TLS"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    reply: Reply
    version: int | None = None
    suite: int | None = None
    group: str | None = None
    """The group of the key exchange, where the answer names one."""
    prime_bits: int | None = None
    """The size of the prime of a finite-field Diffie-Hellman."""
    alert: int | None = None


def encode(hello: Hello) -> bytes:
    """Return the hello as one record, ready to be sent."""
    body = min(hello.version, TLS12).to_bytes(2, "big") + hello.random
    body += _vector(1, hello.random)
    body += _vector(2, _numbers(hello.suites))
    body += _vector(1, b"\0")
    if hello.version > SSL3:
        body += _vector(2, _extensions(hello))
    message = bytes([_CLIENT_HELLO]) + _vector(3, body)
    # Old servers refuse a record that says TLS 1.2 before anything is agreed on (RFC 8446, 5.1).
    return bytes([_HANDSHAKE]) + min(hello.version, TLS1).to_bytes(2, "big") + _vector(2, message)


def _extensions(hello: Hello) -> bytes:
    found: list[tuple[int, bytes]] = []
    if hello.server_name:
        found.append((0, _vector(2, b"\0" + _vector(2, hello.server_name.encode("ascii")))))
    found += [
        (10, _vector(2, _numbers(hello.groups))),
        (11, _vector(1, b"\0")),
        (23, b""),  # extended master secret (RFC 7627): some servers refuse who does not offer it
        (0xFF01, b"\0"),
    ]
    if hello.version >= TLS12:
        found.append((13, _vector(2, _numbers(tuple(SCHEMES)))))
    if hello.alpn:
        found.append((16, _vector(2, b"".join(_vector(1, name.encode("ascii")) for name in hello.alpn))))
    if hello.version >= TLS13:
        # No key share: the server has to ask for one, and so names the group that it would take (RFC 8446, 4.2.8).
        found += [
            (43, _vector(1, _numbers((hello.version,)))),
            (45, _vector(1, b"\1")),
            (51, _vector(2, b"")),
        ]
    return b"".join(kind.to_bytes(2, "big") + _vector(2, data) for kind, data in found)


def _numbers(values: tuple[int, ...]) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


def _vector(octets: int, data: bytes) -> bytes:
    return len(data).to_bytes(octets, "big") + data


def ask(wire: Wire, hello: Hello) -> Answer:
    """Send a hello and read as much of the answer as tells something. Raises OSError, Elapsed, Cancelled."""
    wire.send(encode(hello))
    reader = _Flight(wire)
    try:
        return _answer(reader, hello)
    except (EOFError, ConnectionError):
        return Answer(Reply.CLOSED)
    except _FatalAlert as alert:
        return Answer(Reply.REFUSED, alert=alert.number)
    except ValueError:
        return Answer(Reply.STRANGE)


def _answer(flight: "_Flight", hello: Hello) -> Answer:
    kind, octets = flight.message()
    if kind != _SERVER_HELLO:
        raise ValueError
    facts = decode(octets, version=None)
    if facts.suite is None or facts.version is None:
        raise ValueError
    answer = Answer(Reply.ACCEPTED, _BY_NAME.get(facts.version), facts.suite, facts.group)
    return answer if hello.version >= TLS13 else _with_ephemeral_key(answer, flight)


_BY_NAME = {name: number for number, name in VERSIONS.items()}


def _with_ephemeral_key(answer: Answer, flight: "_Flight") -> Answer:
    """Read on to the ServerKeyExchange, which names the curve or the prime; an answer without one stays as it is."""
    try:
        while True:
            kind, octets = flight.message()
            if kind == _SERVER_KEY_EXCHANGE:
                return _told_by(octets, answer)
            if kind == _SERVER_HELLO_DONE:
                return answer
    except (ValueError, EOFError, OSError, Elapsed, _FatalAlert):
        return answer


def _told_by(key_exchange: bytes, answer: Answer) -> Answer:
    version = VERSIONS.get(answer.version or 0)
    group = decode(key_exchange, version=version).group
    if group != FINITE_FIELD:
        return replace(answer, group=group)
    length = int.from_bytes(key_exchange[4:6], "big")
    return replace(answer, prime_bits=int.from_bytes(key_exchange[6 : 6 + length], "big").bit_length())


class _FatalAlert(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Flight:
    """Reads handshake messages out of records that are not encrypted."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._octets = b""
        self._left = _MOST_OCTETS

    def message(self) -> tuple[int, bytes]:
        """Return the next message: its kind, and all of it with the header. Raises EOFError, ValueError, _FatalAlert."""
        self._gather(4)
        length = 4 + int.from_bytes(self._octets[1:4], "big")
        self._gather(length)
        message, self._octets = self._octets[:length], self._octets[length:]
        return message[0], message

    def _gather(self, count: int) -> None:
        if count > _MOST_OCTETS:
            raise ValueError
        pieces, size = [self._octets], len(self._octets)
        while size < count:
            piece = self._record()
            pieces.append(piece)
            size += len(piece)
        self._octets = b"".join(pieces)

    def _record(self) -> bytes:
        head = self._wire.receive_exactly(5)
        length = int.from_bytes(head[3:], "big")
        self._left -= length
        if head[0] not in {_HANDSHAKE, _ALERT} or head[1] != 3 or length > _LONGEST_RECORD or self._left < 0:
            raise ValueError
        data = self._wire.receive_exactly(length)
        if head[0] == _HANDSHAKE:
            return data
        if len(data) >= 2 and data[0] == _FATAL:
            raise _FatalAlert(data[1])
        return b""  # a warning, as that a name is not known, and the server goes on
