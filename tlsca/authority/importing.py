"""Import: what other tools and strangers made, each part put where it belongs; doing it twice changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.foreign.admitting import new_keys, new_records, readable
from tlsca.authority.foreign.crls import read_crls
from tlsca.authority.foreign.gathered import Gathered, Skipped, Tree
from tlsca.authority.foreign.gathering import gather
from tlsca.authority.foreign.keyring import Ask, Keyring
from tlsca.authority.foreign.revoked import Revoked, laid_over
from tlsca.authority.linking import orphans
from tlsca.pki.read import Kind
from tlsca.store.records import CertificateRecord, KeyRecord

__all__ = [
    "Ask",
    "Gathered",
    "ImportReport",
    "Keyring",
    "Skipped",
    "Tree",
    "gather",
    "import_files",
    "import_gathered",
]

_Certificates = Mapping[str, x509.Certificate]
"""Certificates by the id of their new record."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do."""

    certificates: tuple[CertificateRecord, ...]
    keys: tuple[KeyRecord, ...]
    skipped: tuple[Skipped, ...]
    revoked: tuple[CertificateRecord, ...] = ()
    """Certificates that are revoked now and were not before: new ones, and ones that the store had."""
    unseen: int = 0
    """How many revocations came of certificates that nobody has."""
    trees: tuple[Tree, ...] = ()
    """The directories and databases of other tools that were recognised."""


def import_files(desk: Desk, paths: Sequence[Path], *, passphrase: str | None) -> ImportReport:
    """Import files and directories in one transaction; `passphrase` opens what is encrypted.

    Raises NotFound, Unreadable, PassphraseError (of a file, or because keys are among them and the store is locked).
    """
    return import_gathered(desk, gather(paths, Keyring([passphrase] if passphrase else [])))


def import_gathered(desk: Desk, gathered: Gathered, *, dry_run: bool = False) -> ImportReport:
    """Import what `gather` found, in one transaction; with `dry_run` only say what would come of it.

    Raises PassphraseMissing when new private keys are among it and the store is locked, StoreError.
    """
    now = desk.now()
    skipped = list(gathered.skipped)
    certificates_in_hand = readable(gathered.items, skipped)
    sealed = new_keys(desk, gathered.items, certificates_in_hand, skipped, now)
    records, certificates = new_records(desk, certificates_in_hand, skipped, now)
    lists = read_crls(gathered, _authorities(desk, gathered, records, certificates))
    revoked = laid_over(desk, records, [*gathered.revocations, *lists.revocations])
    skipped += [*lists.skipped, *_requests(gathered)]
    if not dry_run and (records or sealed or revoked.changed):
        _keep(desk, revoked, certificates, sealed)
    return ImportReport(
        certificates=revoked.new,
        keys=tuple(sealed),
        skipped=tuple(skipped),
        revoked=tuple(
            record
            for record in (*revoked.new, *(after for _, after in revoked.changed))
            if record.id in revoked.dates
        ),
        unseen=len(revoked.unseen),
        trees=tuple(gathered.trees),
    )


def _keep(desk: Desk, revoked: Revoked, certificates: _Certificates, sealed: Sequence[KeyRecord]) -> None:
    changed = {old.id: (old, new) for old, new in revoked.changed}
    for orphan, issuer in orphans(desk, revoked.new, certificates):
        old, new = changed.get(orphan.id, (orphan, orphan))
        changed[orphan.id] = old, replace(new, issuer_id=issuer.id)
    detail = {"certificates": [record.subject for record in revoked.new[:20]], "keys": len(sealed)}
    with desk.ledger.transaction(act="import", at=desk.now(), detail=detail) as change:
        for key in sealed:
            change.add_key(key)
        for record in revoked.new:
            change.add_certificate(record, certificates[record.id].public_bytes(Encoding.PEM))
        for old, new in changed.values():
            change.replace_certificate(old, new)


def _authorities(
    desk: Desk, gathered: Gathered, records: Sequence[CertificateRecord], certificates: _Certificates
) -> dict[str, x509.Certificate]:
    """Return every authority whose revocation list may be among what was found, by its SHA-256."""
    if not any(item.found.kind is Kind.CRL for item in gathered.items):
        return {}
    found = {record.sha256: certificates[record.id] for record in records if record.is_authority}
    kept = [record for record in desk.ledger.certificates() if record.is_authority]
    return found | {record.sha256: desk.certificate(record) for record in kept}


def _requests(gathered: Gathered) -> list[Skipped]:
    return [
        Skipped(item.found.kind.value, "requests are not kept; tlsca sign answers one", item.source)
        for item in gathered.items
        if item.found.kind is Kind.REQUEST
    ]
