"""What the books of other tools say of revocations, laid over the store's records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.foreign.gathered import Revocation
from tlsca.store.records import CertificateRecord, Reason
from tlsca.text import serial_hex

_Flags = x509.ReasonFlags
_REASONS: Mapping[x509.ReasonFlags | None, Reason] = {
    _Flags.unspecified: Reason.UNSPECIFIED,
    _Flags.key_compromise: Reason.KEY_COMPROMISE,
    _Flags.ca_compromise: Reason.CA_COMPROMISE,
    _Flags.affiliation_changed: Reason.AFFILIATION_CHANGED,
    _Flags.superseded: Reason.SUPERSEDED,
    _Flags.cessation_of_operation: Reason.CESSATION,
    _Flags.certificate_hold: Reason.HOLD,
    _Flags.privilege_withdrawn: Reason.PRIVILEGE_WITHDRAWN,
    _Flags.aa_compromise: Reason.AA_COMPROMISE,
}


@dataclass(frozen=True, slots=True)
class Unseen:
    """A revocation of a certificate that is in no store and no file: its authority's lists shall go on naming it."""

    authority: CertificateRecord
    revocation: Revocation


@dataclass(frozen=True, slots=True)
class Revoked:
    """What becomes of records by the books."""

    new: tuple[CertificateRecord, ...]
    """The new records, those that were revoked with their revocation."""
    changed: tuple[tuple[CertificateRecord, CertificateRecord], ...]
    """Records of the store as they were and as they become."""
    unseen: tuple[Unseen, ...]
    dates: Mapping[str, Revocation]
    """Each revocation that is new, by its record's id."""


def laid_over(desk: Desk, new: Sequence[CertificateRecord], revocations: Iterable[Revocation]) -> Revoked:
    """Lay revocations over new records and the store's; what is revoked already stays as it is. The first word on each counts."""
    lookup = _Lookup(desk, new)
    said: dict[str, Revocation] = {}
    unseen: dict[tuple[str, int], Unseen] = {}
    for revocation in revocations:
        if revocation.reason is _Flags.remove_from_crl:
            continue
        authority = lookup.by_fingerprint(revocation.issuer)
        record = lookup.certificate(revocation, authority)
        if record is not None:
            said.setdefault(record.id, revocation)
        elif authority is not None:
            unseen.setdefault((authority.key_id, revocation.serial), Unseen(authority, revocation))
    fresh = {record.id: record for record in lookup.named(said) if record.revoked_at is None}
    after = {name: _after(record, said[name]) for name, record in fresh.items()}
    ours = {record.id for record in new}
    return Revoked(
        new=tuple(after.get(record.id, record) for record in new),
        changed=tuple((fresh[name], after[name]) for name in fresh if name not in ours),
        unseen=tuple(unseen.values()),
        dates={name: said[name] for name in fresh},
    )


class _Lookup:
    """Records by what the books know them by, be they new or in the store."""

    def __init__(self, desk: Desk, new: Sequence[CertificateRecord]) -> None:
        self._desk = desk
        self._new = {record.id: record for record in new}
        self._by_fingerprint = {record.sha256: record for record in new}
        self._by_serial: dict[str, list[CertificateRecord]] = {}
        for record in new:
            self._by_serial.setdefault(record.serial, []).append(record)

    def by_fingerprint(self, sha256: str | None) -> CertificateRecord | None:
        """Return the record of this certificate."""
        if sha256 is None:
            return None
        return self._by_fingerprint.get(sha256) or self._desk.ledger.by_fingerprint(sha256)

    def certificate(
        self, revocation: Revocation, authority: CertificateRecord | None
    ) -> CertificateRecord | None:
        """Return the record that a revocation is about: its certificate's, or the one that the authority's key signed so numbered."""
        if (record := self.by_fingerprint(revocation.certificate)) is not None:
            return record
        if authority is None:
            return None
        serial = serial_hex(revocation.serial)
        for found in [*self._by_serial.get(serial, []), *self._desk.ledger.by_serial(serial)]:
            above = self._issuer(found)
            if above is not None and above.key_id == authority.key_id:
                return found
        return None

    def named(self, identities: Iterable[str]) -> list[CertificateRecord]:
        """Return the records with these ids."""
        return [self._new.get(name) or self._desk.ledger.certificate(name) for name in identities]

    def _issuer(self, record: CertificateRecord) -> CertificateRecord | None:
        if record.issuer_id == record.id:
            return record
        return self._new.get(record.issuer_id or "") or self._desk.issuer_of(record)


def _after(record: CertificateRecord, revocation: Revocation) -> CertificateRecord:
    return replace(record, revoked_at=revocation.at, reason=_REASONS.get(revocation.reason))
