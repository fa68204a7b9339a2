"""Import: certificates and keys from files, each put where it belongs; doing it twice changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.files import read_file
from tlsca.authority.issuing import fingerprint, record_of
from tlsca.errors import NotFound
from tlsca.pki import keys
from tlsca.pki.identity import dn_text
from tlsca.pki.profiles import PROFILES
from tlsca.pki.read import LARGEST, Found, Kind, load_certificate, read
from tlsca.store.records import CertificateRecord, KeyRecord
from tlsca.text import printable


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not imported."""

    what: str
    """Printable."""
    why: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did."""

    certificates: tuple[CertificateRecord, ...]
    keys: tuple[KeyRecord, ...]
    skipped: tuple[Skipped, ...]


def import_files(desk: Desk, paths: Sequence[Path], *, passphrase: str | None) -> ImportReport:
    """Import every certificate and private key in the files, in one transaction; `passphrase` opens encrypted ones.

    Raises NotFound, Unreadable, PassphraseError (of a file, or because keys are among them and the store is locked).
    """
    found: list[Found] = []
    for path in paths:
        if not path.exists():
            raise NotFound(f"There is no file {printable(str(path))}.", hint="Check the path.")
        secret = passphrase.encode() if passphrase else None
        found += read(read_file(path, most=LARGEST), passphrase=secret, name=printable(str(path)))
    return import_found(desk, found)


def import_found(desk: Desk, found: Iterable[Found]) -> ImportReport:
    """Import objects that were read already. Raises as `import_files`."""
    now = desk.now()
    items = list(found)
    skipped = [
        Skipped(item.kind.value, "only certificates and keys are kept")
        for item in items
        if item.kind in {Kind.REQUEST, Kind.CRL}
    ]
    loaded = [load_certificate(item.der) for item in items if item.kind is Kind.CERTIFICATE]
    new_keys = _new_keys(desk, items, loaded, skipped, now)
    records = _new_records(desk, loaded, skipped, now)
    if not records and not new_keys:
        return ImportReport((), (), tuple(skipped))
    pems = {fingerprint(certificate): certificate.public_bytes(Encoding.PEM) for certificate in loaded}
    detail = {"certificates": [record.subject for record in records[:20]], "keys": len(new_keys)}
    with desk.ledger.transaction(act="import", at=now, detail=detail) as change:
        for key in new_keys:
            change.add_key(key)
        for record in records:
            change.add_certificate(record, pems[record.sha256])
    return ImportReport(tuple(records), tuple(new_keys), tuple(skipped))


def _new_keys(
    desk: Desk,
    items: Sequence[Found],
    loaded: Sequence[x509.Certificate],
    skipped: list[Skipped],
    now: datetime,
) -> list[KeyRecord]:
    """Return sealed keys that belong to a certificate in hand or in the store and are not there yet."""
    wanted = {keys.key_id(certificate.public_key()) for certificate in loaded}
    made: dict[str, KeyRecord] = {}
    for item in items:
        if item.key is None:
            continue
        identifier = keys.key_id(item.key.public_key())
        if desk.ledger.key(identifier) is not None or identifier in made:
            skipped.append(Skipped("private key", "it is in the store already"))
        elif identifier not in wanted and not desk.ledger.with_key(identifier):
            skipped.append(Skipped("private key", "no certificate belongs to it"))
        else:
            made[identifier] = desk.sealed_key(item.key, at=now)
    return list(made.values())


def _new_records(
    desk: Desk, loaded: Sequence[x509.Certificate], skipped: list[Skipped], now: datetime
) -> list[CertificateRecord]:
    """Return records for certificates that are not in the store, issuers before what they issued."""
    made: list[tuple[x509.Certificate, CertificateRecord]] = []
    for certificate in _issuers_first(loaded):
        if desk.ledger.by_fingerprint(fingerprint(certificate)) or any(
            certificate == other for other, _ in made
        ):
            skipped.append(Skipped(printable(dn_text(certificate.subject)), "it is in the store already"))
            continue
        issuer_id = _issuer_id(desk, certificate, made)
        made.append(
            (
                certificate,
                record_of(desk, certificate, profile=_profile_of(certificate), issuer_id=issuer_id, at=now),
            )
        )
    return [record for _, record in made]


def _issuers_first(loaded: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Order so that whoever issued another of them comes before it."""
    waiting = list(loaded)
    ordered: list[x509.Certificate] = []
    while waiting:
        ready = [
            item
            for item in waiting
            if not any(other is not item and _issued(other, item) for other in waiting)
        ]
        ordered += ready or waiting
        waiting = [item for item in waiting if item not in ordered]
    return ordered


def _issuer_id(
    desk: Desk, certificate: x509.Certificate, made: Sequence[tuple[x509.Certificate, CertificateRecord]]
) -> str | None:
    if _issued(certificate, certificate):
        return None
    for other, record in made:
        if _issued(other, certificate):
            return record.id
    for record in desk.ledger.by_name(dn_text(certificate.issuer)):
        if record.is_authority and _issued(desk.certificate(record), certificate):
            return record.id
    return None


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Say whether one certificate's key made the other's signature: by name first, which is quick, then by arithmetic."""
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _profile_of(certificate: x509.Certificate) -> str:
    """Return the built-in profile that a foreign certificate looks like."""
    try:
        if certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return "root" if certificate.subject == certificate.issuer else "intermediate"
    except x509.ExtensionNotFound:
        pass
    return _leaf_profile(certificate)


def _leaf_profile(certificate: x509.Certificate) -> str:
    try:
        usages = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return "server"
    for profile in PROFILES.values():
        if not profile.authority and set(profile.extended_usages) == usages:
            return profile.name
    return "server"
