"""The watched targets as an operator wants them listed: what each serves, until when, and whether the store knows a newer one.

Everything here comes from what the last look wrote down, and from the store as it is now; nothing is dialled.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tlsca.authority.desk import Desk
from tlsca.authority.inventory import inventory_of
from tlsca.authority.watching import watches
from tlsca.pki.describe import status_word
from tlsca.probe.result import Inventory, Outcome
from tlsca.store.records import WatchRecord
from tlsca.text import printable

_ENDINGS = frozenset({"expired", "expiring"})
_STALE = frozenset({"superseded", "revoked"})
_ENDING_CODES = frozenset({"expired", "expires-soon"})


class Order(StrEnum):
    """What comes first in a list of watched targets."""

    ENDS = "ends first"
    PROBLEMS = "problems first"
    NAME = "by name"


@dataclass(frozen=True, slots=True)
class Watched:
    """One watched target, with what only the whole store and the clock can tell."""

    record: WatchRecord
    state: str
    """Of the certificate that was last served: `valid`, `expiring`, `expired` or `not-yet-valid`; empty where none was."""
    known: Inventory | None
    """What the store knows of it now; None where none was served."""
    now: datetime
    """When this was found out."""

    @property
    def remaining(self) -> timedelta | None:
        """Until the certificate's end; negative after. None where none was served."""
        return None if self.record.not_after is None else self.record.not_after - self.now

    @property
    def life_left(self) -> float | None:
        """What part of the certificate's life is left, from 0 to 1; None where that is not known."""
        begin, end = self.record.not_before, self.record.not_after
        if begin is None or end is None or end <= begin:
            return None
        return min(max((end - self.now) / (end - begin), 0.0), 1.0)

    @property
    def codes(self) -> tuple[str, ...]:
        """The problems of the last look, and what has become of the certificate since."""
        since = [self.known.state] if self.known and self.known.state in _STALE else []
        if self.state in _ENDINGS and not _ENDING_CODES & set(self.record.codes):
            since.append("expired" if self.state == "expired" else "expires-soon")
        return tuple(dict.fromkeys([*self.record.codes, *since]))

    @property
    def is_well(self) -> bool:
        """Whether it was looked at and nothing is wrong."""
        return self.record.verdict == Outcome.TRUSTED and not self.codes

    @property
    def words(self) -> str:
        """Everything that a filter finds it by, in lower case."""
        one = self.record
        standing = self.known.state if self.known else ""
        told = (
            one.id, one.target, one.verdict, one.subject, one.served_issuer, one.version, one.sha256, standing, self.state,
            *self.codes,
        )  # fmt: skip
        return " ".join(printable(word).casefold() for word in told if word)


def watched(desk: Desk) -> tuple[Watched, ...]:
    """Return every watched target, those that end first before the others."""
    return tuple(seen(desk, record) for record in watches(desk))


def seen(desk: Desk, record: WatchRecord) -> Watched:
    """Return one watched target as it stands."""
    now = desk.now()
    known = inventory_of(desk, record.sha256) if record.sha256 else None
    return Watched(record, _state(record, now, desk.expiring), known, now)


def ordered(targets: Iterable[Watched], order: Order) -> list[Watched]:
    """Return the targets in an order; those that were never seen come last where it goes by their end."""
    return sorted(targets, key=_KEYS[order])


def matching(targets: Iterable[Watched], words: str) -> list[Watched]:
    """Return the targets in which every word of a filter occurs."""
    wanted = words.casefold().split()
    return [target for target in targets if all(word in target.words for word in wanted)]


def serving(desk: Desk, fingerprints: Iterable[str]) -> tuple[Watched, ...]:
    """Return the targets whose last look found one of these certificates."""
    wanted = frozenset(fingerprints)
    return tuple(seen(desk, record) for record in watches(desk) if record.sha256 in wanted)


def summed(targets: Sequence[Watched]) -> str:
    """Return how many there are and how they are, in a few words; nothing is said of what none is."""
    counts = (
        (sum(one.is_well for one in targets), "✔ {:,} well"),
        (sum(one.record.verdict is not None and not one.is_well for one in targets), "✘ {:,} with problems"),
        (sum(one.state == "expired" for one in targets), "○ {:,} expired"),
        (sum(one.state == "expiring" for one in targets), "◐ {:,} expiring"),
        (sum(one.record.verdict is None for one in targets), "· {:,} not looked at"),
    )
    return "  ".join(words.format(number) for number, words in counts if number)


def _state(record: WatchRecord, now: datetime, soon: timedelta) -> str:
    if record.not_after is None:
        return ""
    if record.not_before is not None:
        return status_word(record.not_before, record.not_after, now=now, soon=soon)
    if now > record.not_after:
        return "expired"
    return "expiring" if record.not_after - now < soon else "valid"


def _by_end(one: Watched) -> tuple[bool, float, str]:
    left = one.remaining
    return (left is None, left.total_seconds() if left is not None else 0.0, one.record.id)


_KEYS: dict[Order, Callable[[Watched], tuple[object, ...]]] = {
    Order.ENDS: _by_end,
    Order.PROBLEMS: lambda one: (
        one.is_well,
        one.record.verdict is None,
        one.record.verdict == Outcome.TRUSTED,
        *_by_end(one),
    ),
    Order.NAME: lambda one: (one.record.id,),
}
