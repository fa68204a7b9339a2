"""Publish what was revoked: certificate revocation lists, full and delta, and whether those that are out are still right."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.issuers import authority_record
from tlsca.authority.lists import (
    check_scope,
    delta_list,
    full_list,
    keep_list,
    last_number,
    list_record,
    load_list,
    point_of,
    scopes,
)
from tlsca.authority.revocations import Register, mark
from tlsca.authority.scope import WHOLE, Scope
from tlsca.errors import Refused, StoreConflict, UsageError
from tlsca.pki.keys import PrivateKey
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
from tlsca.text import printable, remaining, rfc3339

DAYS = 7
"""How long a list is current unless said otherwise; lists of public authorities may last ten (Baseline Requirements, 4.9.7)."""
MOST_DAYS = 3650

_LOGGED = 20


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
    scope: Scope = WHOLE
    """Which certificates it is about."""


@dataclass(frozen=True, slots=True)
class PublishedCrl:
    """A revocation list that was signed and is in the store."""

    authority: CertificateRecord
    record: CrlRecord
    der: bytes
    scope: Scope = WHOLE
    url: str | None = None
    """Where clients look for it, as far as its certificates say so: the distribution point of a partition."""

    @property
    def pem(self) -> bytes:
        """The list in PEM."""
        return pem("X509 CRL", self.der)


class Why(StrEnum):
    """Why an authority's list wants publishing."""

    UNPUBLISHED = "unpublished"
    """What was revoked, held or released is on no list yet."""
    MISSING = "missing"
    """Certificates name the list of a partition, and there is none."""
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
    scope: Scope = WHOLE

    @property
    def command(self) -> str:
        """The command that publishes a new one."""
        return f"tlsca crl {self.authority.sha256[:12]}{self.scope.option}"

    def sentence(self, now: datetime) -> str:
        """Say it to the operator; printable."""
        name = printable(self.authority.subject)
        called = f"The {self.scope.list_title} of {name}"
        match self.why:
            case Why.UNPUBLISHED if self.scope == WHOLE:
                return f"A revocation by {name} is not published yet."
            case Why.UNPUBLISHED:
                return f"{called} does not yet say what was revoked."
            case Why.MISSING:
                return f"{called} was never published."
            case Why.STALE if self.until:
                return f"{called} went stale {remaining(self.until, now)}."
            case Why.DUE if self.until:
                return f"{called} goes stale {remaining(self.until, now)}."
            case _:
                return f"{called} is up to date."


def plan_crl(desk: Desk, form: CrlForm) -> CertificateRecord:
    """Return the authority whose list would be signed, without asking for a passphrase.

    Raises NotFound, Ambiguous, UsageError, and Refused where it has ended, its key is not here, its key usage forbids it, it has no such
    partition, or there is no full list for a delta to amend.
    """
    authority = authority_record(desk, form.reference)
    _check_form(form)
    check_scope(desk, authority, form.scope)
    _check_can_sign(desk, authority)
    if form.delta and full_list(desk, authority, form.scope) is None:
        raise Refused(
            f"There is no full {form.scope.list_title} of {printable(authority.subject)} that a delta could amend.",
            hint="Publish a full one first.",
        )
    return authority


def plan_all(desk: Desk, form: CrlForm) -> tuple[CertificateRecord, tuple[Scope, ...]]:
    """Return the authority and the scopes of all its lists: the whole, each partition, and kinds that had one before.

    Raises as `plan_crl`, and UsageError for deltas' addresses, which are another for each list.
    """
    if form.freshest:
        raise UsageError(
            "Each list has deltas at an address of its own, so all of them cannot name one.",
            hint="Publish the lists one by one, each with --freshest.",
        )
    authority = plan_crl(desk, form)
    found = tuple(scopes(desk, authority))
    for scope in found:
        plan_crl(desk, replace(form, scope=scope))
    return authority, found


def publish_crl(desk: Desk, form: CrlForm) -> PublishedCrl:
    """Sign a revocation list and keep it, in one transaction.

    Raises as `plan_crl`, PassphraseMissing, and StoreConflict when somebody else published in the meantime.
    """
    return _published(desk, form, plan_crl(desk, form), (form.scope,))[0]


def publish_all(desk: Desk, form: CrlForm) -> tuple[PublishedCrl, ...]:
    """Sign the lists of all scopes of an authority and keep them, in one transaction. Raises as `plan_all` and `publish_crl`."""
    return _published(desk, form, *plan_all(desk, form))


def crl_state(desk: Desk, authority: CertificateRecord, scope: Scope = WHOLE) -> CrlState:
    """Say how things stand with the lists of a scope. The cost grows with what was revoked, not with what was issued."""
    return _state(desk, scope, Register(desk, authority))


def _state(desk: Desk, scope: Scope, register: Register) -> CrlState:
    authority = register.authority
    full, delta = full_list(desk, authority, scope), delta_list(desk, authority, scope)
    until = min((one.next_update for one in (full, delta) if one), default=None)
    why = _why(register, full, delta, scope, desk.now())
    return CrlState(authority, full, delta, why, until, scope)


def crl_states(desk: Desk) -> tuple[CrlState, ...]:
    """Return the state of each list of every authority in force that has revoked or published anything, in the order of making.

    An authority with several certificates appears as the one that ends last.
    """
    now = desk.now()
    newest: dict[str, CertificateRecord] = {}
    for record in desk.ledger.authorities():
        if record.revoked_at is None and record.not_after >= now:
            other = newest.setdefault(mark(record), record)
            if other.not_after < record.not_after:
                newest[mark(record)] = record
    found: list[CrlState] = []
    for record in newest.values():
        register = Register(desk, record)
        found += [_state(desk, scope, register) for scope in scopes(desk, record)]
    return tuple(state for state in found if state.full or state.why)


def attention(desk: Desk) -> tuple[CrlState, ...]:
    """Return the lists that should be published anew now."""
    return tuple(state for state in crl_states(desk) if state.why)


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


def _published(
    desk: Desk, form: CrlForm, authority: CertificateRecord, wanted: Sequence[Scope]
) -> tuple[PublishedCrl, ...]:
    key = desk.private_key(authority)
    now = desk.now().replace(microsecond=0)
    last = {scope: last_number(desk, authority, scope) for scope in wanted}
    register = Register(desk, authority)
    made = tuple(_signed(desk, form, key, scope, register) for scope in wanted)
    with desk.ledger.transaction(act="publish-crl", at=now, detail=_detail(authority, made)) as change:
        if any(last_number(desk, authority, scope) != number for scope, number in last.items()):
            raise StoreConflict(
                f"Somebody else published a CRL of {printable(authority.subject)} just now.",
                hint="Look whether it says what yours would.",
            )
        for one in made:
            change.add_object(one.pem)
            keep_list(desk, change, authority, one.record, one.scope)
    return made


def _signed(desk: Desk, form: CrlForm, key: PrivateKey, scope: Scope, register: Register) -> PublishedCrl:
    """Sign the list of one scope; it is not kept yet."""
    authority = register.authority
    now = desk.now().replace(microsecond=0)
    full = full_list(desk, authority, scope)
    since = left_out_before(full, delta=form.delta)
    content = _Content()
    current = content.of(register.listed(scope, since=since))
    said = list_form(desk, form, authority, scope, now)
    entries = list_changes(desk, authority, full, current, scope) if form.delta and full else current
    crl = revocation_list(desk.certificate(authority), key, entries, said)
    der = crl.public_bytes(Encoding.DER)
    record = list_record(der, said, len(crl), scope=scope, content=content.digest(), since=since)
    return PublishedCrl(authority, record, der, scope, said.point)


def list_form(
    desk: Desk, form: CrlForm, authority: CertificateRecord, scope: Scope, now: datetime
) -> ListForm:
    """Return what the next list of a scope says besides its entries."""
    full = full_list(desk, authority, scope)
    return ListForm(
        number=next_number(last_number(desk, authority, scope), now),
        this_update=now,
        next_update=now + timedelta(days=form.days),
        base=full.number if form.delta and full else None,
        freshest=form.freshest,
        point=point_of(desk, authority, scope),
        only=scope.only,
    )


def list_changes(
    desk: Desk, authority: CertificateRecord, full: CrlRecord, current: Iterable[Revocation], scope: Scope
) -> tuple[Revocation, ...]:
    """Return the entries of the delta that leads from a full list to what is revoked now."""
    delta = delta_list(desk, authority, scope)
    before = listed(load_list(desk, delta)) if delta else ()
    return changes(listed(load_list(desk, full)), before, current)


def left_out_before(full: CrlRecord | None, *, delta: bool) -> datetime | None:
    """Return before when a certificate must have ended to be left out; a delta amends its base and leaves out no more than that."""
    if full is None:
        return None
    return full.since if delta else full.this_update


def _why(
    register: Register, full: CrlRecord | None, delta: CrlRecord | None, scope: Scope, now: datetime
) -> Why | None:
    newest = delta or full
    content = _Content()
    since = newest.since if newest else None
    current = sum(1 for _ in content.of(register.listed(scope, since=since)))
    if newest is None and not current:
        return None if scope.partition is None else Why.MISSING
    if newest is None:
        return Why.UNPUBLISHED
    if content.digest() != newest.content:
        return Why.UNPUBLISHED
    left = min(_left(one, now) for one in (full, delta) if one)
    if left < 0:
        return Why.STALE
    return Why.DUE if left < 1 / 4 else None


def _left(record: CrlRecord, now: datetime) -> float:
    """Return which part of a list's time is left; less than 0 after it."""
    return (record.next_update - now) / (record.next_update - record.this_update)


def _detail(authority: CertificateRecord, made: Sequence[PublishedCrl]) -> dict[str, object]:
    if len(made) == 1:
        return {"authority": authority.subject, **_logged(made[0])}
    lists = [_logged(one) for one in made[:_LOGGED]]
    return {"authority": authority.subject, "count": len(made), "lists": lists}


def _logged(made: PublishedCrl) -> dict[str, object]:
    record = made.record
    about = {"about": made.scope.list_title} if made.scope != WHOLE else {}
    return about | {
        "number": record.number,
        "base": record.base,
        "entries": record.entries,
        "next_update": rfc3339(record.next_update),
        "sha256": record.sha256,
    }


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
