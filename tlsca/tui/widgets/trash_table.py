"""The table of what is in the trash: what it is, when it was put away, and how long it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.segment import Segment
from rich.style import Style
from textual.message import Message

from tlsca.authority.trash import Discarded
from tlsca.text import printable, remaining
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.line_table import Column, LineTable

_REF, _PUT_AWAY, _GONE, _KEY = 12, 16, 13, 3
_SOON = 3
"""Days before it is gone for good from which on that catches the eye."""


class TrashTable(LineTable[Discarded]):
    """What was put away, the last first. Posts `Highlighted` when another row is under the cursor."""

    HELP = "Move with the arrows or j and k. Enter takes a certificate back."

    @dataclass
    class Highlighted(Message):
        """The cursor is on this one now; None when the trash is empty."""

        one: Discarded | None

    def __init__(self, now: datetime, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._now = now
        self._placeholder = "Reading the trash …"

    def show(self, found: Sequence[Discarded], now: datetime) -> None:
        """Show these, as they stand at a moment."""
        self._now, self._placeholder = now, "The trash is empty."
        self.put(found)

    def identity(self, row: Discarded) -> str:
        """Return the id of the record."""
        return row.record.id

    def highlighted(self) -> Message:
        """Return the message that another one is under the cursor."""
        return self.Highlighted(self.current)

    def below(self, line: int) -> str:
        """Say in the second line why there are no rows."""
        return f"  {self._placeholder}" if line == 1 and not self._rows else ""

    def columns(self, width: int) -> Sequence[Column]:
        """Give the name what the others leave."""
        fixed = [("REF", _REF), ("PUT AWAY", _PUT_AWAY), ("GONE", _GONE), ("KEY", _KEY)]
        left = width - self.GUTTER - sum(room + 1 for _, room in fixed) - 2
        return [Column("NAME", max(left, 8)), *(Column(title, room) for title, room in fixed)]

    def segments(self, row: Discarded, width: int, base: Style) -> list[Segment]:
        """Draw one."""
        soon = (row.until - self._now).days < _SOON
        cells = {
            "NAME": (printable(row.title), ""),
            "REF": (row.ref, "muted"),
            "PUT AWAY": (f"{row.put_away_at:%Y-%m-%d %H:%M}", "muted"),
            "GONE": (remaining(row.until, self._now), "warning" if soon else ""),
            "KEY": ("yes" if row.has_key else "", ""),
        }
        return [
            Segment(
                fitted(cells[column.title][0], column.width) + " ",
                self.coloured(base, cells[column.title][1]),
            )
            for column in self.columns(width)
        ]
