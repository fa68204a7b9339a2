"""Certificates seen before: those of authorities that probed hosts sent, kept because another host may forget to send them.

They are public, only ever explain who is missing, and are never trusted. The oldest make room for new ones.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tlsca.authority.desk import Desk
from tlsca.authority.roots import certifi_shelf, system_shelf
from tlsca.errors import StoreError
from tlsca.pki.certificate import Certificate, certificate
from tlsca.pki.read import read
from tlsca.store.records import SeenRecord

MOST = 1_000
"""So many are kept."""

_PREFIX = "seen:"


def remember(desk: Desk, sent: Iterable[tuple[Certificate, str]]) -> tuple[SeenRecord, ...]:
    """Keep the authorities' certificates among those that hosts sent, each given with its host; return what was kept.

    Those that are here already are not kept again. Nothing is kept, and nothing raised, where the store cannot be written: a
    probe is no less good for it.
    """
    new = _new(desk, sent) if desk.ledger.read_only is None else {}
    if not new:
        return ()
    now = desk.now()
    records = tuple(
        SeenRecord(sha256=one.sha256, subject=one.subject, host=host, seen_at=now)
        for one, host in new.items()
    )
    with contextlib.suppress(StoreError):
        _keep(desk, new, records)
        return records
    return ()


def seen_named(desk: Desk | None, subject: str) -> Iterator[tuple[Certificate, str]]:
    """Yield the certificates seen before of a subject, RFC 4514, each with the host that sent it. Raises StoreDamaged."""
    for record in _records(desk) if desk else ():
        if desk is not None and record.subject == subject:
            yield certificate(read(desk.ledger.object_pem(record.sha256))[0].der), record.host


def _new(desk: Desk, sent: Iterable[tuple[Certificate, str]]) -> dict[Certificate, str]:
    """Return the authorities' certificates that are nowhere yet, with their hosts; at most `MOST`."""
    told = dict(sent)
    new = {one: host for one, host in told.items() if one.content is not None and one.is_ca}
    return dict(islice(((one, host) for one, host in new.items() if not _is_known(desk, one)), MOST))


def _is_known(desk: Desk, one: Certificate) -> bool:
    return (
        desk.ledger.setting(_PREFIX + one.sha256) is not None
        or desk.ledger.by_fingerprint(one.sha256) is not None
        or system_shelf().holds(one)
        or certifi_shelf().holds(one)
    )


def _keep(desk: Desk, new: Iterable[Certificate], records: Sequence[SeenRecord]) -> None:
    oldest = sorted(_records(desk), key=lambda record: record.seen_at)
    too_many = max(len(oldest) + len(records) - MOST, 0)
    detail = {"hosts": sorted({record.host for record in records})}
    with desk.ledger.transaction("remember", at=records[0].seen_at, detail=detail) as change:
        for one in new:
            change.add_object(one.pem.encode("ascii"))
        for record in records:
            change.put_setting(_PREFIX + record.sha256, record.to_document())
        for record in oldest[:too_many]:
            change.remove_setting(_PREFIX + record.sha256)


def _records(desk: Desk) -> Iterator[SeenRecord]:
    for name in desk.ledger.settings(_PREFIX):
        kept = desk.ledger.setting(name)
        if kept is not None:
            yield SeenRecord.from_document(kept)
