"""A loopback TLS server that presents one certificate and reports each handshake: the other end of a test.

Before a certificate goes to a host, any client (curl, a browser, one's own program) can be pointed at it here. It listens on
this machine only, and answers every request with a line of text.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Self

from tlsca.errors import TlscaError, Unreadable
from tlsca.pki.certificate import certificate
from tlsca.probe.keyfile import load_identity
from tlsca.probe.registry import ALERTS, named
from tlsca.text import printable

_HANDSHAKE_SECONDS = 10.0
_REQUEST_SECONDS = 2.0
_LONGEST_REQUEST = 16384
_MOST_CONNECTIONS = 64
_ALERT = 21


class ClientCertificates(StrEnum):
    """What the listener wants of its clients."""

    NONE = "none"
    REQUESTED = "requested"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One handshake that a client made, or tried to make, with the listener."""

    peer: str
    """The client's address and port: `127.0.0.1:40312`."""
    version: str | None = None
    """`TLSv1.3`; None where the handshake failed, as below."""
    cipher: str | None = None
    server_name: str | None = None
    """The name that the client asked for, safe for a terminal."""
    client_subject: str | None = None
    """Subject of the client's certificate, RFC 4514, safe for a terminal; None if it sent none."""
    client_sha256: str | None = None
    failure: str | None = None
    """Why the handshake failed, one sentence; None if it succeeded."""
    alert: int | None = None
    """The number of the alert with which either side ended it."""

    @property
    def succeeded(self) -> bool:
        """Whether the handshake succeeded."""
        return self.failure is None


@dataclass(slots=True)
class _Notes:
    """What is overheard of one handshake."""

    server_name: str | None = None
    alerts: list[tuple[str, int]] = field(default_factory=list)


class Listener:
    """A TLS server on loopback; a context manager, or `start()` and `stop()`."""

    def __init__(
        self,
        chain: bytes,
        key: bytes,
        on_visit: Callable[[Visit], None],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        client_certificates: ClientCertificates = ClientCertificates.NONE,
        client_roots: tuple[bytes, ...] = (),
        once: bool = False,
    ) -> None:
        """Prepare to present a chain (PEM, leaf first) with its key (PEM, not encrypted).

        `client_roots` (DER) are the authorities of acceptable client certificates. `on_visit` is called from other threads.
        With `once` the listener ends after one handshake, good or bad. Raises Unreadable.
        """
        self._context = _server_context(chain, key, client_certificates, client_roots)
        self._on_visit = on_visit
        self._place = (host, port)
        self._once = once
        self._ended = threading.Event()
        self._turns = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port listened on; 0 before the start."""
        return int(self._socket.getsockname()[1]) if self._socket else self._place[1]

    def start(self) -> None:
        """Listen, and return at once. Raises TlscaError where the port is taken or not allowed."""
        family = socket.AF_INET6 if ":" in self._place[0] else socket.AF_INET
        try:
            self._socket = socket.create_server(self._place, family=family)
        except (OSError, OverflowError) as problem:
            raise TlscaError(
                f"{self._place[0]}:{self._place[1]} cannot be listened on: {_why_not(problem)}.",
                hint="Choose another port, or 0 for any that is free.",
            ) from problem
        self._socket.settimeout(0.1)
        self._spawn(self._accept, self._socket)

    def stop(self) -> None:
        """Stop listening, break off what is under way, and return within a second."""
        self._ended.set()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    # An SSLSocket's own way takes its TLS object away from the thread that is using it.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            threads = list(self._threads)
        deadline = time.monotonic() + 1
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(deadline - time.monotonic(), 0))

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the listener has ended, by `once` or `stop()`; say whether it has."""
        return self._ended.wait(seconds)

    def _spawn(self, work: Callable[[socket.socket], None], sock: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(sock,), daemon=True)
        with self._lock:
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]
        thread.start()

    def _accept(self, listening: socket.socket) -> None:
        with listening:
            while not self._ended.is_set():
                with contextlib.suppress(TimeoutError, ConnectionError):
                    connection, _address = listening.accept()
                    if self._once:
                        self._serve(connection)
                        self._ended.set()
                    elif self._turns.acquire(blocking=False):
                        self._spawn(self._serve_in_turn, connection)
                    else:
                        connection.close()

    def _serve_in_turn(self, connection: socket.socket) -> None:
        try:
            self._serve(connection)
        finally:
            self._turns.release()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            with connection, contextlib.suppress(OSError):
                self._converse(connection)
        finally:
            with self._lock:
                self._open.discard(connection)

    def _converse(self, connection: socket.socket) -> None:
        peer = _place_of(connection)
        connection.settimeout(_HANDSHAKE_SECONDS)
        tls = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._open.add(tls)
        try:
            tls.do_handshake()
        except OSError as problem:
            self._report(_failed(peer, _notes_of(tls), problem))
        else:
            visit = _succeeded(peer, _notes_of(tls), tls)
            self._report(visit)
            _answer(tls, visit)
        finally:
            with self._lock:
                self._open.discard(tls)
            tls.close()

    def _report(self, visit: Visit) -> None:
        if not self._ended.is_set():
            self._on_visit(visit)


class _Connection(ssl.SSLSocket):
    """A server's connection with notes."""

    notes: _Notes


def _notes_of(connection: ssl.SSLSocket) -> _Notes:
    notes = connection.__dict__.setdefault("notes", _Notes())
    return notes if isinstance(notes, _Notes) else _Notes()


def _server_context(
    chain: bytes, key: bytes, wanted: ClientCertificates, client_roots: tuple[bytes, ...]
) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_identity(made, chain, key)
    made.sslsocket_class = _Connection
    made.sni_callback = _note_name
    made._msg_callback = _note_alert  # type: ignore[attr-defined]  # noqa: SLF001 -- the only way to see an alert's number
    if wanted is not ClientCertificates.NONE:
        made.verify_mode = ssl.CERT_REQUIRED if wanted is ClientCertificates.REQUIRED else ssl.CERT_OPTIONAL
        made.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST
        _load_roots(made, client_roots)
    return made


def _load_roots(made: ssl.SSLContext, roots: tuple[bytes, ...]) -> None:
    try:
        if roots:
            made.load_verify_locations(cadata=b"".join(roots))
    except ssl.SSLError as problem:
        raise Unreadable(
            "An authority given for client certificates cannot be read.", hint="Give CA certificates."
        ) from problem


def _note_name(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _context: ssl.SSLContext) -> None:
    if isinstance(connection, ssl.SSLSocket):
        _notes_of(connection).server_name = printable(name) if name else None


def _note_alert(
    connection: ssl.SSLSocket, _direction: str, _version: int, content_type: int, _kind: int, data: bytes
) -> None:
    if content_type == _ALERT and len(data) == 2 and data[1]:
        _notes_of(connection).alerts.append((_direction, data[1]))


def _place_of(connection: socket.socket) -> str:
    host, port = connection.getpeername()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _succeeded(peer: str, notes: _Notes, connection: ssl.SSLSocket) -> Visit:
    der = connection.getpeercert(binary_form=True)
    client = certificate(der) if der else None
    cipher = connection.cipher()
    return Visit(
        peer=peer,
        version=connection.version(),
        cipher=cipher[0] if cipher else None,
        server_name=notes.server_name,
        client_subject=printable(client.subject) if client else None,
        client_sha256=client.sha256 if client else None,
    )


_FAILURES = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "The client sent no certificate.",
    "HTTP_REQUEST": "The client spoke plain HTTP.",
    "WRONG_VERSION_NUMBER": "The client did not speak TLS.",
    "NO_SHARED_CIPHER": "The client offers no cipher suite that fits this certificate.",
    "UNSUPPORTED_PROTOCOL": "The client speaks only versions of TLS that are too old.",
}


def _failed(peer: str, notes: _Notes, problem: OSError) -> Visit:
    from_client = [number for direction, number in notes.alerts if direction == "read"]
    alert = next(iter(from_client or [number for _direction, number in notes.alerts]), None)
    return Visit(
        peer=peer,
        server_name=notes.server_name,
        failure=_why(problem, from_client[0] if from_client else None),
        alert=alert,
    )


def _why_not(problem: OSError | OverflowError) -> str:
    if isinstance(problem, OverflowError):
        return "a port is a number from 0 to 65535"
    reason, _, _ = (problem.strerror or str(problem)).partition(" (while ")  # Python adds what it was doing
    return printable(reason[:1].lower() + reason[1:])


def _why(problem: OSError, alert_of_client: int | None) -> str:
    if alert_of_client is not None:
        return (
            f"The client ended the handshake with alert {alert_of_client} ({named(ALERTS, alert_of_client)})."
        )
    if isinstance(problem, TimeoutError):
        return "The client did not finish its handshake in time."
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"The client's certificate was refused: {printable(problem.verify_message)}."
    if isinstance(problem, ssl.SSLError) and not isinstance(problem, ssl.SSLEOFError):
        reason = problem.reason or "no reason given"
        return _FAILURES.get(reason, f"The handshake failed: {reason}.")
    return "The client closed the connection before the handshake was done."


def _answer(connection: ssl.SSLSocket, visit: Visit) -> None:
    """Answer whatever is asked with one line of text, as HTTP/1.0."""
    body = f"{visit.version} {visit.cipher}\nclient certificate: {visit.client_subject or 'none'}\n".encode()
    head = (
        f"HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.settimeout(_REQUEST_SECONDS)
    asked = b""
    while b"\r\n\r\n" not in asked and len(asked) < _LONGEST_REQUEST:
        piece = connection.recv(4096)
        if not piece:
            return
        asked += piece
    connection.sendall(head.encode() + body)
    connection.unwrap()
