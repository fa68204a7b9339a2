"""The table of the audit log: when, who, and what was done, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.message import Message

from tlsca.authority.auditing import Activity
from tlsca.text import printable
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.line_table import Column, LineTable

_TIME, _WHO, _ACT, _LINE = 19, 18, 17, 8
_FOR_ACT, _FOR_LINE = 100, 120
"""From which widths there is room for more columns."""
_NEAR = 20
"""Rows before the last from which on it is time for more."""
_COLOURS = {
    "unlock-failed": "error",
    "revoke": "warning",
    "hold": "warning",
    "put-away": "warning",
    "empty-trash": "warning",
    "export-key": "warning",
    "change-passphrase": "warning",
    "lock": "muted",
    "unlock": "muted",
    "look-again": "muted",
}
"""How acts catch the eye, or do not."""


class ActivityTable(LineTable[Activity]):
    """Acts of the log. Posts `Highlighted` when another one is under the cursor, and `MoreWanted` near the last that is here."""

    HELP = "Move with the arrows or j and k. What else the log says of an act stands below."

    @dataclass
    class Highlighted(Message):
        """The cursor is on this act now; None when there is none."""

        one: Activity | None

    class MoreWanted(Message):
        """Somebody is about to come to the last row."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._placeholder = "Reading the log …"

    def show(self, acts: Sequence[Activity]) -> None:
        """Show these; whoever is on the newest one stays on the newest one."""
        self._placeholder = "No act has all these words. Escape shows all again."
        select = acts[0].line if acts and not self.cursor else None
        self.put(acts, select)

    def tell(self) -> None:
        """Say again which act is under the cursor."""
        self.post_message(self.highlighted())

    def identity(self, row: Activity) -> int:
        """Return its line in the log."""
        return row.line

    def highlighted(self) -> Message:
        """Return the message that another act is under the cursor."""
        if self.cursor >= len(self._rows) - _NEAR:
            self.post_message(self.MoreWanted())
        return self.Highlighted(self.current)

    def below(self, line: int) -> str:
        """Say in the second line why there are no rows."""
        return f"  {self._placeholder}" if line == 1 and not self._rows else ""

    def columns(self, width: int) -> Sequence[Column]:
        """Give what was done all that time and person leave."""
        first = [Column("TIME (UTC)", _TIME), Column("WHO", _WHO)]
        last = [Column("ACT", _ACT)] if width >= _FOR_ACT else []
        last += [Column("LINE", _LINE)] if width >= _FOR_LINE else []
        left = width - self.GUTTER - sum(column.width + 1 for column in (*first, *last)) - 2
        return [*first, Column("WHAT", max(left, 8)), *last]

    def segments(self, row: Activity, width: int, base: Style) -> list[Segment]:
        """Draw an act."""
        cells = {
            "TIME (UTC)": (f"{row.at:%Y-%m-%d %H:%M:%S}", "muted"),
            "WHO": (printable(f"{row.who}@{row.host}"), ""),
            "WHAT": (row.what, _COLOURS.get(row.act, "")),
            "ACT": (printable(row.act), "muted"),
            "LINE": (f"{row.line:,}", "muted"),
        }
        return [
            Segment(
                fitted(cells[column.title][0], column.width) + " ",
                self.coloured(base, cells[column.title][1]),
            )
            for column in self.columns(width)
        ]
