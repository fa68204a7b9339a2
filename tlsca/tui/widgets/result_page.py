"""A view of a result: lines set anew for whatever width there is, to scroll through."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message

from tlsca.tui.bindings import bindings
from tlsca.tui.moving_acts import PAGE_ACTS
from tlsca.tui.widgets.laid_out import LaidOut, Layout
from tlsca.tui.widgets.setting import plain

_COPIED_WIDTH = 100


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
        yield LaidOut()

    def show(self, layout: Layout, *, follow: bool = False) -> None:
        """Show these lines; with `follow` the last of them stay in view while they become more."""
        if self._follows and not follow:
            self.call_after_refresh(self.scroll_home, animate=False)
        self._follows = follow
        self.query_one(LaidOut).lay_out(layout)
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
        return plain(self.query_one(LaidOut).laid_out(_COPIED_WIDTH))
