"""What Python's `ssl` cannot ask for: the OCSP staple, and a key exchange that this Python's OpenSSL does not know.

pyOpenSSL brings an OpenSSL of its own, often newer. It is optional (`tlsca[deep]`): without it what is not known is said, and why.
"""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any

from cryptography import x509
from cryptography.x509 import ocsp

from tlsca.probe.options import Options
from tlsca.probe.proxy import through
from tlsca.probe.reach import Unreached, reach
from tlsca.probe.starttls import NotUpgraded, upgrade
from tlsca.probe.target import Target
from tlsca.probe.transcript import Recorder
from tlsca.probe.wire import Elapsed, Patience, Wire
from tlsca.text import printable, rfc3339, serial_hex

_PIECE = 65536
_POST_QUANTUM = ("MLKEM", "Kyber")
_MISSING = "pyOpenSSL is not installed; pip install 'tlsca[deep]' brings it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Staple:
    """The OCSP response that a host sent along (RFC 6066, 8; RFC 6960)."""

    status: str
    """`good`, `revoked` or `unknown` for the certificate; `malformed`, or the responder's own error, where there is no answer."""
    serial: str | None = None
    """Which certificate it is about."""
    this_update: datetime | None = None
    next_update: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "status": self.status,
            "serial": self.serial,
            "this_update": rfc3339(self.this_update) if self.this_update else None,
            "next_update": rfc3339(self.next_update) if self.next_update else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """What a second handshake told."""

    group: str | None = None
    """The key-exchange group that the host took from a modern client: `X25519MLKEM768`."""
    staple: Staple | None = None
    """None where the host sent none, or where it is not known."""
    unknown: str = ""
    """Why nothing is known; empty where the handshake was made."""

    @property
    def post_quantum(self) -> bool | None:
        """Whether recorded traffic stays secret from a quantum computer; None where it is not known."""
        return None if self.group is None else any(mark in self.group for mark in _POST_QUANTUM)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "group": self.group,
            "post_quantum": self.post_quantum,
            "staple": self.staple.to_json() if self.staple else None,
            "unknown": self.unknown or None,
        }


def look_deeper(target: Target, options: Options, *, cancelled: threading.Event | None = None) -> Depth:
    """Shake hands once more, as a modern client that asks for a staple; nothing is verified. Raises Cancelled.

    It blocks for at most `options.timeout` seconds.
    """
    openssl = _openssl()
    if openssl is None:
        return Depth(unknown=_MISSING)
    try:
        with _connected(target, options, Patience(options.timeout, cancelled)) as wire:
            if target.starttls is not None:
                upgrade(wire, target, Recorder())
            return _shake(openssl, wire, target, options)
    except (Unreached, NotUpgraded) as failure:
        return Depth(unknown=failure.finding.message)
    except (OSError, Elapsed):
        return Depth(unknown="The second handshake did not come to an end.")


def _openssl() -> ModuleType | None:
    try:
        from OpenSSL import SSL  # noqa: PLC0415 -- optional, and slow to load
    except ImportError:
        return None
    return SSL


def _connected(target: Target, options: Options, patience: Patience) -> Wire:
    if options.proxy is not None:
        return through(options.proxy, target, patience, Recorder())
    return Wire(reach(target, patience)[0], patience)


def _shake(openssl: ModuleType, wire: Wire, target: Target, options: Options) -> Depth:
    stapled: list[bytes] = []
    connection = openssl.Connection(_context(openssl, options, stapled.append), None)
    if target.server_name:
        connection.set_tlsext_host_name(target.server_name.encode("ascii"))
    connection.request_ocsp()
    connection.set_connect_state()
    try:
        _carry(openssl, connection, wire)
    except openssl.Error:
        return Depth(unknown="The host ended the second handshake.")
    return Depth(group=connection.get_group_name(), staple=_staple(stapled[0]) if stapled else None)


def _context(openssl: ModuleType, options: Options, keep: Callable[[bytes], None]) -> Any:  # noqa: ANN401 -- of an optional library
    def note(_connection: object, response: bytes, _data: object) -> bool:
        if response:
            keep(response)
        return True

    context = openssl.Context(openssl.TLS_CLIENT_METHOD)
    context.set_verify(openssl.VERIFY_NONE)
    context.set_ocsp_client_callback(note)
    if options.alpn:
        context.set_alpn_protos([name.encode("ascii") for name in options.alpn])
    return context


def _carry(openssl: ModuleType, connection: Any, wire: Wire) -> None:  # noqa: ANN401 -- of an optional library
    while True:
        done = False
        with contextlib.suppress(openssl.WantReadError):
            connection.do_handshake()
            done = True
        with contextlib.suppress(openssl.WantReadError):
            wire.send(connection.bio_read(_PIECE))
        if done:
            _farewell(openssl, connection, wire)
            return
        data = wire.receive()
        if not data:
            raise ConnectionResetError
        connection.bio_write(data)


def _farewell(openssl: ModuleType, connection: Any, wire: Wire) -> None:  # noqa: ANN401 -- of an optional library
    """Close as the protocol wants it, so that the server's log stays clean."""
    with contextlib.suppress(openssl.Error, OSError, Elapsed):
        connection.shutdown()
        wire.send_last(connection.bio_read(_PIECE))


def _staple(der: bytes) -> Staple:
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return Staple(status=response.response_status.name.lower().replace("_", "-"))
        return Staple(
            status=response.certificate_status.name.lower(),
            serial=serial_hex(response.serial_number),
            this_update=response.this_update_utc,
            next_update=response.next_update_utc,
        )
    except (ValueError, x509.UnsupportedGeneralNameType):
        return Staple(status="malformed")


def staple_text(staple: Staple) -> str:
    """Return a staple in words; printable."""
    until = f", until {rfc3339(staple.next_update)}" if staple.next_update else ""
    return printable(f"{staple.status}{until}")
