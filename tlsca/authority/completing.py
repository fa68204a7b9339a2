"""How a filter can go on: fields for the word that is begun, and after a colon what the store's certificates have there."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tlsca.authority.filter_fields import ALIASES, FIELDS, MOMENTS, Column, Field
from tlsca.authority.filter_reading import FIELD_NAMES, WORD, unquoted
from tlsca.authority.filtering import quoted

_SPANS = ("7d", "30d", "90d", "1y")
_UNITS = "dwmy"
_MOST_VALUES = 200
"""More values of a field are not kept: nobody goes through them."""
_HEAD = re.compile(r"(-?)([a-z0-9]*)(?:([:<>])(.*))?", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What stands in the fields of certificates, the commonest first."""

    values: Mapping[str, Sequence[str]]


def vocabulary(columns: Mapping[str, Column], months: Mapping[str, Iterable[tuple[int, int]]]) -> Vocabulary:
    """Return what stands in these columns, and in which years and months the moments of each name are."""
    found = {name: _values_of(FIELDS[name], shared) for name, shared in columns.items()}
    for name, some in months.items():
        dates = [f"{year:04}-{month:02}" for year, month in sorted(some)[:_MOST_VALUES]]
        found[name] = [*found.get(name, ()), *dates]
    return Vocabulary(found)


def _values_of(field: Field, shared: Column) -> list[str]:
    common = Counter(shared.values).most_common(_MOST_VALUES)
    words = (field.read(shared.samples[value]) for value, _ in common)
    return list(dict.fromkeys(word for all_of in words for word in all_of[: None if field.several else 1]))


def completions(text: str, known: Vocabulary) -> tuple[str, ...]:
    """Return how a filter may go on, as whole texts, best first; none where its last word is finished or means only itself."""
    words = list(WORD.finditer(text))
    if not words or words[-1].end() < len(text):
        return ()
    before, word = text[: words[-1].start()], words[-1][0]
    head = _HEAD.fullmatch(word)
    if head is None:
        return ()
    sign, name, relation, value = head.groups()
    if relation is None:
        begun = _fields(name.lower()) if name else ()
        return tuple(f"{before}{sign}{one}" for one in begun)
    field = ALIASES.get(name.lower(), name.lower())
    told = _moments(field, relation, value) or _words(field, relation, value, known)
    return tuple(f"{before}{sign}{name}{relation}{one}" for one in told if one != value)


def _fields(begun: str) -> Iterable[str]:
    """Return the fields that begin so, each with what stands after it."""
    for name in FIELD_NAMES:
        if name.startswith(begun):
            yield f"{name}:" if name in FIELDS else f"{name}<{_SPANS[1]}"


def _moments(name: str, relation: str, value: str) -> Sequence[str]:
    if name not in MOMENTS or relation == ":":
        return ()
    if value.isascii() and value.isdigit() and len(value) <= 6:
        return [value + unit for unit in _UNITS]
    return [span for span in _SPANS if span.startswith(value)]


def _words(name: str, relation: str, value: str, known: Vocabulary) -> Sequence[str]:
    """Return what may stand after a colon; where there are commas, after the last of them."""
    if relation != ":":
        return ()
    alternatives = name in FIELDS and not value.startswith('"')
    before, comma, last = value.rpartition(",") if alternatives else ("", "", value)
    begun = unquoted(last).lower()
    return [
        f"{before}{comma}{quoted(one)}"
        for one in known.values.get(name, ())
        if one.lower().startswith(begun) and one.lower() != begun
    ]
