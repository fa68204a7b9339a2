"""Titled facts in two columns; a value that is too long goes on below itself, never below its title."""

import textwrap
from collections.abc import Iterable, Sequence
from functools import partial

from textual.content import Content

from tlsca.pki.life import EMPTY, FULL
from tlsca.pki.rows import Row
from tlsca.tui.widgets.laid_out import LaidOut

_TITLE_WIDTH = 16
_NARROWEST_VALUE = 20
_MOST_CHILDREN = 200
_TITLES = {"Error": "$text-error", "Warning": "$text-warning", "Damaged": "$text-error"}
"""Titles that are to catch the eye; others stand back behind their values."""
_COPIED_WIDTH = 100


class Facts(LaidOut):
    """Rows, with their values beside their titles."""

    def show(self, facts: Iterable[Row | Content], *, head: Sequence[Content] = ()) -> None:
        """Show these below the lines of `head`: rows in two columns, content as text over both."""
        self.lay_out(partial(laid_out, (*head, *facts)))


def laid_out(facts: Iterable[Row | Content], width: int) -> list[Content]:
    """Return facts as lines of at most `width` cells."""
    lines: list[Content] = []
    for fact in facts:
        if isinstance(fact, Row):
            lines += fact_lines(fact, width)
        else:
            lines += fact.wrap(max(width, _NARROWEST_VALUE)) or [fact]
    return lines


def rows_text(rows: Iterable[Row]) -> str:
    """Return rows as text for a clipboard."""
    return "\n".join(line.plain.rstrip() for line in laid_out(rows, _COPIED_WIDTH)) + "\n"


def fact_lines(row: Row, width: int) -> list[Content]:
    """Return one row as lines of at most `width` cells: the title, its values, and what they mean in a quieter colour."""
    room = max(width - _TITLE_WIDTH, _NARROWEST_VALUE)
    values = [line for value in _values(row) for line in _wrapped(value, room)]
    lines = [_value(row.title, value) for value in values] or [Content("")]
    if row.note and lines[-1].cell_length + 2 + len(row.note) <= room:
        lines[-1] = Content.assemble(lines[-1], "  ", (row.note, "$foreground-muted"))
    elif row.note:
        lines += [Content.styled(part, "$foreground-muted") for part in _wrapped(row.note, room)]
    titles = [row.title.ljust(_TITLE_WIDTH), *[" " * _TITLE_WIDTH] * (len(lines) - 1)]
    colour = _TITLES.get(row.title, "$foreground-muted")
    return [Content.assemble((title, colour), line) for title, line in zip(titles, lines, strict=True)]


def _value(title: str, value: str) -> Content:
    """Return a line of a value; the bar of a life shows what is over in another colour than what is left."""
    if title != "Life" or not value.startswith((FULL, EMPTY)):
        return Content(value)
    bar, space, words = value.partition(" ")
    over = bar.count(FULL)
    return Content.assemble((bar[:over], "$primary"), (bar[over:], "$foreground-muted"), space, words)


def _values(row: Row) -> list[str]:
    if len(row.children) <= 1:
        return [row.value]
    shown = [child.value for child in row.children[:_MOST_CHILDREN]]
    rest = len(row.children) - len(shown)
    return [*shown, f"and {rest:,} more"] if rest else shown


def _wrapped(text: str, room: int) -> list[str]:
    # A fingerprint has no spaces; cut after a colon, where the eye does.
    if " " not in text and text.count(":") > 8:
        step = room - room % 3 or room
        return [text[at : at + step] for at in range(0, len(text), step)]
    return textwrap.wrap(text, room, break_on_hyphens=False)
