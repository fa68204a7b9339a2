"""How the views of a probe are set: headings with a rule, titled facts, paragraphs, and two columns side by side.

Each returns lines of at most the given width, so that what is drawn, scrolled and copied is the same thing.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from textual.content import Content

from tlsca.text import printable

QUIET = "$foreground-muted"
RULE = "$foreground-disabled"
GOOD, CAREFUL, BAD = "$text-success", "$text-warning", "$text-error"
BLANK = Content("")

Part = Content | str | tuple[str, str]
"""Some text, or text with its style."""

TITLE_WIDTH = 16
_NARROWEST = 16
_ROOM_BESIDE = 70
"""Cells from which a long text stands beside its title."""


def heading(title: str, width: int, *, note: str = "") -> Content:
    """Return a heading with a rule to the end of the line, and a quieter note at its right."""
    told = f" {note}" if note else ""
    room = max(width - len(title) - len(told) - 1, 0)
    return Content.assemble((title, "bold $primary"), (f" {'─' * room}", RULE), (told, QUIET))


def paragraph(
    text: str, width: int, style: str = "", *, margin: str = "", first: str | None = None
) -> Iterator[Content]:
    """Yield text, broken into lines behind a margin, or behind `first` in the first line; foreign text is made safe."""
    room = max(width - len(margin), _NARROWEST)
    for number, line in enumerate(textwrap.wrap(printable(text), room, break_on_hyphens=False)):
        before = first if first is not None and number == 0 else margin
        yield Content.assemble((before, style if first is not None else ""), (line, style))


def fact(title: str, parts: Part | Sequence[Part], width: int) -> Iterator[Content]:
    """Yield a titled fact whose value goes on below itself where it is too long."""
    pieces = [parts] if isinstance(parts, Content | str | tuple) else list(parts)
    value = Content.assemble(*pieces)
    room = max(width - TITLE_WIDTH, _NARROWEST)
    lines = value.wrap(room) if value.plain else [BLANK]
    for number, line in enumerate(lines):
        shown = title.ljust(TITLE_WIDTH) if number == 0 else " " * TITLE_WIDTH
        yield Content.assemble((shown, QUIET), line)


def verbatim(title: str, text: str, width: int) -> Iterator[Content]:
    """Yield a titled text of many lines as it is; where there is little room it stands below its title."""
    below = width < _ROOM_BESIDE and ("\n" in text or len(text) > width - TITLE_WIDTH)
    if below:
        yield Content.styled(title, QUIET)
    margin = "  " if below else " " * TITLE_WIDTH
    room = max(width - len(margin), _NARROWEST)
    lines = [part for line in text.split("\n") for part in Content(line).fold(room)]
    for number, line in enumerate(lines):
        shown = title.ljust(TITLE_WIDTH) if number == 0 and not below else margin
        yield Content.assemble((shown, QUIET), line)


def verbatim_room(width: int) -> int:
    """Return how wide a text of many lines may be, so that `verbatim` folds none of them."""
    return max(width - (2 if width < _ROOM_BESIDE else TITLE_WIDTH), _NARROWEST)


def spread(left: Content, right: Content, width: int) -> Content:
    """Return one text at each end of a line; the left one gives way where there is too little room."""
    room = max(width - right.cell_length - 1, 0)
    if left.cell_length > room:
        left = left.truncate(room, ellipsis=True)
    return Content.assemble(left, " " * max(width - left.cell_length - right.cell_length, 1), right)


def side_by_side(left: Iterable[Content], right: Iterable[Content], width: int) -> Iterator[Content]:
    """Yield two columns with a rule between them; each line of both is at most `column_width` wide."""
    half = column_width(width)
    for one, other in zip_longest(left, right, fillvalue=BLANK):
        yield Content.assemble(one, " " * max(half - one.cell_length, 0), (" │ ", RULE), other)


def column_width(width: int) -> int:
    """Return how wide each of two columns is."""
    return (width - 3) // 2


def plain(lines: Iterable[Content]) -> str:
    """Return lines as text for a clipboard."""
    return "\n".join(line.plain.rstrip() for line in lines) + "\n"
