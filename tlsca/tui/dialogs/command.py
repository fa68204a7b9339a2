"""The openssl commands that do what an act does here, to be read, copied and pasted into a shell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Select, Static

from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.frame import Frame
from tlsca.tui.widgets.field import Field
from tlsca.tui.work import sentence, work

_MOST_LINES = 2000
"""Lines beyond these are only counted; all are copied."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An act, and what writes its commands down."""

    title: str
    """What a person calls the act; printable."""
    write: Callable[[], str]
    """Returns the commands; called in a thread. Raises TlscaError where the act cannot be done."""


class CommandDialog(Dialog[None]):
    """The commands of one act, or of the one that is chosen among several."""

    TITLE_TEXT = "As openssl commands"
    CONFIRM = "Copy"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Copy", show=False)]

    DEFAULT_CSS = """
    CommandDialog {
        & > Vertical { width: 100%; height: 100%; }
        & .dialog-body { height: 1fr; }
        & #commands { height: 1fr; background: $background; padding: 0 1; scrollbar-size-vertical: 1; }
        & Field { margin-bottom: 1; }
        & #text { width: 100%; height: auto; }
    }
    """

    def __init__(self, acts: Sequence[Shown], *, about: str = "") -> None:
        """`about` is what a person calls what the acts are done to; printable."""
        super().__init__()
        self._acts = tuple(acts)
        self._about = about
        self._text = ""

    def compose_body(self) -> ComposeResult:
        """Lay out the choice of the act, where there is one, above its commands."""
        if len(self._acts) > 1:
            choices = [(Content(act.title), number) for number, act in enumerate(self._acts)]
            yield Field("To", Select(choices, id="act", compact=True, allow_blank=False))
        with VerticalScroll(id="commands", can_focus=True):
            yield Static(id="text")

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: to close, and to copy."""
        yield Button("Close", id="leave", compact=True)
        yield Button("Copy (y)", id="confirm", variant="primary", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Write the commands of the first act."""
        if self._about:
            self.query_one(Frame).call(f"{self.TITLE_TEXT}: {self._about}")
        if len(self._acts) == 1:
            self.query_one("#commands").focus()
            self._follow(self._acts[0])

    def on_select_changed(self, event: Select.Changed) -> None:
        """Write the commands of the act that was chosen."""
        event.stop()
        self._follow(self._acts[int(str(event.value))])

    def action_confirm(self) -> None:
        """Copy the commands, octet for octet as they are pasted."""
        if self._text:
            copy_text(self.app, self._text, "Copied the commands.")

    def action_page(self, direction: int) -> None:
        """Scroll the commands."""
        commands = self.query_one("#commands", VerticalScroll)
        commands.scroll_relative(y=direction * max(commands.size.height - 1, 1), animate=False)

    def _follow(self, act: Shown) -> None:
        self._put("", Content.styled("Working it out …", "$foreground-muted"))
        work(self, act.write, self._show, failed=self._explain, group="write", exclusive=True)

    def _show(self, text: str) -> None:
        lines = text.rstrip("\n").split("\n")
        more = len(lines) - _MOST_LINES
        shown = [_line(line) for line in lines[:_MOST_LINES]]
        if more > 0:
            shown.append(Content.styled(f"… and {more:,} more lines; y copies all", "$text-warning"))
        self._put(text, Content("\n").join(shown))

    def _explain(self, error: TlscaError) -> None:
        self._put("", sentence(error))

    def _put(self, text: str, shown: Content) -> None:
        self._text = text
        self.query_one("#text", Static).update(shown)
        self.query_one("#commands", VerticalScroll).scroll_home(animate=False)
        self.query_one("#confirm", Button).disabled = not text


def _line(line: str) -> Content:
    return Content.styled(printable(line), "$foreground-muted" if line.startswith("# ") else "")
