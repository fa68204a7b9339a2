"""Inspect: anything an operator points at, as rows, as OpenSSL's text, as PEM.

A file is shown without the store; what the store knows of the objects in it is added by whoever has a desk.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tlsca.authority.files import is_readable_file, read_file
from tlsca.errors import DerError, NotFound, Unreadable
from tlsca.pki import dump, summary
from tlsca.pki.armour import pem
from tlsca.pki.found import Closed, Found, Kind, Passphrase, Skipped
from tlsca.pki.key_rows import key_rows, key_text, key_title
from tlsca.pki.read import LARGEST, survey
from tlsca.pki.remark_rows import remark_rows, with_remarks
from tlsca.pki.rows import Row
from tlsca.text import passphrase_octets, printable, remaining, rfc3339

if TYPE_CHECKING:  # a file is shown without a store
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from tlsca.authority.desk import Desk
    from tlsca.authority.listing import Entry
    from tlsca.store.records import CertificateRecord

MOST_LAID_OUT = 16 * 1024 * 1024
"""An object of more octets than these is not laid out as text."""

_AT_ONCE = 256 * 1024
"""Characters that are made safe in one go: whoever waits for the interpreter meanwhile waits for milliseconds."""
_MOST_MATCHES = 20
_KEYS = {Kind.PRIVATE_KEY, Kind.PUBLIC_KEY}
_LABELS = {
    Kind.CERTIFICATE: "CERTIFICATE",
    Kind.REQUEST: "CERTIFICATE REQUEST",
    Kind.CRL: "X509 CRL",
    Kind.PUBLIC_KEY: "PUBLIC KEY",
    Kind.PKCS7: "PKCS7",
}
_HAS_NO_TEXT = {
    Kind.PRIVATE_KEY: ("A private key is not printed.", "Its summary tells which key it is."),
    Kind.PARAMETERS: ("Key parameters have no text of their own.", "Their structure shows what they hold."),
    Kind.PKCS7: (
        "A PKCS#7 message has no text of its own.",
        "What it holds has; its structure shows the rest.",
    ),
    Kind.PKCS12: (
        "A PKCS#12 bundle has no text of its own.",
        "What it holds has; its structure shows the rest.",
    ),
    Kind.STRUCTURE: ("DER of an unknown kind has no text of its own.", "Its structure shows what it holds."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One object, ready to be shown."""

    kind: Kind
    source: str
    """Where it came from, for a person; printable."""
    title: str = ""
    """What it is called in a list: a common name, a kind of key; printable."""
    rows: tuple[Row, ...]
    der: bytes = field(default=b"", repr=False)
    """Empty for a private key, of which only public facts are shown."""
    spki: bytes = field(default=b"", repr=False)
    """The public key of whatever has one, as DER SubjectPublicKeyInfo."""
    trust: bytes = field(default=b"", repr=False)
    """OpenSSL's trust settings of a trusted certificate."""
    inside: bool = False
    """Whether it came out of the bundle or message before it."""
    entry: Entry | None = None
    """What the store knows of it, if it came from there."""

    @property
    def has_pem(self) -> bool:
        """Whether there is a PEM armour for it: not for a private key, nor for what has no label of its own."""
        return bool(self.der) and self.kind in _LABELS

    @property
    def pem(self) -> bytes:
        """The object in PEM armour; empty where there is none."""
        return pem(_LABELS[self.kind], self.der) if self.has_pem else b""

    def text(self) -> bytes:
        """Return what `openssl x509 -noout -text` (`req`, `crl`, `pkey -pubin`) prints, to the byte: hostile bytes included.

        Raises Unreadable for what has no such text.
        """
        return self._dumped(safe=False)

    def safe_text(self) -> str:
        """Return the same text with every control character inside a value made visible, ready to be drawn. Raises Unreadable."""
        text = self._dumped(safe=True).decode("utf-8", "backslashreplace")
        pieces = (text[at : at + _AT_ONCE] for at in range(0, len(text), _AT_ONCE))
        return "".join(printable(piece, keep_newlines=True) for piece in pieces)

    def asn1(self) -> str:
        """Return the ASN.1 outline as `openssl asn1parse` draws it, ready to be drawn. Raises Unreadable."""
        from tlsca.pki.outline import outline  # noqa: PLC0415 -- only who asks for it needs it

        if not self.der:
            raise _has_no_text(self.kind)
        return outline(self.der)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        facts = {"kind": self.kind.value, "source": self.source, "rows": [row.to_json() for row in self.rows]}
        return facts | {"pem": self.pem.decode("ascii")} if self.pem else facts

    def _dumped(self, *, safe: bool) -> bytes:
        if len(self.der) > MOST_LAID_OUT:
            raise Unreadable(
                f"A {self.kind.value} of more than {MOST_LAID_OUT:,} octets is not laid out as text."
            )
        match self.kind:
            case Kind.CERTIFICATE:
                return dump.certificate_text(self.der, safe=safe) + _trust_text(self.trust, safe=safe)
            case Kind.REQUEST:
                return dump.request_text(self.der, safe=safe)
            case Kind.CRL:
                return dump.crl_text(self.der, safe=safe)
            case Kind.PUBLIC_KEY if self.spki:
                return key_text(self.spki)
            case _:
                raise _has_no_text(self.kind)


def judged(shown: Inspection, *, now: datetime) -> Inspection:
    """Return the same with what is wrong or unwise in a certificate among its rows, the grave above all others.

    Apart from opening, because of many certificates in a file a person looks at one.
    """
    if shown.kind is not Kind.CERTIFICATE:
        return shown
    return replace(shown, rows=with_remarks(shown.rows, remark_rows(shown.der, now=now)))


def _has_no_text(kind: Kind) -> Unreadable:
    sentence, hint = _HAS_NO_TEXT.get(
        kind, ("A key that X.509 does not know has no text.", "Its summary names it.")
    )
    return Unreadable(sentence, hint=hint)


def _trust_text(settings: bytes, *, safe: bool) -> bytes:
    from tlsca.pki.trusted import trust_text  # noqa: PLC0415 -- few certificates have such settings

    try:
        return trust_text(settings, safe=safe) if settings else b""
    except DerError:
        return b""  # OpenSSL drops what it cannot read of them


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in a file, in the store or at a host: at least one object, and what could not be shown."""

    objects: tuple[Inspection, ...]
    skipped: tuple[Skipped, ...] = ()


def open_file(path: Path, *, passphrase: str | Closed | None, now: datetime) -> Opened:
    """Return everything in a file; with `CLOSED` what is under a passphrase from outside. Raises Unreadable, PassphraseError."""
    return open_octets(
        read_file(path, most=LARGEST), passphrase=passphrase, source=printable(str(path)), now=now
    )


def open_octets(data: bytes, *, passphrase: str | Closed | None, source: str, now: datetime) -> Opened:
    """Return everything in some octets, as `open_file`; `source` says what they came from, printable. Raises Unreadable, PassphraseError."""
    everything = survey(data, passphrase=_secret(passphrase), name=source)
    shown = [_inspection(found, source, now) for found in everything.found]
    return Opened(tuple(_matched(shown)), everything.skipped)


def _secret(passphrase: str | Closed | None) -> Passphrase:
    if isinstance(passphrase, str):
        return passphrase_octets(passphrase) if passphrase else None
    return passphrase


def open_reference(desk: Desk | None, what: str, *, now: datetime) -> Opened:
    """Return the certificate of the store that `what` refers to; `desk` is None where there is no store.

    Raises NotFound, Ambiguous, StoreDamaged.
    """
    if desk is None:
        raise NotFound(
            f"There is no file {printable(what)}, and no store to look in.",
            hint="Check the path, or give --store.",
        )
    return Opened((inspect_record(desk, desk.ledger.find(what, now=now)),))


def inspect(desk: Desk | None, what: str, *, passphrase: str | None, now: datetime) -> tuple[Inspection, ...]:
    """Return the objects in a file, or the certificate of the store that `what` refers to; `desk` is None where there is no store.

    Raises NotFound when it is neither, Ambiguous, Unreadable, PassphraseError.
    """
    from pathlib import Path  # noqa: PLC0415 -- the annotations alone do not need it

    path = Path(what)
    if is_readable_file(path):
        return open_file(path, passphrase=passphrase, now=now).objects
    return open_reference(desk, what, now=now).objects


def inspect_octets(
    data: bytes, *, passphrase: str | None, source: str, now: datetime
) -> tuple[Inspection, ...]:
    """Return the objects in some octets. Raises Unreadable, PassphraseError."""
    return open_octets(data, passphrase=passphrase, source=source, now=now).objects


def inspect_record(desk: Desk, record: CertificateRecord) -> Inspection:
    """Return a certificate of the store. Raises StoreDamaged."""
    from tlsca.authority.listing import entry  # noqa: PLC0415 -- a file is shown without a store

    found = Found(Kind.CERTIFICATE, desk.certificate_der(record))
    shown = _inspection(found, "the store", desk.now())
    return replace(shown, entry=entry(desk, record), rows=(*shown.rows, *_last_seen(record, desk.now())))


def known_to(desk: Desk, opened: Opened) -> Opened:
    """Return the same with what the store knows: which certificates are in it, and which of its certificates a key belongs to."""
    return replace(opened, objects=tuple(_known(desk, one) for one in opened.objects))


def _known(desk: Desk, shown: Inspection) -> Inspection:
    import hashlib  # noqa: PLC0415 -- only where there is a store

    from tlsca.authority.listing import entry, title_of  # noqa: PLC0415 -- likewise

    if shown.kind is Kind.CERTIFICATE:
        record = desk.ledger.by_fingerprint(hashlib.sha256(shown.der).hexdigest())
        if record is None:
            return shown
        rows = (*shown.rows, *_last_seen(record, desk.now()))
        return replace(shown, entry=entry(desk, record), rows=rows)
    if shown.kind not in _KEYS or not shown.spki:
        return shown
    matching = desk.ledger.with_key(hashlib.sha256(shown.spki).hexdigest())
    if not matching:
        return replace(shown, rows=(*shown.rows, Row("In the store", "no certificate has this key")))
    names = [printable(title_of(record)) for record in matching]
    return replace(shown, rows=(*shown.rows, _belonging("In the store", names)))


def _last_seen(record: CertificateRecord, now: datetime) -> Iterator[Row]:
    """Yield the row that says where a probe last saw it served, if one did."""
    if record.last_seen is not None:
        at = record.last_seen_at
        when = f", {rfc3339(at)}" if at else ""
        yield Row("Last seen", f"{printable(record.last_seen)}{when}", remaining(at, now) if at else "")


def _inspection(found: Found, source: str, now: datetime) -> Inspection:
    rows, title, spki = _described(found, now)
    return Inspection(
        kind=found.kind,
        source=source,
        title=title,
        rows=(*rows, *found.facts),
        der=found.der,
        spki=spki or found.spki,
        trust=found.trust,
        inside=found.inside,
    )


def _described(found: Found, now: datetime) -> tuple[tuple[Row, ...], str, bytes]:
    """Return rows, title and public key of an object."""
    match found.kind:
        case Kind.CERTIFICATE | Kind.REQUEST | Kind.CRL:
            return _signed(found, now)
        case Kind.PRIVATE_KEY | Kind.PUBLIC_KEY:
            return (key_rows(found.spki) if found.spki else (), key_title(found.spki), found.spki)
        case Kind.STRUCTURE:
            size = Row("Size", f"{len(found.der):,} octets", "of a kind that tlsca does not know")
            return ((size, *summary.fingerprints(found.der)), "", b"")
        case Kind.PKCS12:
            return ((), "the bundle itself", b"")
        case _:
            return ((), found.facts[0].value if found.facts else "", b"")


def _signed(found: Found, now: datetime) -> tuple[tuple[Row, ...], str, bytes]:
    try:
        match found.kind:
            case Kind.CERTIFICATE:
                read = summary.certificate(found.der)
                rows = summary.certificate_rows(read, found.der, now=now)
            case Kind.REQUEST:
                read = summary.request(found.der)
                rows = summary.request_rows(read, signature=_signature(found.der))
            case _:
                read = summary.revocation_list(found.der)
                rows = summary.crl_rows(read, now=now)
    except DerError as error:
        damaged = Row("Damaged", printable(error.sentence), "The structure shows what can be read.")
        return (damaged, *summary.fingerprints(found.der)), "damaged", b""
    return rows, summary.title(found.der, read), read.spki


def _signature(request: bytes) -> str:
    """Say whether a request's own signature is right."""
    from cryptography import x509  # noqa: PLC0415 -- only requests are checked
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 -- likewise

    from tlsca.pki.quiet import quietly  # noqa: PLC0415 -- likewise

    try:
        with quietly(UserWarning):
            return "correct" if x509.load_der_x509_csr(request).is_signature_valid else "WRONG"
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        return "cannot be checked"


def _matched(shown: Sequence[Inspection]) -> Iterator[Inspection]:
    """Add to each key which certificates beside it are for it."""
    certificates: dict[bytes, list[str]] = {}
    for one in shown:
        if one.kind is Kind.CERTIFICATE and one.spki:
            names = certificates.setdefault(one.spki, [])
            names += [] if one.title in names else [one.title]
    for one in shown:
        beside = certificates.get(one.spki, []) if one.kind in _KEYS else []
        yield replace(one, rows=(*one.rows, _belonging("Belongs to", beside))) if beside else one


def _belonging(title: str, names: Sequence[str]) -> Row:
    children = tuple(Row("certificate", name) for name in names)
    return Row(title, ", ".join(names[:_MOST_MATCHES]), "", children)
