"""A box to tick, empty while it is not: Textual's own shows its mark in both states, and Enter turns it instead of going on."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox


class Tick(Checkbox, inherit_bindings=False):
    """A checkbox of one line. Space turns it; Enter goes on, as in the fields around it."""

    @dataclass
    class Submitted(Message):
        """Enter was pressed on it."""

        tick: "Tick"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_button", "Toggle", show=False),
        Binding("enter", "submit", "Submit", show=False),
    ]

    DEFAULT_CSS = """
    Tick {
        & > .toggle--button { color: $panel; background: $panel; }
        &.-on > .toggle--button { color: $text-success; background: $panel; }
    }
    """

    def __init__(self, label: str, value: bool = False, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(label, value, id=id, compact=True)

    def action_submit(self) -> None:
        """Leave what is ticked as it is, and go on."""
        self.post_message(self.Submitted(self))

    def render(self) -> Content:
        """Draw the mark only where it is ticked, so that a terminal without colours tells the two apart."""
        self.BUTTON_INNER = "✔" if self.value else " "
        return super().render()
