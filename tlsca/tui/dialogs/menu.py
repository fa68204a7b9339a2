"""A menu: what can be chosen, each with its key, what it is, and why it cannot be chosen now."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from tlsca.text import shorten
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.frame import Frame
from tlsca.tui.keys import shown

_KEY_WIDTH = 5
_WIDTH = 70
"""What a line has room for; what is cut stands whole below the lines, for the one under the cursor."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the menu."""

    id: str
    title: str
    keys: tuple[str, ...]
    """The keys that choose it; the first is shown."""
    told: str
    """What it does, or holds. Printable."""
    reason: str = ""
    """Why it cannot be chosen; empty where it can. Printable."""


class MenuDialog(Dialog[str]):
    """Choices, taken by the arrows or by their keys; answers the id of one."""

    DEFAULT_CSS = """
    MenuDialog {
        & OptionList { height: auto; max-height: 16; border: none; background: $surface; padding: 0; scrollbar-size-vertical: 1; }
        & #told { height: 2; color: $text-muted; }
    }
    """

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        """`title` is printable."""
        super().__init__()
        self._title = title
        self._choices = choices
        self._width = max(len(choice.title) for choice in choices)

    def compose_body(self) -> ComposeResult:
        """Lay out a line for each."""
        yield OptionList(*(Option(_line(choice, self._width)) for choice in self._choices), compact=True)
        yield Static(id="told")

    def compose_buttons(self) -> ComposeResult:
        """Lay out the one way out."""
        yield Button("Close", id="leave", compact=True)

    def on_mount(self) -> None:
        """Say what it is about, and begin at the first that can be chosen."""
        self.query_one(Frame).call(self._title)
        able = [number for number, choice in enumerate(self._choices) if not choice.reason]
        menu = self.query_one(OptionList)
        menu.highlighted = able[0] if able else 0
        menu.focus()

    @on(OptionList.OptionHighlighted)
    def _tell_whole(self, event: OptionList.OptionHighlighted) -> None:
        choice = self._choices[event.option_index]
        whole = choice.reason or choice.told
        is_cut = _told(choice, self._width) != whole
        self.query_one("#told", Static).update(Content(whole if is_cut else ""))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self._answer(self._choices[event.option_index])

    def on_key(self, event: events.Key) -> None:
        """Take the key of a choice for the choice; Enter takes what is under the cursor."""
        chosen = next((choice for choice in self._choices if event.key in choice.keys), None)
        if chosen is not None and event.key != "enter":
            event.stop()
            event.prevent_default()
            self._answer(chosen)

    def _answer(self, choice: Choice) -> None:
        if choice.reason:
            self.notify(choice.reason, title=choice.title, severity="warning", markup=False)
        else:
            self.dismiss(choice.id)


def _line(choice: Choice, width: int) -> Content:
    key = (shown(choice.keys[0]) if choice.keys else "").ljust(_KEY_WIDTH)
    title = choice.title.ljust(width)
    told = _told(choice, width)
    if choice.reason:
        return Content.styled(f"{title} {key} {told}", "$foreground-muted 70%")
    return Content.assemble(title, " ", (key, "$text-accent"), " ", (told, "$foreground-muted"))


def _told(choice: Choice, width: int) -> str:
    return shorten((choice.reason or choice.told).split("\n", 1)[0], _WIDTH - width - _KEY_WIDTH - 2)
