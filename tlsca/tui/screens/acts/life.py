"""Renew, revoke, release and publish: from the key to what became of certificates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tlsca.text import count, listing, printable
from tlsca.tui.refusals import renew_refusal, revoke_refusal, revoke_together_refusal
from tlsca.tui.screens.acts.marking import MarkingActs
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.wording import key_of
from tlsca.tui.work import work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlsca.authority.listing import Entry
    from tlsca.authority.renewing import Renewed
    from tlsca.authority.revoking import Revoked
    from tlsca.tui.dialogs.unhold import Unheld

_MOST_NOTES = 3


class LifeActs(MarkingActs):
    """Acts that change what certificates are worth."""

    # Revoking and releasing

    def action_revoke(self) -> None:
        """Open the form that takes back what is marked or under the cursor, or the one that releases it."""
        if not self._can_be_written():
            return
        chosen = self._chosen()
        refusal = revoke_refusal if len(chosen) == 1 else revoke_together_refusal
        if not self._able("Revoke", chosen, refusal):
            return
        if all(entry.status == "held" for entry in chosen):
            from tlsca.tui.dialogs.unhold import UnholdDialog

            self.app.push_screen(
                UnholdDialog(self._open_store(), chosen), lambda unheld: self._unheld(unheld, chosen)
            )
        else:
            self._ask_why_to_revoke(chosen)

    def _ask_why_to_revoke(self, chosen: Sequence[Entry]) -> None:
        from tlsca.tui.dialogs.revoke import RevokeDialog

        self.app.push_screen(RevokeDialog(self._open_store(), chosen), self._revoked)

    def _unheld(self, unheld: Unheld | None, chosen: Sequence[Entry]) -> None:
        if unheld is None:
            return
        if unheld.revoke:
            self._ask_why_to_revoke(chosen)
            return
        first = unheld.released[0].record
        titles = [target.title for target in unheld.released]
        self._changed_for_clients(titles, "released", select=first.id if first else None)

    def action_revoke_serial(self) -> None:
        """Open the form that takes back a certificate which the store need not have."""
        if not self._can_be_written():
            return
        desk, current = self._open_store(), self.query_one(CertificateTable).current

        def authorities() -> Sequence[Entry]:
            from tlsca.authority.listing import entries_of
            from tlsca.authority.revoking import authorities_that_revoke

            return entries_of(desk, authorities_that_revoke(desk, current.record if current else None))

        work(self, authorities, self._ask_which_serial, group="able", exclusive=True)

    def _ask_which_serial(self, authorities: Sequence[Entry]) -> None:
        from tlsca.tui.dialogs.revoke_serial import RevokeSerialDialog

        if authorities:
            self.app.push_screen(RevokeSerialDialog(self._open_store(), authorities), self._revoked)
        else:
            self.notify(
                f"There is no authority yet. Press {key_of('authority')} to make one.",
                severity="warning",
                markup=False,
            )

    def _revoked(self, done: tuple[Revoked, ...] | None) -> None:
        if not done:
            return
        from tlsca.authority.listing import title_of

        first = done[0]
        publisher = first.issuer if first.record is None or first.record.is_authority else first.record
        titles = [title_of(one.record) if one.record else f"Serial number {one.serial}" for one in done]
        verb = "on hold" if first.reason == "hold" else "revoked"
        self._changed_for_clients(titles, verb, select=publisher.id)

    def _changed_for_clients(self, titles: Sequence[str], verb: str, *, select: str | None) -> None:
        """Say what was done, and go where P publishes it."""
        named = listing([printable(title) for title in titles])
        told = f"{named} {'is' if len(titles) == 1 else 'are'} {verb}. Clients learn of it from the CRL: press P."
        self.notify(told, timeout=10, markup=False)
        self.query_one(CertificateTable).unmark()
        self._reload(select=select)

    # Renewing

    def action_renew(self) -> None:
        """Open the form for the next certificates of the same subjects."""
        if self._can_be_written() and self._able("Renew", chosen := self._chosen(), renew_refusal):
            from tlsca.tui.dialogs.renew import RenewDialog

            self._ask(RenewDialog(self._open_store(), chosen), self._renewed)

    def _renewed(self, renewed: tuple[Renewed, ...] | None) -> None:
        self._show_lock()
        if not renewed:
            return
        notes = list(dict.fromkeys(note for one in renewed for note in one.notes))
        rest = len(notes) - _MOST_NOTES
        for note in [
            *notes[:_MOST_NOTES],
            *([f"And {count(rest, 'note')} more like these."] if rest > 0 else []),
        ]:
            self.notify(printable(note), severity="warning", timeout=12, markup=False)
        crosses = sum(len(one.crosses) for one in renewed)
        crossed = f", with {count(crosses, 'cross-certificate')}" if crosses else ""
        named = listing([printable(one.record.subject or one.record.serial) for one in renewed])
        self.notify(f"Renewed {named}{crossed}.", timeout=5, markup=False)
        self.query_one(CertificateTable).unmark()
        self._reload(select=renewed[0].record.id)

    # Publishing, and what wants doing

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
