"""A passphrase that was made: shown once, to be copied or written down before it is used."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Static

from tlsca.authority.passphrases import GENERATED_BITS
from tlsca.tui.dialogs.dialog import Dialog


class PassphraseDialog(Dialog[str]):
    """Show a passphrase; answers it once it is taken."""

    TITLE_TEXT = "A new passphrase"
    CONFIRM = "Use it"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "copy", "Copy", show=False)]

    DEFAULT_CSS = """
    PassphraseDialog {
        & > Vertical { width: 62; }
        & #made { height: 3; padding: 1 2; background: $background; text-align: center; width: 100%; text-style: bold; }
        & #promise { height: auto; margin-top: 1; color: $text-muted; }
    }
    """

    def __init__(self, made: str) -> None:
        super().__init__()
        self._made = made

    def compose_body(self) -> ComposeResult:
        """Lay out the passphrase above what to do with it."""
        yield Static(Content(self._made), id="made")
        promise = f"{GENERATED_BITS} random bits: nobody guesses it. It is shown here, this once, and kept nowhere: copy it into your password manager, or write it down."
        yield Static(Content(promise), id="promise")

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: to leave it, to copy it, to take it."""
        yield Button("Cancel", id="leave", compact=True)
        yield Button("Copy (y)", id="copy", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin at the button that takes it."""
        self.query_one("#confirm", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Copy it; the frame does what the other buttons say."""
        if event.button.id == "copy":
            self.action_copy()

    def action_copy(self) -> None:
        """Put it into the clipboard; the notice does not repeat it."""
        self.app.copy_to_clipboard(self._made)
        self.notify("Copied the passphrase. Clear the clipboard when it is where it belongs.", timeout=5)

    def action_confirm(self) -> None:
        """Take it."""
        self.dismiss(self._made)
