"""What comes after: authorities that end without a successor, certificates replaced and still good, keys that several share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from tlsca.authority.listing import title_of
from tlsca.pki.lint import Level, Remark, Repair
from tlsca.pki.renew import CROSS
from tlsca.store.records import CertificateRecord
from tlsca.text import listing, printable, remaining, rfc3339

_ROOT_AHEAD = timedelta(days=730)
_INTERMEDIATE_AHEAD = timedelta(days=365)
_LATELY = timedelta(days=30)


def is_live(record: CertificateRecord, now: datetime) -> bool:
    """Say whether a certificate is neither revoked nor over; one that begins later counts."""
    return record.revoked_at is None and record.not_after >= now


def succession(records: Sequence[CertificateRecord], *, now: datetime) -> Iterator[Remark]:
    """Look at all certificates of a store and how they follow each other."""
    live = {record.id: record for record in records if is_live(record, now)}
    yield from ending_authorities([one for one in live.values() if one.profile != CROSS], now)
    yield from _ending_crosses(live, now)
    yield from _superseded(live)
    yield from _lapsed(records, live.values(), now)
    yield from _shared_keys(live.values())


def remark(record: CertificateRecord, level: Level, code: str, culprit: str, message: str, *, fix: str, source: str, repair: Repair | None) -> Remark:  # fmt: skip
    """Return a remark on a certificate of the store."""
    return Remark(
        code=code,
        level=level,
        culprit=culprit,
        message=message,
        fix=fix,
        source=source,
        repair=repair,
        certificate=record.sha256,
        about=printable(title_of(record)),
    )


def ahead_of_end(record: CertificateRecord) -> timedelta:
    """Return how long before its end an authority wants a successor: two years for a root, one below; a third of a short life."""
    usual = _ROOT_AHEAD if record.issuer_id == record.id else _INTERMEDIATE_AHEAD
    return min(usual, (record.not_after - record.not_before) / 3)


def ending_authorities(live: Iterable[CertificateRecord], now: datetime) -> Iterator[Remark]:
    """Give notice when it is time for a successor, warn when half of that time is gone; be silent once there is one."""
    authorities = [record for record in live if record.is_authority]
    last: dict[str, datetime] = {}
    for record in authorities:
        last[record.subject] = max(record.not_after, last.get(record.subject, record.not_after))
    for record in authorities:
        ahead = ahead_of_end(record)
        left = record.not_after - now
        if left < ahead and last[record.subject] == record.not_after:
            kind = "root" if record.issuer_id == record.id else "intermediate"
            yield remark(
                record,
                Level.WARNING if left < ahead / 2 else Level.NOTICE,
                f"{kind}-ending",
                "validity",
                f"The {kind} ends {remaining(record.not_after, now)}, on {rfc3339(record.not_after)}, and has no successor.",
                fix="Renew it now: clients take long to learn of a new one.",
                source="RFC 4210, 4.4",
                repair=Repair("renew", f"tlsca renew {record.sha256[:12]}"),
            )


def cross_again(record: CertificateRecord, records: Iterable[CertificateRecord]) -> Repair:
    """Return the command for the next cross-certificate of an authority, whose own certificates may be among the records.

    It ends no later than the other's own certificate, so one that ends sooner than that is signed again, and else a newer one is
    needed, which only the other authority has.
    """
    own = [
        one
        for one in records
        if one.profile != CROSS
        and (one.subject, one.key_id) == (record.subject, record.key_id)
        and one.not_after > record.not_after
    ]
    what = own[-1].sha256[:12] if own else "CERTFILE"
    return Repair("cross-sign", f"tlsca ca cross-sign {what}")


def _ending_crosses(live: dict[str, CertificateRecord], now: datetime) -> Iterator[Remark]:
    """Find where we vouch for somebody else's authority not much longer; those between two keys of a root end with it."""
    for record in live.values():
        left = record.not_after - now
        if record.profile != CROSS or record.renewed_by is not None or left >= ahead_of_end(record):
            continue
        yield remark(
            record,
            Level.WARNING if left < ahead_of_end(record) / 2 else Level.NOTICE,
            "cross-certificate-ending",
            "validity",
            f"The cross-certificate ends {remaining(record.not_after, now)}, on {rfc3339(record.not_after)}, and has no successor.",
            fix="Cross-sign the newest certificate of the other authority.",
            source="RFC 4210, 4.4",
            repair=cross_again(record, live.values()),
        )


def _superseded(live: dict[str, CertificateRecord]) -> Iterator[Remark]:
    for record in live.values():
        successor = live.get(record.renewed_by or "")
        if successor is not None and not record.is_authority:
            yield remark(
                record,
                Level.NOTICE,
                "superseded-live",
                "validity",
                f"It was replaced by {successor.sha256[:12]} and is still good until {rfc3339(record.not_after)}.",
                fix="Install the new one, then revoke this one, or let it end.",
                source="CA/B BR 4.9.1.1",
                repair=Repair("revoke", f"tlsca revoke {record.sha256[:12]} --reason superseded"),
            )


def _lapsed(
    records: Iterable[CertificateRecord], live: Iterable[CertificateRecord], now: datetime
) -> Iterator[Remark]:
    """Find what ended lately while nothing else is good for the same names."""
    covered = {_stands_for(record) for record in live}
    for record in records:
        lately = record.revoked_at is None and now - _LATELY <= record.not_after < now
        if lately and record.renewed_by is None and _stands_for(record) not in covered:
            yield remark(
                record,
                Level.WARNING,
                "lapsed",
                "validity",
                f"It ended {remaining(record.not_after, now)}, on {rfc3339(record.not_after)}, and was not renewed.",
                fix="Renew it, if it is still in use.",
                source="RFC 5280, 4.1.2.5",
                repair=cross_again(record, records)
                if record.profile == CROSS
                else Repair("renew", f"tlsca renew {record.sha256[:12]}"),
            )


def _stands_for(record: CertificateRecord) -> tuple[object, ...]:
    """Return what another certificate would have to have to stand in this one's place."""
    return record.subject, record.names, record.profile == CROSS


def _shared_keys(live: Iterable[CertificateRecord]) -> Iterator[Remark]:
    """Find keys of several certificates for different names; an authority's own further certificates share its key rightly."""
    by_key: dict[str, list[CertificateRecord]] = defaultdict(list)
    for record in live:
        by_key[record.key_id].append(record)
    for sharing in by_key.values():
        if len(sharing) > 1 and len({(one.subject, one.names) for one in sharing}) > 1:
            first = sharing[0]
            others = listing([printable(title_of(one)) for one in sharing[1:]])
            yield remark(
                first,
                Level.WARNING,
                "shared-key",
                "subjectPublicKeyInfo",
                f"Its key is also that of {others}, so who has one can pass for the other.",
                fix="Renew all but one of them with keys of their own.",
                source="NIST SP 800-57 part 1, 5.2",
                repair=Repair("rekey", f"tlsca renew {sharing[-1].sha256[:12]} --rekey"),
            )
