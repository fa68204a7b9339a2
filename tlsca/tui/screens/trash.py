"""The screen of the trash: what was put away, when it goes for good, and the way back."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from tlsca.authority.annotating import noted_rows
from tlsca.authority.desk import Desk
from tlsca.authority.trash import KEPT, Discarded, discarded, empty_trash, take_back
from tlsca.pki.rows import Row
from tlsca.store.records import CertificateRecord
from tlsca.text import count, listing, printable, remaining, rfc3339
from tlsca.tui.bindings import bindings
from tlsca.tui.dialogs.put_away import EmptyTrashDialog
from tlsca.tui.dialogs.undo import ask_to_undo
from tlsca.tui.keeping_acts import TRASH_ACTS
from tlsca.tui.screens.acting import ActingScreen
from tlsca.tui.standing import Standing
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.heading import Heading
from tlsca.tui.widgets.key_line import KeyLine
from tlsca.tui.widgets.trash_table import TrashTable
from tlsca.tui.work import work

_POLL = 0.5
"""Seconds between looks at what others wrote."""


class TrashScreen(ActingScreen[str]):
    """Table and summary of what was put away; answers the id of what was taken back last, if anything was."""

    HELP = "What was put away. It can be taken back for thirty days; then it is gone for good."

    DEFAULT_CSS = """
    TrashScreen {
        & TrashTable { height: 1fr; }
        & #about { height: 8; padding: 0 1; background: $background; border-top: solid $panel; scrollbar-size-vertical: 1; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(TRASH_ACTS)
    acts = TRASH_ACTS
    menu = frozenset({"Trash"})

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._position = -1
        self._taken_back: str | None = None

    def compose(self) -> ComposeResult:
        """Lay out the heading, the table, and more about the one under the cursor."""
        yield Heading("Trash")
        yield TrashTable(self._desk.now(), id="trash")
        with VerticalScroll(id="about", can_focus=False):
            yield Facts()
        yield KeyLine()

    def on_mount(self) -> None:
        """Read it, and follow what others do."""
        self.query_one(TrashTable).focus()
        self._read()
        self.set_interval(_POLL, self._look)

    # What is shown

    def _look(self) -> None:
        if self._desk.ledger.position != self._position:
            self._read()
        self._draw_heading()

    def _read(self) -> None:
        desk = self._desk
        self._position = desk.ledger.position
        work(self, lambda: discarded(desk), self._show, group="read", exclusive=True)

    def _show(self, found: Sequence[Discarded]) -> None:
        self.query_one(TrashTable).show(found, self._desk.now())
        self._draw_heading()
        self.refresh_bindings()

    def _draw_heading(self) -> None:
        there = self.query_one(TrashTable).rows
        keys = sum(one.has_key for one in there)
        many = f"{count(len(there), 'certificate')}, {count(keys, 'private key')}; kept for {KEPT.days} days"
        self.query_one(Heading).tell(f"  {many}", unlocked=self._desk.unlocked)

    @on(TrashTable.Highlighted)
    def _tell_about(self, event: TrashTable.Highlighted) -> None:
        rows = () if event.one is None else _rows(event.one, self._desk)
        self.query_one(Facts).show(rows)
        self.refresh_bindings()

    # Acts

    def standing(self) -> Standing:
        """Return what there is for acts to be done to."""
        there = self.query_one(TrashTable).current is not None
        return Standing(
            read_only=self._desk.ledger.read_only or "", nothing="" if there else "The trash is empty."
        )

    def menu_title(self) -> str:
        """Return what the one under the cursor is called. Printable."""
        return printable(self._current().title)

    def action_take_back(self) -> None:
        """Take the one under the cursor back."""
        desk, wanted = self._desk, self._current().record.sha256
        work(self, lambda: take_back(desk, [wanted]), self._took_back, group="trash")

    def _took_back(self, records: tuple[CertificateRecord, ...]) -> None:
        from tlsca.authority.listing import title_of

        self._taken_back = records[0].id
        names = listing([printable(title_of(record)) for record in records])
        self.notify(f"Took {names} back.", timeout=5, markup=False)
        self._read()

    def action_remove(self) -> None:
        """Ask whether the one under the cursor is to be removed for good."""
        self.app.push_screen(EmptyTrashDialog([self._current()]), self._remove)

    def action_empty(self) -> None:
        """Ask whether all are to be removed for good."""
        self.app.push_screen(EmptyTrashDialog(self.query_one(TrashTable).rows), self._remove)

    def _remove(self, going: tuple[Discarded, ...] | None) -> None:
        if going:
            desk, wanted = self._desk, [one.record.sha256 for one in going]
            work(self, lambda: empty_trash(desk, wanted), self._removed, group="trash")

    def _removed(self, records: tuple[CertificateRecord, ...]) -> None:
        self.notify(f"Removed {count(len(records), 'certificate')} for good.", timeout=5, markup=False)
        self._read()

    def action_undo(self) -> None:
        """Ask whether the last act is to be undone."""
        ask_to_undo(self, self._desk, self._read)

    def action_leave(self) -> None:
        """Go back to the certificates."""
        self.dismiss(self._taken_back)

    def _current(self) -> Discarded:
        current = self.query_one(TrashTable).current
        assert current is not None, "check_action lets no act through without one"
        return current


def _rows(one: Discarded, desk: Desk) -> tuple[Row, ...]:
    record = one.record
    key = "its private key is here with it" if one.has_key else "without a private key"
    revoked = f"revoked since {rfc3339(record.revoked_at)}" if record.revoked_at else ""
    ended = "ended" if record.not_after < desk.now() else "ends"
    return (
        Row("Subject", printable(record.subject) or "(empty)", key),
        *((Row("Names", printable(", ".join(record.names))),) if record.names else ()),
        Row("Valid", f"{ended} {rfc3339(record.not_after)}", revoked),
        Row("Put away", rfc3339(one.put_away_at)),
        Row("Gone for good", remaining(one.until, desk.now()), rfc3339(one.until)),
        *noted_rows(record),
    )
