"""The table of watched hosts, drawn line by line; those that are being asked right now are marked, and so is what changed."""

from collections.abc import Mapping, Sequence
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

from tlsca.authority.watched import Order, Watched
from tlsca.pki.life import EMPTY, FULL
from tlsca.text import STATE_GLYPHS, printable, remaining
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.host_facts import STANDINGS, looked_when, verdict_of

_GUTTER = 2
"""Cells before the first column, for what goes on and what changed."""
_CHANGED = "≠"
_TURNING = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_VERDICT, _ENDS, _LOOKED, _TLS, _STORE, _BAR = 11, 16, 14, 7, 12, 10
_FOR_LOOKED, _FOR_ISSUER, _FOR_STORE = 96, 118, 140
"""From which widths there is room for more columns."""
_COLOURS = {
    "$text-success": "well",
    "$text-warning": "warning",
    "$text-error": "error",
    "$foreground-muted": "muted",
}
_FIRST = {Order.ENDS: "ENDS", Order.PROBLEMS: "PROBLEMS", Order.NAME: "HOST"}
"""The column that each order goes by."""
_STATES = {"valid": "well", "expiring": "warning", "not-yet-valid": "warning", "expired": "error"}


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int


class HostTable(ScrollView, can_focus=True):
    """Watched hosts with verdict, end and problems; one of them is under the cursor.

    Posts `Highlighted` when the cursor moves or the row under it changes, and `Chosen` on a click on the row under the cursor.
    """

    HELP = "Move with the arrows or j and k. Enter tells everything about a host, t tests its connection."

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "host-table--header",
        "host-table--cursor",
        "host-table--well",
        "host-table--warning",
        "host-table--error",
        "host-table--muted",
        "host-table--mark",
    }

    DEFAULT_CSS = """
    HostTable {
        background: $surface;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & .host-table--header { color: $text-muted; text-style: bold; background: $panel; }
        & .host-table--cursor { background: $primary 30%; }
        & .host-table--well { color: $text-success; }
        & .host-table--warning { color: $text-warning; }
        & .host-table--error { color: $text-error; }
        & .host-table--muted { color: $foreground-muted; }
        & .host-table--mark { color: $text-accent; text-style: bold; }
        &:focus .host-table--cursor { background: $primary 45%; text-style: bold; }
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

    @dataclass
    class Highlighted(Message):
        """The cursor is on this host now; None when there is none."""

        one: Watched | None

    @dataclass
    class Chosen(Message):
        """Somebody wants to know everything about this host."""

        one: Watched

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._hosts: Sequence[Watched] = ()
        self._asked: frozenset[str] = frozenset()
        self._changed: frozenset[str] = frozenset()
        self._turn = 0
        self._order = Order.ENDS
        self._placeholder = "Reading the watched hosts …"

    @property
    def hosts(self) -> Sequence[Watched]:
        """Those that are shown, in their order."""
        return self._hosts

    @property
    def current(self) -> Watched | None:
        """The host under the cursor."""
        return self._hosts[self.cursor] if 0 <= self.cursor < len(self._hosts) else None

    def show(
        self, hosts: Sequence[Watched], order: Order, *, placeholder: str, select: str | None = None
    ) -> None:
        """Show these, which are in this order; the cursor goes to the one whose `id` is `select`, or stays where it is."""
        wanted = select or (self.current.record.id if self.current else None)
        self._hosts, self._order, self._placeholder = hosts, order, placeholder
        self.virtual_size = Size(self.size.width, len(hosts) + 1)
        at = next((at for at, one in enumerate(hosts) if one.record.id == wanted), None)
        self.set_reactive(HostTable.cursor, self.validate_cursor(self.cursor if at is None else at))
        self._reveal()
        self._tell()

    def renew(self, found: Mapping[str, Watched], running: frozenset[str], changed: frozenset[str]) -> None:
        """Show what a look has found so far, each in the row where it is, and which hosts are being asked."""
        self._turn += 1
        before = self.current
        self._hosts = [found.get(one.record.id, one) for one in self._hosts]
        self._asked, self._changed = running, changed
        self.refresh()
        if self.current is not before:
            self._tell()

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self._hosts) - 1))

    def watch_cursor(self) -> None:
        """Bring the row into view and tell who listens."""
        self._reveal()
        self._tell()

    def _tell(self) -> None:
        self.refresh()
        self.post_message(self.Highlighted(self.current))

    def action_move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor += rows

    def action_page(self, direction: int) -> None:
        """Move the cursor by what is in view."""
        self.cursor += direction * max(self.size.height - 2, 1)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row; a second click chooses it."""
        row = event.y - 1 + int(self.scroll_y)
        if event.y == 0 or not 0 <= row < len(self._hosts):
            return
        if row == self.cursor:
            self.post_message(self.Chosen(self._hosts[row]))
        else:
            self.cursor = row

    def on_resize(self) -> None:
        """Lay the columns out anew."""
        self.virtual_size = Size(self.size.width, len(self._hosts) + 1)
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """Draw one line: the header stays at the top, rows scroll below it."""
        width = self.size.width
        if y == 0:
            return self._header(width)
        row = y - 1 + int(self.scroll_y)
        if row < len(self._hosts):
            return self._row(row, width)
        words = f"  {self._placeholder}" if not self._hosts and y == 2 else ""
        return Strip([Segment(words, self._style("muted"))]).crop_extend(0, width, self.rich_style)

    def _header(self, width: int) -> Strip:
        style = self._style("header")
        first = _FIRST[self._order]
        titles = " ".join(
            fitted(f"{column.title} ↑" if column.title == first else column.title, column.width)
            for column in self._columns(width)
        )
        return Strip([Segment(" " * _GUTTER + titles, style)]).crop_extend(0, width, style)

    def _row(self, at: int, width: int) -> Strip:
        one = self._hosts[at]
        base = self._style("cursor") if at == self.cursor else self.rich_style
        cells = self._cells(one)
        segments = [self._mark(one, base)]
        for column in self._columns(width):
            text, colour = cells[column.title]
            style = self._coloured(base, colour) if colour else base
            if column.title == "ENDS" and column.width > _ENDS:
                segments += self._bar(one, base, colour)
                segments.append(Segment(fitted(text, _ENDS) + " ", style))
            else:
                segments.append(Segment(fitted(text, column.width) + " ", style))
        return Strip(segments).crop_extend(0, width, base)

    def _mark(self, one: Watched, base: Style) -> Segment:
        style = base + self.get_component_rich_style("host-table--mark", partial=True)
        if one.record.id in self._asked:
            return Segment(_TURNING[self._turn % len(_TURNING)].ljust(_GUTTER), style)
        return Segment((_CHANGED if one.record.id in self._changed else "").ljust(_GUTTER), style)

    def _cells(self, one: Watched) -> dict[str, tuple[str, str]]:
        """Return the text of each column, and what its colour is named after; empty for none."""
        record = one.record
        verdict, colour = verdict_of(one)
        looked = "now" if record.id in self._asked else looked_when(one)
        standing, its_colour = STANDINGS[one.known.state] if one.known else ("", "")
        return {
            "VERDICT": (verdict, _COLOURS[colour]),
            "HOST": (printable(record.id), ""),
            "SERVES": (_common_name(record.subject), ""),
            "ISSUER": (_common_name(record.served_issuer), ""),
            "ENDS": (_ends(one), _STATES.get(one.state, "")),
            "TLS": ((record.version or "").removeprefix("TLSv"), ""),
            "STORE": (standing, _COLOURS.get(its_colour, "")),
            "PROBLEMS": (", ".join(map(printable, one.codes)), _COLOURS[colour]),
            "LOOKED": (looked, "muted"),
        }

    def _bar(self, one: Watched, base: Style, colour: str) -> list[Segment]:
        """Return how much of the certificate's life is over."""
        left = one.life_left
        if left is None:
            return [Segment(" " * (_BAR + 1), base)]
        over = round(_BAR * (1 - left))
        return [
            Segment(FULL * over, self._coloured(base, colour or "muted")),
            Segment(EMPTY * (_BAR - over) + " ", self._coloured(base, "muted")),
        ]

    def _columns(self, width: int) -> Sequence[_Column]:
        """Choose columns by width: a narrow table keeps verdict, host, end and problems."""
        fixed = [_Column("ENDS", _ENDS + (_BAR + 1 if width >= _FOR_ISSUER else 0))]
        if width >= _FOR_STORE:
            fixed += [_Column("TLS", _TLS), _Column("STORE", _STORE)]
        last = [_Column("LOOKED", _LOOKED)] if width >= _FOR_LOOKED else []
        spent = _GUTTER + _VERDICT + 1 + sum(column.width + 1 for column in (*fixed, *last))
        names = ["SERVES"] if width >= _FOR_LOOKED else []
        names += ["ISSUER"] if width >= _FOR_STORE else []
        left = width - spent - 2 - len(names)
        share = (
            left * 2 // (2 * len(names) + 5)
        )  # the host, of which the port must be seen, gets half as much again
        served = [_Column(name, share) for name in names]
        problems = _Column("PROBLEMS", share)
        host = _Column("HOST", max(left - share * (len(names) + 1), 8))
        return [_Column("VERDICT", _VERDICT), host, *served, *fixed, problems, *last]

    def _coloured(self, base: Style, name: str) -> Style:
        # Not the partial style: a colour that is partly transparent is only blended with what is behind it in the whole one.
        return base + Style(color=self.get_component_rich_style(f"host-table--{name}").color)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"host-table--{name}")

    def _reveal(self) -> None:
        # Line 0 is the header, which covers the first line of whatever is in view.
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)


def _ends(one: Watched) -> str:
    if one.record.not_after is None:
        return ""
    return f"{STATE_GLYPHS.get(one.state, '·')} {remaining(one.record.not_after, one.now)}"


def _common_name(dn: str | None) -> str:
    """Return the first part of a name, which is what a person knows it by."""
    return printable((dn or "").split(",", 1)[0].removeprefix("CN="))
