"""One TLS handshake over a wire, carried by us between OpenSSL and the socket, so that nothing is lost and nothing slips out.

OpenSSL works on buffers in memory here. That keeps every octet that came before it gave up, lets any wait be cut short,
and lets us look at the server's certificate before the flight that holds the client's leaves the machine.
"""

import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tlsca.probe.peer import peer_of
from tlsca.probe.transcript import CERTIFICATE, CERTIFICATE_REQUEST, NEW_SESSION_TICKET, Recorder
from tlsca.probe.wire import Elapsed, Steps, Wire

# A refusal of a TLS 1.3 client certificate comes one round trip after the handshake, a ticket as well.
_GRACE_ASKED = 0.25
_GRACE = 0.02
_LONGEST_GRACE = 2.0

# OpenSSL tells two things of every record beside what is in it (SSL3_RT_HEADER, SSL3_RT_INNER_CONTENT_TYPE).
_RECORD_HEADER = 256


class Ending(Enum):
    """How a handshake ended."""

    DONE = "done"
    UNVERIFIED = "OpenSSL did not verify the peer"
    WITHHELD = "we did not verify the peer, and kept the client certificate back"
    BROKEN = "one side gave up"
    CLOSED = "the peer closed the connection"
    TIMED_OUT = "the peer did not answer in time"


class Aftermath(Enum):
    """What came right after a handshake."""

    NOT_AWAITED = "nothing had to be awaited"
    SILENCE = "nothing came"
    WELCOME = "a session ticket or data came"
    CLOSED = "the peer closed the connection"
    REFUSED = "the peer sent an alert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one handshake left behind."""

    ending: Ending
    aftermath: Aftermath = Aftermath.NOT_AWAITED
    reason: str | None = None
    """OpenSSL's name of what went wrong."""
    verify_code: int = 0
    verify_message: str = ""
    sent: tuple[bytes, ...] = ()
    path: tuple[bytes, ...] = ()
    cipher: tuple[str, str, int] | None = None
    alpn: str | None = None
    peercert: dict[str, Any] | None = None
    first_octets: bytes = b""
    name_checked: bool = False
    """Whether OpenSSL held the certificate against the name to verify."""


class Connection(ssl.SSLObject):
    """A TLS connection in memory that is taken down."""

    recorder: Recorder | None = None


def overhear(
    connection: Connection, direction: str, _version: int, content_type: int, _kind: int, data: bytes
) -> None:
    """Pass what OpenSSL says on to the recorder of its connection; a context's message callback."""
    if content_type < _RECORD_HEADER and connection.recorder is not None:
        connection.recorder.note(direction, content_type, data)


class Handshake:
    """Carries one handshake."""

    def __init__(
        self,
        wire: Wire,
        context: ssl.SSLContext,
        recorder: Recorder,
        *,
        server_hostname: str | None,
        may_answer: Callable[[tuple[bytes, ...]], bool] | None = None,
    ) -> None:
        """Prepare; `may_answer` is asked with the peer's chain before anything that follows it is sent."""
        self._wire = wire
        self._recorder = recorder
        self._may_answer = may_answer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        connection = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)
        connection.recorder = recorder  # type: ignore[attr-defined]  # the context makes Connections
        self._connection = connection

    def run(self, round_trip: float) -> Steps[Session]:
        """Shake hands; `round_trip` in seconds scales the wait for a late refusal. Raises Cancelled."""
        reason, code, text = None, 0, ""
        aftermath = Aftermath.NOT_AWAITED
        try:
            ending = yield from self._shake()
            if ending is Ending.DONE and self._connection.version() == "TLSv1.3":
                aftermath = yield from self._await(round_trip)
        except ssl.SSLCertVerificationError as problem:
            ending, code, text = Ending.UNVERIFIED, problem.verify_code, problem.verify_message
            yield from self._flush_quietly()
        except ssl.SSLError as problem:
            ending = Ending.CLOSED if isinstance(problem, ssl.SSLEOFError) else Ending.BROKEN
            reason = problem.reason
            yield from self._flush_quietly()
        except Elapsed:
            ending = Ending.TIMED_OUT
        except OSError:
            ending = Ending.CLOSED
        session = self._session(ending, aftermath, reason, code, text)
        self._farewell(ending)
        return session

    def _shake(self) -> Steps[Ending]:
        while True:
            done = False
            with contextlib.suppress(ssl.SSLWantReadError):
                self._connection.do_handshake()
                done = True
            if not (yield from self._flush()):
                return Ending.WITHHELD
            if done:
                return Ending.DONE
            self._feed((yield from self._wire.receiving(self._wire.patience)))

    def _feed(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _flush(self) -> Steps[bool]:
        """Send what OpenSSL wants sent; False when the peer must not have it."""
        if not self._outgoing.pending:
            return True
        if self._may_answer and self._recorder.received(CERTIFICATE):
            allowed, self._may_answer = self._may_answer(peer_of(self._connection).sent), None
            if not allowed:
                return False
        # A peer that has hung up may have left an alert behind: what it said matters more than that it is gone.
        with contextlib.suppress(ConnectionError):
            yield from self._wire.sending(self._outgoing.read())
        self._recorder.sent_out()
        return True

    def _flush_quietly(self) -> Steps[None]:
        """Send the alert that says why we end this, if the peer still listens."""
        with contextlib.suppress(OSError, Elapsed):
            yield from self._flush()

    def _await(self, round_trip: float) -> Steps[Aftermath]:
        """Read until a sign of acceptance or refusal comes, for a while that is short when nothing was asked of us."""
        asked = self._recorder.received(CERTIFICATE_REQUEST)
        grace = min(2 * round_trip + (_GRACE_ASKED if asked else _GRACE), _LONGEST_GRACE)
        patience = self._wire.patience.within(grace)
        while (sign := self._sign()) is None:
            try:
                self._feed((yield from self._wire.receiving(patience)))
            except Elapsed:
                return Aftermath.SILENCE
            except OSError:
                return Aftermath.CLOSED
        return sign

    def _sign(self) -> Aftermath | None:
        """Return what the peer thinks of us, as far as it has said so yet."""
        if not self._incoming.pending and not self._incoming.eof:
            return None
        try:
            return Aftermath.WELCOME if self._connection.read(1) else Aftermath.CLOSED
        except ssl.SSLWantReadError:
            return Aftermath.WELCOME if self._recorder.received(NEW_SESSION_TICKET) else None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return Aftermath.CLOSED
        except ssl.SSLError:
            return Aftermath.REFUSED

    def _session(
        self, ending: Ending, aftermath: Aftermath, reason: str | None, code: int, text: str
    ) -> Session:
        connection = self._connection
        peer = peer_of(connection)
        return Session(
            ending=ending,
            aftermath=aftermath,
            reason=reason,
            verify_code=code,
            verify_message=text,
            sent=peer.sent,
            path=peer.path,
            cipher=connection.cipher(),
            alpn=connection.selected_alpn_protocol(),
            peercert=peer.dictionary,
            first_octets=self._wire.first_octets,
            name_checked=connection.context.check_hostname,
        )

    def _farewell(self, ending: Ending) -> None:
        """Close as the protocol wants it, so that the server's log stays clean."""
        if ending is Ending.DONE:
            with contextlib.suppress(ssl.SSLError, OSError):
                with contextlib.suppress(ssl.SSLWantReadError):
                    self._connection.unwrap()
                self._wire.send_last(self._outgoing.read())
                self._recorder.sent_out()
