"""Import certificates, keys, requests and revocations from files and from whole directories of other authorities."""

from textual.app import ComposeResult
from textual.widgets import Input, Label

from tlsca.authority.desk import Desk
from tlsca.authority.importing import ImportReport, import_files
from tlsca.errors import PassphraseMissing, TlscaError
from tlsca.text import listing, printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.path_completion import PathCompletion, expanded


class ImportDialog(Dialog[ImportReport]):
    """Import from files; answers what was imported and what was not."""

    TITLE_TEXT = "Import"
    CONFIRM = "Import"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def compose_body(self) -> ComposeResult:
        """Lay out the files and the passphrase that may open them."""
        yield Label(
            "Certificates, keys, requests and CRLs in any usual format; XCA's .xdb;\n"
            "whole directories of other CAs: openssl ca, easy-rsa, mkcert, step.",
            classes="dialog-lead",
            markup=False,
        )
        yield Field(
            "Files",
            LineInput(
                id="paths",
                compact=True,
                placeholder="ca.pem, ca.key, ~/easy-rsa/pki; separated by commas",
                suggester=PathCompletion(several=True),
            ),
        )
        yield Field(
            "Passphrase",
            Input(password=True, id="passphrase", compact=True, placeholder="of the files, if they have one"),
        )

    def action_confirm(self) -> None:
        """Unlock the store, because keys may be among what comes, then import in a thread."""
        self.show_error(None)
        once_unlocked(self, self._desk, "to seal imported keys", self._import)

    def _import(self) -> None:
        typed = self.query_one("#paths", Input).value
        paths = [expanded(part.strip()) for part in typed.split(",") if part.strip()]
        secret = self.query_one("#passphrase", Input).value or None
        named = printable(listing([path.name for path in paths], most=3)) or "nothing"
        self.carry_out(
            f"Importing {named}",
            lambda: import_files(self._desk, paths, passphrase=secret),
            self._refuse,
        )

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
        if isinstance(error, PassphraseMissing):
            self.query_one("#passphrase", Input).focus()
