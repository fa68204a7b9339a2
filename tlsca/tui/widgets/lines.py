"""Text of any length, drawn line by line: what is not in view costs nothing, and no line is too long to be drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

LONGEST_LINE = 1024
"""A longer line goes on in the next one: Textual measures a whole line to draw any part of it."""


@dataclass(frozen=True, slots=True)
class Page:
    """Text, cut into lines and measured; `page` makes one, away from the screen."""

    lines: Sequence[str] = ()
    width: int = 0
    """Cells that the widest line takes."""


def page(text: str) -> Page:
    """Return text that is ready to be drawn, which is printable but for its newlines, as a page."""
    lines = list(_cut(text.removesuffix("\n").split("\n")))
    measure = len if text.isascii() else cell_len
    return Page(lines, max(map(measure, lines), default=0))


def _cut(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if len(line) <= LONGEST_LINE:
            yield line
        else:
            yield from (line[at : at + LONGEST_LINE] for at in range(0, len(line), LONGEST_LINE))


class Lines(ScrollView, can_focus=True):
    """A page to scroll through; its text can be selected with the mouse."""

    ALLOW_SELECT = True

    DEFAULT_CSS = """
    Lines {
        background: $surface;
        color: $text;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "scroll_home", "Top", show=False),
        Binding("G", "scroll_end", "Bottom", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._page = Page()

    @property
    def page(self) -> Page:
        """What is shown."""
        return self._page

    def show(self, shown: Page) -> None:
        """Show a page from its beginning."""
        self._page = shown
        self.virtual_size = Size(shown.width, len(shown.lines))
        self.scroll_home(animate=False)
        self.refresh()

    def reveal(self, line: int) -> None:
        """Scroll until a line is in view, with some of what stands around it."""
        around = Region(0, max(line - 2, 0), 1, 5)
        self.scroll_to_region(around, animate=False, force=True)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what the mouse has selected."""
        return selection.extract("\n".join(self._page.lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002 -- Textual's signature
        """Draw a selection that has changed."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in view."""
        left, top = self.scroll_offset
        number, width = top + y, self.size.width
        if number >= len(self._page.lines):
            return Strip.blank(width, self.rich_style)
        strip = Strip(self._segments(number, self._page.lines[number]))
        return strip.crop_extend(left, left + width, self.rich_style).apply_offsets(left, number)

    def _segments(self, number: int, line: str) -> list[Segment]:
        """Return a line in the styles that its parts have."""
        spans = self._selected(number, line)
        base = self.rich_style
        segments, at = [], 0
        for start, end, style in spans:
            segments += [Segment(line[at:start], base), Segment(line[start:end], base + style)]
            at = end
        return [*segments, Segment(line[at:], base)]

    def _selected(self, number: int, line: str) -> list[tuple[int, int, Style]]:
        selection = self.text_selection
        span = selection.get_span(number) if selection is not None else None
        if span is None:
            return []
        start, end = span
        style = self.screen.get_component_rich_style("screen--selection")
        return [(start, len(line) if end == -1 else end, style)]
