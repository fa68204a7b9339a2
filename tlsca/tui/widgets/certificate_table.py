"""The table of certificates, drawn line by line so that a hundred thousand cost no more than ten.

Rows can be marked. A mark belongs to a certificate, not to a row: it stays while a filter hides the row, and when the list is read anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tlsca.text import printable, remaining, state

if TYPE_CHECKING:
    from tlsca.authority.listing import Entry

_STYLES = {
    "valid": "certificate-table--valid",
    "expiring": "certificate-table--warning",
    "not-yet-valid": "certificate-table--warning",
    "expired": "certificate-table--error",
    "revoked": "certificate-table--error",
    "held": "certificate-table--error",
}
_MARK = "✔"
_GUTTER = 2
"""Cells before the first column, for the mark."""
_STATE_WIDTH = 10
_ENDS_WIDTH = 14
_KEY_WIDTH = 10
_PROFILE_WIDTH = 13
_NARROW = 72
_WIDE = 90
_FOR_SEEN = 110
"""From which width there is room for where certificates were last seen."""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int


class CertificateTable(ScrollView, can_focus=True):
    """Certificates with state, name, end and key; one of them is under the cursor, some may be marked.

    Posts `Highlighted` when the cursor moves, `Chosen` on Enter or a click on the row under the cursor, and `Marked` when there are
    other marks or other rows than before.
    """

    HELP = (
        "Move with the arrows or j and k, mark with space. Enter inspects, e exports, t tests the connection."
    )

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "certificate-table--header",
        "certificate-table--cursor",
        "certificate-table--valid",
        "certificate-table--warning",
        "certificate-table--error",
        "certificate-table--muted",
        "certificate-table--mark",
    }

    DEFAULT_CSS = """
    CertificateTable {
        background: $surface;
        scrollbar-size-vertical: 1;
        & .certificate-table--header { color: $text-muted; text-style: bold; background: $panel; }
        & .certificate-table--cursor { background: $primary 30%; }
        & .certificate-table--valid { color: $text-success; }
        & .certificate-table--warning { color: $text-warning; }
        & .certificate-table--error { color: $text-error; }
        & .certificate-table--muted { color: $text-muted; }
        & .certificate-table--mark { color: $text-accent; text-style: bold; }
        &:focus .certificate-table--cursor { background: $primary 45%; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "move(-1000000000)", "First", show=False),
        Binding("end,G", "move(1000000000)", "Last", show=False),
    ]

    cursor: reactive[int] = reactive(0)
    marked: reactive[frozenset[str]] = reactive(frozenset[str])
    """The record ids of the marked certificates, also of those that are not shown."""

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

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self._ids: frozenset[str] | None = None
        """The record ids of the entries, once a mark has asked for them: of 100,000 they take a tenth of a second."""
        self._state_width = _STATE_WIDTH
        self._any_seen = False
        self._placeholder = "Opening the store …"
        self._strips: LRUCache[tuple[int, int, bool, bool, bool], Strip] = LRUCache(512)

    @property
    def entries(self) -> Sequence["Entry"]:
        """The certificates that are shown."""
        return self._entries

    @property
    def current(self) -> "Entry | None":
        """The certificate under the cursor."""
        return self._entries[self.cursor] if 0 <= self.cursor < len(self._entries) else None

    def show(self, entries: Sequence["Entry"], *, placeholder: str, select: str | None = None) -> None:
        """Show these certificates; the cursor goes to the one whose record id is `select`, or stays on the one it is on."""
        wanted = select or (self.current.record.id if self.current else None)
        self._entries, self._ids, self._placeholder = entries, None, placeholder
        self._state_width = max((len(state(entry.status)) for entry in entries), default=_STATE_WIDTH)
        self._any_seen = any(entry.record.last_seen for entry in entries)
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(entries) + 1)
        position = next((at for at, entry in enumerate(entries) if entry.record.id == wanted), None)
        self.set_reactive(
            CertificateTable.cursor,
            min(self.cursor, max(len(entries) - 1, 0)) if position is None else position,
        )
        self._reveal()
        self.refresh()
        self.post_message(self.Highlighted(self.current))
        if self.marked:
            self._tell_marks()

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self._entries) - 1))

    def watch_cursor(self) -> None:
        """Bring the row into view and tell who listens."""
        self._reveal()
        self.refresh()
        self.post_message(self.Highlighted(self.current))

    def watch_marked(self) -> None:
        """Draw the marks and tell who listens."""
        self.refresh()
        self._tell_marks()

    def mark(self) -> None:
        """Mark the certificate under the cursor, or take its mark away, and go on to the next."""
        self._turn_mark(self.cursor)
        self.cursor += 1

    def mark_all(self) -> None:
        """Mark every certificate that is shown; where all of them are marked, none."""
        shown = self._shown_ids()
        self.marked = self.marked - shown if shown <= self.marked else self.marked | shown

    def unmark(self) -> None:
        """Take every mark away, also of what is not shown."""
        self.marked = frozenset()

    def _turn_mark(self, row: int) -> None:
        if 0 <= row < len(self._entries):
            self.marked ^= {self._entries[row].record.id}

    def _shown_ids(self) -> frozenset[str]:
        if self._ids is None:
            self._ids = frozenset(entry.record.id for entry in self._entries)
        return self._ids

    def _tell_marks(self) -> None:
        self.post_message(self.Marked(len(self.marked), len(self.marked - self._shown_ids())))

    def action_move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor += rows

    def action_page(self, direction: int) -> None:
        """Move the cursor by what is in view."""
        self.cursor += direction * max(self.size.height - 2, 1)

    def action_choose(self) -> None:
        """Ask for the certificate under the cursor to be shown."""
        if self.current is not None:
            self.post_message(self.Chosen(self.current))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row; a second click chooses it. A click before the row marks it."""
        row = event.y - 1 + int(self.scroll_y)
        if event.y == 0 or not 0 <= row < len(self._entries):
            return
        if event.x < _GUTTER:
            self._turn_mark(row)
        elif row == self.cursor:
            self.action_choose()
        else:
            self.cursor = row

    def on_resize(self) -> None:
        """Lay the columns out anew."""
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(self._entries) + 1)
        self._reveal()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old colours."""
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Draw one line: the header stays at the top, rows scroll below it."""
        width = self.size.width
        if y == 0:
            titles = " ".join(
                column.title.ljust(column.width)[: column.width] for column in self._columns(width)
            )
            return self._strip(
                [Segment(" " * _GUTTER + titles, self._style("header"))], width, self._style("header")
            )
        row = y - 1 + int(self.scroll_y)
        if not self._entries:
            return self._strip(
                [Segment(f"  {self._placeholder}" if y == 2 else "", self._style("muted"))],
                width,
                self.rich_style,
            )
        if row >= len(self._entries):
            return self._strip([], width, self.rich_style)
        return self._row(row, width)

    def _row(self, row: int, width: int) -> Strip:
        under_cursor = row == self.cursor
        entry = self._entries[row]
        marked = entry.record.id in self.marked
        key = (row, width, under_cursor, self.has_focus, marked)
        strip = self._strips.get(key)
        if strip is None:
            base = self._style("cursor") if under_cursor else self.rich_style
            strip = self._strip(list(self._segments(entry, width, base, marked=marked)), width, base)
            self._strips[key] = strip
        return strip

    def _segments(self, entry: "Entry", width: int, base: Style, *, marked: bool) -> Sequence[Segment]:
        mark = base + self.get_component_rich_style("certificate-table--mark", partial=True)
        colour = base + Style(color=self.get_component_rich_style(_STYLES[entry.status], partial=True).color)
        cells = {
            "STATE": state(entry.status),
            "NAME": printable(entry.title),
            "PROFILE": entry.record.profile,
            "ENDS": _ends(entry),
            "KEY": entry.record.key,
            "ISSUER": printable(_issuer(entry)),
        }
        segments = [Segment((_MARK if marked else "").ljust(_GUTTER), mark)]
        for column in self._columns(width):
            text = _last_seen(entry, column.width) if column.title == "LAST SEEN" else cells[column.title]
            cell = _fitted(text, column.width) + " "
            segments.append(Segment(cell, colour if column.title in {"STATE", "ENDS"} else base))
        return segments

    def _columns(self, width: int) -> Sequence[_Column]:
        """Choose columns by width: a narrow table keeps state, name and end."""
        fixed = [_Column("ENDS", _ENDS_WIDTH)]
        if width >= _NARROW:
            fixed = [_Column("PROFILE", _PROFILE_WIDTH), *fixed]
        if width >= _WIDE:
            fixed = [*fixed, _Column("KEY", _KEY_WIDTH)]
        left = width - _GUTTER - self._state_width - 2 - sum(column.width + 1 for column in fixed)
        if width >= _FOR_SEEN and self._any_seen:
            seen = left * 9 // 20
            fixed = [*fixed, _Column("LAST SEEN", seen)]
            left -= seen + 1
        if width >= _WIDE:
            issuer = left // 3
            fixed = [_Column("ISSUER", issuer), *fixed]
            left -= issuer + 1
        return [_Column("STATE", self._state_width), _Column("NAME", max(left, 8)), *fixed]

    def _strip(self, segments: list[Segment], width: int, style: Style) -> Strip:
        return Strip(segments).crop_extend(0, width, style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"certificate-table--{name}")

    def _reveal(self) -> None:
        # Line 0 is the header, which covers the first line of whatever is in view.
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)


def _fitted(text: str, width: int) -> str:
    """Return text that takes exactly so many cells; a letter of Chinese takes two."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _ends(entry: "Entry") -> str:
    return remaining(entry.record.not_after, entry.record.not_after - entry.remaining)


def _last_seen(entry: "Entry", width: int) -> str:
    """Return where a probe last saw it and how long ago; where there is no room for both, of the place only the beginning."""
    record = entry.record
    if record.last_seen is None:
        return ""
    ago = remaining(record.last_seen_at, record.not_after - entry.remaining) if record.last_seen_at else ""
    place, room = printable(record.last_seen), width - len(ago) - 1
    return f"{place if cell_len(place) <= room else _fitted(place, max(room, 1))} {ago}".rstrip()


def _issuer(entry: "Entry") -> str:
    if entry.record.issuer_id == entry.record.id:
        return "itself"
    return entry.record.issuer.split(",", 1)[0].removeprefix("CN=")
