"""Issue many certificates at once: from the key to the first of them in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.tui.screens.acts.issuing import IssuingActs
from tlsca.tui.widgets.filter_bar import FilterBar
from tlsca.tui.work import work

if TYPE_CHECKING:
    from tlsca.tui.dialogs.bulk_run import Made
    from tlsca.tui.widgets.choices import Offer


class BulkActs(IssuingActs):
    """The act that brings many certificates in."""

    def action_bulk(self) -> None:
        """Open the form for many certificates."""
        if not self._can_be_written():
            return
        desk = self._open_store()

        def offer() -> Offer:
            from tlsca.tui.widgets.choices import offered

            return offered(desk)

        work(self, offer, self._ask_for_rows, group="able", exclusive=True)

    def _ask_for_rows(self, offer: Offer) -> None:
        from tlsca.tui.dialogs.bulk import BulkDialog

        if self._can_issue(offer):
            self._ask(BulkDialog(self._open_store(), offer), self._made)

    def _made(self, made: Made | None) -> None:
        from tlsca.tui.dialogs.bulk_run import counted

        self._show_lock()
        if made is None:
            return
        others = " The cursor is on the first; the others are below it." if len(made.issued) > 1 else ""
        self.notify(f"Issued {counted(len(made.issued))}.{others}", timeout=8, markup=False)
        self.query_one(FilterBar).text = ""  # which may hide what was just made
        self._reload(select=made.issued[0].record.id)
