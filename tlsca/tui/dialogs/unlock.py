"""Ask for the store's passphrase."""

from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.widgets import Input, Label

from tlsca.authority.desk import Desk
from tlsca.authority.keeping import unlock
from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.field import Field
from tlsca.tui.work import work


class UnlockDialog(Dialog[bool]):
    """Unlock the store; answers True once it is."""

    TITLE_TEXT = "Unlock the store"
    CONFIRM = "Unlock"

    def __init__(self, desk: Desk, purpose: str = "") -> None:
        super().__init__()
        self._desk = desk
        self._purpose = purpose

    def compose_body(self) -> ComposeResult:
        """Lay out the one field."""
        purpose = f" {self._purpose}" if self._purpose else ""
        yield Label(
            f"Private keys are sealed. Give the passphrase{purpose}.", classes="dialog-lead", markup=False
        )
        yield Field(
            "Passphrase",
            Input(password=True, id="passphrase", compact=True, placeholder=printable(self._desk.hint)),
        )

    def action_confirm(self) -> None:
        """Try the passphrase in a thread: the derivation takes a noticeable moment by design."""
        typed = self.query_one("#passphrase", Input).value
        self.show_error(None)
        self.busy(True)
        work(self, lambda: unlock(self._desk, typed), lambda _: self.dismiss(True), failed=self._refuse)

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
        field = self.query_one("#passphrase", Input)
        field.value = ""
        field.focus()


def once_unlocked(dialog: Dialog[Any], desk: Desk, purpose: str, then: Callable[[], None]) -> None:
    """Go on with what a dialog does, after the passphrase was asked for if need be; not at all if it was not given."""
    if desk.unlocked:
        then()
        return

    def answered(unlocked: bool | None) -> None:
        dialog.busy(False)
        if unlocked:
            then()

    dialog.busy(True)
    dialog.app.push_screen(UnlockDialog(desk, purpose), answered)
