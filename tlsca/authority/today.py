"""What matters today: what ends, what clients should have been told, who serves the wrong certificate, who waits for one.

An operator who opens the store sees this first. Each matter says how many there are and how to get there; what nobody has to do
anything about is not among them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.publishing import CrlState, Why, crl_states
from tlsca.authority.requesting import requests
from tlsca.authority.standing import AuthorityStanding, standings
from tlsca.authority.succession import ending_authorities, is_live
from tlsca.authority.timeline import Timeline, timeline
from tlsca.authority.watched import Watched, watched
from tlsca.authority.watched_remarks import fault_of
from tlsca.errors import TlscaError
from tlsca.pki.lint import Level
from tlsca.pki.renew import CROSS
from tlsca.text import count, printable


class Kind(StrEnum):
    """What a matter is about, which is also where to go about it."""

    DAMAGE = "damage"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    AUTHORITY = "authority"
    CRL = "crl"
    HOST = "host"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that wants doing."""

    kind: Kind
    level: Level
    brief: str
    """It in two or three words: `2 CRLs stale`."""
    sentence: str
    """It in one sentence; printable."""
    filter: str = ""
    """The words of the filter that shows the certificates, where it is about certificates."""
    about: str | None = None
    """The fingerprint of the authority, where it is about one."""


@dataclass(frozen=True, slots=True)
class Today:
    """What an operator sees first."""

    now: datetime
    matters: tuple[Matter, ...]
    """The gravest kinds first; empty where nothing wants doing."""
    timeline: Timeline
    authorities: tuple[AuthorityStanding, ...]


def today(desk: Desk, entries: Sequence[Entry]) -> Today:
    """Say what matters, from what was listed and the rest of the store.

    What is damaged is a matter, not an error: everything else is still worth seeing.
    """
    now = desk.now()
    ends = timeline(entries, now)
    try:
        lists = crl_states(desk)
        tree = standings(desk, entries, lists)
    except TlscaError as error:
        lists, tree, damage = (), (), [_damage(error)]
    else:
        damage = []
    matters = (
        *damage,
        *ending(ends, days=desk.expiring.days),
        *_successors(desk, now),
        *unpublished(lists, now),
        *wrong(watched(desk)),
        *_requests(desk),
    )
    return Today(now, matters, ends, tree)


def ending(ends: Timeline, *, days: int) -> Iterator[Matter]:
    """Say how many certificates ended lately, and how many end within so many days, with nothing in their place."""
    if ends.past.lapsed:
        found = count(ends.past.lapsed, "certificate")
        said = f"{found} ended lately, and nothing has taken {_place(ends.past.lapsed)} place."
        yield Matter(Kind.EXPIRED, Level.ERROR, f"{ends.past.lapsed:,} expired", said, ends.past.filter)
    soon = sum(span.expiring for span in ends.spans)
    if soon:
        said = f"{count(soon, 'certificate')} {_verb(soon, 'ends', 'end')} within {count(days, 'day')}, with nothing in {_place(soon)} place."
        yield Matter(Kind.EXPIRING, Level.WARNING, f"{soon:,} expiring", said, "status:expiring renewed:no")


def _successors(desk: Desk, now: datetime) -> Iterator[Matter]:
    """Say which authorities want a successor, other than those that are among what ends soon."""
    live = [one for one in desk.ledger.authorities() if is_live(one, now) and one.profile != CROSS]
    late = now + desk.expiring
    ends = {one.sha256: one.not_after for one in live}
    found = [one for one in ending_authorities(live, now) if ends[one.certificate or ""] > late]
    if found:
        level = max((one.level for one in found), key=lambda level: level.rank)
        brief = "1 authority ending" if len(found) == 1 else f"{len(found)} authorities ending"
        more = f", and so it is with {len(found) - 1} more" if len(found) > 1 else ""
        said = f"{found[0].about}: {found[0].message.rstrip('.')}{more}."
        yield Matter(Kind.AUTHORITY, level, brief, said, about=found[0].certificate)


_LISTS = {
    Why.STALE: (Level.ERROR, "stale"),
    Why.MISSING: (Level.ERROR, "missing"),
    Why.UNPUBLISHED: (Level.WARNING, "unpublished"),
    Why.DUE: (Level.NOTICE, "due"),
}


def unpublished(lists: Iterable[CrlState], now: datetime) -> Iterator[Matter]:
    """Say which revocation lists want publishing: a matter for each reason, which leads to the first of them."""
    found: dict[Why, list[CrlState]] = {}
    for state in lists:
        if state.why:
            found.setdefault(state.why, []).append(state)
    for why, (level, word) in _LISTS.items():
        if why in found:
            first, *rest = found[why]
            more = f" So it is with {len(rest)} more." if rest else ""
            brief = f"{count(len(rest) + 1, 'CRL')} {word}"
            yield Matter(Kind.CRL, level, brief, first.sentence(now) + more, about=first.authority.sha256)


_SERVED = {
    "host-serves-revoked": "a revoked certificate",
    "host-serves-expired": "an expired certificate",
    "host-serves-superseded": "a superseded certificate",
}
"""What a host serves that is not what it should, by the code of the fault."""


def wrong(hosts: Sequence[Watched]) -> Iterator[Matter]:
    """Say how many watched hosts serve the wrong certificate, and how many are otherwise not well."""
    faults = {one.record.id: fault for one in hosts if (fault := fault_of(one)) and fault.code in _SERVED}
    if faults:
        codes = Counter(fault.code for fault in faults.values())
        what = _SERVED[next(iter(codes))] if len(codes) == 1 else "the wrong certificate"
        name = printable(next(iter(faults))) if len(faults) == 1 else count(len(faults), "host")
        level = max((fault.level for fault in faults.values()), key=lambda level: level.rank)
        said = f"{name} {_verb(len(faults), 'serves', 'serve')} {what}."
        yield Matter(Kind.HOST, level, f"{count(len(faults), 'host')} serving wrong", said)
    others = [one for one in hosts if one.record.verdict and not one.is_well and one.record.id not in faults]
    if others:
        name = printable(others[0].record.id) if len(others) == 1 else count(len(others), "host")
        said = f"{name} {_verb(len(others), 'has', 'have')} problems, as the last look found."
        yield Matter(Kind.HOST, Level.WARNING, f"{count(len(others), 'host')} unwell", said)


def _requests(desk: Desk) -> Iterator[Matter]:
    waiting = [record for record in requests(desk) if not record.certificate_ids]
    if waiting:
        number = len(waiting)
        said = f"{count(number, 'request')} {_verb(number, 'waits', 'wait')} for a signature."
        yield Matter(Kind.REQUEST, Level.NOTICE, count(number, "request"), said)


def _damage(error: TlscaError) -> Matter:
    return Matter(Kind.DAMAGE, Level.ERROR, "store damaged", printable(error.sentence))


def _verb(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


def _place(number: int) -> str:
    return "its" if number == 1 else "their"
