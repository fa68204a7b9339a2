"""A labelled field of a form: one line where there is little room, so that a form fits 80x24."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Label


class Field(Horizontal):
    """A label and the widget it names, side by side in one line."""

    DEFAULT_CSS = """
    Field {
        height: 1;
        margin-bottom: 0;
        & Label { width: 15; color: $text-muted; }
        & Input, & Select { width: 1fr; }
        & Input { background: $panel; }
        & Input:focus { background: $primary 20%; }
        & SelectCurrent { background: $panel; }
        & Select:focus SelectCurrent { background: $primary 20%; }
        & SelectOverlay { text-wrap: nowrap; text-overflow: ellipsis; }
        & Checkbox { width: 1fr; background: transparent; padding: 0; }
    }
    """

    def __init__(self, label: str, widget: Widget, *, hint: str = "", id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._label = label
        self._widget = widget
        if hint:
            widget.tooltip = hint

    def compose(self) -> ComposeResult:
        """Lay out the label and the widget."""
        yield Label(self._label, markup=False)
        yield self._widget
