"""Values side by side in columns of equal width, each going on below itself where it is too long."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

from textual.content import Content

from tlsca.tui.widgets.laid_out import LaidOut

_TITLE_WIDTH = 17
_GAP = 2
_NARROWEST = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table; all text is printable. Without cells it is a heading, whose title goes over all columns."""

    title: str
    cells: tuple[str, ...] = ()
    note: str = ""
    """What is said about it below, over all columns."""
    style: str = ""
    """How its last cell is drawn."""


class Columns(LaidOut):
    """Lines of cells below the titles of the columns."""

    DEFAULT_CSS = """
    Columns { padding: 0 1; }
    """

    def __init__(self, titles: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        """`titles` stand above the columns, without the first, which holds the lines' own titles."""
        super().__init__(id=id)
        self._titles = Line("", tuple(titles))

    def show(self, lines: Iterable[Line], *, head: Iterable[Content] = ()) -> None:
        """Show these below the lines of `head`."""
        self.lay_out(partial(_table, self._titles, tuple(lines), tuple(head)))


def _table(titles: Line, lines: Sequence[Line], head: Sequence[Content], width: int) -> list[Content]:
    above = [part for content in head for part in content.wrap(max(width, _NARROWEST))]
    if lines:
        above += [line.stylize("bold") for line in _laid_out(titles, width)]
    return [*above, *(part for line in lines for part in _laid_out(line, width))]


def _laid_out(line: Line, width: int) -> list[Content]:
    """Return one line of a table as lines of at most `width` cells."""
    if not line.cells:
        return [
            Content.styled(part, "bold $primary") for part in _wrapped(line.title, max(width, _NARROWEST))
        ]
    room = max((width - _TITLE_WIDTH) // max(len(line.cells), 1) - _GAP, _NARROWEST)
    wrapped = [_wrapped(line.title, _TITLE_WIDTH - 1), *(_wrapped(cell, room) for cell in line.cells)]
    lines = [_side_by_side(parts, room, line.style) for parts in zip_longest(*wrapped, fillvalue="")]
    notes = _wrapped(line.note, max(width - _TITLE_WIDTH, _NARROWEST))
    return [*lines, *(Content.styled(" " * _TITLE_WIDTH + note, "$foreground-muted") for note in notes)]


def _side_by_side(parts: Sequence[str], room: int, style: str) -> Content:
    title, *cells = parts
    before = [cell.ljust(room + _GAP) for cell in cells[:-1]]
    return Content.assemble(
        (title.ljust(_TITLE_WIDTH), "$foreground-muted"), *before, (cells[-1] if cells else "", style)
    )


def _wrapped(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, room, break_on_hyphens=False)
