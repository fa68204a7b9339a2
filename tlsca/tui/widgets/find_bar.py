"""The line in which letters to find are typed, and how the search stands."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from tlsca.tui.finding import Searchable, Standing
from tlsca.tui.widgets.line_input import LineInput


class FindBar(Horizontal):
    """Finds letters in one view as they are typed; Enter and the arrows go on, Escape ends the search.

    Posts `Closed` when the search has ended.
    """

    HELP = "Type what to find. Enter goes on to the next one and to the text, where n and N go on; Escape ends it."

    DEFAULT_CSS = """
    FindBar {
        display: none; height: 1; background: $boost; padding: 0 1;
        &.-shown { display: block; }
        & Label { width: 6; color: $text-muted; }
        & Input { width: 1fr; border: none; height: 1; padding: 0; background: $boost; }
        & #standing { width: auto; min-width: 12; text-align: right; color: $text-muted; }
        & #standing.-none { color: $text-error; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "End the search", show=False),
        Binding("down", "go_on(1)", "Next", show=False),
        Binding("up", "go_on(-1)", "Previous", show=False),
    ]

    class Closed(Message):
        """The search has ended."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._view: Searchable | None = None

    def compose(self) -> ComposeResult:
        """Lay out the field and how it stands."""
        yield Label("Find")
        yield LineInput(id="needle", compact=True, placeholder="letters, in any case", select_on_focus=True)
        yield Static(id="standing")

    @property
    def is_open(self) -> bool:
        """Whether something is being looked for."""
        return self.has_class("-shown")

    def searches(self, view: object) -> bool:
        """Say whether this is the view in which something is being looked for."""
        return self._view is view

    def open(self, view: Searchable) -> None:
        """Find in this view from now on, what was typed before to begin with."""
        if self._view is not None and self._view is not view:
            self._view.find_nothing()
        self._view = view
        self.add_class("-shown")
        self.query_one(Input).focus()
        self._find()

    def close(self) -> None:
        """End the search and take its marks away."""
        if self._view is not None:
            self._view.find_nothing()
        self._view = None
        self.remove_class("-shown")

    def action_close(self) -> None:
        """End the search and give the focus back."""
        view = self._view
        self.close()
        if view is not None:
            view.focus()
        self.post_message(self.Closed())

    def action_go_on(self, by: int) -> None:
        """Go to the next occurrence or the one before."""
        if self._view is not None:
            self._view.find_next(by)

    @on(Input.Changed, "#needle")
    def _find(self) -> None:
        needle = self.query_one(Input).value
        if self._view is None:
            return
        if needle:
            self._view.find(needle, self._show)
        else:
            self._view.find_nothing()
            self.query_one("#standing", Static).update("")

    @on(Input.Submitted, "#needle")
    def _go_to_the_text(self, event: Input.Submitted) -> None:
        event.stop()
        if self._view is not None and event.value:
            self._view.focus()
        else:
            self.action_close()

    def _show(self, standing: Standing) -> None:
        told = self.query_one("#standing", Static)
        told.set_class(not standing.total, "-none")
        told.update(Content(standing.sentence))
