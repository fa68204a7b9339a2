"""What differs between two objects, field by field.

Two certificates that follow each other are compared by the rows of `describe`, so that a difference reads like the two
descriptions beside each other; any two objects, a request and its certificate among them, by all of their parts.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import TypeVar

from cryptography import x509

from tlsca.pki.describe import Row, describe_certificate, describe_extensions
from tlsca.pki.issue import Draft
from tlsca.pki.names import dn_text
from tlsca.pki.parts import ORDER, Part, parts, text_parts
from tlsca.pki.read import Kind
from tlsca.text import hex_colons, printable, rfc3339

_Name = TypeVar("_Name", bound=Hashable)

_FOLLOWS = frozenset(("SHA-256", "SHA-1", "Life"))
"""What differs whenever anything does."""


class Mark(StrEnum):
    """What became of a field from one object to the other."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two objects, each side None where it has no such field; all text is printable."""

    group: str
    field: str
    mark: Mark
    old: str | None
    new: str | None

    def to_json(self) -> dict[str, str | None]:
        """Return the field as JSON holds it."""
        return {
            "group": self.group,
            "field": self.field,
            "mark": self.mark.value,
            "old": self.old,
            "new": self.new,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every field of two objects, those of one group together."""

    fields: tuple[Compared, ...]

    @property
    def equal(self) -> bool:
        """Whether there is no difference at all."""
        return all(one.mark is Mark.SAME for one in self.fields)

    @property
    def differing(self) -> int:
        """How many fields differ."""
        return sum(one.mark is not Mark.SAME for one in self.fields)

    def groups(self) -> tuple[tuple[str, tuple[Compared, ...]], ...]:
        """Return the fields by group, in the order in which people read them."""
        return tuple((group, tuple(found)) for group, found in groupby(self.fields, lambda one: one.group))


def compare(old: tuple[Kind, bytes], new: tuple[Kind, bytes]) -> Comparison:
    """Compare two objects, each a certificate, a request or a revocation list with its kind and its DER.

    Where one of them cannot be loaded, both are compared by the text that OpenSSL prints of them.
    """
    before, after = parts(*old), parts(*new)
    if before is None or after is None:
        before, after = text_parts(*old), text_parts(*new)
    return Comparison(tuple(_without_idle_order(_side_by_side(before, after))))


def _without_idle_order(fields: Sequence[Compared]) -> Iterator[Compared]:
    """Yield the fields; the order of names only where nothing else about them differs."""
    alike = all(one.mark is Mark.SAME for one in fields if one.group == "Names" and one.field != ORDER)
    for one in fields:
        if (one.group, one.field) != ("Names", ORDER) or (alike and one.mark is Mark.CHANGED):
            yield one


def _side_by_side(old: Sequence[Part], new: Sequence[Part]) -> tuple[Compared, ...]:
    before, after = ({(part.group, part.key): part for part in found} for found in (old, new))
    groups = {
        group: place for place, group in enumerate(_in_turn([p.group for p in old], [p.group for p in new]))
    }
    keys = _in_turn(list(before), list(after))
    return tuple(
        _compared(before.get(key), after.get(key)) for key in sorted(keys, key=lambda key: groups[key[0]])
    )


def _in_turn(old: Sequence[_Name], new: Sequence[_Name]) -> list[_Name]:
    """Merge two orders: as the old one has it, what is new stands behind what it follows in the new one."""
    known = set(old)
    behind: dict[_Name | None, list[_Name]] = {}
    last: _Name | None = None
    for name in dict.fromkeys(new):
        if name in known:
            last = name
        else:
            behind.setdefault(last, []).append(name)
    merged = [one for name in dict.fromkeys(old) for one in (name, *behind.get(name, ()))]
    return [*merged, *behind.get(None, ())]


def _compared(old: Part | None, new: Part | None) -> Compared:
    one = old or new
    if one is None:
        raise ValueError("a field is on one side at least")
    if old is None or new is None:
        mark = Mark.ADDED if old is None else Mark.REMOVED
        return Compared(one.group, one.field, mark, old.value if old else None, new.value if new else None)
    same = (old.value, old.octets) == (new.value, new.octets)
    only_encoded = not same and old.value == new.value
    told = (_with_octets(part) if only_encoded else part.value for part in (old, new))
    return Compared(one.group, one.field, Mark.SAME if same else Mark.CHANGED, *told)


def _with_octets(part: Part) -> str:
    """Say what the words leave out: the encoding differs though they do not."""
    return f"{part.value}, encoded {hex_colons(part.octets.hex())}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, each side None where it has no such field; all text is printable."""

    field: str
    old: str | None
    new: str | None

    def to_json(self) -> dict[str, str | None]:
        """Return the difference as JSON holds it."""
        return {"field": self.field, "old": self.old, "new": self.new}


def differences(old: x509.Certificate, new: x509.Certificate, *, now: datetime) -> tuple[Difference, ...]:
    """Return the fields in which two certificates differ, in the order of the new one's description."""
    return between(describe_certificate(old, now=now), describe_certificate(new, now=now))


def draft_differences(old: x509.Certificate, plan: Draft, key_kind: str) -> tuple[Difference, ...]:
    """Return the fields in which a draft differs from a certificate whose key is of this kind; of all that a draft decides."""
    before = _decided(
        old.subject, old.issuer, (old.not_valid_before_utc, old.not_valid_after_utc), key_kind, old.extensions
    )
    after = _decided(
        plan.subject, plan.issuer, (plan.not_before, plan.not_after), plan.key_kind, plan.extensions
    )
    return between(before, after)


def between(old: Iterable[Row], new: Iterable[Row]) -> tuple[Difference, ...]:
    """Return where two descriptions differ."""
    before, after = ({row.title: row for row in rows} for rows in (old, new))
    return tuple(
        Difference(title, _text(before.get(title)), _text(after.get(title)))
        for title in dict.fromkeys((*after, *before))
        if title not in _FOLLOWS and _text(before.get(title)) != _text(after.get(title))
    )


def _text(row: Row | None) -> str | None:
    if row is None:
        return None
    return f"{row.value} (critical)" if row.note.startswith("critical") else row.value


def _decided(
    subject: x509.Name,
    issuer: x509.Name,
    validity: tuple[datetime, datetime],
    key_kind: str,
    extensions: Iterable[x509.Extension[x509.ExtensionType]],
) -> tuple[Row, ...]:
    kept = [item for item in extensions if item.oid not in _OF_THE_KEYS]
    begin, end = validity
    return (
        Row("Subject", printable(dn_text(subject))),
        Row("Issuer", printable(dn_text(issuer))),
        Row("Valid", f"{rfc3339(begin)} until {rfc3339(end)}"),
        Row("Key", key_kind),
        *describe_extensions(kept),
    )


_OF_THE_KEYS = (x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid)
