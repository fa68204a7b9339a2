"""The frame that every dialog stands in: a title, its content, a line for what is wrong, and its buttons."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tlsca.errors import TlscaError
from tlsca.tui.work import sentence

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A dialog that Escape leaves without an answer."""

    TITLE_TEXT: ClassVar[str] = ""
    """What stands in the frame."""
    CONFIRM: ClassVar[str] = "OK"
    """What the button says that does it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-huge")]  # noqa: RUF012 -- an instance variable to Textual

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 76; max-width: 100%; height: auto; max-height: 100%;
            background: $surface; border: round $primary; border-title-color: $primary; border-title-style: bold; padding: 0 1;
        }
        & .dialog-body { height: auto; max-height: 1fr; scrollbar-size-vertical: 1; }
        & .dialog-lead { color: $text-muted; margin-bottom: 1; height: auto; }
        & .dialog-error { height: auto; margin-top: 1; display: none; }
        & .dialog-error.-shown { display: block; }
        & .dialog-buttons { height: 1; margin-top: 1; align-horizontal: right; & Button { margin-left: 2; min-width: 12; } }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", show=False),
        Binding("ctrl+s", "confirm", "Do it", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Lay out title, body, error line and buttons."""
        with Vertical() as frame:
            frame.border_title = Content(self.TITLE_TEXT)
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield from self.compose_body()
            yield Static(classes="dialog-error")
            with Horizontal(classes="dialog-buttons"):
                yield from self.compose_buttons()

    def compose_body(self) -> ComposeResult:
        """Lay out what the dialog asks or tells."""
        yield from ()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: to leave, and to do it."""
        yield Button("Cancel", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Leave or do it."""
        event.stop()
        if event.button.id == "leave":
            self.action_leave()
        elif event.button.id == "confirm":
            self.action_confirm()

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_confirm(self) -> None:
        """Do what the dialog is for; one that only tells something closes."""
        self.dismiss(None)

    def show_error(self, error: TlscaError | None) -> None:
        """Say what is wrong below the body, or nothing any more."""
        line = self.query_one(".dialog-error", Static)
        line.set_class(error is not None, "-shown")
        line.update(sentence(error) if error else "")

    def busy(self, doing: bool) -> None:
        """Keep the button from being pressed twice while the work is done."""
        button = self.query_one("#confirm", Button)
        button.disabled = doing
        button.loading = False
        button.label = "Working …" if doing else self.CONFIRM
