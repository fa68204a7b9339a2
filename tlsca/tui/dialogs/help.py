"""What every key does, from the same registry that binds it."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Static

from tlsca.tui.actions import ACTS, GROUPS
from tlsca.tui.dialogs.dialog import Dialog

_FURTHER = (
    ("up down j k", "Move in the table; Page up, Page down, g and G move further."),
    ("tab", "Go to the next part of the screen; shift+tab goes back."),
    ("< >", "Change the view of the inspector."),
    ("ctrl+s", "Do what a form is for; Escape leaves it, and nothing is done."),
    ("ctrl+p", "The palette: find every command by its name."),
)


class HelpDialog(Dialog[None]):
    """All keys, by what they act on."""

    TITLE_TEXT = "Keys"

    def compose_body(self) -> ComposeResult:
        """Lay out the groups below each other."""
        yield Static(_keys())

    def compose_buttons(self) -> ComposeResult:
        """Lay out the one way out."""
        yield Button("Close", id="leave", variant="primary", compact=True)


def _keys() -> Content:
    lines: list[Content] = []
    for group in GROUPS:
        lines.append(Content.styled(group, "bold $primary"))
        lines += [
            _line(act.key_shown or act.keys.split(",")[0], act.help) for act in ACTS if act.group == group
        ]
    lines.append(Content.styled("Everywhere", "bold $primary"))
    return Content("\n").join(lines + further_lines(_FURTHER))


def further_lines(keys: Sequence[tuple[str, str]]) -> list[Content]:
    """Return keys that belong to no act of the registry."""
    return [_line(key, text) for key, text in keys]


def _line(key: str, text: str) -> Content:
    return Content.assemble((f"  {key.ljust(12)}", "$accent"), text)
