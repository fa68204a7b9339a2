"""The filter that the list and the app share: `expires<30d status:valid issuer:Acme san:*.corp text`.

Terms are joined by *and*, and `-` before one turns it round.

    text            in any name, note or tag; four digits or more also begin a serial number or fingerprint
    "two words"     the same, with all that is between the quotes
    field:pattern   in one field; `*` stands for anything and makes the pattern the whole of it; `a,b` is a or b
    expires<30d     sooner than that, or over; > for later. Units are d, w, m and y
    issued<7d       longer ago than that is >; `seen` likewise
    expires:2026-12 in that year, month or day; < and > take a date too: before it, and after it
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from tlsca.authority.filter_fields import FIELDS, MOMENTS, Field, haystack
from tlsca.authority.listing import Entry

Predicate = Callable[[Entry], bool]
Relation = Literal["<", ">", ":"]

_DAYS = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}
_SPAN = re.compile(r"(\d{1,6})([dwmy]?)")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_DIGITS = re.compile(r"[0-9a-f]{4,}")
_PLAIN = re.compile(r"[^\s\"\\,:<>=-][^\s\"\\,:<>=]*")


@dataclass(frozen=True, slots=True)
class Text:
    """Letters that occur anywhere."""

    needle: str
    """In lower case, never empty."""

    @property
    def digits(self) -> str:
        """The needle as the beginning of a number; empty where it is none."""
        bare = self.needle.replace(":", "")
        return bare if _DIGITS.fullmatch(bare) else ""

    def __str__(self) -> str:
        """Return it as it is typed."""
        return quoted(self.needle)

    def tester(self) -> Predicate:
        """Return what tells whether a certificate is found."""
        needle, digits = self.needle, self.digits
        if not digits:
            return lambda entry: needle in haystack(entry)
        return lambda entry: has_digits(entry, digits) or needle in haystack(entry)

    def narrows(self, other: object) -> bool:
        """Say whether whatever is found is found by the other too."""
        if not isinstance(other, Text) or other.needle not in self.needle:
            return False
        return not self.digits or (bool(other.digits) and self.digits.startswith(other.digits))


@dataclass(frozen=True, slots=True)
class InField:
    """Letters that occur in one field."""

    field: str
    """A key of `FIELDS`."""
    patterns: tuple[str, ...]
    """In lower case, none of them empty; one of them is enough."""

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{self.field}:{','.join(map(quoted, self.patterns))}"

    def tester(self) -> Predicate:
        """Return what tells whether a certificate is found."""
        read, matches = FIELDS[self.field].read, self.matchers()

        def test(entry: Entry) -> bool:
            for value in read(entry):
                written = value.lower()
                for match in matches:
                    if match(written):
                        return True
            return False

        return test

    def matchers(self) -> list[Callable[[str], bool]]:
        """Return the test of a value in lower case for each pattern."""
        return [_matcher(pattern, FIELDS[self.field]) for pattern in self.patterns]

    def narrows(self, other: object) -> bool:
        """Say whether whatever is found is found by the other too."""
        if not isinstance(other, InField) or other.field != self.field:
            return False
        if len(self.patterns) > 1 or len(other.patterns) > 1 or "*" in self.patterns[0] + other.patterns[0]:
            return False
        longer, shorter = self.patterns[0], other.patterns[0]
        return longer.startswith(shorter) if FIELDS[self.field].begins else shorter in longer


@dataclass(frozen=True, slots=True)
class When:
    """A moment before, after or within something."""

    field: str
    """A key of `MOMENTS`."""
    relation: Relation
    bound: str
    """A date, `2026`, `2026-12` or `2026-12-24`, or else a span, `30d`, which does not stand after a colon."""

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{self.field}{self.relation}{self.bound}"

    def tester(self) -> Predicate:
        """Return what tells whether a certificate is found."""
        read = MOMENTS[self.field]
        dates, span = period(self.bound), span_of(self.bound)
        if dates is None:
            return self._from_now(read, span or timedelta(0))
        begin, end = dates
        tests: dict[Relation, Callable[[datetime], bool]] = {
            "<": lambda moment: moment < begin,
            ">": lambda moment: moment >= end,
            ":": lambda moment: begin <= moment < end,
        }
        test = tests[self.relation]
        return lambda entry: (moment := read(entry)) is not None and test(moment)

    def _from_now(self, read: Callable[[Entry], datetime | None], span: timedelta) -> Predicate:
        """Return the test for how far off: ahead for an end, and back for what has been."""
        far = _ahead if self.field == "expires" else _back
        if self.relation == "<":
            return lambda entry: (moment := read(entry)) is not None and far(moment, entry.now) < span
        return lambda entry: (moment := read(entry)) is not None and far(moment, entry.now) > span

    def narrows(self, other: object) -> bool:
        """Say whether whatever is found is found by the other too: nothing shorter than the same is looked at."""
        return self == other


Condition = Text | InField | When


@dataclass(frozen=True, slots=True)
class Term:
    """One condition, or its opposite."""

    what: Condition
    negated: bool = False

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"-{self.what}" if self.negated else str(self.what)

    def tester(self) -> Predicate:
        """Return what tells whether a certificate is kept."""
        test = self.what.tester()
        return (lambda entry: not test(entry)) if self.negated else test

    def narrows(self, other: "Term") -> bool:
        """Say whether whatever this keeps, the other keeps too."""
        return self == other or (not self.negated and not other.negated and self.what.narrows(other.what))


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold; without any, everything is kept."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        """Return it as it is typed; read again it is the same filter."""
        return " ".join(map(str, self.terms))

    def tester(self) -> Predicate:
        """Return what tells whether a certificate is kept."""
        tests = [term.tester() for term in self.terms]
        return lambda entry: all(test(entry) for test in tests)

    def narrows(self, other: "Filter") -> bool:
        """Say whether whatever this keeps, the other keeps too, so that it need only look at that; False where it is not plain."""
        return all(any(mine.narrows(theirs) for mine in self.terms) for theirs in other.terms)


def _ahead(moment: datetime, now: datetime) -> timedelta:
    return moment - now


def _back(moment: datetime, now: datetime) -> timedelta:
    return now - moment


def has_digits(entry: Entry, digits: str) -> bool:
    """Say whether a certificate's serial number or fingerprint begins so."""
    return entry.record.sha256.startswith(digits) or entry.record.serial.startswith(digits)


def quoted(text: str) -> str:
    """Return text as one word of a filter that means nothing but itself."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def span_of(text: str) -> timedelta | None:
    """Return the span that is written `30d`, `2w`, `6m` or `1y`; None where it is none."""
    found = _SPAN.fullmatch(text)
    return timedelta(days=int(found[1]) * _DAYS[found[2]]) if found else None


def period(text: str) -> tuple[datetime, datetime] | None:
    """Return when the year, month or day begins that is written so, and when it is over; None where it is none."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part or 0) for part in found.groups())
    try:
        begin = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return begin, begin + timedelta(days=1)
        following = (
            begin.replace(year=begin.year + 1) if not month else (begin + timedelta(days=32)).replace(day=1)
        )
    except (ValueError, OverflowError):
        return None
    return begin, following


def _matcher(pattern: str, field: Field) -> Callable[[str], bool]:
    """Return the test of a value in lower case."""
    wanted = pattern.replace(":", "") if field.digits else pattern
    if "*" in wanted:
        return _glob(re.sub(r"\*+", "*", wanted + "*" if field.begins else wanted))
    if field.begins:
        return lambda value: value.startswith(wanted)
    return lambda value: wanted in value


def _glob(pattern: str) -> Callable[[str], bool]:
    """Return the test for a value as a whole, `*` standing for anything; the usual ones, `*.example.com` and `web*`, are quick."""
    begin, *between, end = pattern.split("*")
    if not between and not begin:
        return lambda value: value.endswith(end)
    if not between and not end:
        return lambda value: value.startswith(begin)
    glob = re.compile(".*".join(map(re.escape, (begin, *between, end))), re.DOTALL)
    return lambda value: glob.fullmatch(value) is not None
