"""Choose the columns of the table."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, SelectionList, Static
from textual.widgets.selection_list import Selection

from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.certificate_columns import AUTOMATIC, COLUMNS


class ColumnDialog(Dialog[tuple[str, ...]]):
    """Answers with the names of the columns that are marked, in their order; with none, to choose them by width."""

    TITLE_TEXT = "Columns"
    CONFIRM = "Show"

    DEFAULT_CSS = """
    ColumnDialog > Vertical { width: 58; }
    """

    def __init__(self, choice: tuple[str, ...]) -> None:
        super().__init__()
        self._marked = choice or AUTOMATIC

    def compose_body(self) -> ComposeResult:
        """Offer every column that can be left out, with what stands in it."""
        yield Static("Space marks. What has no room is left out until there is.", classes="dialog-lead")
        yield _Marks(
            *(Selection(_told(name), name, name in self._marked) for name in COLUMNS if name != "name")
        )

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

    def action_confirm(self) -> None:
        """Answer with what is marked; the name is always there."""
        marked = {"name", *self.query_one(_Marks).selected}
        self.dismiss(() if marked == set(AUTOMATIC) else tuple(name for name in COLUMNS if name in marked))


class _Marks(SelectionList[str]):
    """A list with marks, in which Enter answers for the dialog."""

    DEFAULT_CSS = """
    _Marks { height: auto; max-height: 100%; border: none; padding: 0; background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.confirm", "Show", show=False)]


def _told(name: str) -> Content:
    kind = COLUMNS[name]
    return Content.assemble(kind.title.ljust(19), (kind.help, "$foreground-muted"))
