"""One probe: a target dialled, upgraded if need be, one TLS handshake, and everything that can be learnt from it.

One handshake is enough for all of it, so a host's log shows one visit, and what is reported is what happened in that visit.
"""

import ssl
import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime

from tlsca.pki.certificate import certificates
from tlsca.pki.finding import Finding, error, gravest_first
from tlsca.probe.diagnose import diagnose, own_verdict
from tlsca.probe.keyfile import load_identity
from tlsca.probe.options import ClientCredential, Options
from tlsca.probe.proxy import through
from tlsca.probe.reach import Unreached, addresses_of, dialling
from tlsca.probe.result import ClientAuth, Outcome, Result, Timings, Tls
from tlsca.probe.session import Connection, Handshake, Session, overhear
from tlsca.probe.starttls import NotUpgraded, upgrade
from tlsca.probe.target import BadTarget, Target, is_address, parse_target, shown
from tlsca.probe.transcript import Event, Heard, Recorder, Stage
from tlsca.probe.trust import context, new_context
from tlsca.probe.wire import Cancelled, Patience, Steps, Wire, carried

__all__ = ["Cancelled", "ClientCredential", "Event", "Options", "Result", "bad_target", "probe", "probe_text"]


def probe(
    target: Target,
    options: Options,
    *,
    now: datetime,
    cancelled: threading.Event | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Result:
    """Probe one target and return everything that was learnt, good or bad; blocks for at most `options.timeout` seconds.

    `on_event` is called from this thread as stages begin and messages pass. Setting `cancelled` ends it within 0.2 s.
    Raises Cancelled, and before anything is dialled UsageError or Unreadable for options that OpenSSL cannot take.
    """
    one = Probe(target, options, now=now, cancelled=cancelled, on_event=on_event)
    return one.result(carried(one.steps()))


def converses(target: Target, options: Options) -> bool:
    """Say whether there is a dialogue in the clear before TLS begins, with a proxy or by STARTTLS."""
    return options.proxy is not None or target.starttls is not None


def probe_text(
    text: str,
    options: Options,
    *,
    now: datetime,
    starttls: str = "auto",
    server_name: str | None = None,
    address: str | None = None,
    verify_name: str | None = None,
    cancelled: threading.Event | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Result:
    """Probe a target as typed; one that cannot be read becomes a failed result with the problem `bad-target`."""
    try:
        target = parse_target(
            text, starttls=starttls, server_name=server_name, address=address, verify_name=verify_name
        )
    except BadTarget as problem:
        return bad_target(text, problem)
    return probe(target, options, now=now, cancelled=cancelled, on_event=on_event)


def bad_target(text: str, problem: BadTarget) -> Result:
    """Return the result of a target that cannot be dialled as it is written."""
    host = shown(text)
    return Result(
        target=Target(host=host, port=0, address=None, server_name=None, verify_name=host, starttls=None),
        address=None,
        verdict=Outcome.FAILED,
        problems=(error("bad-target", problem.sentence, problem.hint),),
        tls=None,
        chain_sent=(),
        chain_verified=(),
        client_auth=ClientAuth(),
    )


def _context(target: Target, options: Options) -> ssl.SSLContext:
    """Return the OpenSSL context: a shared one, or one of its own where a private key has to go into it."""
    policy = options.policy(check_name=_hostname(target) is not None)
    if options.client is None:
        return context(options.trust, policy, overhear, Connection)
    made = new_context(options.trust, policy, overhear, Connection)
    load_identity(made, options.client.chain, options.client.key)
    return made


def _hostname(target: Target) -> str | None:
    """Return the name by which OpenSSL may verify; None where SNI says another one, since `ssl` takes one name for both."""
    if target.server_name is None:
        return target.verify_name if is_address(target.verify_name) else None
    return target.verify_name if target.server_name == target.verify_name else None


Ended = Session | Finding
"""What a handshake left behind, or why there was none."""


class Probe:
    """One probe in two parts: steps that wait for the host, and the verdict, which takes the processor alone."""

    def __init__(
        self,
        target: Target,
        options: Options,
        *,
        now: datetime,
        cancelled: threading.Event | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        """Prepare; the arguments are those of `probe`."""
        self._target = target
        self._options = options
        self._context = _context(target, options)
        self._now = now
        self._recorder = Recorder(
            on_event
        )  # its clock runs from here: it was not the host that the context took time for
        self._patience = Patience(options.timeout, cancelled)
        self._took_ms = 0.0
        self._address: str | None = None
        self._warnings: tuple[Finding, ...] = ()

    def steps(self) -> Steps[Ended]:
        """Go through the stages; one that `converses` waits for the dialogue without a pause. Raises Cancelled."""
        ended = yield from self._stages()
        self._took_ms = self._recorder.at_ms()
        return ended

    def result(self, ended: Ended) -> Result:
        """Judge what the steps returned."""
        return self._judged(ended) if isinstance(ended, Session) else self._failed(ended)

    def _stages(self) -> Steps[Ended]:
        try:
            with (yield from self._connected()) as wire:
                self._upgrade(wire)
                return (yield from self._shake(wire))
        except Unreached as failure:
            self._address = failure.address
            return failure.finding
        except NotUpgraded as failure:
            return failure.finding

    def _connected(self) -> Steps[Wire]:
        if self._options.proxy is not None:
            with self._recorder.stage(Stage.TCP):
                return through(self._options.proxy, self._target, self._patience, self._recorder)
        asks = self._target.address is None and not is_address(self._target.host)
        with self._recorder.stage(Stage.DNS) if asks else nullcontext():
            addresses = yield from addresses_of(self._target, self._patience)
        with self._recorder.stage(Stage.TCP):
            sock, self._address = yield from dialling(self._target, addresses, self._patience)
        return Wire(sock, self._patience)

    def _upgrade(self, wire: Wire) -> None:
        if self._target.starttls is not None:
            with self._recorder.stage(Stage.STARTTLS):
                self._warnings = upgrade(wire, self._target, self._recorder)

    def _shake(self, wire: Wire) -> Steps[Session]:
        wire.mark()
        handshake = Handshake(
            wire,
            self._context,
            self._recorder,
            server_hostname=self._target.server_name or _hostname(self._target),
            may_answer=self._may_answer if self._options.client and self._options.verifies else None,
        )
        round_trip = self._recorder.took(Stage.TCP) / 1000
        with self._recorder.stage(Stage.TLS):
            return (yield from handshake.run(round_trip))

    def _may_answer(self, sent: tuple[bytes, ...]) -> bool:
        """Let the client certificate out only to a server that our own walk accepts as well as OpenSSL.

        OpenSSL verifies before it makes the client's flight, but knows neither `verify_name` nor the revocation lists.
        """
        return bool(sent) and own_verdict(sent, self._target, self._options, now=self._now).good

    def _judged(self, session: Session) -> Result:
        heard = self._recorder.heard()
        diagnosis = diagnose(session, heard, self._target, self._options, now=self._now)
        return Result(
            target=self._target,
            address=self._address,
            verdict=diagnosis.verdict,
            problems=gravest_first([*diagnosis.problems, *self._warnings]),
            tls=None if diagnosis.verdict is Outcome.FAILED else self._tls(session, heard),
            chain_sent=certificates(session.sent),
            chain_verified=diagnosis.chain_verified,
            client_auth=diagnosis.client_auth,
            strict=diagnosis.strict,
            timings_ms=self._timings(heard),
            transcript=heard.messages,
        )

    def _tls(self, session: Session, heard: Heard) -> Tls:
        return Tls(
            version=heard.version,
            cipher=session.cipher or _suite(self._context, heard.suite),
            group=heard.group,
            signature=heard.scheme,
            alpn=session.alpn,
            peercert=session.peercert,
        )

    def _failed(self, finding: Finding) -> Result:
        heard = self._recorder.heard()
        return Result(
            target=self._target,
            address=self._address,
            verdict=Outcome.FAILED,
            problems=(finding,),
            tls=None,
            chain_sent=(),
            chain_verified=(),
            client_auth=ClientAuth(),
            timings_ms=self._timings(heard),
            transcript=heard.messages,
        )

    def _timings(self, heard: Heard) -> Timings:
        took = {stage.value: milliseconds for stage, milliseconds in heard.took_ms}
        return Timings(**took, total=self._took_ms)


def _suite(made: ssl.SSLContext, number: int | None) -> tuple[str, str, int] | None:
    """Return the cipher triple of a suite that the server chose, before OpenSSL says so itself."""
    for suite in made.get_ciphers() if number is not None else ():
        if suite["id"] & 0xFFFF == number:
            return suite["name"], suite["protocol"], suite["strength_bits"]
    return None
