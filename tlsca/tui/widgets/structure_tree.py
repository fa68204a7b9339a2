"""A tree of fields, drawn line by line, so that a list of two hundred thousand members opens at once."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tlsca.pki.structure import Node
from tlsca.text import printable
from tlsca.tui.bindings import bindings
from tlsca.tui.finding import parts_of
from tlsca.tui.moving_acts import LIST_ACTS, TREE_ACTS
from tlsca.tui.widgets.branch import Branch, Line, Path

_INDENT = 2
_COLUMN = 37
"""Where values begin, behind shorter titles."""
_ALIGNED_FROM = 70
"""A narrower tree has values right behind their titles."""
_LONGEST_ROW = 1000
"""Characters of a value that a row may show; no terminal is wider."""


class StructureTree(ScrollView, can_focus=True):
    """The fields of a document; one of them is under the cursor. Posts `Highlighted` when the cursor moves."""

    HELP = "Arrows or h j k l move, open and close. y copies the value, Y its octets in hexadecimal. Tab goes to the explanation."

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "structure-tree--cursor",
        "structure-tree--value",
        "structure-tree--critical",
        "structure-tree--flaw",
        "structure-tree--muted",
        "structure-tree--found",
        "structure-tree--current",
    }

    DEFAULT_CSS = """
    StructureTree {
        background: $surface; overflow-x: hidden; scrollbar-size-vertical: 1;
        & .structure-tree--cursor { background: $primary 30%; }
        & .structure-tree--value { color: $text-muted; }
        & .structure-tree--critical { color: $text-warning; }
        & .structure-tree--flaw { color: $text-error; }
        & .structure-tree--muted { color: $foreground-muted; }
        & .structure-tree--found { background: $warning 35%; }
        & .structure-tree--current { background: $warning; color: $background; text-style: bold; }
        &:focus .structure-tree--cursor { background: $primary 45%; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(LIST_ACTS + TREE_ACTS)

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Highlighted(Message):
        """The cursor is on this field now; None when there is none."""

        node: Node | None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._root: Branch | None = None
        self._needle = ""

    @property
    def current(self) -> Node | None:
        """The field under the cursor."""
        return self._root.line(self.cursor).node if self._root else None

    @property
    def root(self) -> Node | None:
        """The document that is shown."""
        return self._root.node if self._root else None

    @property
    def path(self) -> Path:
        """The way from the root to the field under the cursor."""
        return self._root.line(self.cursor).path if self._root else ()

    def reveal(self, path: Path) -> None:
        """Open everything above a field and bring the cursor to it."""
        if self._root is not None:
            for depth in range(1, len(path)):
                self._root.open(path[:depth])
            self._measure()
            self.cursor = self._root.row_of(path)

    def mark(self, needle: str) -> None:
        """Mark these letters, in any case, in every row that is drawn; none where there are no letters."""
        self._needle = needle
        self.refresh()

    def show(self, root: Node | None) -> None:
        """Show a document with its first levels open, or nothing."""
        self._root = Branch(root) if root is not None else None
        if self._root is not None:
            _open_first_levels(self._root)
        self.set_reactive(StructureTree.cursor, 0)
        self._measure()
        self.scroll_to(0, 0, animate=False, force=True)
        self.post_message(self.Highlighted(root))

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, self._rows - 1))

    def watch_cursor(self) -> None:
        """Bring the row into view and tell who listens."""
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
        self.refresh()
        self.post_message(self.Highlighted(self.current))

    # Moving, opening and closing

    def action_move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor += rows

    def action_page(self, direction: int) -> None:
        """Move the cursor by what is in view."""
        self.cursor += direction * max(self.size.height - 1, 1)

    def action_inward(self) -> None:
        """Open the field, or go to the first one inside it."""
        line = self._line()
        if line is None:
            return
        if line.is_open:
            self.cursor += bool(len(line.node.children))
        else:
            self._open(line)

    def action_outward(self) -> None:
        """Close the field, or go to the one that it is inside of."""
        line = self._line()
        if self._root is None or line is None or not line.path:
            return
        if line.is_open:
            self._close(line)
        else:
            self.cursor = self._root.row_of(line.path[:-1])

    def action_fold(self) -> None:
        """Open the field, or close it."""
        line = self._line()
        if line is not None and line.is_open and line.path:
            self._close(line)
        elif line is not None:
            self._open(line)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row; a click on the row under the cursor, or on its mark, opens or closes it."""
        row = event.y + int(self.scroll_y)
        if self._root is None or row >= self._rows:
            return
        line = self._root.line(row)
        on_mark = event.x <= line.depth * _INDENT + 2
        was_there = row == self.cursor
        self.cursor = row
        if on_mark or was_there:
            self.action_fold()

    def _line(self) -> Line | None:
        return self._root.line(self.cursor) if self._root else None

    def _open(self, line: Line) -> None:
        if self._root is not None and self._root.open(line.path):
            self._measure()

    def _close(self, line: Line) -> None:
        if self._root is not None:
            self._root.close(line.path)
            self._measure()

    @property
    def _rows(self) -> int:
        return self._root.rows if self._root else 0

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, self._rows)
        self.refresh()

    # Drawing

    def on_resize(self) -> None:
        """Lay the rows out anew."""
        self._measure()
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        row = y + int(self.scroll_y)
        width = self.size.width
        if self._root is None or row >= self._rows:
            return Strip.blank(width, self.rich_style)
        base = self._style("cursor") if row == self.cursor else self.rich_style
        found = self._style("current" if row == self.cursor else "found")
        return Strip(self._segments(self._root.line(row), base, found)).crop_extend(0, width, base)

    def _segments(self, line: Line, base: Style, found: Style) -> list[Segment]:
        node = line.node
        mark = ("▾ " if line.is_open else "▸ ") if len(node.children) else "  "
        indent = " " * (1 + _INDENT * line.depth)
        title = printable(node.title)
        column = _COLUMN if self.size.width >= _ALIGNED_FROM else 0
        gap = max(column - len(indent) - len(mark) - cell_len(title), 2)
        segments = [
            Segment(indent, base),
            Segment(mark, self._over(base, "muted")),
            *self._marked(title, base, found),
            Segment(" " * gap, base),
        ]
        if node.critical:
            segments.append(Segment("critical  ", self._over(base, "critical")))
        if node.flaw:
            segments.append(Segment("! " if node.value else "! damaged", self._over(base, "flaw")))
        segments += self._marked(printable(node.value[:_LONGEST_ROW]), self._over(base, "value"), found)
        return self._fitted(segments)

    def _marked(self, text: str, style: Style, found: Style) -> list[Segment]:
        return [
            Segment(part, found if is_found else style) for part, is_found in parts_of(text, self._needle)
        ]

    def _fitted(self, segments: list[Segment]) -> list[Segment]:
        """Return the segments cut to the width, an ellipsis where something is left out."""
        left = self.size.width - 1
        fitted: list[Segment] = []
        for segment in segments:
            if segment.cell_length > left:
                fitted.append(Segment(set_cell_size(segment.text, max(left - 1, 0)) + "…", segment.style))
                return fitted
            fitted.append(segment)
            left -= segment.cell_length
        return fitted

    def _over(self, base: Style, name: str) -> Style:
        """Return the colour of a component on the background of the row."""
        style = self.get_component_rich_style(f"structure-tree--{name}", partial=True)
        return base + Style(color=style.color)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"structure-tree--{name}")


_FEW = 60
"""A list with more members than these stays closed until somebody opens it."""


def _open_first_levels(root: Branch) -> None:
    """Open the signed part of a document and its extensions, where most of the questions are."""
    if not len(root.children) or not root.open((0,)):
        return  # a document may be one primitive element: a named curve
    last = len(root.branches[0].children) - 1
    if 0 < len(root.branches[0].children[last].children) <= _FEW:
        root.open((0, last))
