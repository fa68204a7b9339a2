"""Release certificates that are on hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, Label

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.revoking import Target, unhold
from tlsca.authority.showing_revocation import show_release
from tlsca.errors import TlscaError
from tlsca.pki.rows import Row
from tlsca.text import listing, printable, rfc3339
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.revoke import called
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.work import work


@dataclass(frozen=True, slots=True)
class Unheld:
    """What became of certificates that were on hold."""

    released: tuple[Target, ...] = ()
    revoke: bool = False
    """Whether they are to be revoked for good instead, which is another form's matter."""


class UnholdDialog(Dialog[Unheld]):
    """Let held certificates count again, or go on to revoke them for good."""

    TITLE_TEXT = "Release from hold"
    CONFIRM = "Release"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", "Yes", show=False),
        Binding("n", "leave", "No", show=False),
    ]

    DEFAULT_CSS = """
    UnholdDialog #question { width: 1fr; margin-left: 1; }
    """

    def __init__(self, desk: Desk, selected: Sequence[Entry]) -> None:
        super().__init__()
        self._desk = desk
        self._selected = selected
        self._references = tuple(entry.record.sha256 for entry in selected)

    def compose_body(self) -> ComposeResult:
        """Say what is held, and what happens next."""
        records = [entry.record for entry in self._selected]
        yield Label(called(self._selected), classes="dialog-lead", markup=False)
        facts = Facts()
        since = min((record.revoked_at for record in records if record.revoked_at), default=None)
        several = len(records) > 1
        names = [Row("Certificates", listing([printable(entry.title) for entry in self._selected], most=8))]
        facts.show(
            (
                *(names if several else []),
                Row("On hold since", rfc3339(since) if since else "", "the first of them" if several else ""),
                Row(
                    "Then",
                    f"{'They count' if several else 'It counts'} again for clients once the next CRL, without "
                    f"{'them' if several else 'it'}, is published.",
                ),
            )
        )
        yield facts

    def compose_buttons(self) -> ComposeResult:
        """Lay out the question and its three answers."""
        yield Label("Release? y/n", id="question", markup=False)
        yield Button("Cancel", id="leave", compact=True)
        yield Button("Revoke …", id="revoke", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin on Cancel."""
        self.query_one("#leave", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Leave, release, or go on to revoke."""
        super().on_button_pressed(event)
        if event.button.id == "revoke" and not self._busy:
            self.dismiss(Unheld(revoke=True))

    def action_confirm(self) -> None:
        """Release them in a thread."""
        self.show_error(None)
        self.busy(True)
        work(self, lambda: unhold(self._desk, self._references), self._done, failed=self._refuse)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that release them."""
        return lambda: show_release(self._desk, self._references)

    def _done(self, released: tuple[Target, ...]) -> None:
        self.dismiss(Unheld(released))

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
