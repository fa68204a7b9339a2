"""Mark certificates, and find what an act on several is done to: the marked ones, or the one under the cursor where none is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tlsca.tui.refusals import refusals
from tlsca.tui.screens.store_screen import StoreScreen
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.title_bar import TitleBar, marked_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tlsca.authority.listing import Entry


class MarkingActs(StoreScreen):
    """Acts that choose what the next act is done to."""

    def action_mark(self) -> None:
        """Mark the certificate under the cursor, or take its mark away, and go on to the next."""
        self.query_one(CertificateTable).mark()

    def action_mark_all(self) -> None:
        """Mark every certificate that is shown, or none of them."""
        self.query_one(CertificateTable).mark_all()

    def action_mark_range(self) -> None:
        """Begin a range at the cursor, or mark all from where it was begun."""
        self.query_one(CertificateTable).mark_range()

    @on(CertificateTable.Marked)
    def _count_marks(self, event: CertificateTable.Marked) -> None:
        self.query_one(TitleBar).marked = marked_words(event.number, event.hidden)
        self.refresh_bindings()

    def _any_marked(self) -> bool:
        return bool(self.query_one(CertificateTable).marked)

    def _chosen(self) -> tuple[Entry, ...]:
        """Return what is marked, in the order of the list and whether it is shown or not; else what is under the cursor."""
        marked = self.query_one(CertificateTable).marked
        return tuple(entry for entry in self._all if entry.record.id in marked) or (self._selected(),)

    def _able(self, title: str, chosen: Sequence[Entry], refusal: Callable[[Entry], str]) -> bool:
        """Say whether an act can be done to all of them; where it cannot, tell to which and why, before anything happens."""
        told = refusals(chosen, refusal)
        if told:
            self.notify(told, title=title, severity="warning", timeout=12, markup=False)
        return not told
