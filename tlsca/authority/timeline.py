"""When certificates end, week by week: what a timeline of the next two years draws, and what a filter asks for again.

It is made in one pass over what was listed, so that it costs a store of 100,000 certificates a moment and the screen nothing.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce

from tlsca.authority.listing import Entry

WEEKS = 104
"""So many weeks lie ahead; what ends after them is later."""
LATELY = timedelta(days=30)
"""What ended on a day longer ago than this is nobody's matter any more."""

_DAY = timedelta(days=1)
_PAST = -1
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Ending:
    """One certificate that ends."""

    title: str
    """Not yet printable."""
    at: datetime
    is_authority: bool


@dataclass(frozen=True, slots=True)
class Span:
    """What ends within some days; what was revoked ends for nobody and is not among it."""

    begin: date
    """The first day."""
    end: date | None
    """The last day; None where it has none."""
    lapsed: int = 0
    """Ended already, and nothing has taken their place."""
    expiring: int = 0
    """End soon, and nothing has taken their place."""
    valid: int = 0
    """End some day, and nothing has taken their place."""
    renewed: int = 0
    """Have a successor already."""
    authorities: int = 0
    """So many of them are authorities."""
    revoked: int = 0
    """Would have ended, had they not been revoked: only a filter has to leave them out."""
    first: tuple[Ending, ...] = ()
    """Those that end first, as many as can be named."""
    is_present: bool = False
    """Whether it holds this moment: what ended before, on the same day, is not among it."""
    is_past: bool = False
    """Whether it is about what is over and has no successor."""

    @property
    def total(self) -> int:
        """How many end."""
        return self.lapsed + self.expiring + self.valid + self.renewed

    @property
    def filter(self) -> str:
        """The words of the filter that shows exactly these."""
        words = [f"expires>{self.begin - _DAY}"]
        words += [f"expires<{self.end + _DAY}"] if self.end else []
        words += ["-expires<0d"] if self.is_present else []
        words += ["status:expired", "renewed:no"] if self.is_past else []
        words += ["-status:revoked"] if self.revoked else []
        return " ".join(words)

    def __add__(self, later: "Span") -> "Span":
        """Return this and the one that follows it as one."""
        return Span(
            self.begin,
            later.end,
            self.lapsed + later.lapsed,
            self.expiring + later.expiring,
            self.valid + later.valid,
            self.renewed + later.renewed,
            self.authorities + later.authorities,
            self.revoked + later.revoked,
            (self.first + later.first)[:_NAMED],
            self.is_present,
            self.is_past,
        )


@dataclass(frozen=True, slots=True)
class Timeline:
    """What ended lately, what ends in each of the coming weeks, and what ends after them."""

    past: Span
    weeks: tuple[Span, ...]
    """The first begins today, in UTC."""
    later: Span

    @property
    def spans(self) -> tuple[Span, ...]:
        """All of it, in the order of time."""
        return (self.past, *self.weeks, self.later)

    @property
    def next(self) -> tuple[Ending, ...]:
        """What ends next."""
        ahead = (*self.weeks, self.later)
        return tuple(ending for span in ahead for ending in span.first)[:_NAMED]

    def of_weeks(self, number: int) -> "Timeline":
        """Return the same with fewer weeks; what ends after them is later."""
        kept, rest = self.weeks[:number], self.weeks[number:]
        return Timeline(self.past, kept, reduce(Span.__add__, (*rest, self.later)))


def timeline(entries: Iterable[Entry], now: datetime) -> Timeline:
    """Return the timeline of what was listed at a moment."""
    today = now.date()
    slots = _slots(entries, now)
    weeks = tuple(_span(slots[week], *_days(today, week)) for week in range(WEEKS))
    past = _span(slots[_PAST], today - LATELY, today)
    later = _span(slots[WEEKS], today + timedelta(weeks=WEEKS), None)
    return Timeline(replace(past, is_past=True), (replace(weeks[0], is_present=True), *weeks[1:]), later)


def _slots(entries: Iterable[Entry], now: datetime) -> defaultdict[int, list[Entry]]:
    """Sort what ends into the weeks; what ended long ago, or has a successor and is over, into none."""
    slots: defaultdict[int, list[Entry]] = defaultdict(list)
    today = now.toordinal()
    since = today - LATELY.days
    for entry in entries:
        end = entry.record.not_after
        if end >= now:
            slots[min((end.toordinal() - today) // 7, WEEKS)].append(entry)
        elif entry.status == "expired" and end.toordinal() >= since and entry.renewed_by_ref is None:
            slots[_PAST].append(entry)
    return slots


def _days(today: date, week: int) -> tuple[date, date]:
    begin = today + timedelta(weeks=week)
    return begin, begin + timedelta(days=6)


def _span(found: Sequence[Entry], begin: date, end: date | None) -> Span:
    if not found:
        return Span(begin, end)
    live = [entry for entry in found if entry.status != "revoked"]
    waiting = [entry.status for entry in live if entry.renewed_by_ref is None]
    lapsed, expiring = waiting.count("expired"), waiting.count("expiring")
    return Span(
        begin,
        end,
        lapsed=lapsed,
        expiring=expiring,
        valid=len(waiting) - lapsed - expiring,
        renewed=len(live) - len(waiting),
        authorities=sum(entry.record.is_authority for entry in live),
        revoked=len(found) - len(live),
        first=tuple(_ending(entry) for entry in heapq.nsmallest(_NAMED, live, key=_end)),
    )


def _end(entry: Entry) -> datetime:
    return entry.record.not_after


def _ending(entry: Entry) -> Ending:
    return Ending(entry.title, entry.record.not_after, entry.record.is_authority)
