"""Read a filter as it is typed: words, quotes, fields; and say of one that cannot be read where that is.

What is merely unfinished, an open quote or a field without a pattern, means nothing yet and is no mistake.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from tlsca.authority.filter_fields import ALIASES, FIELDS, MOMENTS
from tlsca.authority.filtering import Filter, InField, Relation, Term, Text, When, period, span_of
from tlsca.errors import FilterUnreadable
from tlsca.text import printable

WORD = re.compile(r'(?:"(?:\\.|[^"\\])*"?|[^\s"])+', re.DOTALL)
"""One word, in which quotes hold spaces together."""
_PIECE = re.compile(r'"((?:\\.|[^"\\])*)"?|[^"]', re.DOTALL)
_HEAD = re.compile(r"([a-z0-9]+)([:<>=])")
_LIKE = 0.75
"""How near a word before a colon must be to a field's name to be taken for a slip: `http:` is none."""

FIELD_NAMES: tuple[str, ...] = tuple(dict.fromkeys((*FIELDS, *MOMENTS)))
"""What may stand before a colon, or before `<` and `>`."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """A character of a word, and whether it stood between quotes, where it means nothing but itself."""

    char: str
    literal: bool


def read_filter(text: str) -> Filter:
    """Return the filter that the text means. Raises FilterUnreadable, which says where."""
    terms = (_term(found[0], found.start()) for found in WORD.finditer(text))
    return Filter(tuple(term for term in terms if term is not None))


def unquoted(word: str) -> str:
    """Return a word, or the beginning of one, without its quotes."""
    return "".join(letter.char for letter in _letters(word))


def _letters(word: str) -> list[_Letter]:
    letters: list[_Letter] = []
    for piece in _PIECE.finditer(word):
        inside = piece[1]
        if inside is None:
            letters.append(_Letter(piece[0], literal=False))
        else:
            letters += [_Letter(char, literal=True) for char in re.sub(r'\\(["\\])', r"\1", inside)]
    return letters


def _term(word: str, start: int) -> Term | None:
    """Return what a word means; None where it is not finished."""
    letters = _letters(word)
    negated = len(letters) > 1 and letters[0] == _Letter("-", literal=False)
    rest = letters[1:] if negated else letters
    # A quoted character can be no part of a field's name or its colon; a newline stands for it, which is in neither.
    head = _HEAD.match("".join("\n" if one.literal else one.char.lower() for one in rest))
    what = _field(head[1], head[2], rest[head.end() :], (word, start)) if head else None
    if what is not None:
        return Term(what, negated)
    needle = "".join(one.char for one in rest).lower()
    unfinished = head is not None and _known(head[1], head[2])
    return Term(Text(needle), negated) if needle and not unfinished else None


def _known(name: str, sign: str) -> bool:
    field = ALIASES.get(name, name)
    return (sign == ":" and field in FIELDS) or field in MOMENTS


def _field(name: str, sign: str, value: list[_Letter], where: tuple[str, int]) -> InField | When | None:
    """Return the condition on a field; None where there is no such field, or no pattern yet."""
    field = ALIASES.get(name, name)
    written = "".join(one.char for one in value)
    if field in MOMENTS and (sign != ":" or field not in FIELDS or period(written)):
        return _when(field, sign, written, where)
    if sign == ":" and field in FIELDS:
        patterns = _patterns(value)
        return InField(field, patterns) if patterns else None
    if sign != "=":
        _refuse_slip(name, sign, where)
    return None


def _patterns(value: list[_Letter]) -> tuple[str, ...]:
    """Return what stands between commas, in lower case."""
    parts: list[list[str]] = [[]]
    for one in value:
        if one == _Letter(",", literal=False):
            parts.append([])
        else:
            parts[-1].append(one.char.lower())
    return tuple("".join(part) for part in parts if part)


def _when(field: str, sign: str, bound: str, where: tuple[str, int]) -> When:
    relations: dict[str, Relation] = {"<": "<", ">": ">", ":": ":"}
    bound, relation = bound.lower(), relations.get(sign)
    readable = period(bound) is not None or (relation != ":" and span_of(bound) is not None)
    if relation is not None and readable:
        return When(field, relation, bound)
    raise _unreadable(
        f"“{printable(where[0])}” is no filter.",
        f"Write {field}<30d or {field}:2026-12.",
        where,
    )


def _refuse_slip(name: str, sign: str, where: tuple[str, int]) -> None:
    """Raise FilterUnreadable where a field's name was probably meant."""
    known = [one for one in FIELD_NAMES if _known(one, sign)]
    near = get_close_matches(name, known, n=1, cutoff=_LIKE)
    if near:
        raise _unreadable(
            f"There is no field “{printable(name)}”.",
            f"Perhaps {near[0]}{sign} is meant; or put it in quotes.",
            where,
        )


def _unreadable(sentence: str, hint: str, where: tuple[str, int]) -> FilterUnreadable:
    word, start = where
    return FilterUnreadable(sentence, hint=hint, start=start, end=start + len(word))
