"""A view of a result: lines set anew for whatever width there is, to scroll through."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from tlsca.tui.bindings import bindings
from tlsca.tui.moving_acts import PAGE_ACTS
from tlsca.tui.widgets.setting import plain

Layout = Callable[[int], Sequence[Content]]
"""Returns the lines for a width; called whenever that changes."""

_COPIED_WIDTH = 100


def _nothing(_width: int) -> Sequence[Content]:
    return ()


class _Lines(Widget):
    """The lines themselves; the mouse selects text of them."""

    DEFAULT_CSS = "_Lines { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self._layout: Layout = _nothing
        self._set: tuple[int, Sequence[Content]] = (-1, ())

    def show(self, layout: Layout) -> None:
        self._layout = layout
        self._set = (-1, ())
        self.refresh(layout=True)

    def text(self) -> str:
        return plain(self._layout(_COPIED_WIDTH))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- Textual's signature
        return len(self._lines(width))

    def render(self) -> RenderResult:
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> Sequence[Content]:
        if self._set[0] != width:
            self._set = (width, self._layout(max(width, 1)))
        return self._set[1]


class ResultPage(VerticalScroll, can_focus=True):
    """One view; up and down scroll it. Posts `Turned` for left and right."""

    HELP = "Up and down scroll, [ and ] go from view to view, a digit does the repair beside it, y copies the view."

    DEFAULT_CSS = """
    ResultPage { height: 1fr; padding: 0 1; background: $background; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(PAGE_ACTS),
        Binding("left", "turn(-1)", "Previous view", show=False),
        Binding("right", "turn(1)", "Next view", show=False),
    ]

    @dataclass
    class Turned(Message):
        """Somebody wants the next view, or the one before."""

        by: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._follows = False

    def compose(self) -> ComposeResult:
        """Lay out the lines."""
        yield _Lines()

    def show(self, layout: Layout, *, follow: bool = False) -> None:
        """Show these lines; with `follow` the last of them stay in view while they become more."""
        if self._follows and not follow:
            self.call_after_refresh(self.scroll_home, animate=False)
        self._follows = follow
        self.query_one(_Lines).show(layout)
        if follow:
            self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        if self._follows:
            self.scroll_end(animate=False)

    def action_turn(self, by: int) -> None:
        """Ask for the next view, or the one before."""
        self.post_message(self.Turned(by))

    def text(self) -> str:
        """Return what is shown as text for a clipboard."""
        return self.query_one(_Lines).text()
