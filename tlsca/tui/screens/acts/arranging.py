"""Arrange the table: which certificates it shows, in which order, in which columns, and which of them is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tlsca.tui.screens.acts.marking import MarkingActs
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.filter_bar import FilterBar
from tlsca.tui.work import work

if TYPE_CHECKING:
    from tlsca.authority.completing import Vocabulary


class ArrangingActs(MarkingActs):
    """Acts that change nothing but what is to be seen."""

    def action_filter(self) -> None:
        """Show the filter and put the cursor into it."""
        self.query_one(FilterBar).open()
        catalogue = self._catalogue
        if catalogue is not None:
            work(self, lambda: catalogue.vocabulary, self._complete_by, group="vocabulary", exclusive=True)

    def _complete_by(self, known: Vocabulary) -> None:
        from tlsca.authority.completing import completions

        self.query_one(FilterBar).complete_by(lambda typed: completions(typed, known))

    @on(FilterBar.Typed)
    def _filter_typed(self) -> None:
        self._show()

    @on(FilterBar.Done)
    def _filter_done(self) -> None:
        self.query_one(CertificateTable).focus()

    def action_sort(self) -> None:
        """Choose the order; what is chosen again is turned round."""
        from tlsca.tui.dialogs.sort import SortDialog

        self.app.push_screen(SortDialog(self._order), self._sort_by)

    @on(CertificateTable.SortWanted)
    def _title_clicked(self, event: CertificateTable.SortWanted) -> None:
        self._sort_by(event.by)

    def _sort_by(self, by: str | None) -> None:
        from tlsca.authority.ordering import Order

        if by is not None:
            self._order = (self._order or Order()).pressed(by)
            self._show()

    def action_columns(self) -> None:
        """Choose the columns."""
        from tlsca.tui.dialogs.column_choice import ColumnDialog

        self.app.push_screen(ColumnDialog(self.query_one(CertificateTable).choice), self._show_columns)

    def _show_columns(self, choice: tuple[str, ...] | None) -> None:
        if choice is not None:
            self.query_one(CertificateTable).choice = choice

    def action_next(self) -> None:
        """Go to the next certificate that is shown, or from the last to the first."""
        self.query_one(CertificateTable).go_on(1)

    def action_previous(self) -> None:
        """Go to the certificate before, or from the first to the last."""
        self.query_one(CertificateTable).go_on(-1)
