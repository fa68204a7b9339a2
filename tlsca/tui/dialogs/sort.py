"""Choose the order of the table; what is chosen again is turned round."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tlsca.authority.ordering import SORTS, Order
from tlsca.tui.dialogs.dialog import Dialog


class SortDialog(Dialog[str]):
    """Answers with the name of an order, empty for the one in which certificates came."""

    TITLE_TEXT = "Sort"
    CONFIRM = "Sort"

    DEFAULT_CSS = """
    SortDialog > Vertical { width: 42; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "turn", "The other way round", show=False)]

    def __init__(self, order: Order | None) -> None:
        super().__init__()
        self._order = order or Order()

    def compose_body(self) -> ComposeResult:
        """Offer the orders, the present one first under the cursor."""
        yield Static("s, or Enter again, turns it round.", classes="dialog-lead")
        names = ["", *SORTS]
        offered = OptionList(*(Option(self._told(by)) for by in names), compact=True)
        offered.highlighted = names.index(self._order.by)
        yield offered

    def _told(self, by: str) -> Content:
        title = SORTS[by].title if by else "As they came into the store"
        arrow = ("  ↓" if self._order.reverse else "  ↑") if by == self._order.by else ""
        return Content.assemble(title, (arrow, "bold $text-accent"))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_confirm()

    def action_turn(self) -> None:
        """Turn the present order round."""
        self.dismiss(self._order.by)

    def action_confirm(self) -> None:
        """Answer with what is under the cursor."""
        self.dismiss(["", *SORTS][self.query_one(OptionList).highlighted or 0])
