"""The dry run of a table, a line for each row, drawn line by line so that ten thousand rows cost no more than ten."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tlsca.authority.bulk import Planned
from tlsca.authority.dry_run import DryRun
from tlsca.authority.listing import title_of
from tlsca.authority.sheet import Wrong
from tlsca.pki.names import dn_text
from tlsca.text import printable
from tlsca.tui.widgets.cells import fitted

Judged = Planned | Wrong
"""What became of one row."""

_PROFILE_WIDTH = 8
_KEY_WIDTH = 9
_UNTIL_WIDTH = 10
_ROOM_FOR_NOTES = 94
_LEAST_NUMBER = 3
_MARK_WIDTH = 5
"""The sign before a row's number, and the gaps about the two."""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int


class DryRunTable(ScrollView, can_focus=True):
    """The rows with what each would become, or what is wrong in it; one of them is under the cursor.

    Posts `Highlighted` when another row is under it.
    """

    HELP = "What would be issued. Move with the arrows or j and k; n goes to the next wrong row, N to the one before."

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "dry-run-table--header",
        "dry-run-table--cursor",
        "dry-run-table--right",
        "dry-run-table--note",
        "dry-run-table--wrong",
        "dry-run-table--muted",
    }

    DEFAULT_CSS = """
    DryRunTable {
        background: $background;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & .dry-run-table--header { color: $text-muted; text-style: bold; background: $panel; }
        & .dry-run-table--cursor { background: $primary 20%; }
        & .dry-run-table--right { color: $text-success; }
        & .dry-run-table--note { color: $text-warning; }
        & .dry-run-table--wrong { color: $text-error; }
        & .dry-run-table--muted { color: $foreground-muted; }
        &:focus .dry-run-table--cursor { background: $primary 45%; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "move(-1000000000)", "First", show=False),
        Binding("end,G", "move(1000000000)", "Last", show=False),
        Binding("n", "wrong(1)", "Next wrong row", show=False),
        Binding("N", "wrong(-1)", "Wrong row before", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Highlighted(Message):
        """The cursor is on this row now; None when there is none."""

        row: Judged | None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._rows: Sequence[Judged] = ()
        self._unread = 0
        self._noted = False

    @property
    def current(self) -> Judged | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    def show(self, found: DryRun) -> None:
        """Show a dry run; the cursor goes to the first wrong row, unless somebody is moving it."""
        self._rows = sorted((*found.planned, *found.wrong), key=number_of)
        self._unread = found.unread
        self._noted = any(one.draft.notes for one in found.planned)
        self.set_reactive(DryRunTable.cursor, self.validate_cursor(self.cursor))
        if found.wrong and not self.has_focus:
            self.to_first_wrong()
        self._lay_out()
        self.post_message(self.Highlighted(self.current))

    def to_first_wrong(self) -> None:
        """Bring the cursor to the first wrong row, if there is one."""
        self.cursor = next((at for at, row in enumerate(self._rows) if isinstance(row, Wrong)), self.cursor)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self._rows) - 1))

    def watch_cursor(self) -> None:
        """Bring the row into view and tell who listens."""
        self._reveal()
        self.refresh()
        self.post_message(self.Highlighted(self.current))

    def action_move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor += rows

    def action_page(self, direction: int) -> None:
        """Move the cursor by what is in view."""
        self.cursor += direction * max(self.size.height - 2, 1)

    def action_wrong(self, direction: int) -> None:
        """Move the cursor to the next wrong row in a direction, if there is one."""
        after = range(self.cursor + 1, len(self._rows)) if direction > 0 else range(self.cursor - 1, -1, -1)
        self.cursor = next((at for at in after if isinstance(self._rows[at], Wrong)), self.cursor)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row."""
        row = event.y - 1 + int(self.scroll_y)
        if event.y > 0 and row < len(self._rows):
            self.cursor = row

    def on_resize(self) -> None:
        """Lay the columns out anew."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw one line: the header stays at the top, rows scroll below it."""
        width = self.size.width
        if y == 0:
            return self._header(width)
        row = y - 1 + int(self.scroll_y)
        if row < len(self._rows):
            return self._row(row, width)
        muted = self._style("muted")
        more = (
            f" … and {self._unread:,} more that were not looked at"
            if self._unread and row == len(self._rows)
            else ""
        )
        return Strip([Segment(more, muted)]).crop_extend(0, width, self.rich_style)

    def _header(self, width: int) -> Strip:
        style = self._style("header")
        titles = " ".join(fitted(column.title, column.width) for column in self._columns(width))
        number = "ROW".rjust(self._number_width())
        return Strip([Segment(f"   {number} {titles}", style)]).crop_extend(0, width, style)

    def _row(self, at: int, width: int) -> Strip:
        judged = self._rows[at]
        base = self._style("cursor") if at == self.cursor else self.rich_style
        mark, name = mark_of(judged)
        number = str(number_of(judged)).rjust(self._number_width())
        colour = self._coloured(base, name)
        start = [Segment(f" {mark}", colour), Segment(f" {number} ", self._coloured(base, "muted"))]
        told = (
            self._wrong(judged, width, colour)
            if isinstance(judged, Wrong)
            else self._planned(judged, width, base)
        )
        return Strip([*start, *told]).crop_extend(0, width, base)

    def _wrong(self, wrong: Wrong, width: int, style: Style) -> list[Segment]:
        sentence = wrong.error.sentence.removeprefix(f"Row {wrong.number}, ").removeprefix("column ")
        return [Segment(fitted(printable(sentence), width - self._number_width() - _MARK_WIDTH), style)]

    def _planned(self, planned: Planned, width: int, base: Style) -> list[Segment]:
        cells = cells_of(planned)
        segments = []
        for column in self._columns(width):
            style = self._coloured(base, "note") if column.title == "NOTES" else base
            segments.append(Segment(fitted(cells[column.title], column.width) + " ", style))
        return segments

    def _columns(self, width: int) -> Sequence[_Column]:
        """Choose columns by width: notes have one only where there are some and room for them; else a mark stands for each."""
        fixed = [
            _Column("PROFILE", _PROFILE_WIDTH),
            _Column("KEY", _KEY_WIDTH),
            _Column("UNTIL", _UNTIL_WIDTH),
        ]
        notes = self._noted and width >= _ROOM_FOR_NOTES
        left = width - self._number_width() - _MARK_WIDTH - sum(column.width + 1 for column in fixed)
        issuer = max(left // (4 if notes else 3), 12)
        left -= issuer + 1
        noted = [_Column("NOTES", left // 2)] if notes else []
        left -= sum(column.width + 1 for column in noted)
        return [_Column("NAMES", max(left, 8)), *fixed, _Column("ISSUER", issuer), *noted]

    def _number_width(self) -> int:
        return max(len(str(number_of(self._rows[-1]))) if self._rows else 0, _LEAST_NUMBER)

    def _coloured(self, base: Style, name: str) -> Style:
        return base + Style(color=self.get_component_rich_style(f"dry-run-table--{name}", partial=True).color)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"dry-run-table--{name}")

    def _lay_out(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) + 1 + bool(self._unread))
        self._reveal()
        self.refresh()

    def _reveal(self) -> None:
        # Line 0 is the header, which covers the first line of whatever is in view.
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)


def number_of(row: Judged) -> int:
    """Return the row's number in its table."""
    return row.number if isinstance(row, Wrong) else row.row.number


def mark_of(row: Judged) -> tuple[str, str]:
    """Return a sign for what became of a row, and what its colour is named after."""
    if isinstance(row, Wrong):
        return "✕", "wrong"
    return ("!", "note") if row.draft.notes else ("✔", "right")


def cells_of(planned: Planned) -> dict[str, str]:
    """Return a row that can be issued as cells by their columns; printable."""
    draft = planned.draft
    return {
        "NAMES": printable(" ".join(draft.names) or dn_text(draft.subject)),
        "PROFILE": printable(draft.profile.name),
        "KEY": draft.key_kind,
        "UNTIL": f"{draft.not_after:%Y-%m-%d}",
        "ISSUER": printable(title_of(planned.issuer)),
        "NOTES": printable(" ".join(draft.notes)),
    }
