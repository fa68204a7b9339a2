"""Bars of block characters, stacked: one column of a chart as cells from top to bottom.

A character cell has eight steps and two colours, so that where more than two parts meet in a cell the largest of them is drawn.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tlsca.text import BAR_STEPS

_STEPS = len(BAR_STEPS) - 1
_LEAST = 2
"""Steps of the lowest bar: one step is the floor that the chart stands on."""


class Cell(NamedTuple):
    """One cell of a column."""

    char: str
    style: str
    """Of Textual's; empty for a cell that is empty."""


class Part(NamedTuple):
    """So many, drawn in a colour."""

    number: int
    colour: str


def column(parts: Sequence[Part], *, most: int, rows: int) -> list[Cell]:
    """Return a bar as cells, the topmost first; one of `most` fills all the rows, and one of anything is seen."""
    stacked = list(_stacked(parts, most, rows * _STEPS))
    return [_cell(stacked, row * _STEPS) for row in reversed(range(rows))]


def _stacked(parts: Sequence[Part], most: int, room: int) -> Iterator[Part]:
    """Yield the parts from below, each with the step at which it ends."""
    shown = [part for part in parts if part.number]
    total = sum(part.number for part in shown)
    height = max(round(room * total / most), _LEAST, len(shown)) if total else 0
    top = passed = 0
    for place, part in enumerate(shown, 1):
        passed += part.number
        top = min(max(round(height * passed / total), top + 1), height - len(shown) + place)
        yield Part(top, part.colour)


def _cell(stacked: Sequence[Part], floor: int) -> Cell:
    within: list[Part] = []
    below = 0
    for top, colour in stacked:
        steps = min(top, floor + _STEPS) - max(below, floor)
        if steps > 0:
            within.append(Part(steps, colour))
        below = top
    filled = sum(part.number for part in within)
    if not filled:
        return Cell(" ", "")
    if filled < _STEPS or len(within) == 1:
        return Cell(BAR_STEPS[filled], max(within).colour)
    lower, upper = within[0], max(within[1:])
    return Cell(BAR_STEPS[lower.number], f"{lower.colour} on {upper.colour}")
