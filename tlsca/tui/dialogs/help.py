"""What every key does, from the same registry that binds it."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Static

from tlsca.pki.describe import Row
from tlsca.tui.actions import ACTS, Act
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.widgets.facts import Facts

_EVERYWHERE = "Everywhere"
_FURTHER = (
    Row("arrows j k g G", "Move in the table; Page up and Page down go further."),
    Row("tab", "Go to the next part of the screen; shift+tab goes back."),
    Row("< >", "Change the view of the inspector."),
    Row("shift+up/down", "In a text, select lines for y to copy."),
    Row("h j k l y Y", "In the structure, move, open and close; y copies the value, Y its octets."),
    Row("1-9 [ ] M F4 F5", "In a test's result, mend, turn, ask on; F4 has more options, F5 tests again."),
    Row("pageup pagedown", "In a form, scroll the preview."),
    Row("f3", "In a form, show the openssl commands that do the same."),
    Row("ctrl+s", "Do what a form is for; Escape leaves it, and nothing is done."),
    Row("ctrl+p", "The palette: find every command by its name."),
)


class HelpDialog(Dialog[None]):
    """All keys, by what they act on."""

    TITLE_TEXT = "Keys"

    def __init__(self, acts: Sequence[Act] = ACTS) -> None:
        """`acts` are those of the screen that is in front."""
        super().__init__()
        self._acts = acts

    def compose_body(self) -> ComposeResult:
        """Lay out the groups below each other."""
        groups = dict.fromkeys(act.group for act in self._acts)
        for group in (*groups, _EVERYWHERE):
            yield Static(Content.styled(group, "bold $primary"))
            facts = Facts()
            facts.show(_FURTHER if group == _EVERYWHERE else _rows(self._acts, group))
            yield facts

    def compose_buttons(self) -> ComposeResult:
        """Lay out the one way out."""
        yield Button("Close", id="leave", variant="primary", compact=True)


def _rows(acts: Sequence[Act], group: str) -> tuple[Row, ...]:
    return tuple(Row(IN_FORCE.get().shown(act), act.help) for act in acts if act.group == group)
