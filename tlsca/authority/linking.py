"""Which certificate signed which: found by name and proved by signature, whatever order they come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from tlsca.authority.desk import DEEPEST_CHAIN, Desk
from tlsca.authority.partitions import named_partition
from tlsca.pki.quiet import quietly
from tlsca.store.records import CertificateRecord

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)

MOST_OF_ONE_NAME = 64
"""Of more authorities with one name than these, the rest are not tried: each costs a signature's arithmetic."""


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
        roots_first = sorted((*inside, *beside), key=lambda other: other.issuer_id != other.id)
        candidates = [
            (issuer, certificates.get(issuer.id) or desk.certificate(issuer))
            for issuer in roots_first[:MOST_OF_ONE_NAME]
        ]
        for issuer, above in _likely_first(candidates, certificate):
            if issued(above, certificate) and _leads_up(desk, found, issuer, record):
                partition = named_partition(desk, issuer, certificate)
                found[record.id] = replace(record, issuer_id=issuer.id, partition=partition)
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
        certificate = desk.certificate(orphan)
        for issuer in by_subject.get(orphan.issuer, ())[:MOST_OF_ONE_NAME]:
            if issued(certificates[issuer.id], certificate) and _leads_up(desk, new, issuer, orphan):
                found.append((orphan, issuer))
                break
    return found


def _likely_first(
    candidates: Iterable[tuple[CertificateRecord, x509.Certificate]], certificate: x509.Certificate
) -> list[tuple[CertificateRecord, x509.Certificate]]:
    """Return the candidates, those first whose key identifier the certificate names (RFC 5280, 4.2.1.1)."""
    named = _value(certificate, x509.AuthorityKeyIdentifier)
    wanted = named.key_identifier if named else None

    def is_other(candidate: tuple[CertificateRecord, x509.Certificate]) -> bool:
        own = _value(candidate[1], x509.SubjectKeyIdentifier)
        return wanted is None or own is None or own.digest != wanted

    return sorted(candidates, key=is_other)


def _value(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return None


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
        step = new.get(step.issuer_id or "") or desk.signer_of(step)
    return False
