"""What is in the store, as an operator wants it listed: each certificate with its state, its issuer and whether its key is here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tlsca.authority.desk import Desk
from tlsca.errors import NotFound
from tlsca.pki.describe import status_word
from tlsca.pki.names import is_dn
from tlsca.store.records import CertificateRecord, Reason
from tlsca.text import rfc3339

_REF_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate of the store, with what only the whole store can tell."""

    record: CertificateRecord
    status: str
    """`valid`, `expiring`, `expired`, `revoked`, `held` or `not-yet-valid`."""
    issuer_ref: str | None
    has_key: bool
    renewed_by_ref: str | None
    now: datetime
    """When it was read; its state is that of this moment."""

    @property
    def remaining(self) -> timedelta:
        """Until its end; negative after."""
        return self.record.not_after - self.now

    @property
    def ref(self) -> str:
        """A short reference that every command takes."""
        return self.record.sha256[:_REF_LENGTH]

    @property
    def title(self) -> str:
        """What a person calls it: its first name, or its subject. Not yet printable."""
        return title_of(self.record)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        record = self.record
        return {
            "ref": self.ref,
            "serial": record.serial,
            "sha256": record.sha256,
            "subject": record.subject,
            "issuer": record.issuer,
            "issuer_ref": self.issuer_ref,
            "profile": record.profile,
            "names": list(record.names),
            "not_before": rfc3339(record.not_before),
            "not_after": rfc3339(record.not_after),
            "status": self.status,
            "key": record.key,
            "has_key": self.has_key,
            "revoked_at": rfc3339(record.revoked_at) if record.revoked_at else None,
            "reason": str(record.reason) if record.reason else None,
            "renewed_by": self.renewed_by_ref,
            "last_seen": record.last_seen,
            "last_seen_at": rfc3339(record.last_seen_at) if record.last_seen_at else None,
            "partition": record.partition,
            "label": record.label,
            "note": record.note,
            "tags": list(record.tags),
            "contacts": list(record.contacts),
        }


def entries(desk: Desk) -> tuple[Entry, ...]:
    """Return every certificate of the store in the order of making, authorities included."""
    reader = _Reader(desk, has_key=desk.ledger.key_ids().__contains__)
    return tuple(reader.entry(record) for record in desk.ledger.certificates())


def entries_of(desk: Desk, records: Iterable[CertificateRecord]) -> tuple[Entry, ...]:
    """Return the entries of some records, in their order."""
    reader = _Reader(desk, has_key=lambda key_id: desk.ledger.key(key_id) is not None)
    return tuple(reader.entry(record) for record in records)


def entry(desk: Desk, record: CertificateRecord) -> Entry:
    """Return the entry of one record."""
    return _Reader(desk, has_key=lambda key_id: desk.ledger.key(key_id) is not None).entry(record)


def authorities(desk: Desk) -> tuple[tuple[int, Entry], ...]:
    """Return the tree of authorities as (depth, entry), siblings in the order of making.

    Each stands below its issuer's newest certificate, so that those below a renewed authority stay together.
    """
    children: dict[str | None, list[Entry]] = {}
    for item in entries_of(desk, desk.ledger.authorities()):
        above = next((link for link in desk.chain(item.record)[1:] if link.is_authority), None)
        children.setdefault(above.id if above else None, []).append(item)
    return tuple(_below(children, None, 0))


def _below(
    children: dict[str | None, list[Entry]], parent: str | None, depth: int
) -> Iterable[tuple[int, Entry]]:
    for item in children.get(parent, []):
        yield depth, item
        yield from _below(children, item.record.id, depth + 1)


def title_of(record: CertificateRecord) -> str:
    """Return what a person calls a certificate: its label, an authority's common name, a leaf's first name, else its subject."""
    return record.label or own_title_of(record)


def own_title_of(record: CertificateRecord) -> str:
    """Return what a certificate is called by what stands in it, whatever label it was given."""
    return title(record.subject, record.names, is_authority=record.is_authority) or record.serial


def title(subject: str, names: Sequence[str], *, is_authority: bool) -> str:
    """Return the same of a certificate that is yet to be made; empty where it has neither name nor subject."""
    if not is_authority and names and not is_dn(names[0]):
        return names[0]
    first = subject.split(",", 1)[0]
    return first.removeprefix("CN=") if first.startswith("CN=") and "\\" not in first else subject


def status_of(record: CertificateRecord, *, now: datetime, soon: timedelta) -> str:
    """Return a record's state in one word; revocation counts before dates."""
    if record.revoked_at is not None:
        return "held" if record.reason is Reason.HOLD else "revoked"
    return status_word(record.not_before, record.not_after, now=now, soon=soon)


class _Reader:
    """Reads entries at one moment; what many certificates have in common, which is mostly their issuer, is looked up once."""

    def __init__(self, desk: Desk, *, has_key: Callable[[str], bool]) -> None:
        self._desk = desk
        self._has_key = has_key
        self._now = desk.now()
        self._issuers: dict[str, str | None] = {}

    def entry(self, record: CertificateRecord) -> Entry:
        """Return the entry of one record."""
        return Entry(
            record=record,
            status=status_of(record, now=self._now, soon=self._desk.expiring),
            issuer_ref=self._issuer_ref(record),
            has_key=self._has_key(record.key_id),
            renewed_by_ref=_ref(_successor(self._desk, record)),
            now=self._now,
        )

    def _issuer_ref(self, record: CertificateRecord) -> str | None:
        above = record.issuer_id
        if above is None or above == record.id:
            return _ref(record if above else None)
        if above not in self._issuers:
            self._issuers[above] = _ref(self._desk.issuer_of(record))
        return self._issuers[above]


def _successor(desk: Desk, record: CertificateRecord) -> CertificateRecord | None:
    if record.renewed_by is None:
        return None
    try:
        return desk.ledger.certificate(record.renewed_by)
    except NotFound:
        return None


def _ref(record: CertificateRecord | None) -> str | None:
    return record.sha256[:_REF_LENGTH] if record else None
