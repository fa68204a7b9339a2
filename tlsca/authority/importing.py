"""Import: certificates and keys from files, each put where it belongs; doing it twice changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import DEEPEST_CHAIN, Desk
from tlsca.authority.files import is_readable_file, read_file
from tlsca.authority.issuing import fingerprint, record_of
from tlsca.errors import NotFound, Unreadable
from tlsca.pki import keys
from tlsca.pki.identity import dn_text
from tlsca.pki.profiles import PROFILES
from tlsca.pki.read import LARGEST, Found, Kind, load_certificate, read
from tlsca.store.records import CertificateRecord, KeyRecord
from tlsca.text import passphrase_octets, printable


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
    secret = passphrase_octets(passphrase) if passphrase else None
    found: list[Found] = []
    for path in paths:
        shown = printable(str(path))
        if not is_readable_file(path):
            raise NotFound(f"There is no file {shown}.", hint="Check the path.")
        found += read(read_file(path, most=LARGEST), passphrase=secret, name=shown)
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
    loaded = _loaded(items, skipped)
    new_keys = _new_keys(desk, items, loaded, skipped, now)
    records = _new_records(desk, loaded, skipped, now)
    if records or new_keys:
        _keep(desk, loaded, records, new_keys)
    return ImportReport(tuple(records), tuple(new_keys), tuple(skipped))


def _keep(
    desk: Desk,
    loaded: Sequence[x509.Certificate],
    records: Sequence[CertificateRecord],
    new_keys: Sequence[KeyRecord],
) -> None:
    pems = {fingerprint(certificate): certificate.public_bytes(Encoding.PEM) for certificate in loaded}
    orphans = _orphans(desk, loaded, records)
    detail = {"certificates": [record.subject for record in records[:20]], "keys": len(new_keys)}
    with desk.ledger.transaction(act="import", at=desk.now(), detail=detail) as change:
        for key in new_keys:
            change.add_key(key)
        for record in records:
            change.add_certificate(record, pems[record.sha256])
        for orphan, issuer in orphans:
            change.replace_certificate(orphan, replace(orphan, issuer_id=issuer.id))


def _loaded(items: Sequence[Found], skipped: list[Skipped]) -> list[x509.Certificate]:
    """Return the certificates that can be read in every part: one that cannot is no use to an authority."""
    found: list[x509.Certificate] = []
    for item in items:
        if item.kind is not Kind.CERTIFICATE:
            continue
        try:
            certificate = load_certificate(item.der)
            _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.public_key()
        except (
            ValueError,
            UnsupportedAlgorithm,
            Unreadable,
            x509.DuplicateExtension,
            x509.UnsupportedGeneralNameType,
        ) as error:
            reason = error.sentence if isinstance(error, Unreadable) else str(error)
            skipped.append(Skipped("certificate", f"it cannot be read: {printable(reason)}"))
        else:
            found.append(certificate)
    return found


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
    """Return records for certificates that are not in the store, each with its issuer, be that in the store or beside it."""
    made: dict[str, tuple[x509.Certificate, CertificateRecord]] = {}
    for certificate in loaded:
        identifier = fingerprint(certificate)
        if identifier in made or desk.ledger.by_fingerprint(identifier):
            skipped.append(Skipped(printable(dn_text(certificate.subject)), "it is in the store already"))
            continue
        record = record_of(desk, certificate, profile=_profile_of(certificate), issuer_id=None, at=now)
        made[identifier] = certificate, replace(record, issuer_id=None)
    return _linked(desk, list(made.values()))


def _linked(
    desk: Desk, made: Sequence[tuple[x509.Certificate, CertificateRecord]]
) -> list[CertificateRecord]:
    """Return the records with their issuers; roots first, so that no two cross-signed ones become each other's issuer."""
    by_subject: dict[str, list[str]] = {}
    for _, record in made:
        by_subject.setdefault(record.subject, []).append(record.id)
    linked = {record.id: record for _, record in made}
    certificates = {record.id: certificate for certificate, record in made}
    for certificate, record in sorted(made, key=lambda pair: pair[1].subject != pair[1].issuer):
        if _issued(certificate, certificate):
            linked[record.id] = replace(record, issuer_id=record.id)
            continue
        beside = [linked[other] for other in by_subject.get(record.issuer, ()) if other != record.id]
        inside = desk.ledger.by_name(record.issuer)
        for issuer in sorted((*inside, *beside), key=lambda other: other.issuer_id != other.id):
            known = certificates.get(issuer.id) or desk.certificate(issuer)
            if (
                issuer.is_authority
                and _issued(known, certificate)
                and _leads_up(desk, linked, issuer, record)
            ):
                linked[record.id] = replace(record, issuer_id=issuer.id)
                break
    return list(linked.values())


def _leads_up(
    desk: Desk, linked: dict[str, CertificateRecord], issuer: CertificateRecord, record: CertificateRecord
) -> bool:
    """Say whether the way up from an issuer ends, soon enough, without coming by the record that is to be put below it."""
    step: CertificateRecord | None = issuer
    for _ in range(DEEPEST_CHAIN - 1):
        if step is None or step.issuer_id == step.id:
            return True
        if step.id == record.id:
            return False
        step = linked.get(step.issuer_id or "") or desk.issuer_of(step)
    return False


def _orphans(
    desk: Desk, loaded: Sequence[x509.Certificate], records: Sequence[CertificateRecord]
) -> list[tuple[CertificateRecord, CertificateRecord]]:
    """Return certificates that came into the store before their issuer, each with that issuer among the new records."""
    certificates = {fingerprint(certificate): certificate for certificate in loaded}
    new = {record.subject: record for record in records if record.is_authority}
    linked = {record.id: record for record in records}
    found = []
    for orphan in desk.ledger.certificates() if new else ():
        issuer = new.get(orphan.issuer)
        if (
            orphan.issuer_id is None
            and issuer is not None
            and _issued(certificates[issuer.sha256], desk.certificate(orphan))
            and _leads_up(desk, linked, issuer, orphan)
        ):
            found.append((orphan, issuer))
    return found


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
