"""The menu of what can be done with what is under the cursor: every act with its key, and why one cannot be done."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from tlsca.text import shorten
from tlsca.tui.actions import Act
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.keymap import IN_FORCE

_TITLE_WIDTH = 14
_KEY_WIDTH = 5
_ROOM = 49
"""What of a line is left for what an act does, or why it cannot be done."""


class MenuDialog(Dialog[Act]):
    """Acts to choose from, by the arrows or by their keys; answers the one that is to be done."""

    DEFAULT_CSS = """
    MenuDialog OptionList { height: auto; border: none; background: $surface; padding: 0; scrollbar-size-vertical: 1; }
    """

    def __init__(self, title: str, choices: Sequence[tuple[Act, str]]) -> None:
        """`choices` has each act with the reason why it cannot be done, which is empty where it can."""
        super().__init__()
        self._title = title
        self._choices = choices

    def compose_body(self) -> ComposeResult:
        """Lay out a line for each."""
        yield OptionList(
            *(Option(_line(act, reason), id=act.id) for act, reason in self._choices), compact=True
        )

    def compose_buttons(self) -> ComposeResult:
        """Lay out the one way out."""
        yield Button("Close", id="leave", compact=True)

    def on_mount(self) -> None:
        """Say what it is about, and begin at the first that can be done."""
        self.query_one("Vertical").border_title = Content(self._title)
        able = [number for number, (_, reason) in enumerate(self._choices) if not reason]
        menu = self.query_one(OptionList)
        menu.highlighted = able[0] if able else 0
        menu.focus()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        act, reason = self._choices[event.option_index]
        self._answer(act, reason)

    def on_key(self, event: events.Key) -> None:
        """Take the key of an act for the act."""
        for act, reason in self._choices:
            if event.key in IN_FORCE.get().keys(act) and event.key != "enter":
                event.stop()
                event.prevent_default()
                self._answer(act, reason)
                return

    def _answer(self, act: Act, reason: str) -> None:
        if reason:
            self.notify(reason, title=act.title, severity="warning", markup=False)
        else:
            self.dismiss(act)


def _line(act: Act, reason: str) -> Content:
    key = IN_FORCE.get().shown(act).ljust(_KEY_WIDTH)
    title = act.title.ljust(_TITLE_WIDTH)
    told = shorten((reason or act.help).split("\n", 1)[0], _ROOM)
    if reason:
        return Content.styled(f"{title} {key} {told}", "$foreground-muted 70%")
    return Content.assemble(title, " ", (key, "$text-accent"), " ", (told, "$foreground-muted"))
