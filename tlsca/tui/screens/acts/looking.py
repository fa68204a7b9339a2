"""Compare, find, page and save: what is done with what the inspector shows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.screens.acts.marking import MarkingActs
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.work import tell, work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlsca.authority.differing import Diff, Other
    from tlsca.authority.listing import Entry
    from tlsca.authority.saving import Saved
    from tlsca.tui.widgets.chain_view import ChainView

_NOTHING = "This view has nothing to {}."


class LookingActs(MarkingActs):
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
        from tlsca.tui.dialogs.diff import DiffDialog

        self.app.push_screen(DiffDialog(self._open_store(), selected, offered), self._show_difference)

    def _show_difference(self, found: Diff | None) -> None:
        from tlsca.tui.dialogs.diff import DifferenceDialog

        if found is not None:
            self.app.push_screen(DifferenceDialog(found))

    def action_find(self) -> None:
        """Find letters in the text of the certificate under the cursor."""
        self.add_class("-inspecting")
        self._inspector().find()

    def action_pager(self) -> None:
        """Show what the inspector shows in the pager."""
        from tlsca.tui.pager import page_through

        text = self._inspector().paged()
        if text is None:
            self._tell_nothing("page through")
            return
        try:
            page_through(self.app, text, os.environ)
        except TlscaError as error:
            tell(self.app, error)

    def action_save(self) -> None:
        """Ask where to save what the inspector shows."""
        from tlsca.tui.dialogs.save import SaveDialog

        shown = self._inspector().shown()
        if shown is None:
            self._tell_nothing("save")
        else:
            self.app.push_screen(SaveDialog(shown, Path.cwd()), self._saved)

    def _saved(self, saved: Saved | None) -> None:
        if saved is not None:
            said = f"Saved {printable(str(saved.path))}: {saved.form}, {saved.octets:,} octets."
            self.notify(said, timeout=8, markup=False)

    def _tell_nothing(self, act: str) -> None:
        self.notify(_NOTHING.format(act), severity="warning", timeout=4, markup=False)

    def on_chain_view_chosen(self, event: ChainView.Chosen) -> None:
        """Go to a certificate of the chain that is in the store."""
        self._go_to(event.link.certificate.sha256)
