"""The line below the title bar: what matters today, each matter in a few words, and the way to it.

It is always there, so that nothing moves when a matter comes or goes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tlsca.text import MATTER_GLYPHS

if TYPE_CHECKING:
    from tlsca.authority.today import Matter

_NOTHING = "✔ Nothing wants doing."
_TITLE = "Today"
_GAP = 2
_COLOURS = {"error": "$text-error", "warning": "$text-warning", "notice": "$foreground"}


class _Chip(NamedTuple):
    """Where a matter is drawn."""

    line: int
    column: int
    text: str


class TodayBar(Widget, can_focus=True):
    """Matters side by side; one of them is under the cursor.

    Posts `Pointed` when the cursor comes to a matter or leaves, and `Chosen` when somebody wants to go about it.
    """

    HELP = "What matters today. Left and right choose a matter, Enter goes to it."

    DEFAULT_CSS = """
    TodayBar { height: auto; max-height: 3; padding: 0 1; background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Before", show=False),
        Binding("right,l", "step(1)", "Next", show=False),
        Binding("home", "step(-1000)", "First", show=False),
        Binding("end", "step(1000)", "Last", show=False),
        Binding("down,j", "screen.timeline", "Timeline", show=False),
        Binding("enter", "choose", "Go"),
    ]

    matters: "reactive[tuple[Matter, ...] | None]" = reactive(None, layout=True)
    """None until the store is read."""
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Pointed(Message):
        """The cursor is on this matter; None when nobody looks for one."""

        matter: "Matter | None"

    @dataclass
    class Chosen(Message):
        """Somebody wants to go about this matter."""

        matter: "Matter"

    def watch_matters(self) -> None:
        """Keep the cursor on a matter."""
        self.cursor = self.validate_cursor(self.cursor)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a matter."""
        return max(0, min(cursor, len(self.matters or ()) - 1))

    def watch_cursor(self) -> None:
        """Tell who listens."""
        self._point(looking=self.has_focus)

    def on_focus(self) -> None:
        """Tell who listens."""
        self._point(looking=True)

    def on_blur(self) -> None:
        """Tell who listens."""
        self._point(looking=False)

    def _point(self, *, looking: bool) -> None:
        matters = self.matters or ()
        self.post_message(self.Pointed(matters[self.cursor] if matters and looking else None))
        self.refresh()

    def action_step(self, steps: int) -> None:
        """Go on to another matter."""
        self.cursor += steps

    def action_choose(self) -> None:
        """Go about the matter under the cursor."""
        if self.matters:
            self.post_message(self.Chosen(self.matters[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Go about the matter that is clicked."""
        matters = self.matters or ()
        for place, chip in enumerate(_chips(matters, self.size.width)):
            if chip.line == event.y and 0 <= event.x - 1 - chip.column < len(chip.text):
                self.cursor = place
                self.action_choose()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- Textual's signature
        """Return how many lines the matters take."""
        return max((chip.line for chip in _chips(self.matters or (), width)), default=0) + 1

    def render(self) -> RenderResult:
        """Draw the matters, each with a sign before it, so that none rests on its colour."""
        title = Content.assemble(("1 ", "$footer-key-foreground"), (_TITLE, "bold"), " " * _GAP)
        if not self.matters:
            return title + Content.styled(_NOTHING if self.matters == () else "", "$foreground-muted")
        lines = [title]
        for place, chip in enumerate(_chips(self.matters, self.size.width)):
            if chip.line == len(lines):
                lines.append(Content(""))
            gap = Content(" " * (chip.column - lines[-1].cell_length))
            lines[-1] = lines[-1] + gap + Content.styled(chip.text, self._style(place))
        return Content("\n").join(lines)

    def _style(self, place: int) -> str:
        colour = _COLOURS[(self.matters or ())[place].level]
        return f"bold {colour} on $primary 45%" if self.has_focus and place == self.cursor else colour


def _chips(matters: "Sequence[Matter]", width: int) -> Iterator[_Chip]:
    """Lay the matters out, in as many lines as they take."""
    start = len(f"1 {_TITLE}") + _GAP
    line, at = 0, start
    for matter in matters:
        text = f"{MATTER_GLYPHS[matter.kind]} {matter.brief}"
        if at + len(text) > width and at > start:
            line, at = line + 1, start
        yield _Chip(line, at, text)
        at += len(text) + _GAP
