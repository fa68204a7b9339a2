"""What every key does, from the same registry that binds it; words that are typed narrow it down."""

from collections.abc import Iterable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input

from tlsca.pki.rows import Row
from tlsca.tui.actions import Act
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.moving_acts import FORM_ACTS, ISSUE_FORM_ACTS, LIST_ACTS, SELECTING_ACTS, TREE_ACTS, VIEW_ACTS
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.line_input import LineInput

_MOST_KEYS = 3
_FURTHER = (
    ("Inspector", Row("1-9 [ ] M F4 F5", "In a test's result, mend, turn, ask on; F4 has more options, F5 tests again.")),
    ("Moving", Row("tab", "Go to the next part of the screen; shift+tab goes back.")),
)  # fmt: skip
"""What belongs to a widget alone, by the group in which it is told."""


class HelpDialog(Dialog[None]):
    """All keys, by what they act on."""

    TITLE_TEXT = "Keys"

    DEFAULT_CSS = "HelpDialog Input { margin-bottom: 1; }"

    def __init__(self, acts: Sequence[Act]) -> None:
        """`acts` are those of the screen that is in front."""
        super().__init__()
        self._acts = (
            *acts,
            *VIEW_ACTS,
            *SELECTING_ACTS,
            *TREE_ACTS,
            *LIST_ACTS,
            *FORM_ACTS,
            *ISSUE_FORM_ACTS,
        )

    def compose_body(self) -> ComposeResult:
        """Lay out the field that narrows down, and the groups below each other."""
        yield LineInput(
            id="words", compact=True, placeholder="words, to find a key by what it does; Page down scrolls"
        )
        yield Facts()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the one way out."""
        yield Button("Close", id="leave", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Show all of them."""
        self._show("")

    @on(Input.Changed, "#words")
    def _narrow(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, words: str) -> None:
        self.query_one(Facts).show(_facts(self._acts, words.lower().split()))


def _facts(acts: Sequence[Act], words: Sequence[str]) -> Iterable[Row | Content]:
    """Yield what is told of those acts in which all words occur, group by group."""
    for group in dict.fromkeys(act.group for act in acts):
        told = [row for row in _rows(acts, group) if _has(row, group, words)]
        if told:
            yield Content.styled(group, "bold $primary")
            yield from told
    if words and not any(_has(row, "", words) for act in acts for row in _rows(acts, act.group)):
        yield Content.styled("No act has all of these words.", "$foreground-muted")


def _rows(acts: Sequence[Act], group: str) -> tuple[Row, ...]:
    keymap = IN_FORCE.get()
    of_acts = {
        act.id: Row(keymap.shown(act, most=_MOST_KEYS) or "-", act.help) for act in acts if act.group == group
    }
    return (*of_acts.values(), *(row for of, row in _FURTHER if of == group))


def _has(row: Row, group: str, words: Sequence[str]) -> bool:
    text = f"{row.title} {row.value} {group}".lower()
    return all(word in text for word in words)
