"""Every certificate of the store at one moment, ready to be sorted and filtered again with every key that is pressed.

What a go through a hundred thousand certificates would otherwise work out each time is worked out once, when it is first wanted: what
a bare word is looked for in, and each order. What can be taken over from the catalogue before is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tlsca.authority.completing import Vocabulary, vocabulary
from tlsca.authority.filter_fields import FIELDS, MOMENTS, Column, column, haystack
from tlsca.authority.filtering import Filter, InField, Term, Text, has_digits
from tlsca.authority.listing import Entry
from tlsca.authority.ordering import Order
from tlsca.lazy import lazy_property


@dataclass(frozen=True, slots=True)
class Selection:
    """The certificates that a filter keeps, in an order."""

    catalogue: "Catalogue"
    entries: Sequence[Entry]
    positions: Sequence[int]
    """Where each stands in its catalogue."""
    filter: Filter
    order: Order


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Certificates as they came into the store; may be used from several threads."""

    entries: Sequence[Entry] = ()
    _haystacks: list[str] = field(default_factory=list, repr=False)
    _orders: dict[Order, list[int]] = field(default_factory=dict, repr=False)
    _columns: dict[str, Column] = field(default_factory=dict, repr=False)

    @lazy_property
    def states(self) -> Counter[str]:
        """How many are in each state."""
        return Counter(entry.status for entry in self.entries)

    @lazy_property
    def any_seen(self) -> bool:
        """Whether a probe has seen any of them."""
        return any(entry.record.last_seen for entry in self.entries)

    @lazy_property
    def vocabulary(self) -> Vocabulary:
        """What the fields of these certificates hold, for completion."""
        columns = {
            name: self._column(name) for name, field in FIELDS.items() if field.shared and field.offered
        }
        months = {
            name: {(moment.year, moment.month) for entry in self.entries if (moment := read(entry))}
            for name, read in MOMENTS.items()
        }
        return vocabulary(columns, months)

    def followed_by(self, entries: Sequence[Entry]) -> "Catalogue":
        """Return the catalogue of the same store as it was read later."""
        later = Catalogue(entries)
        if self._haystacks:
            same = zip(entries, self.entries, self._haystacks, strict=False)
            later._haystacks.extend(text if _alike(new, old) else haystack(new) for new, old, text in same)
            later._haystacks.extend(map(haystack, entries[len(later._haystacks) :]))
        return later

    def select(self, wanted: Filter, order: Order, before: Selection | None = None) -> Selection:
        """Return what a filter keeps, in an order.

        `before` is what the same catalogue gave for the last filter; where the new one only goes further, the rest is not looked at.
        """
        narrower = (
            before is not None
            and before.catalogue is self
            and before.order == order
            and wanted.narrows(before.filter)
        )
        positions: Sequence[int] = before.positions if before and narrower else self._ordered(order)
        known = before.filter.terms if before and narrower else ()
        for term in sorted(wanted.terms, key=_is_slow):
            if term not in known:
                positions = self._kept(positions, term)
        entries = self.entries
        return Selection(self, [entries[at] for at in positions], positions, wanted, order)

    def _ordered(self, order: Order) -> Sequence[int]:
        if order not in self._orders:
            self._orders[order] = order.sorted(self.entries)
        return self._orders[order]

    def _kept(self, positions: Sequence[int], term: Term) -> Sequence[int]:
        """Return those positions whose certificates a term keeps."""
        what, kept = term.what, not term.negated
        if isinstance(what, Text):
            return self._with_text(positions, what, kept=kept)
        if isinstance(what, InField) and FIELDS[what.field].shared:
            shared, test = self._column(what.field), what.tester()
            verdicts = {value: test(sample) is kept for value, sample in shared.samples.items()}
            values = shared.values
            return [at for at in positions if verdicts[values[at]]]
        if what.within and kept:
            texts, within = self._texts(), what.within
            positions = [at for at in positions if within in texts[at]]
        test, entries = term.tester(), self.entries
        return [at for at in positions if test(entries[at])]

    def _with_text(self, positions: Sequence[int], what: Text, *, kept: bool) -> Sequence[int]:
        """Return those positions at which some text is, or is not."""
        texts, needle, digits = self._texts(), what.needle, what.digits
        if not digits:
            return [at for at in positions if (needle in texts[at]) is kept]
        entries = self.entries
        return [at for at in positions if (needle in texts[at] or has_digits(entries[at], digits)) is kept]

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            self._columns[name] = column(FIELDS[name].shared or FIELDS[name].read, self.entries)
        return self._columns[name]

    def _texts(self) -> list[str]:
        if len(self._haystacks) < len(self.entries):
            self._haystacks[:] = map(haystack, self.entries)
        return self._haystacks


def _is_slow(term: Term) -> bool:
    """Say whether a term is better left until the others have kept less."""
    return not (isinstance(term.what, Text) and not term.what.digits)


def _alike(entry: Entry, before: Entry) -> bool:
    return before.record is entry.record and before.status == entry.status
