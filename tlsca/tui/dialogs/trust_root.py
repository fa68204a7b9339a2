"""Take a root that a host sent along into the store, and so trust it, after a look at its fingerprint."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Static

from tlsca.authority.desk import Desk
from tlsca.authority.importing import Gathered, ImportReport, import_gathered
from tlsca.errors import TlscaError
from tlsca.pki.certificate import Certificate
from tlsca.pki.found import Found, Kind
from tlsca.pki.rows import Row
from tlsca.text import hex_colons, printable, rfc3339
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.work import work

_LEAD = "Whoever holds its key can then stand in for every host towards this store. Compare the fingerprint with one that came to you another way."


class TrustRootDialog(Dialog[ImportReport]):
    """Ask whether a root is to be trusted; answers what was imported."""

    TITLE_TEXT = "Import this root and trust it?"
    CONFIRM = "Trust (y)"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", "Trust it", show=False),
        Binding("n", "leave", "Cancel", show=False),
    ]

    def __init__(self, desk: Desk, root: Certificate, source: str) -> None:
        """`source` is who sent it."""
        super().__init__()
        self._desk = desk
        self._root = root
        self._source = source

    def compose_body(self) -> ComposeResult:
        """Lay out who it says it is, above its fingerprint in full."""
        yield Static(Content(_LEAD), classes="dialog-lead")
        yield Facts()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: not to is the first."""
        yield Button("Cancel (n)", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="warning", compact=True)

    def on_mount(self) -> None:
        """Show it; the focus is on not to."""
        self.query_one(Facts).show(_rows(self._root, self._source))
        self.query_one("#leave", Button).focus()

    def action_confirm(self) -> None:
        """Import it in a thread."""
        self.show_error(None)
        self.busy(True)
        work(self, self._import, self.dismiss, failed=self._refuse)

    def _import(self) -> ImportReport:
        gathered = Gathered()
        gathered.add([Found(Kind.CERTIFICATE, self._root.der)], printable(self._source), Path(self._source))
        return import_gathered(self._desk, gathered)

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _rows(root: Certificate, source: str) -> list[Row]:
    since = rfc3339(root.not_before)[:10] if root.not_before else "?"
    until = rfc3339(root.not_after)[:10] if root.not_after else "?"
    return [
        Row("Root", printable(root.subject)),
        Row("Sent by", printable(source)),
        Row("Valid", f"{since} to {until}"),
        Row("SHA-256", hex_colons(root.sha256)),
    ]
