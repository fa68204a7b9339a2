"""Every certificate of the store at one moment, ready to be sorted and filtered again with every key that is pressed.

What a go through a hundred thousand certificates would otherwise work out each time is worked out once, when it is first wanted: what
a word is looked for in, and each order. What can be taken over from the catalogue before is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tlsca.authority.completing import Vocabulary, vocabulary
from tlsca.authority.filter_fields import FIELDS, MOMENTS, Column, column
from tlsca.authority.filtering import Condition, Filter, InField, Term, Text
from tlsca.authority.haystacks import Haystacks, any_of, can_be_sought
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
    _laid_out: Haystacks | None = field(default=None, repr=False)
    _orders: dict[Order, Sequence[int]] = field(default_factory=dict, repr=False)
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

    @lazy_property
    def haystacks(self) -> Haystacks:
        """What a word is looked for in."""
        return self._laid_out or Haystacks().followed_by(self.entries)

    @lazy_property
    def _positions(self) -> Sequence[int]:
        """The positions of all, which every order has in common: a hundred thousand numbers take 3 MB."""
        return list(range(len(self.entries)))

    def followed_by(self, entries: Sequence[Entry]) -> "Catalogue":
        """Return the catalogue of the same store as it was read later; a word can be looked for in it at once."""
        return Catalogue(entries, self.haystacks.followed_by(entries))

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
            self._orders[order] = order.sorted(self.entries, self._positions)
        return self._orders[order]

    def _kept(self, positions: Sequence[int], term: Term) -> Sequence[int]:
        """Return those positions whose certificates a term keeps."""
        found = self._found(positions, term.what)
        if not term.negated:
            return found
        unwanted = set(found)
        return [at for at in positions if at not in unwanted]

    def _found(self, positions: Sequence[int], what: Condition) -> Sequence[int]:
        """Return those positions at which a condition holds."""
        if isinstance(what, Text) and can_be_sought(what.needle):
            return self.haystacks.with_text(positions, what.needle, what.digits)
        if isinstance(what, InField) and FIELDS[what.field].shared:
            return self._in_column(positions, what)
        if isinstance(what, InField) and FIELDS[what.field].digits:
            return self._with_number(positions, what)
        if isinstance(what, InField) and all(map(can_be_sought, what.patterns)):
            return self._in_text(positions, what)
        return self._tested(positions, what)

    def _tested(self, positions: Iterable[int], what: Condition) -> list[int]:
        test, entries = what.tester(), self.entries
        return [at for at in positions if test(entries[at])]

    def _in_column(self, positions: Sequence[int], what: InField) -> Sequence[int]:
        """Look at each of the few values that a field has once."""
        column, test = self._column(what.field), what.tester()
        verdicts = {value: test(sample) for value, sample in column.samples.items()}
        values = column.values
        return [at for at in positions if verdicts[values[at]]]

    def _with_number(self, positions: Sequence[int], what: InField) -> Sequence[int]:
        numbers = self.haystacks.numbers[what.field]
        found = [numbers.matching(positions, match) for match in what.matchers()]
        return any_of(positions, found) if len(found) > 1 else found[0]

    def _in_text(self, positions: Sequence[int], what: InField) -> Sequence[int]:
        """Look for each pattern in the text; what is odd about a certificate is looked at itself."""
        found = [self.haystacks.in_field(positions, what.field, pattern) for pattern in what.patterns]
        odd = self._tested(self.haystacks.odd, what)
        return any_of(positions, [*found, odd]) if odd or len(found) > 1 else found[0]

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            self._columns[name] = column(FIELDS[name].shared or FIELDS[name].read, self.entries)
        return self._columns[name]


def _is_slow(term: Term) -> bool:
    """Say whether a term is better left until the others have kept less."""
    return not (isinstance(term.what, Text) and not term.what.digits)
