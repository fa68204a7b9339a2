"""Which certificate signed which: found by name and proved by signature, whatever order they come in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from tlsca.authority.desk import DEEPEST_CHAIN, Desk
from tlsca.pki.quiet import quietly
from tlsca.store.records import CertificateRecord


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Say whether one certificate's key made the other's signature: by name first, which is quick, then by arithmetic."""
    with quietly(UserWarning):
        if issuer.subject != certificate.issuer:
            return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, UnsupportedAlgorithm, ValueError):
        return False
    return True


def linked(
    desk: Desk, made: Sequence[CertificateRecord], certificates: Mapping[str, x509.Certificate]
) -> list[CertificateRecord]:
    """Return new records with their issuers, be they in the store or among themselves; None where there is none.

    `certificates` has the certificate of each new record by the record's id. Roots come first, so that no two cross-signed ones
    become each other's issuer.
    """
    by_subject: dict[str, list[str]] = {}
    for record in made:
        if record.is_authority:
            by_subject.setdefault(record.subject, []).append(record.id)
    found = {record.id: record for record in made}
    for record in sorted(made, key=lambda one: one.subject != one.issuer):
        certificate = certificates[record.id]
        if issued(certificate, certificate):
            found[record.id] = replace(record, issuer_id=record.id)
            continue
        beside = [found[other] for other in by_subject.get(record.issuer, ()) if other != record.id]
        inside = [other for other in desk.ledger.by_name(record.issuer) if other.is_authority]
        for issuer in sorted((*inside, *beside), key=lambda other: other.issuer_id != other.id):
            known = certificates.get(issuer.id) or desk.certificate(issuer)
            if issued(known, certificate) and _leads_up(desk, found, issuer, record):
                found[record.id] = replace(record, issuer_id=issuer.id)
                break
    return list(found.values())


def orphans(
    desk: Desk, made: Sequence[CertificateRecord], certificates: Mapping[str, x509.Certificate]
) -> list[tuple[CertificateRecord, CertificateRecord]]:
    """Return certificates that came into the store before their issuer, each with that issuer among the new records."""
    by_subject: dict[str, list[CertificateRecord]] = {}
    for record in made:
        if record.is_authority:
            by_subject.setdefault(record.subject, []).append(record)
    new = {record.id: record for record in made}
    found = []
    for orphan in desk.ledger.certificates() if by_subject else ():
        if orphan.issuer_id is not None:
            continue
        for issuer in by_subject.get(orphan.issuer, ()):
            proved = issued(certificates[issuer.id], desk.certificate(orphan))
            if proved and _leads_up(desk, new, issuer, orphan):
                found.append((orphan, issuer))
                break
    return found


def _leads_up(
    desk: Desk, new: Mapping[str, CertificateRecord], issuer: CertificateRecord, record: CertificateRecord
) -> bool:
    """Say whether the way up from an issuer ends, soon enough, without coming by the record that is to be put below it."""
    step: CertificateRecord | None = issuer
    for _ in range(DEEPEST_CHAIN - 1):
        if step is None or step.issuer_id == step.id:
            return True
        if step.id == record.id:
            return False
        step = new.get(step.issuer_id or "") or desk.issuer_of(step)
    return False
