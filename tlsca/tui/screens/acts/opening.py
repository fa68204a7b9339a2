"""Open anything: by the dialog, or by pasting it or dropping a file onto the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.tui.screens.store_screen import StoreScreen
from tlsca.tui.work import work

if TYPE_CHECKING:
    from textual import events

    from tlsca.authority.opening import Wanted
    from tlsca.tui.dialogs.open import Answer


class OpeningActs(StoreScreen):
    """Acts that look at what is not in the store."""

    def action_open(self) -> None:
        """Ask for a path, a host or a text."""
        self._open_wanted(None)

    def on_paste(self, event: events.Paste) -> None:
        """Open what is pasted or dropped, if it is anything that can be opened; whether it is, the disk may have to say."""
        if self._desk is None:
            return
        event.stop()
        pasted = event.text

        def wanted() -> Wanted | None:
            from tlsca.authority.opening import wanted_of

            return wanted_of(pasted)

        work(self, wanted, self._open_pasted, group="paste", exclusive=True)

    def _open_pasted(self, wanted: Wanted | None) -> None:
        if wanted is None:
            said = "What was pasted is no certificate, key, request or CRL, and no file that is there."
            self.notify(said, severity="warning", timeout=5, markup=False)
        else:
            self._open_wanted(wanted)

    def _open_wanted(self, wanted: Wanted | None) -> None:
        from tlsca.tui.dialogs.open import OpenDialog

        self.app.push_screen(OpenDialog(self._open_store(), wanted), self._opened_something)

    def _opened_something(self, answer: Answer | None) -> None:
        from tlsca.tui.screens.inspect import InspectScreen

        self._show_lock()
        if answer is not None:
            self.app.push_screen(InspectScreen(self._open_store(), answer), lambda _: self._reload())
