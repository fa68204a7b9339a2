"""Give the store another passphrase; private keys stay as they are sealed."""

from textual.app import ComposeResult
from textual.widgets import Input, Label

from tlsca.authority.desk import Desk
from tlsca.authority.rewrapping import change_passphrase, recommended
from tlsca.errors import PassphraseWrong, TlscaError, UsageError
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.new_passphrase import NewPassphrase
from tlsca.tui.work import work


class ChangePassphraseDialog(Dialog[bool]):
    """Ask for the old one and the new one; answers True once the new one opens the store."""

    TITLE_TEXT = "Change the passphrase"
    CONFIRM = "Change"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def compose_body(self) -> ComposeResult:
        """Lay out the passphrase there is, and the new one twice."""
        yield Label(
            "Copies and backups that were made before go on opening with the passphrase of their time: "
            "where somebody knows that one, give the authorities new keys. A guess costs as much as is recommended from now on.",
            classes="dialog-lead",
            markup=False,
        )
        yield Field("Passphrase now", Input(password=True, id="current", compact=True))
        yield NewPassphrase("New one")

    def action_confirm(self) -> None:
        """Change it in a thread: both derivations take a noticeable moment by design."""
        self.show_error(None)
        current = self.query_one("#current", Input).value
        try:
            new = self.query_one(NewPassphrase).typed()
        except UsageError as error:
            self.show_error(error)
            return
        self.busy(True)
        work(
            self,
            lambda: change_passphrase(self._desk, current, new, parameters=recommended(self._desk)),
            lambda _: self.dismiss(True),
            failed=self._refuse,
        )

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
        if isinstance(error, PassphraseWrong):
            field = self.query_one("#current", Input)
            field.value = ""
            field.focus()
