"""TLS handshake messages, decoded: what each says that is worth knowing (RFC 8446, RFC 5246).

OpenSSL hands every message over decrypted and whole, four octets of header first. A peer wrote half of them, so nothing here
trusts a length, and a message that cannot be read is merely told by its size.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from cryptography import x509

from tlsca.pki.names import dn_text
from tlsca.pki.quiet import quietly
from tlsca.probe.registry import COMPRESSIONS, GROUPS, SCHEMES, VERSIONS, named
from tlsca.text import listing, printable, shorten

MOST_AUTHORITIES = 1000
"""Acceptable authorities of a CertificateRequest that are read: a server that trusts the whole web names 150."""

FINITE_FIELD = "DHE"
"""Stands for the group of a finite-field Diffie-Hellman before TLS 1.3, which has no name."""

_HEADER_OCTETS = 4
_SERVER_NAME, _ALPN, _SUPPORTED_VERSIONS, _AUTHORITIES, _KEY_SHARE = 0, 16, 43, 47, 51
# The random value by which a ServerHello says that it is a HelloRetryRequest (RFC 8446, 4.1.3).
_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
_NAMED_CURVE = 3
_TOO_EARLY = "the message ends too early"


class Direction(StrEnum):
    """Who spoke."""

    SENT = "sent"
    RECEIVED = "received"


class Message(NamedTuple):
    """One TLS handshake message, alert, or plaintext step.

    A named tuple because a handshake makes ten of them while the peer waits: a dataclass takes five times as long to make.
    """

    at_ms: float
    """Milliseconds since the probe began."""
    direction: Direction
    message: str
    """What it is: `ServerHello`, `alert 48 (unknown_ca)`, or a line of the plaintext dialogue; safe for a terminal."""
    remark: str = ""
    """What is worth knowing of an alert or plaintext step, safe for a terminal."""
    octets: bytes = b""
    """A handshake message as it was on the wire, decrypted, with its header."""
    version: str | None = None
    """The TLS version by which those octets are read."""

    @property
    def detail(self) -> str:
        """What is worth knowing, safe for a terminal; a handshake message is decoded when somebody looks."""
        if not self.octets:
            return self.remark
        told = decode(self.octets, version=self.version).detail
        size = f"{len(self.octets)} octets"
        return f"{told}; {size}" if told else size


class Facts(NamedTuple):
    """What one message tells; None where it does not."""

    detail: str = ""
    version: str | None = None
    suite: int | None = None
    group: str | None = None
    scheme: str | None = None
    authorities: tuple[bytes, ...] = ()
    """DER names of acceptable authorities."""
    is_retry: bool = False


class _Reader:
    """Reads vectors off the front of a message; reading past the end raises ValueError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        piece = self._data[self._at : self._at + length]
        if len(piece) != length:
            raise ValueError(_TOO_EARLY)
        self._at += length
        return piece

    def number(self, octets: int) -> int:
        return int.from_bytes(self.take(octets), "big")

    def vector(self, octets: int) -> bytes:
        return self.take(int.from_bytes(self.take(octets), "big"))

    @property
    def more(self) -> bool:
        return self._at < len(self._data)


def decode(octets: bytes, *, version: str | None) -> Facts:
    """Return what a handshake message says; `version` is the one negotiated before it."""
    reader = _DECODERS.get(octets[0]) if octets else None
    if reader is None:
        return Facts()
    try:
        return reader(octets[_HEADER_OCTETS:], version)
    except ValueError:
        return Facts("cannot be read")


def _extensions(reader: _Reader) -> dict[int, bytes]:
    """Return the extensions that come next, by their numbers; read without a reader, since every handshake has some."""
    found: dict[int, bytes] = {}
    data = reader.vector(2) if reader.more else b""
    at, end = 0, len(data)
    while at < end:
        body = at + 4
        kind, length = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : body], "big")
        at = body + length
        if at > end:
            raise ValueError(_TOO_EARLY)
        found[kind] = data[body:at]
    return found


def _numbers(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data) - 1, 2)]


def _client_hello(body: bytes, _version: str | None) -> Facts:
    reader = _Reader(body)
    legacy = reader.number(2)
    reader.take(32)
    reader.vector(1)
    suites = len(reader.vector(2)) // 2
    reader.vector(1)
    extensions = _extensions(reader)
    versions = (
        _numbers(_Reader(extensions[_SUPPORTED_VERSIONS]).vector(1))
        if _SUPPORTED_VERSIONS in extensions
        else [legacy]
    )
    parts = [
        listing([named(VERSIONS, number) for number in sorted(versions, reverse=True)]),
        f"{suites} cipher suites",
    ]
    if _SERVER_NAME in extensions:
        parts.append(f"server name {_sni(extensions[_SERVER_NAME])}")
    if _ALPN in extensions:
        parts.append(f"ALPN {', '.join(_alpn(extensions[_ALPN]))}")
    return Facts("; ".join(parts))


def _sni(data: bytes) -> str:
    names = _Reader(_Reader(data).vector(2))
    names.take(1)
    return printable(names.vector(2).decode("ascii", "replace"))


def _alpn(data: bytes) -> Iterator[str]:
    names = _Reader(_Reader(data).vector(2))
    while names.more:
        yield printable(names.vector(1).decode("ascii", "replace"))


def _server_hello(body: bytes, _version: str | None) -> Facts:
    reader = _Reader(body)
    version = reader.number(2)
    is_retry = reader.take(32) == _RETRY
    reader.vector(1)
    suite = reader.number(2)
    reader.take(1)
    extensions = _extensions(reader)
    if _SUPPORTED_VERSIONS in extensions:
        version = _Reader(extensions[_SUPPORTED_VERSIONS]).number(2)
    group = named(GROUPS, _Reader(extensions[_KEY_SHARE]).number(2)) if _KEY_SHARE in extensions else None
    name = named(VERSIONS, version)
    parts = ["asks for another ClientHello"] if is_retry else []
    parts += [name, *([f"group {group}"] if group else [])]
    if _ALPN in extensions:
        parts.append(f"ALPN {', '.join(_alpn(extensions[_ALPN]))}")
    return Facts("; ".join(parts), name, suite, group, is_retry=is_retry)


def _encrypted_extensions(body: bytes, _version: str | None) -> Facts:
    extensions = _extensions(_Reader(body))
    return Facts(f"ALPN {', '.join(_alpn(extensions[_ALPN]))}" if _ALPN in extensions else "")


def _certificate(body: bytes, version: str | None) -> Facts:
    reader = _Reader(body)
    if version == "TLSv1.3":
        reader.vector(1)
    chain = _Reader(reader.vector(3))
    sizes = []
    while chain.more:
        sizes.append(f"{len(chain.vector(3))}")
        if version == "TLSv1.3":
            chain.vector(2)
    if not sizes:
        return Facts("none")
    return Facts(f"{len(sizes)} certificate{'s' if len(sizes) > 1 else ''} of {listing(sizes)} octets")


def _compressed_certificate(body: bytes, _version: str | None) -> Facts:
    """Read how a Certificate was compressed (RFC 8879, section 4); what is in it, the chain shows."""
    reader = _Reader(body)
    how = named(COMPRESSIONS, reader.number(2))
    return Facts(f"{how}, {reader.number(3)} octets before")


def _server_key_exchange(body: bytes, version: str | None) -> Facts:
    """Read an ephemeral ECDH key (RFC 8422, 5.4); one of finite-field DH has no group number to tell."""
    reader = _Reader(body)
    if reader.number(1) != _NAMED_CURVE:
        return Facts("finite-field Diffie-Hellman", group=FINITE_FIELD)
    group = named(GROUPS, reader.number(2))
    reader.vector(1)
    scheme = named(SCHEMES, reader.number(2)) if version == "TLSv1.2" and reader.more else None
    return Facts(f"group {group}" + (f"; {scheme}" if scheme else ""), group=group, scheme=scheme)


def _certificate_verify(body: bytes, version: str | None) -> Facts:
    if version not in {"TLSv1.2", "TLSv1.3"}:
        return Facts()
    scheme = named(SCHEMES, _Reader(body).number(2))
    return Facts(scheme, scheme=scheme)


def _certificate_request(body: bytes, version: str | None) -> Facts:
    reader = _Reader(body)
    if version == "TLSv1.3":
        reader.vector(1)
        listed = _extensions(reader).get(_AUTHORITIES, b"\0\0")
    else:
        reader.vector(1)
        if version == "TLSv1.2":
            reader.vector(2)
        listed = reader.take(2)
        listed += reader.take(int.from_bytes(listed, "big"))
    names = tuple(_authorities(listed))
    if not names:
        return Facts("from any authority")
    return Facts(f"from {listing([authority_text(name) for name in names[:5]])}", authorities=names)


def _authorities(listed: bytes) -> Iterator[bytes]:
    reader = _Reader(_Reader(listed).vector(2))
    for _ in range(MOST_AUTHORITIES):
        if not reader.more:
            break
        yield reader.vector(2)


def authority_text(der: bytes) -> str:
    """Return a DER name as RFC 4514 text, safe for a terminal; its hexadecimal digits if it cannot be read."""
    try:
        with quietly(UserWarning):
            return printable(dn_text(x509.Name.from_bytes(der)))
    except (ValueError, TypeError):
        return shorten(der.hex(), 80)


def _new_session_ticket(body: bytes, _version: str | None) -> Facts:
    return Facts(f"good for {_Reader(body).number(4)} s")


_DECODERS: dict[int, Callable[[bytes, str | None], Facts]] = {
    1: _client_hello,
    2: _server_hello,
    4: _new_session_ticket,
    8: _encrypted_extensions,
    11: _certificate,
    12: _server_key_exchange,
    13: _certificate_request,
    15: _certificate_verify,
    25: _compressed_certificate,
}
