"""Pre-flight, and what a digit mends in the result of a probe: import the root, export the chain, reissue, renew, publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tlsca.text import printable
from tlsca.tui.screens.store_screen import StoreScreen
from tlsca.tui.wording import key_of
from tlsca.tui.work import work

if TYPE_CHECKING:
    from collections.abc import Callable

    from tlsca.authority.importing import ImportReport
    from tlsca.authority.issuing import CertificateForm, Issued
    from tlsca.authority.listing import Entry
    from tlsca.authority.mending import Repair
    from tlsca.authority.renewing import Renewed
    from tlsca.store.records import CertificateRecord
    from tlsca.tui.widgets.choices import Offer
    from tlsca.tui.widgets.connection import ConnectionPanel

_CHAIN = "chain"


class ProvingActs(StoreScreen):
    """Acts that begin with a handshake."""

    async def action_preflight(self) -> None:
        """Serve the certificate under the cursor here, probe it, and show the verdict."""
        selected = self._selected()
        panel = await self._open_connection()
        panel.rehearse(selected)

    def on_connection_panel_mend(self, event: ConnectionPanel.Mend) -> None:
        """Open the form of a repair."""
        from tlsca.authority.mending import Act

        event.stop()
        forms: dict[Act, Callable[[Repair], None]] = {
            Act.IMPORT: self._ask_whether_to_trust,
            Act.CHAIN: lambda repair: self._with_entry(repair.record, self._export_for_host),
            Act.REISSUE: self._reissue,
            Act.RENEW: lambda repair: self._with_entry(repair.record, self._renew_for_host),
            Act.PUBLISH: lambda repair: self._with_entry(repair.record, self._publish_for_host),
        }
        form = forms.get(event.repair.act)
        if form is not None and (event.repair.act is Act.CHAIN or self._can_be_written()):
            form(event.repair)

    def _with_entry(self, record: CertificateRecord | None, then: Callable[[Entry], None]) -> None:
        desk = self._open_store()

        def found() -> Entry | None:
            from tlsca.authority.listing import entry

            return entry(desk, record) if record is not None else None

        work(self, found, lambda one: then(one) if one is not None else None, group="able", exclusive=True)

    # Trusting a root

    def _ask_whether_to_trust(self, repair: Repair) -> None:
        from tlsca.tui.dialogs.trust_root import TrustRootDialog

        result = self._connection().result
        if repair.certificate is not None and result is not None:
            dialog = TrustRootDialog(self._open_store(), repair.certificate, str(result.target))
            self.app.push_screen(dialog, self._trusted)

    def _trusted(self, report: ImportReport | None) -> None:
        if report is None:
            return
        named = ", ".join(printable(record.subject) for record in report.certificates)
        self.notify(f"Imported {named or 'nothing new'}.", timeout=5, markup=False)
        self._reload()
        self._connection().again()

    # What the host is to serve

    def _export_for_host(self, entry: Entry) -> None:
        from tlsca.tui.dialogs.export import ExportDialog

        dialog = ExportDialog(self._open_store(), (entry,), Path.cwd(), begin_with=_CHAIN)
        self.app.push_screen(dialog, self._exported_for_host)

    def _exported_for_host(self, test: bool | None) -> None:
        self._show_lock()
        if test:
            self._connection().again()

    def _reissue(self, repair: Repair) -> None:
        desk, record = self._open_store(), repair.record

        def prepared() -> tuple[Offer, CertificateForm] | None:
            from tlsca.authority.reissuing import form_like
            from tlsca.tui.widgets.choices import offered

            return (offered(desk), form_like(desk, record, name=repair.name)) if record is not None else None

        work(self, prepared, self._ask_what_to_reissue, group="able", exclusive=True)

    def _ask_what_to_reissue(self, prepared: tuple[Offer, CertificateForm] | None) -> None:
        from tlsca.tui.dialogs.issue import IssueDialog

        if prepared is None:
            return
        offer, form = prepared
        if not offer.issuers:
            self.notify(
                f"No authority can issue yet. Press {key_of('authority')} to make one.",
                severity="warning",
                markup=False,
            )
            return
        self.app.push_screen(IssueDialog(self._open_store(), offer, form), self._reissued)

    def _reissued(self, issued: Issued | None) -> None:
        self._show_lock()
        if issued is not None:
            self._told_for_host("Issued", issued.record, issued.notes)

    def _renew_for_host(self, entry: Entry) -> None:
        from tlsca.tui.dialogs.renew import RenewDialog

        self.app.push_screen(RenewDialog(self._open_store(), (entry,)), self._renewed_for_host)

    def _renewed_for_host(self, renewed: tuple[Renewed, ...] | None) -> None:
        self._show_lock()
        if renewed:
            self._told_for_host("Renewed", renewed[0].record, renewed[0].notes)

    def _told_for_host(self, done: str, record: CertificateRecord, notes: tuple[str, ...]) -> None:
        """Say what was done, and go on to what the host needs of it."""
        for note in notes:
            self.notify(printable(note), severity="warning", timeout=12, markup=False)
        told = f"{done} {printable(record.subject or record.serial)}."
        if not record.is_authority:
            told += " Now the host needs it."
            self._with_entry(record, self._export_for_host)
        self.notify(told, timeout=6, markup=False)
        self._reload()

    # Revocation lists

    def _publish_for_host(self, entry: Entry) -> None:
        from tlsca.tui.dialogs.publish import PublishDialog

        self.app.push_screen(PublishDialog(self._open_store(), entry, Path.cwd()), self._published_for_host)

    def _published_for_host(self, outcome: str | None) -> None:
        self._show_lock()
        if outcome is not None:
            self.notify(printable(outcome), timeout=10, markup=False)
            self._reload()
            self._connection().again()

    def _connection(self) -> ConnectionPanel:
        from tlsca.tui.widgets.connection import ConnectionPanel

        return self.query_one(ConnectionPanel)
