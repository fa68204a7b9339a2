"""Ask before a host is watched no longer: what is known of its past goes with it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, Label

from tlsca.authority.watched import Watched
from tlsca.store.records import WatchRecord
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog


class UnwatchDialog(Dialog[WatchRecord]):
    """Yes or no; answers the record of what is to be removed."""

    TITLE_TEXT = "Watch no longer"
    CONFIRM = "Remove"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", "Yes", show=False),
        Binding("n", "leave", "No", show=False),
    ]

    DEFAULT_CSS = """
    UnwatchDialog #question { width: 1fr; margin-left: 1; }
    """

    def __init__(self, one: Watched) -> None:
        super().__init__()
        self._record = one.record

    def compose_body(self) -> ComposeResult:
        """Say which host it is, and what is lost."""
        yield Label(printable(self._record.id), markup=False)
        yield Label(
            "What changed there, and when, is forgotten with it.", classes="dialog-lead", markup=False
        )

    def compose_buttons(self) -> ComposeResult:
        """Lay out the question and its two answers."""
        yield Label("Remove? y/n", id="question", markup=False)
        yield Button("Cancel", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="error", compact=True)

    def on_mount(self) -> None:
        """Begin on Cancel."""
        self.query_one("#leave", Button).focus()

    def action_confirm(self) -> None:
        """Answer yes."""
        self.dismiss(self._record)
