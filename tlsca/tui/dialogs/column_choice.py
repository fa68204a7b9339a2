"""Choose the columns of the table."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, OptionList, Static

from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.certificate_columns import AUTOMATIC, COLUMNS

_OFFERED = tuple(name for name in COLUMNS if name != "name")
"""Those that can be left out."""


class ColumnDialog(Dialog[tuple[str, ...]]):
    """Answers with the names of the columns that are marked, in their order; with none, to choose them by width."""

    TITLE_TEXT = "Columns"
    CONFIRM = "Show"

    DEFAULT_CSS = """
    ColumnDialog > Vertical { width: 60; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", "Mark", show=False)]

    def __init__(self, choice: tuple[str, ...]) -> None:
        super().__init__()
        self._marked = set(choice or AUTOMATIC)

    def compose_body(self) -> ComposeResult:
        """Offer every column that can be left out, with what stands in it."""
        yield Static("Space marks. What has no room is left out.", classes="dialog-lead")
        yield OptionList(*map(self._told, _OFFERED), compact=True)

    def compose_buttons(self) -> ComposeResult:
        """Offer to choose by width too."""
        yield Button("By width", id="by-width", compact=True)
        yield from super().compose_buttons()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Choose by width, or take what is marked, or leave."""
        if event.button.id == "by-width":
            event.stop()
            self.dismiss(())
        else:
            super().on_button_pressed(event)

    def on_mount(self) -> None:
        """Begin at the first."""
        self.query_one(OptionList).highlighted = 0

    def action_mark(self) -> None:
        """Mark the column under the cursor, or take its mark away."""
        offered = self.query_one(OptionList)
        at = offered.highlighted or 0
        self._marked ^= {_OFFERED[at]}
        offered.replace_option_prompt_at_index(at, self._told(_OFFERED[at]))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_confirm()

    def action_confirm(self) -> None:
        """Answer with what is marked; the name is always there."""
        marked = {"name", *self._marked}
        self.dismiss(() if marked == set(AUTOMATIC) else tuple(name for name in COLUMNS if name in marked))

    def _told(self, name: str) -> Content:
        kind = COLUMNS[name]
        mark = "✔ " if name in self._marked else "  "
        return Content.assemble(
            (mark, "$text-accent"), kind.title.ljust(19), (kind.help, "$foreground-muted")
        )
