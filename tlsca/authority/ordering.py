"""The orders in which certificates can be listed, by the names that the command line and the app share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tlsca.authority.filter_fields import common_name
from tlsca.authority.listing import Entry
from tlsca.errors import UsageError
from tlsca.text import listing, printable

_GRAVITY = ("expired", "expiring", "not-yet-valid", "held", "revoked", "valid")
"""States in the order in which they want doing something about."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One order."""

    title: str
    read: Callable[[Entry], Any]
    """What it goes by, which can be compared; None for a certificate that has no such thing, which then comes last either way."""


SORTS: Mapping[str, Sort] = {
    "name": Sort("Name", lambda entry: entry.title.lower()),
    "end": Sort("End", lambda entry: entry.record.not_after),
    "state": Sort("State", lambda entry: (_GRAVITY.index(entry.status), entry.record.not_after)),
    "issuer": Sort("Issuer", lambda entry: common_name(entry.record.issuer).lower()),
    "profile": Sort("Profile", lambda entry: entry.record.profile),
    "key": Sort("Key", lambda entry: entry.record.key),
    "issued": Sort("Issued", lambda entry: entry.record.not_before),
    "seen": Sort("Last seen", lambda entry: entry.record.last_seen_at),
}
"""By their names; without one, certificates stand as they came into the store."""


@dataclass(frozen=True, slots=True)
class Order:
    """One of `SORTS`, or none, and whether it is turned round."""

    by: str = ""
    reverse: bool = False

    def __str__(self) -> str:
        """Return it as `order_of` reads it: `end`, or `-end` for the last one first."""
        return f"-{self.by}" if self.reverse else self.by

    def pressed(self, by: str) -> "Order":
        """Return the order after this one was chosen: what is chosen again is turned round."""
        return Order(by, reverse=self.by == by and not self.reverse)

    def sorted(self, entries: Sequence[Entry], positions: Sequence[int]) -> Sequence[int]:
        """Return the positions of the entries, which are given as they came, in this order; those that are equal stay as they are."""
        if not self.by:
            return positions[::-1] if self.reverse else positions
        keys = list(map(SORTS[self.by].read, entries))
        told = sorted(
            (at for at in positions if keys[at] is not None), key=keys.__getitem__, reverse=self.reverse
        )
        return told if len(told) == len(keys) else [*told, *(at for at in positions if keys[at] is None)]


def order_of(text: str) -> Order:
    """Return the order that is named so, `-` before it turning it round. Raises UsageError."""
    by = text.removeprefix("-")
    if by and by not in SORTS:
        raise UsageError(
            f"“{printable(text)}” is no order.", hint=f"Orders are {listing(list(SORTS), most=len(SORTS))}."
        )
    return Order(by, reverse=text.startswith("-"))
