"""Keep order: notes and tags, the trash and the way back, what was done, a new passphrase, a backup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tlsca.text import count, listing, printable, rfc3339
from tlsca.tui.screens.acts.marking import MarkingActs
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.wording import key_of
from tlsca.tui.work import work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlsca.authority.backup import BackupReport
    from tlsca.authority.listing import Entry
    from tlsca.authority.trash import Discarded, PuttingAway
    from tlsca.store.records import CertificateRecord
    from tlsca.tui.dialogs.backup import Wanted


class KeepingActs(MarkingActs):
    """Acts that change what is known of certificates, and nothing that anybody signed."""

    # Notes

    def action_note(self) -> None:
        """Open the form for what is known of the marked certificates, or of the one under the cursor."""
        catalogue = self._catalogue
        if catalogue is None or not self._can_be_written():
            return
        chosen = self._chosen()
        work(
            self,
            lambda: tuple(catalogue.vocabulary.values.get("tag", ())),
            lambda tags: self._ask_what_to_note(chosen, tags),
            group="vocabulary",
            exclusive=True,
        )

    def _ask_what_to_note(self, chosen: Sequence[Entry], tags: Sequence[str]) -> None:
        from tlsca.tui.dialogs.note import NoteDialog

        self.app.push_screen(NoteDialog(self._open_store(), chosen, tags), self._noted)

    def _noted(self, records: tuple[CertificateRecord, ...] | None) -> None:
        if records:
            from tlsca.authority.annotating import told

            self.notify(
                f"Noted about {told(records)}. {key_of('undo')} takes it back.", timeout=5, markup=False
            )
            self._reload(select=records[0].id)

    # The trash, and the way back

    def action_put_away(self) -> None:
        """Ask whether what is marked, or under the cursor, is to be put into the trash."""
        if not self._can_be_written():
            return
        desk, wanted = self._open_store(), [entry.record.sha256 for entry in self._chosen()]

        def plan() -> PuttingAway:
            from tlsca.authority.trash import plan_putting_away

            return plan_putting_away(desk, wanted)

        work(self, plan, self._ask_to_put_away, group="able", exclusive=True)

    def _ask_to_put_away(self, plan: PuttingAway) -> None:
        from tlsca.tui.dialogs.put_away import PutAwayDialog

        self.app.push_screen(PutAwayDialog(plan), self._put_away)

    def _put_away(self, plan: PuttingAway | None) -> None:
        if plan is None:
            return
        desk, wanted = self._open_store(), [record.sha256 for record in plan.records]

        def put() -> tuple[Discarded, ...]:
            from tlsca.authority.trash import put_away

            return put_away(desk, wanted)

        work(self, put, self._tell_put_away, group="trash")

    def _tell_put_away(self, done: tuple[Discarded, ...]) -> None:
        names = listing([printable(one.title) for one in done])
        told = f"Put {names} away until {rfc3339(done[0].until)}. {key_of('undo')} takes it back."
        self.notify(told, timeout=8, markup=False)
        self.query_one(CertificateTable).unmark()
        self._reload()

    def action_trash(self) -> None:
        """Show what was put away."""
        from tlsca.tui.screens.trash import TrashScreen

        self.app.push_screen(TrashScreen(self._open_store()), self._reload)

    def action_activity(self) -> None:
        """Show what runs, and what was done."""
        from tlsca.tui.screens.activity import ActivityScreen

        self.app.push_screen(ActivityScreen(self._open_store(), self.jobs), lambda _: self._reload())

    def action_undo(self) -> None:
        """Ask whether the last act is to be undone."""
        from tlsca.tui.dialogs.undo import ask_to_undo

        if self._can_be_written():
            ask_to_undo(self, self._open_store(), self._reload)

    # The store itself

    def action_backup(self) -> None:
        """Ask where the whole store is to be written to."""
        from tlsca.tui.dialogs.backup import BackupDialog

        self.app.push_screen(BackupDialog(self._open_store(), Path.cwd()), self._back_up)

    def _back_up(self, wanted: Wanted | None) -> None:
        if wanted is None:
            return
        desk = self._open_store()

        def write() -> BackupReport:
            from tlsca.authority.backup import backup

            return backup(desk, wanted.path, force=wanted.force)

        def tell(report: BackupReport) -> None:
            self.notify(_backed_up(report), title="Backup", timeout=12, markup=False)

        self.jobs.begin(f"Backing up into {printable(wanted.path.name)}", write, tell, told=_backed_up)

    def action_change_passphrase(self) -> None:
        """Ask for the passphrase and for a new one."""
        from tlsca.tui.dialogs.change_passphrase import ChangePassphraseDialog

        if self._can_be_written():
            self.app.push_screen(ChangePassphraseDialog(self._open_store()), self._passphrase_changed)

    def _passphrase_changed(self, changed: bool | None) -> None:
        if changed:
            told = (
                "The store has its new passphrase. Earlier copies and backups open with that of their time."
            )
            self.notify(told, timeout=10, markup=False)


def _backed_up(report: BackupReport) -> str:
    held = f"{count(report.contents.lines, 'line')} of the log and {count(report.contents.objects, 'object')}"
    return f"{printable(str(report.path))} holds {held}, read back and found whole. tlsca restore FILE brings it back."
