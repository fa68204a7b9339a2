"""Pasted text as targets to watch: one or many, each judged by itself, so that one that is wrong can be named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tlsca.authority.connecting import ProbeForm
from tlsca.authority.desk import Desk
from tlsca.authority.watching import identity_of, watches
from tlsca.errors import UsageError

MOST_TARGETS = 10_000
"""Targets that are taken from one text."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One target as it was typed, and what is to be said of it."""

    form: ProbeForm
    id: str | None
    """Under which it is watched; None for what is no target."""
    error: UsageError | None = None
    known: bool = False
    """Whether it is watched already; it then stays, and is looked at as is said now."""
    again: bool = False
    """Whether it stands further up in the same text."""


def targets_in(text: str) -> tuple[str, ...]:
    """Return the targets of a text: by lines, spaces or commas; what follows a `#` at the beginning of a word is a remark.

    Raises UsageError for more than `MOST_TARGETS`.
    """
    found = tuple(word for line in text.splitlines() for word in _words(line))
    if len(found) > MOST_TARGETS:
        raise UsageError(
            f"{len(found):,} targets are too many at once.", hint=f"Give at most {MOST_TARGETS:,}."
        )
    return found


def judge(desk: Desk, text: str, form: ProbeForm) -> tuple[Judged, ...]:
    """Judge every target of a text, all looked at as `form` says. Raises UsageError for too many."""
    known = {record.id for record in watches(desk)}
    return tuple(_judged([replace(form, target=target) for target in targets_in(text)], known))


def _words(line: str) -> Iterator[str]:
    for word in line.replace(",", " ").split():
        if word.startswith("#"):
            return
        yield word


def _judged(forms: Sequence[ProbeForm], known: set[str]) -> Iterator[Judged]:
    met: set[str] = set()
    for form in forms:
        try:
            name = identity_of(form)
        except UsageError as error:
            yield Judged(form, None, error)
        else:
            yield Judged(form, name, known=name in known, again=name in met)
            met.add(name)
