"""What the books of other tools say of revocations, laid over the store's records."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.foreign.gathered import CrlNumber, ForeignRevocation, Gathered
from tlsca.authority.lists import last_number
from tlsca.authority.revocations import mark, unseen_revocation
from tlsca.pki.revoke import REASONS, Revocation
from tlsca.store.records import CertificateRecord, Reason, RevocationRecord
from tlsca.text import serial_hex

_REASONS = {flag: Reason(word) for word, flag in REASONS.items()}


@dataclass(frozen=True, slots=True)
class Laid:
    """What becomes of records by the books."""

    new: tuple[CertificateRecord, ...]
    """The new records, those that were revoked with their revocation."""
    changed: tuple[tuple[CertificateRecord, CertificateRecord], ...]
    """Records of the store as they were and as they become."""
    revoked: tuple[CertificateRecord, ...]
    """Everything among both that is revoked now and was not before."""
    unseen: tuple[tuple[CertificateRecord, RevocationRecord], ...]
    """Revocations that the store has not, of certificates that nobody has, each after its authority."""
    seen: tuple[tuple[CertificateRecord, str], ...]
    """Serial numbers that were revoked unseen and whose certificates are among the new ones, each after its authority."""
    numbers: tuple[tuple[CertificateRecord, int], ...]
    """Numbers of revocation lists that the store does not know of, each after its authority."""


def laid_over(
    desk: Desk, new: Sequence[CertificateRecord], books: Iterable[Gathered], *, new_keys: Container[str]
) -> Laid:
    """Lay what books say over new records and the store's; what is revoked already stays as it is.

    Where several books speak of one certificate the first counts. What they say of certificates that nobody has is kept for an
    authority that can sign a list here: its private key is in the store, or its id is in `new_keys`.
    """
    books = tuple(books)
    records = _Records(desk, new)
    said: dict[str, Revocation] = {}
    unseen: dict[tuple[str, str], tuple[CertificateRecord, RevocationRecord]] = {}
    for one in (one for book in books for one in book.revocations):
        authority = records.by_fingerprint(one.issuer)
        record = records.meant(one, authority)
        if one.revocation.reason is x509.ReasonFlags.remove_from_crl:
            continue
        if record is not None:
            said.setdefault(record.id, one.revocation)
        elif authority is not None and (desk.has_key(authority) or authority.key_id in new_keys):
            kept = _record(authority, one.revocation)
            if unseen_revocation(desk, authority, kept.serial) is None:
                unseen.setdefault((mark(authority), kept.serial), (authority, kept))
    seen = _seen(desk, records, new, said)
    before = [record for record in map(records.by_id, said) if record.revoked_at is None]
    after = {record.id: _revoked(record, said[record.id]) for record in before}
    mine = {record.id for record in new}
    return Laid(
        new=tuple(after.get(record.id, record) for record in new),
        changed=tuple((record, after[record.id]) for record in before if record.id not in mine),
        revoked=tuple(after.values()),
        unseen=tuple(unseen.values()),
        seen=seen,
        numbers=_numbers(desk, records, [one for book in books for one in book.crl_numbers]),
    )


class _Records:
    """Records by what the books know them by, be they new or in the store."""

    def __init__(self, desk: Desk, new: Sequence[CertificateRecord]) -> None:
        self._desk = desk
        self._new = {record.id: record for record in new}
        self._by_fingerprint = {record.sha256: record for record in new}
        self._by_serial: dict[str, list[CertificateRecord]] = {}
        for record in new:
            self._by_serial.setdefault(record.serial, []).append(record)

    def by_id(self, identity: str) -> CertificateRecord:
        """Return the record with this id."""
        return self._new.get(identity) or self._desk.ledger.certificate(identity)

    def by_fingerprint(self, sha256: str | None) -> CertificateRecord | None:
        """Return the record of this certificate."""
        if sha256 is None:
            return None
        return self._by_fingerprint.get(sha256) or self._desk.ledger.by_fingerprint(sha256)

    def meant(self, one: ForeignRevocation, authority: CertificateRecord | None) -> CertificateRecord | None:
        """Return the record that a revocation is about: its certificate's, or the one that the authority's key signed so numbered."""
        if (record := self.by_fingerprint(one.certificate)) is not None:
            return record
        if authority is None:
            return None
        serial = serial_hex(one.revocation.serial)
        for found in [*self._by_serial.get(serial, []), *self._desk.ledger.by_serial(serial)]:
            above = self.issuer(found)
            if above is not None and above.key_id == authority.key_id:
                return found
        return None

    def issuer(self, record: CertificateRecord) -> CertificateRecord | None:
        """Return who signed a record's certificate, as far as that is known."""
        if record.issuer_id == record.id:
            return record
        return self._new.get(record.issuer_id or "") or self._desk.issuer_of(record)


def _seen(
    desk: Desk, records: _Records, new: Iterable[CertificateRecord], said: dict[str, Revocation]
) -> tuple[tuple[CertificateRecord, str], ...]:
    """Add to `said` what the store knew of new certificates before it saw them; return their authorities and serial numbers."""
    found = []
    for record in new:
        authority = records.issuer(record)
        known = unseen_revocation(desk, authority, record.serial) if authority else None
        if authority and known:
            said.setdefault(record.id, known)
            found.append((authority, record.serial))
    return tuple(found)


def _numbers(
    desk: Desk, records: _Records, found: Iterable[CrlNumber]
) -> tuple[tuple[CertificateRecord, int], ...]:
    """Return the highest number of each authority, where it is news."""
    highest: dict[str, int] = {}
    for one in found:
        highest[one.issuer] = max(one.last, highest.get(one.issuer, 0))
    known = ((records.by_fingerprint(issuer), number) for issuer, number in highest.items())
    return tuple(
        (authority, number)
        for authority, number in known
        if authority is not None and number > last_number(desk, authority)
    )


def _revoked(record: CertificateRecord, revocation: Revocation) -> CertificateRecord:
    return replace(
        record,
        revoked_at=revocation.revoked_at,
        reason=_reason(revocation),
        invalid_since=revocation.invalid_since,
    )


def _record(authority: CertificateRecord, revocation: Revocation) -> RevocationRecord:
    return RevocationRecord(
        serial=serial_hex(revocation.serial),
        issuer=authority.subject,
        revoked_at=revocation.revoked_at,
        reason=_reason(revocation),
        invalid_since=revocation.invalid_since,
    )


def _reason(revocation: Revocation) -> Reason | None:
    return _REASONS[revocation.reason] if revocation.reason else None
