"""Publish what was revoked: certificate revocation lists, full and delta, and whether those that are out are still right."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.issuing import authority_record
from tlsca.authority.revocations import mark, revocations
from tlsca.errors import Refused, StoreConflict, UsageError
from tlsca.pki.pkcs8 import pem
from tlsca.pki.revoke import (
    ListForm,
    Revocation,
    changes,
    check_may_list,
    listed,
    next_number,
    revocation_list,
)
from tlsca.pki.urls import fetched_urls
from tlsca.store.records import CertificateRecord, CrlRecord
from tlsca.store.transaction import Change
from tlsca.text import printable, remaining, rfc3339

DAYS = 7
"""How long a list is current unless said otherwise; lists of public authorities may last ten (Baseline Requirements, 4.9.7)."""
MOST_DAYS = 3650

_FULL, _DELTA, _NUMBER = "full", "delta", "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlForm:
    """What is typed to publish a revocation list."""

    reference: str
    """The authority."""
    delta: bool = False
    """Whether to list only what changed since the last full list."""
    days: int = DAYS
    freshest: tuple[str, ...] = ()
    """URLs at which the deltas of a full list will be."""


@dataclass(frozen=True, slots=True)
class PublishedCrl:
    """A revocation list that was signed and is in the store."""

    authority: CertificateRecord
    record: CrlRecord
    der: bytes

    @property
    def pem(self) -> bytes:
        """The list in PEM."""
        return pem("X509 CRL", self.der)


class Why(StrEnum):
    """Why an authority's list wants publishing."""

    UNPUBLISHED = "unpublished"
    """What was revoked, held or released is on no list yet."""
    STALE = "stale"
    """The time for the next list has passed: strict clients trust nothing of this authority."""
    DUE = "due"
    """It passes soon: less than a quarter of the list's time is left."""


@dataclass(frozen=True, slots=True)
class CrlState:
    """How things stand with an authority's lists."""

    authority: CertificateRecord
    full: CrlRecord | None
    delta: CrlRecord | None
    """The newest delta of `full`."""
    why: Why | None
    """Why there should be a new list; None while the one that is out is right."""
    until: datetime | None
    """When the list, or the delta if that is sooner, goes stale; None where none was published."""

    def sentence(self, now: datetime) -> str:
        """Say it to the operator; printable."""
        name = printable(self.authority.subject)
        match self.why:
            case Why.UNPUBLISHED:
                return f"A revocation by {name} is not published yet."
            case Why.STALE if self.until:
                return f"The CRL of {name} went stale {remaining(self.until, now)}."
            case Why.DUE if self.until:
                return f"The CRL of {name} goes stale {remaining(self.until, now)}."
            case _:
                return f"The CRL of {name} is up to date."


def plan_crl(desk: Desk, form: CrlForm) -> CertificateRecord:
    """Return the authority whose list would be signed, without asking for a passphrase.

    Raises NotFound, Ambiguous, UsageError, and Refused where it has ended, its key is not here, its key usage forbids it, or there is
    no full list for a delta to amend.
    """
    authority = authority_record(desk, form.reference)
    _check_form(form)
    _check_can_sign(desk, authority)
    if form.delta and _kept(desk, authority, _FULL) is None:
        raise Refused(
            f"There is no full CRL of {printable(authority.subject)} that a delta could amend.",
            hint="Publish a full one first.",
        )
    return authority


def publish_crl(desk: Desk, form: CrlForm) -> PublishedCrl:
    """Sign a revocation list and keep it, in one transaction.

    Raises as `plan_crl`, PassphraseMissing, and StoreConflict when somebody else published in the meantime.
    """
    authority = plan_crl(desk, form)
    key = desk.private_key(authority)
    now = desk.now().replace(microsecond=0)
    last = last_number(desk, authority)
    full = _kept(desk, authority, _FULL)
    since = _left_out_before(full, delta=form.delta)
    content = _Content()
    current = content.of(revocations(desk, authority, since=since))
    entries = _changes(desk, authority, full, current) if form.delta and full else current
    said = ListForm(
        number=next_number(last, now),
        this_update=now,
        next_update=now + timedelta(days=form.days),
        base=full.number if form.delta and full else None,
        freshest=form.freshest,
    )
    crl = revocation_list(desk.certificate(authority), key, entries, said)
    der = crl.public_bytes(Encoding.DER)
    record = _record(der, said, len(crl), content=content.digest(), since=since)
    with desk.ledger.transaction(act="publish-crl", at=now, detail=_detail(authority, record)) as change:
        if last_number(desk, authority) != last:
            raise StoreConflict(
                f"Somebody else published a CRL of {printable(authority.subject)} just now.",
                hint="Look whether it says what yours would.",
            )
        change.add_object(pem("X509 CRL", der))
        _keep(desk, change, authority, record)
    return PublishedCrl(authority, record, der)


def crl_state(desk: Desk, authority: CertificateRecord) -> CrlState:
    """Say how things stand with one authority's lists. The cost grows with what it has revoked, not with what it has issued."""
    full, delta = _kept(desk, authority, _FULL), _kept(desk, authority, _DELTA)
    until = min((one.next_update for one in (full, delta) if one), default=None)
    return CrlState(authority, full, delta, _why(desk, authority, full, delta), until)


def crl_states(desk: Desk) -> tuple[CrlState, ...]:
    """Return the state of every authority in force that has revoked or published anything, in the order of making.

    An authority with several certificates appears once, with the one that ends last.
    """
    now = desk.now()
    newest: dict[str, CertificateRecord] = {}
    for record in desk.ledger.certificates():
        if record.is_authority and record.revoked_at is None and record.not_after >= now:
            other = newest.setdefault(mark(record), record)
            if other.not_after < record.not_after:
                newest[mark(record)] = record
    states = (crl_state(desk, record) for record in newest.values())
    return tuple(state for state in states if state.full or state.why)


def attention(desk: Desk) -> tuple[CrlState, ...]:
    """Return the authorities that should publish a list now: for a banner, and for `doctor`."""
    return tuple(state for state in crl_states(desk) if state.why)


def newest_crls(desk: Desk, authority: CertificateRecord) -> tuple[bytes, ...]:
    """Return an authority's newest full list and the newest delta of it, DER, as far as there are any. Raises StoreDamaged."""
    kept = (_kept(desk, authority, _FULL), _kept(desk, authority, _DELTA))
    return tuple(_load(desk, one).public_bytes(Encoding.DER) for one in kept if one)


def keep_number(desk: Desk, change: Change, authority: CertificateRecord, number: int) -> None:
    """Remember a number that an authority's lists had elsewhere: those that are published here have higher ones."""
    if number > last_number(desk, authority):
        change.put_setting(_name(authority, _NUMBER), {"number": number})


def _check_form(form: CrlForm) -> None:
    if not 1 <= form.days <= MOST_DAYS:
        raise UsageError(
            f"A CRL is current for 1 to {MOST_DAYS} days, not {form.days}.", hint="Give --days 7."
        )
    fetched_urls(form.freshest)
    if form.delta and form.freshest:
        raise UsageError(
            "Only a full CRL says where its deltas are (RFC 5280, 5.2.6).",
            hint="Leave out --delta or --freshest.",
        )


def _check_can_sign(desk: Desk, authority: CertificateRecord) -> None:
    name = printable(authority.subject)
    if authority.not_after < desk.now():
        raise Refused(
            f"{name} ended at {rfc3339(authority.not_after)}, so nobody would take its CRL.",
            hint="Renew it first.",
        )
    if not desk.has_key(authority):
        raise Refused(
            f"The store does not hold the private key of {name}.", hint="Import the key to publish here."
        )
    check_may_list(desk.certificate(authority))


def _left_out_before(full: CrlRecord | None, *, delta: bool) -> datetime | None:
    """Return before when a certificate must have ended to be left out; a delta amends its base and leaves out no more than that."""
    if full is None:
        return None
    return full.since if delta else full.this_update


def _why(
    desk: Desk, authority: CertificateRecord, full: CrlRecord | None, delta: CrlRecord | None
) -> Why | None:
    newest = delta or full
    content = _Content()
    current = sum(1 for _ in content.of(revocations(desk, authority, since=newest.since if newest else None)))
    if newest is None:
        return Why.UNPUBLISHED if current else None
    if content.digest() != newest.content:
        return Why.UNPUBLISHED
    left = min(_left(one, desk.now()) for one in (full, delta) if one)
    if left < 0:
        return Why.STALE
    return Why.DUE if left < 1 / 4 else None


def _left(record: CrlRecord, now: datetime) -> float:
    """Return which part of a list's time is left; less than 0 after it."""
    return (record.next_update - now) / (record.next_update - record.this_update)


def _changes(
    desk: Desk, authority: CertificateRecord, full: CrlRecord, current: Iterable[Revocation]
) -> tuple[Revocation, ...]:
    delta = _kept(desk, authority, _DELTA)
    before = listed(_load(desk, delta)) if delta else ()
    return changes(listed(_load(desk, full)), before, current)


def _record(der: bytes, said: ListForm, entries: int, *, content: str, since: datetime | None) -> CrlRecord:
    return CrlRecord(
        sha256=hashlib.sha256(der).hexdigest(),
        number=said.number,
        this_update=said.this_update,
        next_update=said.next_update,
        entries=entries,
        base=said.base,
        content=content,
        since=since,
    )


def _keep(desk: Desk, change: Change, authority: CertificateRecord, record: CrlRecord) -> None:
    kind = _FULL if record.base is None else _DELTA
    change.put_setting(_name(authority, kind), record.to_document())
    if kind == _FULL and _kept(desk, authority, _DELTA):
        change.remove_setting(_name(authority, _DELTA))  # it amended the list before this one


def _detail(authority: CertificateRecord, record: CrlRecord) -> dict[str, object]:
    return {
        "authority": authority.subject,
        "number": record.number,
        "base": record.base,
        "entries": record.entries,
        "next_update": rfc3339(record.next_update),
        "sha256": record.sha256,
    }


def _kept(desk: Desk, authority: CertificateRecord, kind: str) -> CrlRecord | None:
    document = desk.ledger.setting(_name(authority, kind))
    return CrlRecord.from_document(document) if document else None


def last_number(desk: Desk, authority: CertificateRecord) -> int:
    """Return the highest number that any list of an authority is known to have had, here or elsewhere; 0 if there was none."""
    documents = (desk.ledger.setting(_name(authority, kind)) for kind in (_FULL, _DELTA, _NUMBER))
    return max((int(document["number"]) for document in documents if document), default=0)


def _load(desk: Desk, record: CrlRecord) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl(desk.ledger.object_pem(record.sha256))


class _Content:
    """One hash of what is revoked and why, taken while it is listed."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def of(self, entries: Iterable[Revocation]) -> Iterator[Revocation]:
        """Yield the entries, which are in order, as they are."""
        for one in entries:
            self._hash.update(f"{one.serial:x} {one.reason and one.reason.value}\n".encode())
            yield one

    def digest(self) -> str:
        """Return the hash of the entries that were yielded."""
        return self._hash.hexdigest()


def _name(authority: CertificateRecord, kind: str) -> str:
    return f"crl:{mark(authority)}:{kind}"
