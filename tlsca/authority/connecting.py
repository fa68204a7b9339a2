"""Prove: dial a host and say what it serves, joined to what the store knows; and serve a certificate to see both ends."""

import dataclasses
import re
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

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
from tlsca.authority.listing import Entry, entries_of
from tlsca.errors import Refused, UsageError
from tlsca.probe.handshake import Event, probe_text
from tlsca.probe.listener import ClientCertificates, Listener, Visit
from tlsca.probe.options import DEFAULT_TIMEOUT, Options
from tlsca.probe.result import Inventory, Result
from tlsca.probe.target import AUTO, parse_target
from tlsca.probe.trust import VERSIONS
from tlsca.store.records import CertificateRecord
from tlsca.text import printable

__all__ = [
    "LOOPBACK",
    "NOBODY",
    "STORE",
    "SYSTEM",
    "ProbeForm",
    "client_certificates",
    "inspect_host",
    "looks_like_target",
    "options_of",
    "prove",
    "prove_many",
    "serve",
]

LOOPBACK = "127.0.0.1"
"""Where a certificate is served: on this machine only."""

_LONGEST_TIMEOUT = 86_400.0
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

    `options` may be given where many probes share them. `on_event` is told of each step from this thread. Raises Cancelled,
    and as `options_of`.
    """
    chosen = options or options_of(desk, form)
    return _with_inventory(desk, _dialled(desk, form, chosen, cancelled, on_event))


def prove_many(
    desk: Desk | None, form: ProbeForm, targets: Iterable[str], *, options: Options, jobs: int
) -> Generator[Result, None, None]:
    """Probe many targets, `jobs` at once, and yield the results in the order of the targets, each as soon as it can be.

    Targets are drawn as they are needed, so they may come from a slow source without end. What is under way when the iterator
    is closed is cancelled. Raises UsageError and Unreadable for options that OpenSSL cannot take.
    """
    cancelled = threading.Event()
    pool = ThreadPoolExecutor(jobs)
    try:
        waiting: deque[Future[Result]] = deque()
        for target in targets:
            aimed = dataclasses.replace(form, target=target)
            waiting.append(pool.submit(_dialled, desk, aimed, options, cancelled, None))
            while waiting and (waiting[0].done() or len(waiting) > 2 * jobs):
                yield _with_inventory(desk, waiting.popleft().result())
        while waiting:
            yield _with_inventory(desk, waiting.popleft().result())
    finally:
        cancelled.set()
        pool.shutdown(cancel_futures=True)


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


def _dialled(
    desk: Desk | None,
    form: ProbeForm,
    options: Options,
    cancelled: threading.Event | None,
    on_event: Callable[[Event], None] | None,
) -> Result:
    return probe_text(
        form.target,
        options,
        now=desk.now() if desk else system_clock(),
        starttls=form.starttls,
        server_name=form.server_name,
        address=form.address,
        verify_name=form.verify_name,
        cancelled=cancelled,
        on_event=on_event,
    )


def _inventory(desk: Desk, result: Result) -> Inventory | None:
    """Say what the store knows of the certificate that was served; None where none was."""
    if not result.chain_sent:
        return None
    record = desk.ledger.by_fingerprint(result.chain_sent[0].sha256)
    if record is None:
        return Inventory("unknown", None, None)
    known = entries_of(desk, [record])[0]
    if record.revoked_at is not None:
        return Inventory("revoked", known.ref, known.renewed_by_ref)
    return Inventory("superseded" if record.renewed_by else "current", known.ref, known.renewed_by_ref)


def _with_inventory(desk: Desk | None, result: Result) -> Result:
    return dataclasses.replace(result, inventory=_inventory(desk, result)) if desk else result
