"""Import: what other tools and strangers made, each part put where it belongs; doing it twice changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.foreign.admitting import new_keys, new_records, new_requests, readable
from tlsca.authority.foreign.crls import read_crls
from tlsca.authority.foreign.gathered import Gathered, Skipped, Tree
from tlsca.authority.foreign.gathering import gather
from tlsca.authority.foreign.keyring import Ask, Keyring
from tlsca.authority.foreign.revoked import Laid, laid_over
from tlsca.authority.linking import orphans
from tlsca.authority.lists import keep_number
from tlsca.authority.requesting import keep_request, link_requests, record_of_request
from tlsca.authority.revocations import forget_unseen, keep_unseen
from tlsca.pki.keys import PrivateKey, key_id, kind_of
from tlsca.pki.read import Kind
from tlsca.pki.request import Request
from tlsca.store.records import CertificateRecord, RequestRecord, RevocationRecord
from tlsca.store.transaction import Change

__all__ = [
    "Ask",
    "Gathered",
    "ImportReport",
    "ImportedKey",
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
class ImportedKey:
    """A private key that came in."""

    id: str
    """SHA-256 of its public key: the `key_id` of its certificates."""
    kind: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do."""

    certificates: tuple[CertificateRecord, ...]
    keys: tuple[ImportedKey, ...]
    skipped: tuple[Skipped, ...]
    requests: tuple[RequestRecord, ...] = ()
    revoked: tuple[CertificateRecord, ...] = ()
    """Certificates that are revoked now and were not before: new ones, and ones that the store had."""
    unseen: tuple[RevocationRecord, ...] = ()
    """Revocations of certificates that nobody has: their authority's lists go on naming them."""
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
    skipped = list(gathered.skipped)
    in_hand = readable(gathered.items, skipped)
    asked = new_requests(desk, gathered.items, skipped)
    private_keys = new_keys(desk, gathered.items, in_hand, asked, skipped)
    records, certificates = new_records(desk, in_hand, skipped)
    lists = read_crls(gathered, _authorities(desk, gathered, records, certificates))
    laid = laid_over(desk, records, [gathered, lists], new_keys=private_keys)
    requests = _requests(desk, asked, laid)
    if not dry_run and (records or private_keys or asked or laid.changed or laid.unseen or laid.numbers):
        _keep(desk, laid, certificates, private_keys.values(), requests)
    return ImportReport(
        certificates=laid.new,
        keys=tuple(ImportedKey(name, kind_of(key.public_key())) for name, key in private_keys.items()),
        skipped=(*skipped, *lists.skipped),
        requests=tuple(record for _, record in requests),
        revoked=laid.revoked,
        unseen=tuple(record for _, record in laid.unseen),
        trees=tuple(gathered.trees),
    )


def _keep(
    desk: Desk,
    laid: Laid,
    certificates: _Certificates,
    private_keys: Iterable[PrivateKey],
    requests: Iterable[tuple[Request, RequestRecord]],
) -> None:
    now = desk.now()
    sealed = [desk.sealed_key(key, at=now) for key in private_keys]
    changed = {old.id: (old, new) for old, new in laid.changed}
    for orphan, issuer in orphans(desk, laid.new, certificates):
        old, new = changed.get(orphan.id, (orphan, orphan))
        changed[orphan.id] = old, replace(new, issuer_id=issuer.id)
    detail = {"certificates": [record.subject for record in laid.new[:20]], "keys": len(sealed)}
    with desk.ledger.transaction(act="import", at=now, detail=detail) as change:
        for key in sealed:
            change.add_key(key)
        for record in laid.new:
            change.add_certificate(record, certificates[record.id].public_bytes(Encoding.PEM))
        for old, new in changed.values():
            change.replace_certificate(old, new)
        link_requests(desk, change, laid.new)
        for request, asked in requests:
            keep_request(change, request, asked)
        _keep_books(desk, change, laid)


def _keep_books(desk: Desk, change: Change, laid: Laid) -> None:
    """Keep what is known of certificates that nobody has, and where each authority's lists have got to."""
    for authority, revocation in laid.unseen:
        keep_unseen(change, authority, revocation)
    for authority, serial in laid.seen:
        forget_unseen(change, authority, serial)
    for authority, number in laid.numbers:
        keep_number(desk, change, authority, number)


def _authorities(
    desk: Desk, gathered: Gathered, records: Sequence[CertificateRecord], certificates: _Certificates
) -> dict[str, x509.Certificate]:
    """Return every authority whose revocation list may be among what was found, by its SHA-256."""
    if not any(item.found.kind is Kind.CRL for item in gathered.items):
        return {}
    found = {record.sha256: certificates[record.id] for record in records if record.is_authority}
    return found | {record.sha256: desk.certificate(record) for record in desk.ledger.authorities()}


def _requests(desk: Desk, asked: Iterable[Request], laid: Laid) -> list[tuple[Request, RequestRecord]]:
    """Return new requests with their records, each linked to the certificates that it became."""
    found = []
    for request in asked:
        became = [*desk.ledger.with_key(key_id(request.public_key)), *laid.new]
        found.append((request, record_of_request(desk, request, became)))
    return found
