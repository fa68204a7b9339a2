"""Two objects beside each other, field by field: what differs in colour and with a glyph, what is alike folded into a count."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tlsca.authority.differing import GLYPHS, Diff
from tlsca.pki.difference import Compared, Mark
from tlsca.text import count
from tlsca.tui.bindings import bindings
from tlsca.tui.moving_acts import PAGE_ACTS
from tlsca.tui.widgets.cells import fitted

_TITLE_WIDTH = 17
_GAP = 2
_MARK_WIDTH = 2
_NARROWEST = 10
_MOST_WRAPPED = 2_000
"""Of more fields than these each takes one line: to wrap a hundred thousand takes seconds."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: a glyph, a title and the two columns."""

    style: str
    glyph: str = ""
    title: str = ""
    old: str = ""
    new: str = ""
    group: str | None = None
    """The group that a click on this line folds or unfolds."""


class DiffView(ScrollView, can_focus=True):
    """A difference in two columns; it is drawn line by line, for lists of revocations differ in thousands."""

    HELP = "f shows what is alike, too, or folds it again; a click does so for one group. y copies all of it."

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "diff-view--header",
        "diff-view--group",
        "diff-view--same",
        "diff-view--added",
        "diff-view--removed",
        "diff-view--changed",
    }

    DEFAULT_CSS = """
    DiffView {
        background: $surface; height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1;
        & .diff-view--header { background: $panel; text-style: bold; }
        & .diff-view--group { color: $primary; text-style: bold; }
        & .diff-view--same { color: $text-muted; }
        & .diff-view--added { color: $text-success; }
        & .diff-view--removed { color: $text-error; }
        & .diff-view--changed { color: $text-warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "fold", "Fold", show=False),
        *bindings(PAGE_ACTS),
    ]

    def __init__(self, found: Diff, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._diff = found
        self._groups = found.comparison.groups()
        self._unfolded: frozenset[str] = frozenset()
        self._lines: Sequence[_Line] = ()

    @property
    def unfolded(self) -> bool:
        """Whether anything is shown that is alike."""
        return bool(self._unfolded)

    def action_fold(self) -> None:
        """Show everything that is alike, or fold it again."""
        self._unfold(frozenset() if self._unfolded else frozenset(group for group, _ in self._groups))

    def on_click(self, event: events.Click) -> None:
        """Fold or unfold the group whose line was clicked."""
        row = event.y - 1 + round(self.scroll_y)
        group = self._lines[row].group if event.y and row < len(self._lines) else None
        if group is not None:
            self._unfold(self._unfolded ^ {group})

    def on_resize(self) -> None:
        """Lay the columns out for the width that there is."""
        self._lay_out()

    def _unfold(self, groups: frozenset[str]) -> None:
        self._unfolded = groups
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        wrapped = len(self._diff.comparison.fields) <= _MOST_WRAPPED
        room = self._room() if wrapped else None
        self._lines = [
            line
            for group, fields in self._groups
            for line in _group_lines(group, fields, room, unfolded=group in self._unfolded)
        ]
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._lines) + 1)

    def _room(self) -> int:
        """Return how wide each of the two columns is."""
        return max(
            (self.scrollable_content_region.width - _MARK_WIDTH - _TITLE_WIDTH - _GAP) // 2, _NARROWEST
        )

    def render_line(self, y: int) -> Strip:
        """Draw one line: the two objects stay at the top, the fields scroll below them."""
        width, row = self.scrollable_content_region.width, y - 1 + round(self.scroll_y)
        if y == 0:
            line = self._header()
        elif row < len(self._lines):
            line = self._lines[row]
        else:
            return Strip.blank(width, self.rich_style)
        style = self.get_component_rich_style(f"diff-view--{line.style}")
        return Strip(list(self._segments(line, style))).crop_extend(0, width, style)

    def _header(self) -> _Line:
        """Name the two objects: by what they are, or where they came from where that is the same."""
        old, new = self._diff.old, self._diff.new
        named = (old.title, new.title) if old.title != new.title else (old.source, new.source)
        return _Line("header", old=f"A  {named[0]}", new=f"B  {named[1]}")

    def _segments(self, line: _Line, style: Style) -> Iterator[Segment]:
        """Yield glyph, title and columns; the title of a field that differs is drawn quietly."""
        room = self._room()
        quiet = (
            style if line.style in {"header", "group"} else self.get_component_rich_style("diff-view--same")
        )
        wide = line.group is not None
        if line.style != "group":
            yield Segment(line.glyph.ljust(_MARK_WIDTH), style)
        yield Segment(line.title if wide else fitted(line.title, _TITLE_WIDTH), quiet)
        if not wide:
            yield Segment(fitted(line.old, room) + " " * _GAP, style)
            yield Segment(fitted(line.new, room), style)


def _group_lines(
    group: str, fields: Sequence[Compared], room: int | None, *, unfolded: bool
) -> Iterator[_Line]:
    alike = sum(one.mark is Mark.SAME for one in fields)
    if alike == len(fields) and not unfolded:
        folded = f"{group}: {count(alike, 'field')} alike"
        yield _Line("same", glyph=GLYPHS[Mark.SAME], title=folded, group=group)
        return
    yield _Line("group", title=group, group=group)
    for one in fields:
        if one.mark is not Mark.SAME or unfolded:
            yield from _field_lines(one, room)
    if alike and not unfolded:
        yield _Line("same", glyph=GLYPHS[Mark.SAME], title=f"{count(alike, 'field')} alike", group=group)


def _field_lines(one: Compared, room: int | None) -> Iterator[_Line]:
    """Yield the lines of one field, each of its parts going on below itself; without `room` there is one, cut when it is drawn."""
    if room is None:
        yield _Line(one.mark.value, GLYPHS[one.mark], one.field, one.old or "", one.new or "")
        return
    parts = (
        _wrapped(one.field, _TITLE_WIDTH - 1),
        _wrapped(one.old or "", room),
        _wrapped(one.new or "", room),
    )
    for number, (title, old, new) in enumerate(zip_longest(*parts, fillvalue="")):
        yield _Line(one.mark.value, GLYPHS[one.mark] if number == 0 else "", title, old, new)


def _wrapped(text: str, room: int) -> list[str]:
    if len(text) <= room and text.isascii():
        return [text]
    if " " not in text and text.count(":") > 8:  # octets: cut after a colon, where the eye does
        step = room - room % 3 or room
        return [text[at : at + step] for at in range(0, len(text), step)]
    return textwrap.wrap(text, room, break_on_hyphens=False) or [""]
