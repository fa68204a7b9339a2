"""What every key does, from the same registry that binds it."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Static

from tlsca.pki.describe import Row
from tlsca.tui.actions import ACTS, GROUPS
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.facts import Facts

_EVERYWHERE = "Everywhere"
_FURTHER = (
    Row("arrows j k g G", "Move in the table; Page up and Page down go further."),
    Row("tab", "Go to the next part of the screen; shift+tab goes back."),
    Row("< >", "Change the view of the inspector."),
    Row("shift+up/down", "In a text, select lines for y to copy."),
    Row("h j k l y Y", "In the structure, move, open and close; y copies the value, Y its octets."),
    Row("pageup pagedown", "In a form, scroll the preview."),
    Row("f3", "In a form, show the openssl commands that do the same."),
    Row("ctrl+s", "Do what a form is for; Escape leaves it, and nothing is done."),
    Row("ctrl+p", "The palette: find every command by its name."),
)


class HelpDialog(Dialog[None]):
    """All keys, by what they act on."""

    TITLE_TEXT = "Keys"

    def compose_body(self) -> ComposeResult:
        """Lay out the groups below each other."""
        for group in (*GROUPS, _EVERYWHERE):
            yield Static(Content.styled(group, "bold $primary"))
            facts = Facts()
            facts.show(_rows(group))
            yield facts

    def compose_buttons(self) -> ComposeResult:
        """Lay out the one way out."""
        yield Button("Close", id="leave", variant="primary", compact=True)


def _rows(group: str) -> tuple[Row, ...]:
    if group == _EVERYWHERE:
        return _FURTHER
    return tuple(Row(act.key_shown or act.keys.split(",")[0], act.help) for act in ACTS if act.group == group)
