"""The table of watched hosts, drawn line by line; those that are being asked right now are marked, and so is what changed."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message

from tlsca.authority.watched import Order, Watched
from tlsca.pki.life import EMPTY, FULL
from tlsca.text import STATE_GLYPHS, printable, remaining
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.host_facts import STANDINGS, looked_when, verdict_of
from tlsca.tui.widgets.line_table import Column, LineTable

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


class HostTable(LineTable[Watched]):
    """Watched hosts with verdict, end and problems; one of them is under the cursor.

    Posts `Highlighted` when the cursor moves or the row under it changes, and `Chosen` on a click on the row under the cursor.
    """

    HELP = "Move with the arrows or j and k. Enter tells everything about a host, t tests its connection."

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
        self._asked: frozenset[str] = frozenset()
        self._changed: frozenset[str] = frozenset()
        self._turn = 0
        self._order = Order.ENDS
        self._placeholder = "Reading the watched hosts …"

    @property
    def hosts(self) -> Sequence[Watched]:
        """Those that are shown, in their order."""
        return self._rows

    def show(
        self, hosts: Sequence[Watched], order: Order, *, placeholder: str, select: str | None = None
    ) -> None:
        """Show these, which are in this order; the cursor goes to the one whose `id` is `select`, or stays where it is."""
        self._order, self._placeholder = order, placeholder
        self.put(hosts, select)

    def renew(self, found: Mapping[str, Watched], running: frozenset[str], changed: frozenset[str]) -> None:
        """Show what a look has found so far, each in the row where it is, and which hosts are being asked."""
        self._turn += 1
        before = self.current
        self._rows = [found.get(one.record.id, one) for one in self._rows]
        self._asked, self._changed = running, changed
        self._strips.clear()
        self.refresh()
        if self.current is not before:
            self.post_message(self.highlighted())

    def identity(self, row: Watched) -> str:
        """Return what the host is watched by."""
        return row.record.id

    def highlighted(self) -> Message:
        """Return the message that another host is under the cursor, or another finding about it."""
        return self.Highlighted(self.current)

    def row_clicked(self, at: int, event: events.Click) -> None:
        """Move the cursor to the row; a second click chooses it."""
        if at == self.cursor:
            self.post_message(self.Chosen(self._rows[at]))
        else:
            super().row_clicked(at, event)

    def below(self, line: int) -> str:
        """Say in the second line why there are no rows."""
        return f"  {self._placeholder}" if line == 1 and not self._rows else ""

    def look(self, at: int) -> Hashable:
        """Tell rows apart by what is drawn of time: those that are asked turn."""
        return self._turn if self._rows[at].record.id in self._asked else None

    def start(self, at: int, base: Style) -> list[Segment]:
        """Draw what goes on and what changed."""
        return [self._mark(self._rows[at], base)]

    def segments(self, row: Watched, width: int, base: Style) -> list[Segment]:
        """Draw a host; where there is room, how much of its certificate's life is over too."""
        cells = self._cells(row)
        segments = []
        for column in self.columns(width):
            text, colour = cells[column.name]
            style, room = self.coloured(base, colour), column.width
            if column.name == "ENDS" and room > _ENDS:
                segments += self._bar(row, base, colour)
                room = _ENDS
            segments.append(Segment(fitted(text, room) + " ", style))
        return segments

    def _mark(self, one: Watched, base: Style) -> Segment:
        style = base + self.get_component_rich_style("line-table--mark", partial=True)
        if one.record.id in self._asked:
            return Segment(_TURNING[self._turn % len(_TURNING)].ljust(self.GUTTER), style)
        return Segment((_CHANGED if one.record.id in self._changed else "").ljust(self.GUTTER), style)

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
            Segment(FULL * over, self.coloured(base, colour or "muted")),
            Segment(EMPTY * (_BAR - over) + " ", self.coloured(base, "muted")),
        ]

    def columns(self, width: int) -> Sequence[Column]:
        """Choose columns by width: a narrow table keeps verdict, host, end and problems."""
        first = _FIRST[self._order]
        return [Column(f"{name} ↑" if name == first else name, room, name) for name, room in _laid_out(width)]


def _laid_out(width: int) -> list[tuple[str, int]]:
    """Return the columns that there is room for, each with its width."""
    fixed = [("ENDS", _ENDS + (_BAR + 1 if width >= _FOR_ISSUER else 0))]
    if width >= _FOR_STORE:
        fixed += [("TLS", _TLS), ("STORE", _STORE)]
    last = [("LOOKED", _LOOKED)] if width >= _FOR_LOOKED else []
    names = ["SERVES"] if width >= _FOR_LOOKED else []
    names += ["ISSUER"] if width >= _FOR_STORE else []
    spent = HostTable.GUTTER + _VERDICT + 1 + sum(room + 1 for _, room in (*fixed, *last))
    left = width - spent - 2 - len(names)
    share = (
        left * 2 // (2 * len(names) + 5)
    )  # the host, of which the port must be seen, gets half as much again
    host = ("HOST", max(left - share * (len(names) + 1), 8))
    served = [(name, share) for name in names]
    return [("VERDICT", _VERDICT), host, *served, *fixed, ("PROBLEMS", share), *last]


def _ends(one: Watched) -> str:
    if one.record.not_after is None:
        return ""
    return f"{STATE_GLYPHS.get(one.state, '·')} {remaining(one.record.not_after, one.now)}"


def _common_name(dn: str | None) -> str:
    """Return the first part of a name, which is what a person knows it by."""
    return printable((dn or "").split(",", 1)[0].removeprefix("CN="))
