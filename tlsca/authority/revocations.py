"""What an authority has revoked: certificates of the store, and serial numbers whose certificates the store never saw.

An authority is a name and a key. Renewed with the same key it has a second certificate and goes on with the same lists, so what is
kept for it goes by its mark, which name and key decide, and what it signed is looked for under each of its certificates.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.scope import WHOLE, Scope
from tlsca.pki.revoke import LARGEST_SERIAL, REASONS, Revocation
from tlsca.store.records import CertificateRecord, Document, Reason, RevocationRecord
from tlsca.store.transaction import Change

_FLAGS: dict[Reason | None, x509.ReasonFlags | None] = {
    None: None,
    **{reason: REASONS[reason] for reason in Reason},
    Reason.UNSPECIFIED: None,
}


def mark(authority: CertificateRecord) -> str:
    """Return what is the same for all certificates of one authority and for no other's: 32 hexadecimal digits."""
    return hashlib.sha256(f"{authority.key_id} {authority.subject}".encode()).hexdigest()[:32]


def same_authority(desk: Desk, authority: CertificateRecord) -> tuple[CertificateRecord, ...]:
    """Return every certificate of an authority: the one that is given, and those with its name and key."""
    twins = (record for record in desk.ledger.with_key(authority.key_id) if record.is_authority)
    return tuple(record for record in twins if record.subject == authority.subject)


class Register:
    """What an authority has revoked, looked up once for any number of lists.

    A certificate that the store never saw may be within any scope, and is on every list.
    """

    def __init__(self, desk: Desk, authority: CertificateRecord) -> None:
        self.authority = authority
        unseen_ones = {int(one.serial, 16): one for one in unseen(desk, authority)}
        self._found: dict[int, CertificateRecord | RevocationRecord] = {**unseen_ones}
        self._by_partition: dict[int | None, list[int]] = {}
        for twin in same_authority(desk, authority):
            for record in desk.ledger.revoked_by(twin.id):
                serial = int(record.serial, 16)
                self._found[serial] = record
                self._by_partition.setdefault(record.partition, []).append(serial)
        self._serials = sorted(self._found)
        self._unseen = [serial for serial, one in unseen_ones.items() if self._found[serial] is one]

    def listed(self, scope: Scope = WHOLE, *, since: datetime | None = None) -> Iterator[Revocation]:
        """Yield what the next full list of a scope says, by serial number.

        A certificate that had ended before `since`, the time of a list that named it, is left out: it was named once after its
        end, which is all that RFC 5280, 3.3, wants. So is a serial number that no list can hold. They are made one by one:
        100,000 of them at once would have Python look through all that the store holds for garbage.
        """
        for serial in self._of(scope):
            one = self._found[serial]
            if isinstance(one, CertificateRecord) and not (scope.covers(one) and _is_listed(one, since)):
                continue
            if one.revoked_at is not None and 0 < serial <= LARGEST_SERIAL:
                yield Revocation(serial, one.revoked_at, _FLAGS[one.reason], one.invalid_since)

    def _of(self, scope: Scope) -> list[int]:
        if scope.partition is None:
            return self._serials
        return sorted((*self._by_partition.get(scope.partition, ()), *self._unseen))


def revocations(
    desk: Desk, authority: CertificateRecord, *, since: datetime | None = None, scope: Scope = WHOLE
) -> Iterator[Revocation]:
    """Yield what an authority's next full list of a scope says, by serial number, as `Register.listed`."""
    return Register(desk, authority).listed(scope, since=since)


def _is_listed(record: CertificateRecord, since: datetime | None) -> bool:
    """Say whether a revoked certificate is to be named; a root names not itself."""
    if record.revoked_at is None or record.issuer_id == record.id:
        return False
    return since is None or record.not_after >= since or record.revoked_at >= since


def revocation_of(desk: Desk, record: CertificateRecord) -> Revocation | None:
    """Return a certificate's revocation or hold, be it in its record or of a time when the store had not seen it."""
    if record.revoked_at is not None:
        return Revocation(
            int(record.serial, 16), record.revoked_at, _FLAGS[record.reason], record.invalid_since
        )
    issuer = desk.issuer_of(record)
    return unseen_revocation(desk, issuer, record.serial) if issuer else None


def revocation_fields(record: CertificateRecord) -> Document:
    """Return what a certificate's document says of its revocation; None for what it does not say."""
    document = record.to_document()
    return {name: document.get(name) for name in ("revoked_at", "reason", "invalid_since")}


def unseen_document(desk: Desk, authority: CertificateRecord, serial: str) -> Document | None:
    """Return the document of an unseen certificate's revocation, if there is one."""
    return desk.ledger.setting(_name(authority, serial))


def unseen_revocation(desk: Desk, authority: CertificateRecord, serial: str) -> Revocation | None:
    """Return the revocation of a serial number whose certificate the store had not seen when it was revoked."""
    kept = unseen_document(desk, authority, serial)
    if kept is None:
        return None
    one = RevocationRecord.from_document(kept)
    return Revocation(int(one.serial, 16), one.revoked_at, _FLAGS[one.reason], one.invalid_since)


def unseen(desk: Desk, authority: CertificateRecord) -> tuple[RevocationRecord, ...]:
    """Return the revocations of certificates that the store never saw."""
    kept = (desk.ledger.setting(name) for name in desk.ledger.settings(_name(authority, "")))
    return tuple(RevocationRecord.from_document(document) for document in kept if document is not None)


def revocation_record(record: CertificateRecord, issuer: CertificateRecord) -> RevocationRecord:
    """Return the revocation of a certificate as it is kept where its record is not. Raises ValueError where there is none."""
    if record.revoked_at is None:
        raise ValueError("it is not revoked")
    return RevocationRecord(
        serial=record.serial,
        issuer=issuer.subject,
        revoked_at=record.revoked_at,
        reason=record.reason,
        invalid_since=record.invalid_since,
    )


def keep_unseen(change: Change, authority: CertificateRecord, revocation: RevocationRecord) -> None:
    """Keep the revocation of a serial number, in place of an earlier one of it."""
    change.put_setting(_name(authority, revocation.serial), revocation.to_document())


def forget_unseen(change: Change, authority: CertificateRecord, serial: str) -> None:
    """Take back what `keep_unseen` kept. Raises NotFound."""
    change.remove_setting(_name(authority, serial))


def _name(authority: CertificateRecord, serial: str) -> str:
    return f"revoked:{mark(authority)}:{serial}"
