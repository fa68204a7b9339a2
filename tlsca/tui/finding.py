"""Find: where a few letters occur in a long text, and what a view offers that can be searched.

The search is a pure function over the text, so that a thread can do it while the app goes on.
"""

import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

MOST = 100_000
"""More occurrences than these are not counted; nobody goes through so many."""

_LINES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Standing:
    """How a search stands: on the `current`th (from 1; 0 where there is none) of `total` occurrences."""

    current: int
    total: int

    @property
    def sentence(self) -> str:
        """It in words: `3 of 17`."""
        if not self.total:
            return "not found"
        more = "+" if self.total >= MOST else ""
        return f"{self.current:,} of {self.total:,}{more}"


class Searchable(Protocol):
    """A view in which something can be found."""

    def find(self, needle: str, told: Callable[[Standing], object]) -> None:
        """Look for letters, in any case, from what is in view on; `told` is called in the app's own thread."""

    def find_next(self, by: int) -> None:
        """Go `by` occurrences further, or back, around the ends."""

    def find_nothing(self) -> None:
        """Forget the search and take its marks away."""

    def focus(self) -> object:
        """Give the view the focus."""


def parts_of(text: str, needle: str) -> list[tuple[str, bool]]:
    """Return the text in parts, each with whether it is the needle, in any case."""
    if not needle:
        return [(text, False)]
    parts = re.split(f"({re.escape(needle)})", text, flags=re.IGNORECASE)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]


def occurrences(
    text: str, starts: Sequence[int], needle: str, *, stop: Callable[[], bool] = lambda: False
) -> "array[int]":
    """Return at which offsets of `text` the needle begins, in any case, at most `MOST`.

    `starts` are the offsets at which lines begin; a needle has no newline. `stop` is asked now and then whether to give up.
    """
    found: array[int] = array("Q")
    if not needle:
        return found
    pattern = re.compile(re.escape(needle), re.IGNORECASE)
    for first in range(0, len(starts), _LINES_AT_ONCE):
        behind = first + _LINES_AT_ONCE
        end = starts[behind] if behind < len(starts) else len(text)
        for match in pattern.finditer(text, starts[first], end):
            found.append(match.start())
            if len(found) >= MOST:
                return found
        if stop():
            break
    return found
