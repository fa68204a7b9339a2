"""A table that is drawn line by line, so that a hundred thousand rows cost no more than ten.

What such tables have in common: a header that stays, a cursor, keys and mouse to move it, and strips that are kept while nothing about
them changes. A table says which columns it has and how a row is drawn in them.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tlsca.tui.bindings import bindings
from tlsca.tui.moving_acts import LIST_ACTS
from tlsca.tui.widgets.cells import fitted

Row = TypeVar("Row")

_RIGHT = 3
"""The right mouse button."""
_STRIPS = 1024


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it is laid out in some width."""

    title: str
    width: int
    name: str = ""
    """What it is called beside its title, which may have an arrow in it."""


class LineTable(ScrollView, Generic[Row], can_focus=True):
    """Rows, one of which is under the cursor."""

    GUTTER: ClassVar[int] = 2
    """Cells before the first column, for marks."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-table--header",
        "line-table--cursor",
        "line-table--well",
        "line-table--warning",
        "line-table--error",
        "line-table--muted",
        "line-table--mark",
    }

    DEFAULT_CSS = """
    LineTable {
        background: $surface;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & .line-table--header { color: $text-muted; text-style: bold; background: $panel; }
        & .line-table--cursor { background: $primary 30%; }
        & .line-table--well { color: $text-success; }
        & .line-table--warning { color: $text-warning; }
        & .line-table--error { color: $text-error; }
        & .line-table--muted { color: $foreground-muted; }
        & .line-table--mark { color: $text-accent; text-style: bold; }
        &:focus .line-table--cursor { background: $primary 45%; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(LIST_ACTS)

    cursor: reactive[int] = reactive(0)

    @dataclass
    class MenuWanted(Message):
        """Somebody wants to know what can be done with the row that is now under the cursor; `at` is where on the screen they clicked."""

        table: "LineTable[Any]"
        at: Offset

        @property
        def control(self) -> "LineTable[Any]":
            """The table."""
            return self.table

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._strips: LRUCache[Hashable, Strip] = LRUCache(_STRIPS)

    # What a table says about itself

    def identity(self, row: Row) -> object:
        """Return what stays the same of a row when the rows are read anew."""
        raise NotImplementedError

    def highlighted(self) -> Message:
        """Return the message that there is another row under the cursor."""
        raise NotImplementedError

    def columns(self, width: int) -> Sequence[Column]:
        """Return the columns that a width has room for."""
        raise NotImplementedError

    def segments(self, row: Row, width: int, base: Style) -> list[Segment]:
        """Return what is drawn of a row, from the first column on; `base` is the style of what has none of its own."""
        raise NotImplementedError

    def start(self, at: int, base: Style) -> list[Segment]:  # noqa: ARG002 -- others draw a mark there
        """Return what is drawn before the first column of a row."""
        return [Segment(" " * self.GUTTER, base)]

    def head(self) -> str:
        """Return what stands in the header before the first column."""
        return " " * self.GUTTER

    def below(self, line: int) -> str:  # noqa: ARG002 -- others say something there
        """Return what stands in a line below the last row, from 0."""
        return ""

    def look(self, at: int) -> Hashable:  # noqa: ARG002 -- others mark rows
        """Return what else there is that changes how a row is drawn."""
        return None

    def header_clicked(self, column: Column) -> None:
        """Take a click on a column's title."""

    def row_clicked(self, at: int, event: events.Click) -> None:  # noqa: ARG002 -- others look at where
        """Take a click on a row: it comes under the cursor."""
        self.cursor = at

    # Rows

    @property
    def rows(self) -> Sequence[Row]:
        """Those that are shown, in their order."""
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    def put(self, rows: Sequence[Row], select: object = None) -> None:
        """Show these; the cursor goes to the one whose identity is `select`, or stays on the row on which it is."""
        before = self.current
        wanted = select or (None if before is None else self.identity(before))
        self._rows = rows
        at = next((at for at, row in enumerate(rows) if self.identity(row) == wanted), self.cursor)
        self.set_reactive(LineTable.cursor, self.validate_cursor(at))
        self.draw_anew()
        if before is None or self.current is not before:
            self.post_message(self.highlighted())

    def draw_anew(self) -> None:
        """Forget what was drawn, and lay out again."""
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(self._rows) + 1 + bool(self._rows and self.below(0)))
        self._reveal()
        self.refresh()

    # Moving

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self._rows) - 1))

    def watch_cursor(self) -> None:
        """Bring the row into view and tell who listens."""
        self._reveal()
        self.refresh()
        self.post_message(self.highlighted())

    def action_move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor += rows

    def action_page(self, direction: int) -> None:
        """Move the cursor by what is in view."""
        self.cursor += direction * max(self.size.height - 2, 1)

    def on_click(self, event: events.Click) -> None:
        """Hand a click to the title or the row on which it is; the right button asks for a menu."""
        at = event.y - 1 + int(self.scroll_y)
        if event.y == 0:
            column = self._column_at(event.x)
            if column is not None:
                self.header_clicked(column)
        elif 0 <= at < len(self._rows):
            if event.button == _RIGHT:
                self.cursor = at
                self.post_message(self.MenuWanted(self, event.screen_offset))
            else:
                self.row_clicked(at, event)

    def _column_at(self, x: int) -> Column | None:
        end = len(self.head())
        for column in self.columns(self.size.width):
            end += column.width + 1
            if x < end:
                return column
        return None

    def _reveal(self) -> None:
        # Line 0 is the header, which covers the first line of whatever is in view.
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)

    # Drawing

    def on_resize(self) -> None:
        """Lay the columns out anew."""
        self.draw_anew()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old colours."""
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Draw one line: the header stays at the top, rows scroll below it."""
        width = self.size.width
        if y == 0:
            style = self.part("header")
            titles = " ".join(fitted(column.title, column.width) for column in self.columns(width))
            return Strip([Segment(self.head() + titles, style)]).crop_extend(0, width, style)
        at = y - 1 + int(self.scroll_y)
        if at < len(self._rows):
            return self._line(at, width)
        words = Segment(self.below(at - len(self._rows)), self.part("muted"))
        return Strip([words]).crop_extend(0, width, self.rich_style)

    def _line(self, at: int, width: int) -> Strip:
        under_cursor = at == self.cursor
        key = (at, width, under_cursor, under_cursor and self.has_focus, self.look(at))
        strip = self._strips.get(key)
        if strip is None:
            base = self.part("cursor") if under_cursor else self.rich_style
            drawn = [*self.start(at, base), *self.segments(self._rows[at], width, base)]
            strip = self._strips[key] = Strip(drawn).crop_extend(0, width, base)
        return strip

    def part(self, name: str) -> Style:
        """Return the style of one of the table's parts."""
        return self.get_component_rich_style(f"line-table--{name}")

    def coloured(self, base: Style, name: str) -> Style:
        """Return a style in the colour of one of the table's parts; in its own where no name is given."""
        # Not the partial style: a colour that is partly transparent is only blended with what is behind it in the whole one.
        return base + Style(color=self.part(name).color) if name else base
