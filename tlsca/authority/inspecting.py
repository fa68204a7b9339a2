"""Inspect: anything an operator points at, as rows, as OpenSSL's text, as PEM."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from tlsca.authority.desk import Desk
from tlsca.authority.files import is_readable_file, read_file
from tlsca.authority.listing import Entry, entry
from tlsca.errors import NotFound, Unreadable
from tlsca.pki import dump, pkcs8
from tlsca.pki.describe import Row, describe_certificate, describe_crl, describe_request
from tlsca.pki.keys import key_id, kind_of
from tlsca.pki.outline import outline
from tlsca.pki.quiet import quietly
from tlsca.pki.read import LARGEST, Found, Kind, read
from tlsca.store.records import CertificateRecord
from tlsca.text import passphrase_octets, printable

_LABELS = {Kind.CERTIFICATE: "CERTIFICATE", Kind.REQUEST: "CERTIFICATE REQUEST", Kind.CRL: "X509 CRL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One object, ready to be shown."""

    kind: Kind
    source: str
    """Where it came from, for a person; printable."""
    rows: tuple[Row, ...]
    der: bytes = field(default=b"", repr=False)
    """Empty for a private key, of which only public facts are shown."""
    entry: Entry | None = None
    """What the store knows of it, if it came from there."""

    @property
    def pem(self) -> bytes:
        """The object in PEM armour; empty for a private key."""
        return pkcs8.pem(_LABELS[self.kind], self.der) if self.der else b""

    def text(self) -> bytes:
        """Return what `openssl x509 -noout -text` (`req`, `crl`) prints, to the byte: hostile bytes included. Raises Unreadable."""
        return self._dumped(safe=False)

    def safe_text(self) -> str:
        """Return the same text with every control character inside a value made visible, ready to be drawn. Raises Unreadable."""
        return printable(self._dumped(safe=True).decode("utf-8", "backslashreplace"), keep_newlines=True)

    def asn1(self) -> str:
        """Return the ASN.1 outline as `openssl asn1parse` draws it, ready to be drawn. Raises Unreadable."""
        if not self.der:
            raise Unreadable("A private key is not printed.", hint="Its summary tells its kind.")
        return outline(self.der)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        facts = {"kind": self.kind.value, "source": self.source, "rows": [row.to_json() for row in self.rows]}
        return facts | {"pem": self.pem.decode("ascii")} if self.der else facts

    def _dumped(self, *, safe: bool) -> bytes:
        match self.kind:
            case Kind.CERTIFICATE:
                return dump.certificate_text(self.der, safe=safe)
            case Kind.REQUEST:
                return dump.request_text(self.der, safe=safe)
            case Kind.CRL:
                return dump.crl_text(self.der, safe=safe)
            case Kind.PRIVATE_KEY:
                raise Unreadable("A private key is not printed.", hint="Its summary tells its kind.")


def inspect(desk: Desk | None, what: str, *, passphrase: str | None, now: datetime) -> tuple[Inspection, ...]:
    """Return the objects in a file, or the certificate of the store that `what` refers to; `desk` is None where there is no store.

    Raises NotFound when it is neither, Ambiguous, Unreadable, PassphraseError.
    """
    path = Path(what)
    if is_readable_file(path):
        return inspect_octets(
            read_file(path, most=LARGEST), passphrase=passphrase, source=printable(what), now=now
        )
    if desk is None:
        raise NotFound(
            f"There is no file {printable(what)}, and no store to look in.",
            hint="Check the path, or give --store.",
        )
    return (inspect_record(desk, desk.ledger.find(what, now=now)),)


def inspect_octets(
    data: bytes, *, passphrase: str | None, source: str, now: datetime
) -> tuple[Inspection, ...]:
    """Return the objects in some octets. Raises Unreadable, PassphraseError."""
    found = read(data, passphrase=passphrase_octets(passphrase) if passphrase else None, name=source)
    return tuple(_inspection(item, source, now) for item in found)


def inspect_record(desk: Desk, record: CertificateRecord) -> Inspection:
    """Return a certificate of the store. Raises StoreDamaged."""
    found = Found(Kind.CERTIFICATE, desk.certificate_der(record))
    shown = _inspection(found, "the store", desk.now())
    return Inspection(
        kind=shown.kind, source=shown.source, rows=shown.rows, der=shown.der, entry=entry(desk, record)
    )


def _inspection(found: Found, source: str, now: datetime) -> Inspection:
    return Inspection(kind=found.kind, source=source, rows=_rows(found, now), der=found.der)


def _rows(found: Found, now: datetime) -> tuple[Row, ...]:
    if found.key is not None:
        public = found.key.public_key()
        return (Row("Key", kind_of(public)), Row("Public key SHA-256", key_id(public)))
    try:
        with quietly(UserWarning):
            return _described(found, now)
    except (
        ValueError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    ) as error:
        return (
            Row("Damaged", f"cannot be loaded: {printable(str(error))}", "The text shows what can be read."),
        )


def _described(found: Found, now: datetime) -> tuple[Row, ...]:
    match found.kind:
        case Kind.CERTIFICATE:
            return describe_certificate(x509.load_der_x509_certificate(found.der), now=now)
        case Kind.REQUEST:
            return describe_request(x509.load_der_x509_csr(found.der))
        case _:
            return describe_crl(x509.load_der_x509_crl(found.der), now=now)
