"""The text of every certificate as one string, in which a substring tells also where a value begins or ends, and which field it is in.

A filter is answered anew with every key that is pressed, and of a hundred thousand strings nothing is asked quicker than whether
something is in them. So marks stand around the values, here drawn as angles:

    <name<name<  >title>  [subject[  |profile, state, label, note, tags and contacts, line by line
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tlsca.authority.listing import Entry
from tlsca.authority.numbers import Numbers
from tlsca.store.records import CertificateRecord

_NAME, _TITLE, _SUBJECT, _REST = "\x1e", "\x1c", "\x1d", "\x1f"
_NO_TITLE = _TITLE + _TITLE
_IS_MARKED = re.compile(r"[\x1c-\x1f]").search
_TO_THE_NEXT_MARK = r"[^\x1c-\x1f]*"
_UNMARKED = str.maketrans("\x1c\x1d\x1e\x1f", "\n\n\n\n")

MARKS: Mapping[str, str] = {"san": _NAME, "name": _NAME, "subject": _SUBJECT}
"""The fields whose values are marked, and by what; a name may also be a title, which has a mark of its own."""


@dataclass(frozen=True, slots=True)
class Haystacks:
    """The text of certificates, in lower case, and their numbers."""

    entries: Sequence[Entry] = ()
    texts: Sequence[str] = ()
    odd: frozenset[int] = frozenset()
    """Where a text has no marks, because they would not tell the truth."""
    titled: frozenset[int] = frozenset()
    """Where a title is none of the names."""
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    """Serial numbers and fingerprints, by the names of their fields."""

    def followed_by(self, entries: Sequence[Entry]) -> "Haystacks":
        """Return the text of the same store as it was read later; what has not changed is taken over."""
        texts = [
            text if old.record is new.record and old.status == new.status else laid_out(new)
            for new, old, text in zip(entries, self.entries, self.texts, strict=False)
        ]
        texts.extend(map(laid_out, entries[len(texts) :]))
        return Haystacks(
            entries,
            texts,
            odd=frozenset(at for at, text in enumerate(texts) if _SUBJECT not in text),
            titled=frozenset(at for at, text in enumerate(texts) if _NO_TITLE not in text),
            numbers={
                "serial": Numbers([entry.record.serial for entry in entries]),
                "sha256": Numbers([entry.record.sha256 for entry in entries]),
            },
        )

    def with_text(self, positions: Sequence[int], needle: str, digits: str = "") -> Sequence[int]:
        """Return those positions whose text has a needle in it, which `can_be_sought`, or one of whose numbers begins with the digits."""
        texts = self.texts
        found = [at for at in positions if needle in texts[at]]
        begun = [numbers.beginning(digits) for numbers in self.numbers.values()] if digits else ()
        return any_of(positions, [found, *begun]) if any(begun) else found

    def in_field(self, positions: Sequence[int], name: str, pattern: str) -> Sequence[int]:
        """Return those positions at which a value of a field of `MARKS` is as a pattern says, which `can_be_sought`.

        Of the odd ones there is none among them.
        """
        found = self._between(positions, MARKS[name], pattern)
        titled = [at for at in positions if at in self.titled] if name == "name" and self.titled else ()
        by_title = self._between(titled, _TITLE, pattern)
        return any_of(positions, [found, by_title]) if by_title else found

    def _between(self, positions: Sequence[int], mark: str, pattern: str) -> Sequence[int]:
        needle, test = _sought(pattern, mark)
        found, texts = self.with_text(positions, needle), self.texts
        return found if test is None else [at for at in found if test(texts[at])]


def any_of(positions: Sequence[int], found: Iterable[Iterable[int]]) -> list[int]:
    """Return those positions that were found in any way, in their order."""
    all_found = set().union(*found)
    return [at for at in positions if at in all_found]


def can_be_sought(text: str) -> bool:
    """Say whether text can be looked for: what has a mark in it, which nobody types, cannot."""
    return not _IS_MARKED(text)


def laid_out(entry: Entry) -> str:
    """Return the text of one certificate; without marks where a value has one in it, or the title is not to be found by a word."""
    record, title = entry.record, entry.title
    names = _NAME.join(("", *record.names, "")) if record.names else ""
    titled = "" if title in record.names else title
    rest = f"{record.profile}\n{entry.status}{_remarks(record)}"
    text = f"{names}{_TITLE}{titled}{_TITLE}{_SUBJECT}{record.subject}{_SUBJECT}{_REST}{rest}"
    ours = len(record.names) + 6 if names else 5
    marks = text.count(_NAME) + text.count(_TITLE) + text.count(_SUBJECT) + text.count(_REST)
    if marks == ours and title != record.serial:
        return text.lower()
    return "\n".join((record.subject, *record.names, rest)).lower().translate(_UNMARKED)


def _remarks(record: CertificateRecord) -> str:
    """Return what was written about a certificate, each after a newline."""
    if not (record.label or record.note or record.tags or record.contacts):
        return ""
    return "\n".join(("", record.label or "", record.note or "", *record.tags, *record.contacts))


def _sought(pattern: str, mark: str) -> tuple[str, Callable[[str], object] | None]:
    """Return what is in every text that fits, and what tells which of those do; None where all of them do."""
    pieces = re.sub(r"\*+", "*", pattern).split("*") if "*" in pattern else ["", pattern, ""]
    if len(pieces) == 2 and "" in pieces:
        begin, end = pieces
        return (mark + begin if begin else end + mark), None
    return max(pieces, key=len), re.compile(_expression(pieces, mark)).search


def _expression(pieces: Sequence[str], mark: str) -> str:
    """Return the regular expression for a value between marks that has these pieces in this order, the first and last at its ends."""
    begin, *between, end = (re.escape(piece) for piece in pieces)
    whole = _TO_THE_NEXT_MARK.join((mark + begin, *between, end + mark))
    if not end:
        return whole.removesuffix(_TO_THE_NEXT_MARK + mark)
    return whole if begin else whole.removeprefix(mark + _TO_THE_NEXT_MARK)
