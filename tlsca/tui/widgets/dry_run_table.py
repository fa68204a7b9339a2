"""The dry run of a table, a line for each row, drawn line by line so that ten thousand rows cost no more than ten."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from tlsca.authority.bulk import Planned
from tlsca.authority.dry_run import DryRun
from tlsca.authority.listing import title_of
from tlsca.authority.sheet import Wrong
from tlsca.pki.names import dn_text
from tlsca.text import printable
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.line_table import Column, LineTable

Judged = Planned | Wrong
"""What became of one row."""

_PROFILE_WIDTH = 8
_KEY_WIDTH = 9
_UNTIL_WIDTH = 10
_ROOM_FOR_NOTES = 94
_LEAST_NUMBER = 3
_MARK_WIDTH = 5
"""The sign before a row's number, and the gaps about the two."""


class DryRunTable(LineTable[Judged]):
    """The rows with what each would become, or what is wrong in it; one of them is under the cursor.

    Posts `Highlighted` when another row is under it.
    """

    HELP = "What would be issued. Move with the arrows or j and k; n goes to the next wrong row, N to the one before."

    DEFAULT_CSS = """
    DryRunTable {
        background: $background;
        & .line-table--cursor { background: $primary 20%; }
        &:focus .line-table--cursor { background: $primary 45%; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "wrong(1)", "Next wrong row", show=False),
        Binding("N", "wrong(-1)", "Wrong row before", show=False),
    ]

    @dataclass
    class Highlighted(Message):
        """The cursor is on this row now; None when there is none."""

        row: Judged | None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._unread = 0
        self._noted = False

    def show(self, found: DryRun) -> None:
        """Show a dry run; the cursor goes to the first wrong row, unless somebody is moving it."""
        self._unread = found.unread
        self._noted = any(one.draft.notes for one in found.planned)
        self.put(sorted((*found.planned, *found.wrong), key=number_of))
        if found.wrong and not self.has_focus:
            self.to_first_wrong()

    def identity(self, row: Judged) -> int:
        """Return the row's number."""
        return number_of(row)

    def highlighted(self) -> Message:
        """Return the message that another row is under the cursor, or is other than it was."""
        return self.Highlighted(self.current)

    def to_first_wrong(self) -> None:
        """Bring the cursor to the first wrong row, if there is one."""
        self.cursor = next((at for at, row in enumerate(self._rows) if isinstance(row, Wrong)), self.cursor)

    def action_wrong(self, direction: int) -> None:
        """Move the cursor to the next wrong row in a direction, if there is one."""
        after = range(self.cursor + 1, len(self._rows)) if direction > 0 else range(self.cursor - 1, -1, -1)
        self.cursor = next((at for at in after if isinstance(self._rows[at], Wrong)), self.cursor)

    def below(self, line: int) -> str:
        """Say below the last row how many were not looked at."""
        return f" … and {self._unread:,} more that were not looked at" if self._unread and line == 0 else ""

    def head(self) -> str:
        """Return the title of the rows' numbers, and the gaps about it."""
        return f"   {'ROW'.rjust(self._number_width())} "

    def start(self, at: int, base: Style) -> list[Segment]:
        """Draw a sign for what became of the row, and its number."""
        mark, name = mark_of(self._rows[at])
        number = str(number_of(self._rows[at])).rjust(self._number_width())
        return [
            Segment(f" {mark}", self.coloured(base, name)),
            Segment(f" {number} ", self.coloured(base, "muted")),
        ]

    def segments(self, row: Judged, width: int, base: Style) -> list[Segment]:
        """Draw a row as what it would become, or as what is wrong in it."""
        if isinstance(row, Wrong):
            return self._wrong(row, width, self.coloured(base, "error"))
        return self._planned(row, width, base)

    def _wrong(self, wrong: Wrong, width: int, style: Style) -> list[Segment]:
        sentence = wrong.error.sentence.removeprefix(f"Row {wrong.number}, ").removeprefix("column ")
        return [Segment(fitted(printable(sentence), width - self._number_width() - _MARK_WIDTH), style)]

    def _planned(self, planned: Planned, width: int, base: Style) -> list[Segment]:
        cells = cells_of(planned)
        segments = []
        for column in self.columns(width):
            style = self.coloured(base, "warning") if column.title == "NOTES" else base
            segments.append(Segment(fitted(cells[column.title], column.width) + " ", style))
        return segments

    def columns(self, width: int) -> Sequence[Column]:
        """Choose columns by width: notes have one only where there are some and room for them; else a mark stands for each."""
        fixed = [
            Column("PROFILE", _PROFILE_WIDTH),
            Column("KEY", _KEY_WIDTH),
            Column("UNTIL", _UNTIL_WIDTH),
        ]
        notes = self._noted and width >= _ROOM_FOR_NOTES
        left = width - self._number_width() - _MARK_WIDTH - sum(column.width + 1 for column in fixed)
        issuer = max(left // (4 if notes else 3), 12)
        left -= issuer + 1
        noted = [Column("NOTES", left // 2)] if notes else []
        left -= sum(column.width + 1 for column in noted)
        return [Column("NAMES", max(left, 8)), *fixed, Column("ISSUER", issuer), *noted]

    def _number_width(self) -> int:
        return max(len(str(number_of(self._rows[-1]))) if self._rows else 0, _LEAST_NUMBER)


def number_of(row: Judged) -> int:
    """Return the row's number in its table."""
    return row.number if isinstance(row, Wrong) else row.row.number


def mark_of(row: Judged) -> tuple[str, str]:
    """Return a sign for what became of a row, and what its colour is named after."""
    if isinstance(row, Wrong):
        return "✕", "error"
    return ("!", "warning") if row.draft.notes else ("✔", "well")


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
