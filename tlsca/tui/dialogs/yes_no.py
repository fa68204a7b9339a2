"""A question that is answered by yes or no, and where whoever just presses Enter has said no."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Label, Static

from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog

Answer = TypeVar("Answer")

_MOST_TOLD = 5


class YesNoDialog(Dialog[Answer]):
    """Ask before something is done; answers on yes what it was given, else nothing."""

    QUESTION: ClassVar[str] = "Do it?"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", "Yes", show=False),
        Binding("n", "leave", "No", show=False),
    ]

    DEFAULT_CSS = """
    YesNoDialog {
        & #question { width: 1fr; margin-left: 1; }
        & .told { width: 100%; height: auto; }
        & .consequence { width: 100%; height: auto; color: $text-muted; }
        & .doubts { width: 100%; height: auto; margin-top: 1; color: $text-warning; }
    }
    """

    def __init__(self, answer: Answer, told: str, consequence: str, doubts: Sequence[str] = ()) -> None:
        """`told` says what it is about, `consequence` what follows; `doubts` are reasons to think about it. All printable."""
        super().__init__()
        self._answer = answer
        self._told = told
        self._consequence = consequence
        self._doubts = tuple(doubts)

    def compose_body(self) -> ComposeResult:
        """Say what it is about, and what follows."""
        yield Static(Content(printable(self._told)), classes="told")
        yield Static(Content(printable(self._consequence)), classes="consequence")
        if self._doubts:
            rest = len(self._doubts) - _MOST_TOLD
            lines = [*self._doubts[:_MOST_TOLD], *([f"And {rest} more like these."] if rest > 0 else [])]
            yield Static(Content("\n".join(f"! {printable(line)}" for line in lines)), classes="doubts")

    def compose_buttons(self) -> ComposeResult:
        """Lay out the question and its two answers."""
        yield Label(f"{self.QUESTION} y/n", id="question", markup=False)
        yield Button("Cancel", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="error", compact=True)

    def on_mount(self) -> None:
        """Begin on Cancel."""
        self.query_one("#leave", Button).focus()

    def action_confirm(self) -> None:
        """Answer yes."""
        self.dismiss(self._answer)
