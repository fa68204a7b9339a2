"""Cross-sign, and look after requests: from the key to what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.text import count, printable
from tlsca.tui.screens.acts.issuing import IssuingActs
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.wording import key_of
from tlsca.tui.work import work

if TYPE_CHECKING:
    from tlsca.authority.issuing import Issued
    from tlsca.authority.partitioning import Partitioned
    from tlsca.tui.dialogs.cross_sign import Parties


class AuthorityActs(IssuingActs):
    """Acts between authorities, ours and somebody else's, and with those who are to trust them."""

    def action_cross_sign(self) -> None:
        """Open the form that vouches for another authority."""
        if not self._can_be_written():
            return
        desk, selected = self._open_store(), self.query_one(CertificateTable).current

        def found() -> Parties:
            from tlsca.tui.dialogs.cross_sign import parties

            return parties(desk, selected)

        work(self, found, self._ask_what_to_cross_sign, group="able", exclusive=True)

    def _ask_what_to_cross_sign(self, found: Parties) -> None:
        from tlsca.tui.dialogs.cross_sign import CrossSignDialog

        if not found.issuers:
            said = f"No authority here may certify another one. Press {key_of('authority')} to make a root."
            self.notify(said, severity="warning", markup=False)
            return
        self.app.push_screen(CrossSignDialog(self._open_store(), found), self._issued)

    def action_partition(self) -> None:
        """Open the form that parts the revocation lists of the authority under the cursor."""
        from tlsca.tui.dialogs.partition import PartitionDialog

        if self._can_be_written():
            self.app.push_screen(PartitionDialog(self._open_store(), self._selected()), self._parted)

    def _parted(self, found: Partitioned | None) -> None:
        if found is not None:
            told = f"{printable(found.authority.subject)} has {count(found.partitions.count, 'partition')}."
            self.notify(f"{told} Press {key_of('publish')} to publish their lists.", timeout=8, markup=False)
            self._reload(select=found.authority.id)

    def action_trust(self) -> None:
        """Open the dialog that has this machine trust the root under the cursor."""
        from tlsca.tui.dialogs.trust import TrustDialog

        if self._can_be_written():
            self.app.push_screen(TrustDialog(self._open_store(), self._selected().record))

    def action_requests(self) -> None:
        """Show the requests that the store knows."""
        from tlsca.tui.dialogs.requests import RequestsDialog

        self.app.push_screen(RequestsDialog(self._open_store()), self._request_done)

    def _request_done(self, outcome: Issued | str | None) -> None:
        if isinstance(outcome, str):
            self._go_to(outcome)
        else:
            self._issued(outcome)
