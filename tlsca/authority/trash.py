"""The trash: certificates that were put away are out of every list for thirty days, and can be taken back; then they are gone.

A certificate that was put away takes its private key with it, unless another needs that. If it was revoked, its authority's lists
go on naming it: what clients must not trust does not depend on what an operator wants to see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tlsca.authority.desk import Desk
from tlsca.authority.listing import status_of, title_of
from tlsca.authority.lists import full_list
from tlsca.authority.requesting import requests
from tlsca.authority.revocations import forget_unseen, keep_unseen, revocation_record, unseen_revocation
from tlsca.errors import NotFound, Refused, UsageError
from tlsca.store import references
from tlsca.store.records import CertificateRecord, DiscardedRecord, KeyRecord
from tlsca.store.transaction import Change
from tlsca.text import count, listing, printable, remaining, rfc3339

KEPT = timedelta(days=30)
"""How long what was put away can be taken back."""

_PREFIX = "trash:"
_LOGGED = 20


@dataclass(frozen=True, slots=True)
class Discarded:
    """One certificate in the trash."""

    record: CertificateRecord
    put_away_at: datetime
    has_key: bool
    """Whether its private key is in the trash with it."""

    @property
    def ref(self) -> str:
        """A short reference that `tlsca trash` takes."""
        return self.record.sha256[:12]

    @property
    def title(self) -> str:
        """What a person calls it. Not yet printable."""
        return title_of(self.record)

    @property
    def until(self) -> datetime:
        """When it is gone for good."""
        return self.put_away_at + KEPT


@dataclass(frozen=True, slots=True)
class PuttingAway:
    """What would be put away."""

    records: tuple[CertificateRecord, ...]
    keys: int
    """How many private keys go with them."""
    notes: tuple[str, ...]
    """Sentences for the operator to think about before it is done; printable."""


def discarded(desk: Desk) -> tuple[Discarded, ...]:
    """Return what is in the trash, what was put away last first."""
    found = (_shown(one) for one in _kept(desk))
    return tuple(sorted(found, key=lambda one: one.put_away_at, reverse=True))


def plan_putting_away(desk: Desk, wanted: Sequence[str]) -> PuttingAway:
    """Return what would be put away, and what there is to think about; nothing is changed.

    Raises NotFound, Ambiguous, UsageError, and Refused for an authority that has certificates which stay.
    """
    if not wanted:
        raise UsageError(
            "Nothing was named to put away.", hint="Give a name, a serial number or a fingerprint."
        )
    now = desk.now()
    found = {record.id: record for record in (desk.ledger.find(one, now=now) for one in wanted)}
    for record in found.values():
        _check_nothing_stays_below(desk, record, found)
    records = tuple(found.values())
    notes = tuple(note for record in records for note in _notes(desk, record))
    return PuttingAway(records, len(_keys_that_go(desk, records)), notes)


def put_away(desk: Desk, wanted: Sequence[str], *, undoes: int | None = None) -> tuple[Discarded, ...]:
    """Put certificates into the trash, all or none; `undoes` is the line of the journal that this undoes.

    Raises as `plan_putting_away`, StoreConflict, StoreError.
    """
    plan = plan_putting_away(desk, wanted)
    now = desk.now().replace(microsecond=0)
    keys = _keys_that_go(desk, plan.records)
    replaced = _renewals(desk, {record.id for record in plan.records})
    made = [
        _discard(desk, record, keys.get(record.key_id), replaced.get(record.id, ()), now)
        for record in plan.records
    ]
    gone = {one.id for one in made}
    act, detail = _as_act("put-away", plan.records, undoes)
    with desk.ledger.transaction(act=act, at=now, detail=detail) as change:
        for record, one in zip(plan.records, made, strict=True):
            _take_out(desk, change, record, one)
            _forget_renewal(desk, change, one.replaced, gone)
        for key_id in keys:
            change.remove_key(key_id)
    return tuple(map(_shown, made))


def take_back(desk: Desk, wanted: Sequence[str]) -> tuple[CertificateRecord, ...]:
    """Take certificates out of the trash, all or none; return their records.

    Raises NotFound, Ambiguous, UsageError, Refused where the issuer is in the trash too, Duplicate where the certificate came back
    another way, StoreDamaged, StoreError.
    """
    if not wanted:
        raise UsageError("Nothing was named to take back.", hint="tlsca trash list shows what there is.")
    return take_back_all(desk, [_find(desk, one).record.id for one in wanted])


def take_back_all(
    desk: Desk, identities: Sequence[str], *, undoes: int | None = None
) -> tuple[CertificateRecord, ...]:
    """Take certificates out of the trash by their `id`; `undoes` is the line of the journal that this undoes. Raises as `take_back`."""
    kept = {one.id: one for one in _kept(desk)}
    missing = [identity for identity in identities if identity not in kept]
    if missing:
        raise NotFound(
            f"{count(len(missing), 'certificate')} of these are in the trash no more.",
            hint="They were taken back, or emptied.",
        )
    found = [kept[identity] for identity in dict.fromkeys(identities)]
    records = tuple(CertificateRecord.from_document(one.certificate) for one in found)
    for record in records:
        _check_issuer_is_there(record, kept, {one.id for one in found})
    act, detail = _as_act("take-back", records, undoes)
    with desk.ledger.transaction(act=act, at=desk.now(), detail=detail) as change:
        for record, one in zip(records, found, strict=True):
            _put_back(desk, change, record, one)
        for key in _keys_that_come(desk, found):
            change.add_key(key)
    return records


def empty_trash(
    desk: Desk, wanted: Sequence[str] = (), *, overdue: bool = False
) -> tuple[CertificateRecord, ...]:
    """Remove certificates in the trash, and their private keys, for good: those that are named, else all; return their records.

    `overdue` removes what has been there for longer than `KEPT` alone. The journal remembers what it said of them, their sealed
    keys included. Raises NotFound, Ambiguous, StoreError.
    """
    named = {_find(desk, one).record.id for one in wanted}
    now = desk.now()
    found = [
        one
        for one in _kept(desk)
        if (one.id in named or not named) and (not overdue or one.put_away_at + KEPT <= now)
    ]
    records = tuple(CertificateRecord.from_document(one.certificate) for one in found)
    if records:
        detail = _detail(records) | {"keys": sum(one.private_key is not None for one in found)}
        with desk.ledger.transaction(act="empty-trash", at=now, detail=detail) as change:
            for one in found:
                change.remove_setting(_PREFIX + one.id)
    return records


# Finding


def _kept(desk: Desk) -> Iterator[DiscardedRecord]:
    for name in desk.ledger.settings(_PREFIX):
        document = desk.ledger.setting(name)
        if document is not None:
            yield DiscardedRecord.from_document(document)


def _shown(one: DiscardedRecord) -> Discarded:
    record = CertificateRecord.from_document(one.certificate)
    return Discarded(record, one.put_away_at, one.private_key is not None)


def _find(desk: Desk, wanted: str) -> Discarded:
    """Return the one that a reference names. Raises NotFound, Ambiguous."""
    there = discarded(desk)
    digits = references.hex_digits(wanted)
    names = {one.record.id: {one.title.lower(), *map(str.lower, one.record.names)} for one in there}
    found = [one for one in there if wanted.lower() in names[one.record.id]] or [
        one for one in there if digits is not None and references.has_prefix(one.record, digits)
    ]
    if not found:
        raise NotFound(
            f"Nothing in the trash is called “{printable(wanted)[:80]}”.",
            hint="tlsca trash list shows what there is.",
        )
    chosen = references.choose(wanted, [one.record for one in found], desk.now())
    return next(one for one in found if one.record.id == chosen.id)


# Putting away


def _check_nothing_stays_below(
    desk: Desk, record: CertificateRecord, going: dict[str, CertificateRecord]
) -> None:
    staying = [one for one in desk.ledger.by_issuer(record.id) if one.id != record.id and one.id not in going]
    if staying:
        raise Refused(
            f"{printable(title_of(record))} issued {count(len(staying), 'certificate')} that would lose their issuer: "
            f"{listing([printable(title_of(one)) for one in staying], most=3)}.",
            hint="Put those away first, or together with it.",
        )


def _notes(desk: Desk, record: CertificateRecord) -> Iterator[str]:
    name = printable(title_of(record))
    if status_of(record, now=desk.now(), soon=desk.expiring) in {"valid", "expiring", "held"}:
        yield f"{name} is valid until {rfc3339(record.not_after)}: whoever has it can go on using it, and it cannot be revoked from the trash."
    if record.is_authority and desk.has_key(record):
        yield f"{name} is an authority that can issue; in the trash it issues nothing and publishes no CRL."
    if record.last_seen is not None:
        when = f", {remaining(record.last_seen_at, desk.now())}" if record.last_seen_at else ""
        yield f"{name} was last seen served by {printable(record.last_seen)}{when}."


def _keys_that_go(desk: Desk, records: Sequence[CertificateRecord]) -> dict[str, KeyRecord]:
    """Return the private keys that nothing needs once these records are gone, by their `id`."""
    going = {record.id for record in records}
    waiting = {request.key_id for request in requests(desk) if not request.certificate_ids}
    found = {}
    for key_id in {record.key_id for record in records} - waiting:
        key = desk.ledger.key(key_id)
        if key is not None and all(one.id in going for one in desk.ledger.with_key(key_id)):
            found[key_id] = key
    return found


def _discard(
    desk: Desk, record: CertificateRecord, key: KeyRecord | None, replaced: Sequence[str], now: datetime
) -> DiscardedRecord:
    return DiscardedRecord(
        id=record.id,
        put_away_at=now,
        certificate=record.to_document(),
        private_key=key.to_document() if key else None,
        replaced=tuple(replaced),
        listed=_is_to_be_listed(desk, record),
    )


def _renewals(desk: Desk, going: set[str]) -> dict[str, list[str]]:
    """Return which certificates each of those that go is the renewal of, by their `id`s."""
    found: dict[str, list[str]] = {}
    for old in desk.ledger.certificates():
        if old.renewed_by in going:
            found.setdefault(str(old.renewed_by), []).append(old.id)
    return found


def _is_to_be_listed(desk: Desk, record: CertificateRecord) -> bool:
    """Say whether lists have to name it: it is revoked, and has not been named once after its end (RFC 5280, 3.3)."""
    issuer = desk.issuer_of(record)
    if record.revoked_at is None or issuer is None or unseen_revocation(desk, issuer, record.serial):
        return False
    full = full_list(desk, issuer)
    return full is None or record.not_after >= full.this_update


def _take_out(desk: Desk, change: Change, record: CertificateRecord, one: DiscardedRecord) -> None:
    change.remove_certificate(record)
    change.put_setting(_PREFIX + one.id, one.to_document())
    issuer = desk.issuer_of(record)
    if one.listed and issuer is not None:
        keep_unseen(change, issuer, revocation_record(record, issuer))


def _forget_renewal(desk: Desk, change: Change, replaced: Sequence[str], gone: set[str]) -> None:
    for identity in replaced:
        if identity not in gone:
            old = desk.ledger.certificate(identity)
            change.replace_certificate(old, replace(old, renewed_by=None))


# Taking back


def _check_issuer_is_there(
    record: CertificateRecord, kept: dict[str, DiscardedRecord], coming: set[str]
) -> None:
    above = record.issuer_id
    if above in kept and above not in coming:
        issuer = CertificateRecord.from_document(kept[str(above)].certificate)
        raise Refused(
            f"{printable(title_of(issuer))}, which issued {printable(title_of(record))}, is in the trash too.",
            hint="Take that back first, or together with it.",
        )


def _put_back(desk: Desk, change: Change, record: CertificateRecord, one: DiscardedRecord) -> None:
    change.add_certificate(record, desk.ledger.object_pem(record.sha256))
    change.remove_setting(_PREFIX + one.id)
    issuer = desk.issuer_of(record)
    if one.listed and issuer is not None and unseen_revocation(desk, issuer, record.serial):
        forget_unseen(change, issuer, record.serial)
    for identity in one.replaced:
        _renew_again(desk, change, identity, record)


def _keys_that_come(desk: Desk, found: Sequence[DiscardedRecord]) -> list[KeyRecord]:
    """Return the private keys that come out of the trash, each once, and none that came into the store another way."""
    keys = [KeyRecord.from_document(one.private_key) for one in found if one.private_key is not None]
    return [key for key in {key.id: key for key in keys}.values() if desk.ledger.key(key.id) is None]


def _renew_again(desk: Desk, change: Change, identity: str, record: CertificateRecord) -> None:
    try:
        old = desk.ledger.certificate(identity)
    except NotFound:
        return  # it is in the trash itself, or comes back beside this one and says so already
    if old.renewed_by is None:
        change.replace_certificate(old, replace(old, renewed_by=record.id))


def _as_act(
    act: str, records: Sequence[CertificateRecord], undoes: int | None
) -> tuple[str, dict[str, object]]:
    """Return what the audit log calls an act, and what it tells: what undoes another act is called so."""
    if undoes is None:
        return act, _detail(records)
    undone = {"put-away": "take-back", "take-back": "put-away"}[act]
    return "undo", _detail(records) | {"line": undoes, "undone": undone}


def _detail(records: Sequence[CertificateRecord]) -> dict[str, object]:
    return {
        "certificates": [f"{record.serial} {title_of(record)}" for record in records[:_LOGGED]],
        "ids": [record.id for record in records],
    }
