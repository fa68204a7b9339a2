"""Compare certificates of the list, and go up a chain within it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.tui.screens.acts.marking import MarkingActs
from tlsca.tui.screens.acts.viewing import ViewingActs
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.work import work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlsca.authority.differing import Diff, Other
    from tlsca.authority.listing import Entry
    from tlsca.tui.widgets.chain_view import ChainView


class LookingActs(MarkingActs, ViewingActs):
    """Acts that look closer, and change nothing in the store."""

    def action_diff(self) -> None:
        """Compare the two that are marked, or the marked one and the one under the cursor; else ask with what to compare this."""
        marked = self.query_one(CertificateTable).marked
        wanted = marked if len(marked) != 1 else marked | {self._selected().record.id}
        if len(wanted) > 2:
            said = f"{len(marked)} certificates are marked; two can be compared."
            self.notify(said, title="Compare", severity="warning", markup=False)
        elif len(wanted) == 2:
            chosen = [entry for entry in self._all if entry.record.id in wanted]
            old, new = sorted(chosen, key=lambda entry: entry.record.not_before)
            work(self, lambda: self._compared(old, new), self._show_difference, group="diff", exclusive=True)
        else:
            self._ask_about(self._selected())

    def _ask_about(self, selected: Entry) -> None:
        work(
            self,
            lambda: self._others(selected),
            lambda offered: self._ask_with_what(selected, offered),
            group="diff",
            exclusive=True,
        )

    def _compared(self, old: Entry, new: Entry) -> Diff:
        from tlsca.authority.differing import diff, side_of_record

        desk = self._open_store()
        return diff(side_of_record(desk, old.record), side_of_record(desk, new.record))

    def _others(self, selected: Entry) -> Sequence[Other]:
        from tlsca.authority.differing import others

        return others(self._open_store(), selected.record)

    def _ask_with_what(self, selected: Entry, offered: Sequence[Other]) -> None:
        from tlsca.authority.differing import side_of_record
        from tlsca.tui.dialogs.diff import DiffDialog

        desk = self._open_store()
        dialog = DiffDialog(desk, selected.title, lambda: side_of_record(desk, selected.record), offered)
        self.app.push_screen(dialog, self._show_difference)

    def action_find(self) -> None:
        """Find letters in the text of the certificate under the cursor."""
        self.add_class("-inspecting")
        super().action_find()

    def on_chain_view_chosen(self, event: ChainView.Chosen) -> None:
        """Go to a certificate of the chain that is in the store."""
        self._go_to(event.link.certificate.sha256)
