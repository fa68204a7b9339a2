"""The table of certificates: columns by width or by choice, an order, and marks.

A mark belongs to a certificate, not to a row: it stays while a filter hides the row, and when the list is read anew.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive

from tlsca.text import state
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.certificate_columns import COLUMNS, laid_out
from tlsca.tui.widgets.line_table import Column, LineTable

if TYPE_CHECKING:
    from tlsca.authority.listing import Entry
    from tlsca.authority.ordering import Order

_COLOURS = {
    "valid": "well",
    "expiring": "warning",
    "not-yet-valid": "warning",
    "expired": "error",
    "revoked": "error",
    "held": "error",
}
_COLOURED = {"state", "ends", "until"}
_MARK = "✔"
_IN_RANGE = "┃"
_STATE_WIDTH = 10


class CertificateTable(LineTable["Entry"]):
    """Certificates, one of them under the cursor, some perhaps marked.

    Posts `Highlighted` when the cursor moves, `Chosen` on Enter, a double click or a click on the row under the cursor, `Marked` when
    there are other marks or other rows than before, and `SortWanted` on a click on a title.
    """

    HELP = (
        "Move with the arrows or j and k, mark with space. Enter inspects, e exports, t tests the connection."
    )

    marked: reactive[frozenset[str]] = reactive(frozenset[str])
    """The record ids of the marked certificates, also of those that are not shown."""
    range_from: reactive[int | None] = reactive(None)
    """The row in which a range of marks was begun; it goes to the cursor."""
    order: reactive["Order | None"] = reactive(None)
    """What the rows are sorted by, for the arrow in the header."""
    choice: reactive[tuple[str, ...]] = reactive(())
    """The names of the columns that were chosen; empty to choose by width."""

    @dataclass
    class Highlighted(Message):
        """The cursor is on this certificate now; None when there is none."""

        entry: "Entry | None"

    @dataclass
    class Chosen(Message):
        """Somebody wants to see this certificate."""

        entry: "Entry"

    @dataclass
    class Marked(Message):
        """So many are marked now, and so many of them are not shown."""

        number: int
        hidden: int

    @dataclass
    class SortWanted(Message):
        """Somebody wants the order of this name, or, if that is the present one, the other way round."""

        by: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._ids: frozenset[str] | None = None
        """The record ids of the entries, once a mark has asked for them: of 100,000 they take a tenth of a second."""
        self._state_width = _STATE_WIDTH
        self._any_seen = False
        self._placeholder = "Opening the store …"

    # Rows

    @property
    def entries(self) -> Sequence["Entry"]:
        """The certificates that are shown."""
        return self._rows

    def show(self, entries: Sequence["Entry"], *, placeholder: str, select: str | None = None) -> None:
        """Show these certificates; the cursor goes to the one whose record id is `select`, or stays on the one it is on."""
        self._ids, self._placeholder = None, placeholder
        self.range_from = None
        self.put(entries, select)
        if self.marked:
            self._tell_marks()

    def make_room_for(self, states: Iterable[str], *, any_seen: bool) -> None:
        """Lay out for every state that there is in the store, shown or not, so that columns stay while a filter is typed."""
        self._state_width = max((len(state(word)) for word in states), default=_STATE_WIDTH)
        self._any_seen = any_seen
        self.draw_anew()

    def identity(self, row: "Entry") -> str:
        """Return the record's id."""
        return row.record.id

    def highlighted(self) -> Message:
        """Return the message that another certificate is under the cursor."""
        return self.Highlighted(self.current)

    def go_on(self, by: int) -> None:
        """Bring the cursor to the next certificate, or the one before, around the ends."""
        if self._rows:
            self.cursor = (self.cursor + by) % len(self._rows)

    def action_choose(self) -> None:
        """Ask for the certificate under the cursor to be shown."""
        if self.current is not None:
            self.post_message(self.Chosen(self.current))

    # Marks

    def watch_marked(self) -> None:
        """Draw the marks and tell who listens."""
        self.refresh()
        self._tell_marks()

    def watch_range_from(self) -> None:
        """Draw the range, or no longer."""
        self.refresh()

    def mark(self) -> None:
        """Mark the certificate under the cursor, or take its mark away, and go on to the next; a range is marked as a whole."""
        if self.range_from is not None:
            self.mark_range()
            return
        self._turn_mark(self.cursor)
        self.cursor += 1

    def mark_range(self) -> None:
        """Begin a range at the cursor; where one is begun, mark all from there to the cursor."""
        if self.range_from is None:
            self.range_from = self.cursor if self._rows else None
            return
        self.marked |= {self._rows[at].record.id for at in self._range()}
        self.range_from = None

    def mark_all(self) -> None:
        """Mark every certificate that is shown; where all of them are marked, none."""
        shown = self._shown_ids()
        self.marked = self.marked - shown if shown <= self.marked else self.marked | shown

    def unmark(self) -> None:
        """Leave the range that is begun; where none is, take every mark away, also of what is not shown."""
        if self.range_from is None:
            self.marked = frozenset()
        self.range_from = None

    @property
    def any_marks(self) -> bool:
        """Whether there is anything that `unmark` would take away."""
        return bool(self.marked) or self.range_from is not None

    def _range(self) -> range:
        if self.range_from is None:
            return range(0)
        return range(min(self.range_from, self.cursor), max(self.range_from, self.cursor) + 1)

    def _turn_mark(self, row: int) -> None:
        if 0 <= row < len(self._rows):
            self.marked ^= {self._rows[row].record.id}

    def _shown_ids(self) -> frozenset[str]:
        if self._ids is None:
            self._ids = frozenset(entry.record.id for entry in self._rows)
        return self._ids

    def _tell_marks(self) -> None:
        self.post_message(self.Marked(len(self.marked), len(self.marked - self._shown_ids())))

    # The mouse

    def row_clicked(self, at: int, event: events.Click) -> None:
        """Move the cursor to the row; a second click chooses it. Before the row, or with ctrl, a click marks it; with shift all up to it."""
        if event.x < self.GUTTER or event.ctrl:
            self._turn_mark(at)
        elif event.shift:
            self.range_from, self.cursor = self.cursor, at
            self.mark_range()
        elif at == self.cursor:
            self.action_choose()
        else:
            self.cursor = at

    def header_clicked(self, column: Column) -> None:
        """Ask for the order that goes by this column."""
        if COLUMNS[column.name].sort:
            self.post_message(self.SortWanted(COLUMNS[column.name].sort))

    # Drawing

    def watch_choice(self) -> None:
        """Lay the columns out anew."""
        self.draw_anew()

    def watch_order(self) -> None:
        """Draw the arrow in the header."""
        self.refresh()

    def below(self, line: int) -> str:
        """Say in the second line why there are no rows."""
        return f"  {self._placeholder}" if line == 1 and not self._rows else ""

    def look(self, at: int) -> Hashable:
        """Tell rows apart by their marks."""
        return self._sign(at)

    def start(self, at: int, base: Style) -> list[Segment]:
        """Draw the mark."""
        style = base + self.get_component_rich_style("line-table--mark", partial=True)
        return [Segment(self._sign(at).ljust(self.GUTTER), style)]

    def _sign(self, at: int) -> str:
        if self._rows[at].record.id in self.marked:
            return _MARK
        return _IN_RANGE if at in self._range() else ""

    def columns(self, width: int) -> Sequence[Column]:
        """Choose columns by width, or from what was chosen."""
        columns = laid_out(
            self.choice, width - self.GUTTER, state_width=self._state_width, any_seen=self._any_seen
        )
        return [self._with_arrow(column) for column in columns] if self.order else columns

    def _with_arrow(self, column: Column) -> Column:
        if self.order is None or not self.order.by or COLUMNS[column.name].sort != self.order.by:
            return column
        return Column(f"{column.title} {'↓' if self.order.reverse else '↑'}", column.width, column.name)

    def segments(self, row: "Entry", width: int, base: Style) -> list[Segment]:
        """Draw a certificate; its state has a colour."""
        colour = self.coloured(base, _COLOURS[row.status])
        return [
            Segment(
                fitted(COLUMNS[column.name].write(row, column.width), column.width) + " ",
                colour if column.name in _COLOURED else base,
            )
            for column in self.columns(width)
        ]
