"""Revoke: take back certificates, for good or on hold, after looking at whom it hits; and release what was held.

Revoking needs no private key and so no passphrase: it is on record at once, and out in the world when a CRL is published or an
OCSP request is answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from tlsca.authority.blast import BlastRadius, blast_radius
from tlsca.authority.carrying import parse_until
from tlsca.authority.desk import Desk
from tlsca.authority.issuers import authority_record
from tlsca.authority.listing import title_of
from tlsca.authority.revocations import (
    forget_unseen,
    keep_unseen,
    mark,
    revocation_fields,
    revocation_of,
    same_authority,
    unseen_document,
    unseen_revocation,
)
from tlsca.authority.serials import is_serial_only, serial_of
from tlsca.errors import NotFound, Refused, StoreConflict, UsageError
from tlsca.pki.revoke import Revocation, check_serial
from tlsca.store.records import CertificateRecord, Document, Reason, RevocationRecord
from tlsca.store.references import hex_digits
from tlsca.store.transaction import Change
from tlsca.text import listing, printable, rfc3339

_DATE = len("2030-12-31")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationForm:
    """What is typed to revoke certificates."""

    references: tuple[str, ...]
    """References; with `issuer` also serial numbers of certificates that the store never saw."""
    reason: str = Reason.UNSPECIFIED
    at: str | None = None
    """Since when it is bad: an ISO date, which begins it, or an RFC 3339 time."""
    issuer: str | None = None
    """The authority whose certificates they are."""


@dataclass(frozen=True, slots=True)
class Target:
    """One certificate that is to be revoked."""

    issuer: CertificateRecord
    serial: str
    record: CertificateRecord | None
    """None for a certificate that the store never saw."""
    held_since: datetime | None = None
    """When it was put on hold, if it is: a revocation that follows a hold counts from then (X.509, on certificateHold)."""

    @property
    def title(self) -> str:
        """What a person calls it. Not yet printable."""
        return title_of(self.record) if self.record else f"serial number {self.serial}"

    @property
    def logged(self) -> str:
        """How the audit log names it."""
        return f"{self.serial} {self.title}" if self.record else f"{self.serial} of {self.issuer.subject}"


@dataclass(frozen=True, slots=True)
class RevocationPlan:
    """What would be revoked, and whom it would hit."""

    targets: tuple[Target, ...]
    reason: Reason
    invalid_since: datetime | None
    radius: BlastRadius
    notes: tuple[str, ...]
    """Sentences for the operator; printable."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that is revoked or held now."""

    issuer: CertificateRecord
    serial: str
    revoked_at: datetime
    reason: Reason
    record: CertificateRecord | None
    """None for a certificate that the store never saw."""


def plan_revocation(desk: Desk, form: RevocationForm) -> RevocationPlan:
    """Return what would be revoked and whom it would hit; nothing is changed.

    Raises NotFound, Ambiguous, UsageError, and Refused for what is revoked already, has no authority here that could say so, or
    signed itself.
    """
    reason = _reason(form.reason)
    invalid_since = _invalid_since(form.at, desk.now())
    issuer = authority_record(desk, form.issuer) if form.issuer else None
    found = [_target(desk, reference, issuer, reason) for reference in form.references]
    targets = tuple({(target.issuer.id, target.serial): target for target in found}.values())
    if not targets:
        raise UsageError(
            "Nothing was named to revoke.", hint="Give a name, a serial number or a fingerprint."
        )
    radius = blast_radius(desk, [target.record for target in targets if target.record])
    notes = _notes(desk, targets, reason, invalid_since, radius)
    return RevocationPlan(targets, reason, invalid_since, radius, tuple(notes))


def revoke(desk: Desk, form: RevocationForm) -> tuple[Revoked, ...]:
    """Revoke certificates, or put them on hold, in one transaction. Raises as `plan_revocation`; nothing is changed then."""
    plan = plan_revocation(desk, form)
    now = desk.now().replace(microsecond=0)
    detail = {
        "certificates": [target.logged for target in plan.targets[:20]],
        "reason": str(plan.reason),
        "invalid_since": rfc3339(plan.invalid_since) if plan.invalid_since else None,
        **_as_it_was(desk, plan.targets),
    }
    act = "hold" if plan.reason is Reason.HOLD else "revoke"
    with desk.ledger.transaction(act=act, at=now, detail=detail) as change:
        return tuple(_revoke(desk, change, plan, target, now) for target in plan.targets)


def authorities_that_revoke(
    desk: Desk, about: CertificateRecord | None = None
) -> tuple[CertificateRecord, ...]:
    """Return every authority once, by its newest certificate.

    First comes the one that `about` is or was issued by, then those whose lists can be signed here.
    """
    every = {mark(record): desk.newest(record) for record in desk.ledger.authorities()}
    above = about if about is None or about.is_authority else desk.issuer_of(about)
    first = mark(above) if above else None
    return tuple(sorted(every.values(), key=lambda record: (mark(record) != first, not desk.has_key(record))))


def plan_release(desk: Desk, references: Sequence[str], *, issuer: str | None = None) -> tuple[Target, ...]:
    """Return what would be released from hold; nothing is changed. Raises as `unhold`."""
    authority = authority_record(desk, issuer) if issuer else None
    found = [_held(desk, reference, authority) for reference in references]
    return tuple({(target.issuer.id, target.serial): target for target in found}.values())


def unhold(desk: Desk, references: Sequence[str], *, issuer: str | None = None) -> tuple[Target, ...]:
    """Release certificates that are on hold, in one transaction; return them as they are now.

    Raises NotFound, Ambiguous, and Refused for what is not on hold: a revocation for good cannot be taken back.
    """
    targets = plan_release(desk, references, issuer=issuer)
    detail = {"certificates": [target.logged for target in targets[:20]], **_as_it_was(desk, targets)}
    with desk.ledger.transaction(act="unhold", at=desk.now(), detail=detail) as change:
        return tuple(_release(desk, change, target) for target in targets)


# Finding


def _target(desk: Desk, reference: str, issuer: CertificateRecord | None, reason: Reason) -> Target:
    target = _found(desk, reference, issuer)
    before = _revocation(desk, target)
    if before is None:
        return target
    held = before.reason is not None and before.reason.name == "certificate_hold"
    if not held or reason is Reason.HOLD:
        raise Refused(
            f"{printable(target.title)} {'is on hold' if held else 'was revoked'} already, since {rfc3339(before.revoked_at)}"
            f"{_because(before)}.",
            hint="Revoke it with another reason, or release it with tlsca unhold."
            if held
            else "A revocation is for good; publish it with tlsca crl.",
        )
    return replace(target, held_since=before.revoked_at)


def _held(desk: Desk, reference: str, issuer: CertificateRecord | None) -> Target:
    target = _found(desk, reference, issuer, held=True)
    before = _revocation(desk, target)
    if before is None or before.reason is None or before.reason.name != "certificate_hold":
        how = f"was revoked for good at {rfc3339(before.revoked_at)}" if before else "is not revoked at all"
        raise Refused(
            f"{printable(target.title)} is not on hold: it {how}.",
            hint="Only what was revoked with the reason hold can be released.",
        )
    return replace(target, held_since=before.revoked_at)


def _found(desk: Desk, reference: str, issuer: CertificateRecord | None, *, held: bool = False) -> Target:
    """Return the certificate that is meant, seen or not. Raises NotFound, Ambiguous, Refused."""
    if issuer is None:
        return _of_record(desk, _by_reference(desk, reference, held=held))
    serial = serial_of(reference)
    own = {twin.id for twin in same_authority(desk, issuer)}
    for record in desk.ledger.by_serial(serial) if serial else ():
        if record.issuer_id in own:
            return _of_record(desk, record)
    if serial is None or not is_serial_only(reference):
        try:
            return _of_record(
                desk,
                desk.ledger.find(reference, now=desk.now(), among=lambda record: record.issuer_id in own),
            )
        except NotFound:
            if serial is None:
                raise
    check_serial(int(serial, 16))
    return Target(issuer, serial, None)


def _by_reference(desk: Desk, reference: str, *, held: bool) -> CertificateRecord:
    if held:
        try:
            return desk.ledger.find(
                reference, now=desk.now(), among=lambda record: record.reason is Reason.HOLD
            )
        except NotFound:
            pass  # what is meant may be not on hold, which is to be said of it by name
    try:
        return desk.ledger.find(reference, now=desk.now())
    except NotFound as error:
        if hex_digits(reference) is None:
            raise
        raise NotFound(
            error.sentence,
            hint="For a certificate that the store never saw, say whose serial number it is: --issuer REF.",
        ) from None


def _of_record(desk: Desk, record: CertificateRecord) -> Target:
    name = printable(title_of(record))
    if record.issuer_id == record.id:
        raise Refused(
            f"{name} is a root, and a root cannot revoke itself: who trusts its CRL trusts it.",
            hint="Take it out of every trust store, and revoke what it issued.",
        )
    issuer = desk.issuer_of(record)
    if issuer is None:
        raise Refused(
            f"The authority that issued {name} is not in the store, so nobody here can publish that it is revoked.",
            hint="Import the authority, or have the one that issued it revoke it.",
        )
    check_serial(int(record.serial, 16))
    return Target(issuer, record.serial, record)


def _revocation(desk: Desk, target: Target) -> Revocation | None:
    if target.record is not None:
        return revocation_of(desk, target.record)
    return unseen_revocation(desk, target.issuer, target.serial)


def _because(revocation: Revocation) -> str:
    return f" ({revocation.reason.value})" if revocation.reason else ""


# What was typed


def _reason(word: str) -> Reason:
    try:
        return Reason(word)
    except ValueError:
        raise UsageError(
            f"“{printable(word)}” is no reason to revoke.", hint=f"Reasons: {', '.join(Reason)}."
        ) from None


def _invalid_since(text: str | None, now: datetime) -> datetime | None:
    """Read the invalidity date. It may lie before the certificate began: a key can leak before it is certified."""
    if text is None:
        return None
    moment = parse_until(text).replace(microsecond=0)
    if len(text.strip()) == _DATE:
        moment = datetime.combine(date.fromisoformat(text.strip()), time(), UTC)
    if moment > now:
        raise Refused(
            f"{rfc3339(moment)} has not come yet, and the invalidity date says since when a certificate is bad.",
            hint="Without such a date it is revoked from now on.",
        )
    return moment


def _notes(
    desk: Desk,
    targets: Sequence[Target],
    reason: Reason,
    invalid_since: datetime | None,
    radius: BlastRadius,
) -> Iterator[str]:
    now = desk.now()
    for target in targets:
        name = printable(target.title)
        record = target.record
        if record is None:
            yield f"The store never saw {name} of {printable(target.issuer.subject)}: look at the number twice."
        elif record.not_after < now:
            yield f"{name} ended at {rfc3339(record.not_after)}: one more CRL names it."
        elif invalid_since is not None and invalid_since < record.not_before:
            yield f"{name} began at {rfc3339(record.not_before)}, so it was never valid."
    if reason is Reason.KEY_COMPROMISE and (alike := [kin for kin in radius.kin if kin.same_key]):
        names = listing([printable(title_of(kin.record)) for kin in alike])
        yield f"The same key is in {names}: revoke that as well."
    for issuer in {target.issuer.id: target.issuer for target in targets}.values():
        if not desk.has_key(issuer):
            yield f"The key of {printable(issuer.subject)} is not here, so its CRL cannot be published here."


# Doing it


def _as_it_was(desk: Desk, targets: Sequence[Target]) -> Document:
    """Return what the audit log keeps so that the act can be undone: how each certificate was revoked before, if it was.

    `unseen` is about those serial numbers that were, or will be, kept apart from any certificate.
    """
    return {
        "was": {target.record.id: revocation_fields(target.record) for target in targets if target.record},
        "unseen": [
            {"issuer": target.issuer.id, "serial": target.serial, "was": before}
            for target in targets
            if (before := unseen_document(desk, target.issuer, target.serial)) or target.record is None
        ],
    }


def _revoke(desk: Desk, change: Change, plan: RevocationPlan, target: Target, now: datetime) -> Revoked:
    revoked_at = target.held_since or now
    kept = unseen_revocation(desk, target.issuer, target.serial)
    if target.record is None:
        _check_as_planned(target, kept)
        record = RevocationRecord(
            serial=target.serial,
            issuer=target.issuer.subject,
            revoked_at=revoked_at,
            reason=plan.reason,
            invalid_since=plan.invalid_since,
        )
        keep_unseen(change, target.issuer, record)
        return Revoked(target.issuer, target.serial, revoked_at, plan.reason, None)
    if kept is not None:
        forget_unseen(change, target.issuer, target.serial)
    after = change.replace_certificate(
        target.record,
        replace(target.record, revoked_at=revoked_at, reason=plan.reason, invalid_since=plan.invalid_since),
    )
    return Revoked(target.issuer, target.serial, revoked_at, plan.reason, after)


def _check_as_planned(target: Target, kept: Revocation | None) -> None:
    """Refuse an unseen certificate of which somebody else said something else meanwhile. Raises StoreConflict."""
    held = kept is not None and kept.reason is not None and kept.reason.name == "certificate_hold"
    if held != (target.held_since is not None) or held != (kept is not None):
        raise StoreConflict(
            f"Somebody else has just revoked or released {printable(target.title)}.",
            hint="Look at it again, then decide.",
        )


def _release(desk: Desk, change: Change, target: Target) -> Target:
    record = target.record
    kept = unseen_revocation(desk, target.issuer, target.serial)
    if record is None:
        _check_as_planned(target, kept)
    if kept is not None:
        forget_unseen(change, target.issuer, target.serial)
    if record is not None and record.revoked_at is not None:
        record = change.replace_certificate(
            record, replace(record, revoked_at=None, reason=None, invalid_since=None)
        )
    return replace(target, record=record, held_since=None)
