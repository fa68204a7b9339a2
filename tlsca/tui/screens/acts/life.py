"""Renew, revoke, release and publish: from the key to what became of a certificate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tlsca.text import printable
from tlsca.tui.screens.store_screen import StoreScreen
from tlsca.tui.work import work

if TYPE_CHECKING:
    from tlsca.authority.listing import Entry
    from tlsca.authority.renewing import Renewed


class LifeActs(StoreScreen):
    """Acts that change what a certificate is worth."""

    def action_revoke(self) -> None:
        """Open the form that takes the certificate under the cursor back, or the one that releases it."""
        if not self._can_be_written():
            return
        from tlsca.tui.dialogs.revoke import RevokeDialog
        from tlsca.tui.dialogs.unhold import UnholdDialog

        selected = self._selected()
        dialog = UnholdDialog if selected.status == "held" else RevokeDialog
        self.app.push_screen(dialog(self._open_store(), selected), self._told)

    def action_renew(self) -> None:
        """Open the form for the next certificate of the same subject."""
        from tlsca.tui.dialogs.renew import RenewDialog

        if self._can_be_written():
            self.app.push_screen(RenewDialog(self._open_store(), self._selected()), self._renewed)

    def _renewed(self, renewed: Renewed | None) -> None:
        self._show_lock()
        if renewed is None:
            return
        for note in renewed.notes:
            self.notify(printable(note), severity="warning", timeout=12, markup=False)
        crossed = f", with {len(renewed.crosses)} cross-certificates" if renewed.crosses else ""
        said = f"Renewed {printable(renewed.record.subject or renewed.record.serial)}{crossed}."
        self.notify(said, timeout=5, markup=False)
        self._reload(select=renewed.record.id)

    def action_publish(self) -> None:
        """Open the form for the revocation list of the authority under the cursor, or of the one that issued what is there."""
        if not self._can_be_written():
            return
        desk, selected = self._open_store(), self._selected()

        def authority() -> Entry:
            from tlsca.authority.listing import entry

            record = selected.record if selected.record.is_authority else desk.issuer_of(selected.record)
            return selected if record is None else entry(desk, record)

        work(self, authority, self._ask_where_to_publish, group="able", exclusive=True)

    def _ask_where_to_publish(self, authority: Entry) -> None:
        from tlsca.tui.dialogs.publish import PublishDialog

        self.app.push_screen(PublishDialog(self._open_store(), authority, Path.cwd()), self._told)

    def action_doctor(self) -> None:
        """Have the whole authority examined."""
        from tlsca.tui.dialogs.doctor import DoctorDialog

        self.app.push_screen(DoctorDialog(self._open_store()), self._go_to)

    def _told(self, outcome: str | None) -> None:
        """Say what was done, if anything was, and show the store as it is now."""
        self._show_lock()
        if outcome is not None:
            self.notify(printable(outcome), timeout=10, markup=False)
            self._reload()
