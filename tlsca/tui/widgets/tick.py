"""A box to tick, empty while it is not: Textual's own shows its mark in both states."""

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """A checkbox of one line."""

    DEFAULT_CSS = """
    Tick {
        & > .toggle--button { color: $panel; background: $panel; }
        &.-on > .toggle--button { color: $text-success; background: $panel; }
    }
    """

    def __init__(self, label: str, value: bool = False, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(label, value, id=id, compact=True)

    def render(self) -> Content:
        """Draw the mark only where it is ticked, so that a terminal without colours tells the two apart."""
        self.BUTTON_INNER = "✔" if self.value else " "
        return super().render()
