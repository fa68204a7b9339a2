"""Prove: dial a host and say what it serves, joined to what the store knows; and serve a certificate to see both ends."""

import re
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from tlsca.authority.credentials import (
    NOBODY,
    STORE,
    SYSTEM,
    client_of,
    credential,
    crls_of,
    known_of,
    roots_of,
    trust_of,
)
from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.inspecting import Inspection, inspect_octets
from tlsca.authority.inventory import NEWS_AFTER, joined, note_sightings
from tlsca.authority.listing import Entry, entries_of
from tlsca.errors import Refused, UsageError
from tlsca.probe.deep import look_deeper
from tlsca.probe.enumeration import Capabilities, capabilities
from tlsca.probe.handshake import Event, Probe, bad_target, converses
from tlsca.probe.listener import ClientCertificates, Listener, Visit
from tlsca.probe.options import DEFAULT_TIMEOUT, Options
from tlsca.probe.proxy import parse_proxy
from tlsca.probe.result import Result
from tlsca.probe.sweep import host_of, sweep
from tlsca.probe.target import AUTO, BadTarget, Target, parse_target
from tlsca.probe.trust import VERSIONS
from tlsca.probe.wire import Steps, carried
from tlsca.store.records import CertificateRecord
from tlsca.text import printable

__all__ = [
    "LOOPBACK",
    "NOBODY",
    "STORE",
    "SYSTEM",
    "ProbeForm",
    "Told",
    "client_certificates",
    "drained",
    "enumerate_host",
    "inspect_host",
    "looks_like_target",
    "options_of",
    "prove",
    "prove_each",
    "prove_many",
    "serve",
    "target_of",
]

LOOPBACK = "127.0.0.1"
"""Where a certificate is served: on this machine only."""

T = TypeVar("T")

_LONGEST_TIMEOUT = 86_400.0
_SIGHTINGS_AT_ONCE = 100
_CLIENT_PROFILES = frozenset({"client", "peer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeForm:
    """What is typed to test a connection."""

    target: str
    starttls: str = AUTO
    server_name: str | None = None
    address: str | None = None
    verify_name: str | None = None
    trust: tuple[str, ...] = ()
    """`system`, `store` (every root of the store), `none`, references and files; empty for the system's and the store's roots."""
    client_cert: str | None = None
    """A reference or a PEM file."""
    client_key: Path | None = None
    """The key of a client certificate from a file, where it is not in the same file."""
    client_key_passphrase: str | None = field(default=None, repr=False)
    send_cert_unverified: bool = False
    min_version: str | None = None
    max_version: str | None = None
    ciphers: str | None = None
    alpn: tuple[str, ...] = ()
    legacy: bool = False
    crls: tuple[str | Path, ...] = ()
    """Files, and authorities of the store, which stand for their newest lists."""
    proxy: str | None = field(default=None, repr=False)
    """`socks5://[name:password@]host:port` or `http://…`: who dials for us."""
    enumerate: bool = False
    """Whether to find out as well which versions, suites and groups the host accepts: many handshakes instead of one."""
    deep: bool = False
    """Whether to look for an OCSP staple and a post-quantum key exchange with a second handshake."""
    timeout: float = DEFAULT_TIMEOUT


def options_of(desk: Desk | None, form: ProbeForm) -> Options:
    """Read what is typed into what a probe takes; a client's key is unsealed here.

    The target itself is not looked at: one that cannot be read is a result. Raises NotFound, Ambiguous, Unreadable, Refused,
    UsageError, PassphraseMissing (the store is locked, or the key file is encrypted), PassphraseWrong.
    """
    _check(form)
    return Options(
        trust=trust_of(desk, form.trust),
        known=known_of(desk),
        client=client_of(desk, form.client_cert, form.client_key, form.client_key_passphrase)
        if form.client_cert
        else None,
        send_cert_unverified=form.send_cert_unverified,
        min_version=form.min_version,
        max_version=form.max_version,
        ciphers=form.ciphers,
        alpn=form.alpn,
        legacy=form.legacy,
        crls=tuple(der for word in form.crls for der in crls_of(desk, word)),
        proxy=parse_proxy(form.proxy) if form.proxy else None,
        timeout=form.timeout,
    )


def prove(
    desk: Desk | None,
    form: ProbeForm,
    *,
    options: Options | None = None,
    cancelled: threading.Event | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Result:
    """Make one handshake and return everything that was learnt; blocks until done, cancelled or timed out.

    `options` may be given where many probes share them. `on_event` is told of each step from this thread. A certificate of the
    store that was served is marked as seen there. Raises Cancelled, and as `options_of`.
    """
    chosen = options or options_of(desk, form)
    result = carried(_visiting(desk, _aimed(form), chosen, cancelled, on_event)).result()
    note_sightings(desk, [result])
    return joined(desk, result)


Told = Callable[[ProbeForm, Result | None], None]
"""Told from the probing threads of a target that is begun with, and again with its result, in whatever order they come."""


def prove_many(
    desk: Desk | None,
    form: ProbeForm,
    targets: Iterable[str],
    *,
    options: Options,
    jobs: int,
    told: Told | None = None,
) -> Generator[Result, None, None]:
    """Probe many targets as `prove_each` does, all of them as `form` says."""
    forms = (replace(form, target=one) for one in targets)
    return prove_each(desk, forms, options=options, jobs=jobs, told=told)


def prove_each(
    desk: Desk | None,
    forms: Iterable[ProbeForm],
    *,
    options: Options,
    jobs: int,
    cancelled: threading.Event | None = None,
    told: Told | None = None,
    news_after: timedelta = NEWS_AFTER,
) -> Generator[Result, None, None]:
    """Probe many targets, `jobs` at once, and yield the results in the order of the targets, each as soon as it can be.

    Targets are drawn as they are needed, so they may come from a slow source without end; what they want is in their forms, what
    they share in `options`. What is under way when the iterator is closed is cancelled; setting `cancelled` from any thread ends
    it with Cancelled, and the end of the iterator sets it. A certificate that was seen at the same place less than `news_after` ago
    is not marked anew. Raises UsageError and Unreadable for options that OpenSSL cannot take.
    """
    over = cancelled or threading.Event()
    seen: deque[Result] = deque()

    def visiting(aim: _Aim) -> Steps[_Visited]:
        if told is not None:
            told(aim.form, None)
        return (yield from _visiting(desk, aim, options, over, None))

    def judging(visited: _Visited) -> Result:
        result = joined(desk, visited.result())
        seen.append(result)
        if told is not None:
            told(visited.form, result)
        return result

    def blocks(aim: _Aim) -> bool:
        asks_again = aim.form.deep or aim.form.enumerate
        return asks_again or (isinstance(aim.target, Target) and converses(aim.target, options))

    answers = sweep(map(_aimed, forms), visiting, judge=judging, host=_host, blocks=blocks, jobs=jobs)
    with closing(answers) as results:
        try:
            for result in results:
                if len(seen) >= _SIGHTINGS_AT_ONCE:
                    note_sightings(desk, drained(seen), news_after=news_after)
                yield result
        finally:
            over.set()
            note_sightings(desk, drained(seen), news_after=news_after)


def drained(found: deque[T]) -> tuple[T, ...]:
    """Take what is there out of a queue to which other threads still add."""
    return tuple(found.popleft() for _ in range(len(found)))


def enumerate_host(
    form: ProbeForm,
    options: Options,
    *,
    cancelled: threading.Event | None = None,
    told: Callable[[str, int], None] | None = None,
) -> Capabilities:
    """Find out by many handshakes which versions, suites and groups a host accepts. Raises UsageError for no target, Cancelled."""
    return capabilities(target_of(form), options, cancelled=cancelled, told=told)


@dataclass(frozen=True, slots=True)
class _Visited:
    """What was typed, and how to judge what came of the visit."""

    form: ProbeForm
    result: Callable[[], Result]


@dataclass(frozen=True, slots=True)
class _Aim:
    """What is typed, and what is dialled for it or why that cannot be read: a target is read once."""

    form: ProbeForm
    target: Target | BadTarget


def _aimed(form: ProbeForm) -> _Aim:
    try:
        return _Aim(form, target_of(form))
    except BadTarget as problem:
        return _Aim(form, problem)


def _host(aim: _Aim) -> str:
    """Return what stands for the machine behind a target; one that cannot be read stands for itself."""
    return aim.form.target if isinstance(aim.target, BadTarget) else host_of(aim.target)


def target_of(form: ProbeForm) -> Target:
    """Return what is dialled. Raises UsageError."""
    return parse_target(
        form.target,
        starttls=form.starttls,
        server_name=form.server_name,
        address=form.address,
        verify_name=form.verify_name,
    )


def client_certificates(desk: Desk) -> tuple[Entry, ...]:
    """Return the certificates that can prove us to a server: client profiles, alive, with their keys."""
    now = desk.now()
    able = [
        record
        for record in desk.ledger.certificates()
        if record.profile in _CLIENT_PROFILES
        and record.not_after > now
        and record.revoked_at is None
        and desk.has_key(record)
    ]
    return entries_of(desk, able)


def serve(
    desk: Desk,
    record: CertificateRecord,
    *,
    report: Callable[[Visit], None],
    port: int = 0,
    demand_client_certificate: bool = False,
    once: bool = False,
) -> Listener:
    """Start a TLS server on `LOOPBACK` that presents a certificate, and return it; port 0 takes any that is free.

    Client certificates are accepted from every root of the store. `report` is called from other threads. Raises
    PassphraseMissing, Refused (no key, or the port is taken), StoreError.
    """
    identity = credential(desk, record)
    listener = Listener(
        identity.chain,
        identity.key,
        report,
        host=LOOPBACK,
        port=port,
        client_certificates=ClientCertificates.REQUIRED
        if demand_client_certificate
        else ClientCertificates.NONE,
        client_roots=roots_of(desk) if demand_client_certificate else (),
        once=once,
    )
    listener.start()
    return listener


def looks_like_target(text: str) -> bool:
    """Say whether a text that names nothing in the store may be meant as a host to dial."""
    # A bare name with a dot is more often a file that is not there than a host.
    return bool(re.fullmatch(r"\[[0-9a-fA-F:.]+\](:\d+)?|[^\s/:]+:\d+|[a-z][a-z0-9+.-]*://\S+", text))


def inspect_host(desk: Desk | None, target: str, *, now: datetime) -> tuple[Inspection, ...]:
    """Return the certificates that a live host sends, whatever is thought of them. Raises UsageError, Refused."""
    result = prove(desk, ProbeForm(target=target))
    if not result.chain_sent:
        reason = result.problems[0] if result.problems else None
        raise Refused(
            reason.message if reason else f"{printable(target)} sent no certificate.",
            hint=reason.fix if reason else "",
        )
    shown: list[Inspection] = []
    for certificate in result.chain_sent:
        shown += inspect_octets(certificate.der, passphrase=None, source=printable(target), now=now)
    return tuple(shown)


def _check(form: ProbeForm) -> None:
    """Refuse what is wrong for every target alike. Raises UsageError."""
    parse_target(
        "localhost", server_name=form.server_name, address=form.address, verify_name=form.verify_name
    )
    order = list(VERSIONS)
    if (
        form.min_version
        and form.max_version
        and order.index(form.min_version) > order.index(form.max_version)
    ):
        raise UsageError(
            f"No TLS version is at least {form.min_version} and at most {form.max_version}.",
            hint="Give a lowest version that is not above the highest.",
        )
    if not 0 < form.timeout <= _LONGEST_TIMEOUT:  # false for NaN too
        raise UsageError(
            f"A probe does not take {form.timeout} seconds.",
            hint=f"Give more than 0 and at most {_LONGEST_TIMEOUT:.0f}.",
        )
    for word in (form.ciphers or "", *form.alpn):
        if not word.isascii():
            raise UsageError(f"“{printable(word)}” is not ASCII.", hint="Cipher suites and ALPN names are.")
    if form.client_key and not form.client_cert:
        raise UsageError(
            "There is a client's key without its certificate.", hint="Give --client-cert FILE as well."
        )


def _visiting(
    desk: Desk | None,
    aim: _Aim,
    options: Options,
    cancelled: threading.Event | None,
    on_event: Callable[[Event], None] | None,
) -> Steps[_Visited]:
    form = aim.form
    if isinstance(aim.target, BadTarget):
        return _Visited(form, partial(bad_target, form.target, aim.target))
    now = desk.now() if desk else system_clock()
    one = Probe(aim.target, options, now=now, cancelled=cancelled, on_event=on_event)
    ended = yield from one.steps()
    if not (form.deep or form.enumerate):
        return _Visited(form, partial(one.result, ended))
    deepened = _deepened(form, one.result(ended), options, cancelled)
    return _Visited(form, lambda: deepened)


def _deepened(form: ProbeForm, result: Result, options: Options, cancelled: threading.Event | None) -> Result:
    """Return a result with what further handshakes tell, where the first got anywhere."""
    if result.timings_ms.tls is None:
        return result
    return replace(
        result,
        depth=look_deeper(result.target, options, cancelled=cancelled) if form.deep else None,
        accepts=capabilities(result.target, options, cancelled=cancelled) if form.enumerate else None,
    )
