"""Issue, make an authority, import and export: from the key to what was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from tlsca.text import printable
from tlsca.tui.screens.acts.marking import MarkingActs
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.filter_bar import FilterBar
from tlsca.tui.wording import key_of
from tlsca.tui.work import work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlsca.authority.desk import Desk
    from tlsca.authority.importing import ImportReport
    from tlsca.authority.issuing import CertificateForm, Issued
    from tlsca.authority.listing import Entry
    from tlsca.tui.dialogs.wizard import Guided
    from tlsca.tui.widgets.choices import Offer


class IssuingActs(MarkingActs):
    """Acts that bring certificates in, and take them out."""

    _then: tuple[str, str] = ("", "")
    """A record's id, and the act to go on with once the cursor is there."""

    def action_issue(self) -> None:
        """Open the form for a certificate."""
        if not self._can_be_written():
            return
        desk, current = self._open_store(), self.query_one(CertificateTable).current

        def found() -> tuple[Offer, CertificateForm | None]:
            from tlsca.authority.reissuing import form_like
            from tlsca.tui.widgets.choices import offered

            leaf = current.record if current is not None and not current.record.is_authority else None
            return offered(desk), form_like(desk, leaf) if leaf is not None else None

        work(
            self, found, lambda found: self._ask_what_to_issue(*found, current), group="able", exclusive=True
        )

    def _ask_what_to_issue(self, offer: Offer, form: CertificateForm | None, current: Entry | None) -> None:
        from tlsca.tui.dialogs.issue import IssueDialog, Like

        if self._can_issue(offer):
            like = Like(current.title, form) if current is not None and form is not None else None
            self._ask(IssueDialog(self._open_store(), offer, like=like), self._issued)

    def action_wizard(self) -> None:
        """Ask for a certificate step by step."""
        if not self._can_be_written():
            return
        desk = self._open_store()

        def offer() -> Offer:
            from tlsca.tui.widgets.choices import offered

            return offered(desk)

        work(self, offer, self._ask_step_by_step, group="able", exclusive=True)

    def _ask_step_by_step(self, offer: Offer) -> None:
        from tlsca.tui.dialogs.wizard import WizardDialog

        if self._can_issue(offer):
            self.app.push_screen(WizardDialog(self._open_store(), offer), self._guided)

    def _can_issue(self, offer: Offer) -> bool:
        if not offer.issuers:
            self.notify(
                f"No authority can issue yet. Press {key_of('authority')} to make one.",
                severity="warning",
                markup=False,
            )
        return bool(offer.issuers)

    def action_request(self) -> None:
        """Open the form for a certificate request."""
        from tlsca.tui.dialogs.request import RequestDialog

        if self._can_be_written():
            self.app.push_screen(RequestDialog(self._open_store()), lambda _: self._show_lock())

    def action_sign(self) -> None:
        """Open the form for somebody's certificate request."""
        if not self._can_be_written():
            return
        desk = self._open_store()

        def offer() -> Offer:
            from tlsca.tui.widgets.choices import offered

            return offered(desk, authorities=True)

        work(self, offer, self._ask_what_to_sign, group="able", exclusive=True)

    def _ask_what_to_sign(self, offer: Offer) -> None:
        from tlsca.tui.dialogs.sign import SignDialog

        if self._can_issue(offer):
            self.app.push_screen(SignDialog(self._open_store(), offer), self._issued)

    def action_authority(self) -> None:
        """Open the form for an authority."""
        if not self._can_be_written():
            return
        desk = self._open_store()
        work(self, lambda: self._able_to_issue(desk), self._ask_which_authority, group="able", exclusive=True)

    def _able_to_issue(self, desk: Desk) -> Sequence[Entry]:
        from tlsca.authority.issuers import issuers
        from tlsca.authority.listing import entries_of

        return entries_of(desk, issuers(desk))

    def _ask_which_authority(self, able: Sequence[Entry]) -> None:
        from tlsca.tui.dialogs.authority import AuthorityDialog

        self._ask(AuthorityDialog(self._open_store(), able), self._issued)

    def action_import(self) -> None:
        """Open the form for files to import."""
        from tlsca.tui.dialogs.take_in import ImportDialog

        if not self._can_be_written():
            return
        self._ask(ImportDialog(self._open_store()), self._imported)

    def action_export(self) -> None:
        """Open the form for the export of what is marked, or of the certificate under the cursor."""
        from tlsca.tui.dialogs.export import ExportDialog

        chosen = self._chosen()
        dialog = ExportDialog(self._open_store(), chosen, Path.cwd())
        self._ask(dialog, lambda test: self._exported(chosen[0], test=bool(test)))

    # What dialogs answer

    def _issued(self, issued: Issued | None) -> None:
        self._show_lock()
        if issued is None:
            return
        for note in issued.notes:
            self.notify(printable(note), severity="warning", timeout=12, markup=False)
        self.notify(
            f"Issued {printable(issued.record.subject or issued.record.serial)}.", timeout=5, markup=False
        )
        self._reload(select=issued.record.id)

    def _guided(self, guided: Guided | None) -> None:
        """Go on with what was chosen at the end of the wizard, once the cursor is on the certificate."""
        if guided is not None:
            self._then = (guided.issued.record.id, guided.then)
            if guided.then:
                self.query_one(FilterBar).text = ""  # which may hide what was just made
        self._issued(guided.issued if guided is not None else None)

    @on(CertificateTable.Highlighted)
    async def _go_on_with(self, event: CertificateTable.Highlighted) -> None:
        record_id, act = self._then
        if event.entry is not None and event.entry.record.id == record_id:
            self._then = ("", "")
            if act:
                await self.run_action(act)

    def _imported(self, report: ImportReport | None) -> None:
        from tlsca.tui.dialogs.import_report import ImportReportDialog, imported

        self._show_lock()
        if report is None:
            return

        def tell(_: object = None) -> None:
            self.notify(imported(report), timeout=10, markup=False)

        if report.skipped:  # the page tells the same and more, and a notice would hide its end
            self._once_in_front(lambda: self.app.push_screen(ImportReportDialog(report), tell))
        else:
            tell()
        self._reload(select=report.certificates[0].id if report.certificates else None)

    def _exported(self, first: Entry, *, test: bool) -> None:
        self._show_lock()
        if test:
            self._go_to(first.record.sha256)
            self.call_later(self._open_connection)
