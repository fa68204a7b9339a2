"""Release a certificate that is on hold."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Button, Label

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.revoking import unhold
from tlsca.authority.showing import show_release
from tlsca.errors import TlscaError
from tlsca.pki.describe import Row
from tlsca.text import printable, rfc3339
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.work import work


class UnholdDialog(Dialog[str]):
    """Let a held certificate count again; answers what was done, in a sentence."""

    TITLE_TEXT = "Release from hold"
    CONFIRM = "Release"

    def __init__(self, desk: Desk, selected: Entry) -> None:
        super().__init__()
        self._desk = desk
        self._selected = selected

    def compose_body(self) -> ComposeResult:
        """Say what is held, and what happens next."""
        record = self._selected.record
        yield Label(printable(self._selected.title), classes="dialog-lead", markup=False)
        facts = Facts()
        since = rfc3339(record.revoked_at) if record.revoked_at else ""
        facts.show(
            (
                Row("On hold since", since),
                Row("Then", "It counts again for clients once the next CRL, without it, is published."),
            )
        )
        yield facts

    def on_mount(self) -> None:
        """Begin on Cancel."""
        self.query_one("#leave", Button).focus()

    def action_confirm(self) -> None:
        """Release it in a thread."""
        self.show_error(None)
        self.busy(True)
        reference = self._selected.record.sha256
        work(self, lambda: unhold(self._desk, [reference]), lambda _: self._done(), failed=self._refuse)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that release it."""
        return lambda: show_release(self._desk, (self._selected.record.sha256,))

    def _done(self) -> None:
        self.dismiss(
            f"{printable(self._selected.title)} is released. Clients learn of it from the CRL: press P."
        )

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
