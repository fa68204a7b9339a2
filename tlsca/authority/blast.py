"""The blast radius of a revocation: which other certificates are alike, who serves what is revoked, and what falls with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tlsca.authority.desk import Desk
from tlsca.authority.revocations import same_authority
from tlsca.authority.watched import serving
from tlsca.store.indexes import names_of
from tlsca.store.records import CertificateRecord


@dataclass(frozen=True, slots=True)
class Kin:
    """A live certificate that has a name or the key of one that is to be revoked."""

    record: CertificateRecord
    names: tuple[str, ...]
    """The names that both have, in lower case: common name and subject alternative names, or the subject where there are none.

    Not yet printable.
    """
    same_key: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """A host that was last seen serving a certificate that is to be revoked."""

    record: CertificateRecord
    host: str
    """`host:port`. Not yet printable."""
    at: datetime | None
    watched: bool = False
    """Whether it is one of the watched targets."""


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """Whom a revocation hits."""

    kin: tuple[Kin, ...] = ()
    """They stay as they are: a host may go on with one of them, or be as compromised."""
    sightings: tuple[Sighting, ...] = ()
    below: tuple[CertificateRecord, ...] = ()
    """Live certificates below authorities among the revoked: nobody will trust them."""


def blast_radius(desk: Desk, revoked: Sequence[CertificateRecord]) -> BlastRadius:
    """Return whom the revocation of some certificates hits; the cost grows with what it returns and what is watched."""
    now = desk.now()
    chosen = {record.id for record in revoked}
    below = {record.id: record for record in _below(desk, revoked, now) if record.id not in chosen}
    kin = {one.record.id: one for record in revoked for one in _kin(desk, record, now)}
    return BlastRadius(
        kin=tuple(one for name, one in kin.items() if name not in chosen),
        sightings=_sightings(desk, revoked),
        below=tuple(below.values()),
    )


def _sightings(desk: Desk, revoked: Sequence[CertificateRecord]) -> tuple[Sighting, ...]:
    """Return the hosts at which a probe last saw them, and the watched targets whose last look found one: each host once."""
    by_fingerprint = {record.sha256: record for record in revoked}
    last = [Sighting(record, record.last_seen, record.last_seen_at) for record in revoked if record.last_seen]
    watched = [
        Sighting(by_fingerprint[str(one.record.sha256)], one.record.id, one.record.probed_at, watched=True)
        for one in serving(desk, by_fingerprint)
    ]
    return tuple({(one.record.id, one.host): one for one in (*last, *watched)}.values())


def _kin(desk: Desk, record: CertificateRecord, now: datetime) -> Iterator[Kin]:
    every = names_of(record.subject, record.names)
    names = [name for name in every if name != record.subject.lower()] or every
    alike = {other.id: other for name in names for other in desk.ledger.by_name(name)}
    alike |= {other.id: other for other in desk.ledger.with_key(record.key_id)}
    for other in alike.values():
        if _is_live(other, now):
            theirs = set(names_of(other.subject, other.names))
            yield Kin(other, tuple(name for name in names if name in theirs), other.key_id == record.key_id)


def _below(desk: Desk, revoked: Sequence[CertificateRecord], now: datetime) -> Iterator[CertificateRecord]:
    """Yield what falls with an authority, unless the authority has another certificate that stays in force."""
    chosen = {record.id for record in revoked}
    looked_at = set(chosen)
    waiting = [record for record in revoked if record.is_authority]
    while waiting:
        authority = waiting.pop()
        if any(_is_live(twin, now) and twin.id not in looked_at for twin in same_authority(desk, authority)):
            continue
        for record in desk.ledger.by_issuer(authority.id):
            if record.id in looked_at or not _is_live(record, now):
                continue
            looked_at.add(record.id)
            yield record
            if record.is_authority:
                waiting.append(record)


def _is_live(record: CertificateRecord, now: datetime) -> bool:
    return record.revoked_at is None and record.not_after >= now
