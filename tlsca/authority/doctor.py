"""The doctor: the whole authority's health, and for each complaint the command that mends it.

Every live certificate is linted and held against those above it; the store's files, its revocation lists, what is about to end
and what watched hosts were last seen to serve are looked at besides. What is over or revoked is history and gets no remarks.
"""

import dataclasses
import shlex
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tlsca.authority.condition import condition, damaged
from tlsca.authority.desk import DEEPEST_CHAIN, Desk
from tlsca.authority.listing import own_title_of, title_of
from tlsca.authority.publishing import CrlState, Why, attention
from tlsca.authority.safekeeping import safekeeping
from tlsca.authority.succession import cross_again, is_live, succession
from tlsca.authority.watched_remarks import host_remarks
from tlsca.errors import Refused, StoreDamaged
from tlsca.pki.certificate import Certificate
from tlsca.pki.identity import is_identity
from tlsca.pki.lint import Level, Remark, Repair, gravest_first, lint_below, reaches
from tlsca.pki.renew import CROSS
from tlsca.store.records import CertificateRecord
from tlsca.text import printable, rfc3339

Progress = Callable[[int, int], None]
"""Told how many certificates were looked at, and of how many."""

_ENDINGS = frozenset({"expires-soon", "expired"})


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The health of a whole authority."""

    remarks: tuple[Remark, ...]
    """Gravest first."""
    certificates: int
    """How many were looked at."""

    def fails(self, level: Level) -> bool:
        """Say whether anything is of this level or above."""
        return reaches(self.remarks, level)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        counts = {level.value: sum(one.level is level for one in self.remarks) for level in Level}
        return {
            "certificates": self.certificates,
            "counts": counts,
            "remarks": [remark.to_json() for remark in self.remarks],
        }


def examine(
    desk: Desk, *, progress: Progress | None = None, cancelled: threading.Event | None = None
) -> Diagnosis:
    """Look at everything in the store; takes no passphrase, and changes nothing.

    `progress` is called from this thread before the first certificate and after each. Raises Refused once `cancelled` is set.
    """
    now = desk.now()
    records = desk.ledger.certificates()
    live = [record for record in records if is_live(record, now)]
    replaced = {record.id for record in live if record.renewed_by is not None}
    ward = _Ward(desk)
    remarks = [
        *condition(desk),
        *safekeeping(desk),
        *succession(records, now=now),
        *_lists(desk),
        *host_remarks(desk, command_for),
    ]
    tell = progress or _tell_nobody
    tell(0, len(live))
    for number, record in enumerate(live, 1):
        if cancelled is not None and cancelled.is_set():
            raise Refused(f"Stopped after {number - 1:,} of {len(live):,} certificates.")
        remarks += ward.visit(record, ended=record.id in replaced)
        tell(number, len(live))
    return Diagnosis(gravest_first(remarks), len(live))


def _tell_nobody(_done: int, _total: int) -> None:
    pass


def command_for(desk: Desk, record: CertificateRecord, act: str) -> Repair | None:
    """Return the repair that does an act to a certificate of the store; None where its issuer is not here to do it."""
    if record.profile == CROSS and act in {"renew", "rekey"}:
        return cross_again(record, desk.ledger.with_key(record.key_id))
    reference = record.sha256[:12]
    issuer = record if record.issuer_id == record.id else desk.issuer_of(record)
    if act in {"renew", "rekey", "issue"} and (issuer is None or not desk.has_key(issuer)):
        return None
    match act:
        case "renew":
            return Repair(act, f"tlsca renew {reference}")
        case "rekey":
            return Repair(act, f"tlsca renew {reference} --rekey")
        case "issue":
            return Repair(act, _issue(record))
        case _:
            return Repair(act)


def _issue(record: CertificateRecord) -> str:
    """Return the command that issues the certificate again, for those of its names that can be issued."""
    named = [*record.names, own_title_of(record)]
    names = [shlex.quote(name) for name in dict.fromkeys(named) if is_identity(name)] or ["NAME"]
    profile = "" if record.profile == "server" else f" --profile {shlex.quote(printable(record.profile))}"
    return f"tlsca issue {' '.join(names)}{profile}"


class _Ward:
    """The live certificates, each with those above it, which are loaded once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._now = desk.now()
        self._above: dict[str, tuple[Certificate, ...]] = {}
        self._heads = _newest(desk.ledger.certificates())

    def visit(self, record: CertificateRecord, *, ended: bool) -> Iterator[Remark]:
        """Look at one certificate; that its end is near is no matter when its successor is there."""
        try:
            one = Certificate(self._desk.certificate_der(record))
        except StoreDamaged as problem:
            yield damaged(problem, culprit="object", about=printable(title_of(record)))
            return
        for remark in lint_below(one, self._path_above(record), now=self._now):
            if not (ended and remark.code in _ENDINGS):
                yield self._with_repair(record, remark)
        yield from self._issuer_gone(record)

    def _with_repair(self, record: CertificateRecord, remark: Remark) -> Remark:
        repair = command_for(self._desk, record, remark.repair.act) if remark.repair else None
        return dataclasses.replace(remark, repair=repair, about=printable(title_of(record)))

    def _issuer(self, record: CertificateRecord) -> CertificateRecord | None:
        """Return the authority above by its newest certificate with the same key."""
        issuer = self._desk.issuer_of(record)
        return None if issuer is None else self._heads.get((issuer.subject, issuer.key_id), issuer)

    def _path_above(self, record: CertificateRecord) -> tuple[Certificate, ...]:
        issuer = self._issuer(record)
        if issuer is None or issuer.id == record.id:
            return ()
        if issuer.id not in self._above:
            self._above[issuer.id] = ()  # ends the walk where certificates are each other's issuers
            self._above[issuer.id] = self._path_from(issuer)[:DEEPEST_CHAIN]
        return self._above[issuer.id]

    def _path_from(self, issuer: CertificateRecord) -> tuple[Certificate, ...]:
        """Return an authority and those above it; nothing where its file is damaged, of which its own visit tells."""
        try:
            return (Certificate(self._desk.certificate_der(issuer)), *self._path_above(issuer))
        except StoreDamaged:
            return ()

    def _issuer_gone(self, record: CertificateRecord) -> Iterator[Remark]:
        issuer = self._issuer(record)
        if issuer is None or is_live(issuer, self._now):
            return
        revoked = issuer.revoked_at
        name = printable(title_of(issuer))
        if revoked:
            message = (
                f"Its issuer {name} was revoked on {rfc3339(revoked)}, so no client that looks accepts it."
            )
        else:
            message = f"Its issuer {name} ended on {rfc3339(issuer.not_after)}, so no client accepts it."
        yield Remark(
            code="issuer-revoked" if revoked else "issuer-expired",
            level=Level.ERROR,
            culprit="issuer",
            message=message,
            fix="Issue it anew from another authority." if revoked else "Renew the issuer with the same key.",
            source="RFC 5280, 6.1.3",
            repair=Repair("issue", _issue(record)) if revoked else command_for(self._desk, issuer, "renew"),
            certificate=record.sha256,
            about=printable(title_of(record)),
        )


def _newest(records: list[CertificateRecord]) -> dict[tuple[str, str], CertificateRecord]:
    """Return for each authority, which is a name and a key, its unrevoked certificate that ends last."""
    found: dict[tuple[str, str], CertificateRecord] = {}
    for record in records:
        if record.is_authority and record.revoked_at is None:
            mark = (record.subject, record.key_id)
            if mark not in found or found[mark].not_after < record.not_after:
                found[mark] = record
    return found


_LIST_CODES = {
    Why.STALE: ("crl-stale", Level.ERROR),
    Why.UNPUBLISHED: ("revocation-unpublished", Level.WARNING),
    Why.MISSING: ("crl-missing", Level.WARNING),
    Why.DUE: ("crl-due", Level.NOTICE),
}


def _lists(desk: Desk) -> Iterator[Remark]:
    """Find revocation lists that are out of date, and revocations that are on none; several of one authority are one remark."""
    alike: dict[tuple[str, Why], list[CrlState]] = {}
    for state in attention(desk):
        if state.why is not None:
            alike.setdefault((state.authority.id, state.why), []).append(state)
    for (_, why), states in alike.items():
        yield _of_lists(states, why, desk.now())


def _of_lists(states: list[CrlState], why: Why, now: datetime) -> Remark:
    first, more = states[0], len(states) - 1
    code, level = _LIST_CODES[why]
    others = f" The same is true of {more} more of its lists." if more else ""
    reference = first.authority.sha256[:12]
    return Remark(
        code=code,
        level=level,
        culprit="CRL",
        message=first.sentence(now) + others,
        fix="Publish all of them anew and put them where clients fetch them."
        if more
        else "Publish a new list and put it where clients fetch it.",
        source="RFC 5280, 5.1.2.5; CA/B BR 4.9.7",
        repair=Repair("crl", f"tlsca crl {reference} --all --out DIR" if more else first.command),
        certificate=first.authority.sha256,
        about=printable(title_of(first.authority)),
    )
