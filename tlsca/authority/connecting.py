"""Prove: dial a host and say what it serves, joined to what the store knows; and serve a certificate to see both ends."""

import dataclasses
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.files import read_file
from tlsca.authority.inspecting import Inspection, inspect_octets
from tlsca.authority.listing import Entry, entries_of
from tlsca.errors import NotFound, Refused, UsageError
from tlsca.pki import pkcs8
from tlsca.pki.bundle import chain_pem, without_root
from tlsca.pki.keys import PrivateKey
from tlsca.pki.keys import pkcs8 as clear_pkcs8
from tlsca.pki.read import LARGEST, Kind, certificates, read
from tlsca.probe.handshake import probe
from tlsca.probe.listener import Listener, Served
from tlsca.probe.options import DEFAULT_TIMEOUT, ClientCredential, Options
from tlsca.probe.result import Inventory, Message, Result
from tlsca.probe.target import AUTO, parse_target
from tlsca.probe.trust import Trust
from tlsca.store.records import CertificateRecord
from tlsca.text import printable

SYSTEM = "system"
STORE = "store"
NOBODY = "none"

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
    crls: tuple[Path, ...] = ()
    timeout: float = DEFAULT_TIMEOUT


def options_of(desk: Desk | None, form: ProbeForm) -> Options:
    """Read what is typed into what a probe takes; a client's key is unsealed here.

    Raises NotFound, Unreadable, UsageError, PassphraseMissing (the store is locked, or the key file is encrypted).
    """
    return Options(
        trust=_trust(desk, form.trust),
        known=_known(desk),
        client=_client(desk, form) if form.client_cert else None,
        send_cert_unverified=form.send_cert_unverified,
        min_version=form.min_version,
        max_version=form.max_version,
        ciphers=form.ciphers,
        alpn=form.alpn,
        legacy=form.legacy,
        crls=tuple(der for path in form.crls for der in _crls(path)),
        timeout=form.timeout,
    )


def prove(
    desk: Desk | None,
    form: ProbeForm,
    *,
    options: Options | None = None,
    cancelled: threading.Event | None = None,
    on_event: Callable[[Message], None] | None = None,
) -> Result:
    """Make one handshake and return everything that was learnt; blocks until done, cancelled or timed out.

    `options` may be given where many targets share them. `on_event` is told of each step from this thread. Raises as `options_of`.
    """
    chosen = options or options_of(desk, form)
    result = probe(
        parse_target(
            form.target,
            starttls=form.starttls,
            server_name=form.server_name,
            address=form.address,
            verify_name=form.verify_name,
        ),
        chosen,
        now=desk.now() if desk else system_clock(),
        cancelled=cancelled,
        on_event=on_event,
    )
    return dataclasses.replace(result, inventory=_inventory(desk, result)) if desk else result


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
    report: Callable[[Served], None],
    port: int = 0,
    demand_client_certificate: bool = False,
    once: bool = False,
) -> Listener:
    """Start a TLS server on 127.0.0.1 that presents a certificate, and return it; port 0 takes any that is free.

    Client certificates are accepted from every root of the store. Raises PassphraseMissing, Refused, StoreError.
    """
    listener = Listener(
        chain=chain_pem(without_root(desk.chain_certificates(record))),
        key=_key_pem(desk.private_key(record)),
        client_roots=_roots(desk) if demand_client_certificate else (),
        port=port,
        once=once,
        report=report,
    )
    listener.start()
    return listener


def looks_like_target(text: str) -> bool:
    """Say whether a text that names nothing in the store may be meant as a host to dial."""
    return bool(re.fullmatch(r"\[[0-9a-fA-F:.]+\](:\d+)?|[^\s/:]+:\d+|[a-z]+://\S+|[^\s/:]+\.[^\s/:]+", text))


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


def _trust(desk: Desk | None, words: Sequence[str]) -> Trust:
    chosen = tuple(words) or (SYSTEM, STORE)
    roots: list[bytes] = []
    for word in chosen:
        if word == STORE:
            roots += _roots(desk) if desk else ()
        elif word not in {SYSTEM, NOBODY}:
            roots += _trusted(desk, word)
    # Who names an intermediate as trusted means it, though it did not sign itself.
    return Trust(system=SYSTEM in chosen, roots=tuple(dict.fromkeys(roots)), partial=bool(words))


def _trusted(desk: Desk | None, word: str) -> list[bytes]:
    """Return the certificates that a file or a reference of the store holds, DER."""
    path = Path(word)
    if _is_file(path):
        found = certificates(read_file(path, most=LARGEST), name=printable(word))
        return [certificate.public_bytes(Encoding.DER) for certificate in found]
    if desk is None:
        raise NotFound(
            f"There is no file {printable(word)}, and no store to look in.",
            hint="Check the path, or give --store.",
        )
    return [desk.certificate_der(desk.ledger.find(word, now=desk.now()))]


def _roots(desk: Desk) -> tuple[bytes, ...]:
    """Return every root of the store, DER."""
    return tuple(
        desk.certificate_der(record) for record in _authorities(desk) if record.issuer_id == record.id
    )


def _known(desk: Desk | None) -> tuple[bytes, ...]:
    return tuple(desk.certificate_der(record) for record in _authorities(desk)) if desk else ()


def _authorities(desk: Desk) -> list[CertificateRecord]:
    return [record for record in desk.ledger.certificates() if record.is_authority]


def _client(desk: Desk | None, form: ProbeForm) -> ClientCredential:
    wanted = str(form.client_cert)
    if _is_file(Path(wanted)):
        return _client_from_files(form)
    if desk is None:
        raise NotFound(
            f"There is no file {printable(wanted)}, and no store to look in.",
            hint="Check the path, or give --store.",
        )
    record = desk.ledger.find(wanted, now=desk.now())
    chain = chain_pem(without_root(desk.chain_certificates(record)))
    return ClientCredential(chain, _key_pem(desk.private_key(record)))


def _client_from_files(form: ProbeForm) -> ClientCredential:
    secret = form.client_key_passphrase.encode() if form.client_key_passphrase else None
    paths = [Path(str(form.client_cert)), *([form.client_key] if form.client_key else [])]
    found = [
        item
        for path in paths
        for item in read(read_file(path, most=LARGEST), passphrase=secret, name=printable(str(path)))
    ]
    keys = [item.key for item in found if item.key is not None]
    chain = [x509.load_der_x509_certificate(item.der) for item in found if item.kind is Kind.CERTIFICATE]
    if not keys or not chain:
        missing = "certificate" if keys else "private key"
        raise UsageError(
            f"There is no {missing} in what was given as client certificate.",
            hint="Give --client-cert FILE and --client-key FILE.",
        )
    if keys[0].public_key() != chain[0].public_key():
        raise UsageError(
            "The client's private key is not that of its certificate.",
            hint="Give the two that belong together.",
        )
    return ClientCredential(chain_pem(tuple(chain)), _key_pem(keys[0]))


def _crls(path: Path) -> list[bytes]:
    found = [
        item.der
        for item in read(read_file(path, most=LARGEST), name=printable(str(path)))
        if item.kind is Kind.CRL
    ]
    if not found:
        raise UsageError(
            f"{printable(str(path))} holds no CRL.", hint="Give a certificate revocation list, PEM or DER."
        )
    return found


def _key_pem(key: PrivateKey) -> bytes:
    return pkcs8.pem("PRIVATE KEY", clear_pkcs8(key))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except ValueError:  # a NUL inside
        return False


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
