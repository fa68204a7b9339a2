"""A page of text, drawn line by line so that two hundred thousand lines cost no more than twenty; it can be searched and copied.

What is shown was made safe by whoever gives it; each line that is drawn passes `printable` once more, so that a slip cannot
reach the terminal.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from typing import ClassVar

from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tlsca.text import printable
from tlsca.tui.bindings import bindings
from tlsca.tui.finding import Standing, occurrences
from tlsca.tui.moving_acts import PAGE_ACTS, SELECTING_ACTS
from tlsca.tui.work import work

_AT_ONCE = 200_000
"""A text of at most so many characters is searched at the key press; a longer one in a thread."""
_LONGEST_MEASURED = 20_000
"""In a line with more characters than these, each is taken for one cell wide."""


@dataclass(frozen=True, slots=True)
class Page:
    """A text, cut into lines and measured; `page` makes one, away from the screen."""

    text: str = ""
    lines: Sequence[str] = field(default=(), compare=False, repr=False)
    starts: "array[int]" = field(default_factory=lambda: array("Q"), compare=False, repr=False)
    """At which character of the text each line begins."""
    width: int = field(default=0, compare=False)
    """Cells that the widest line takes."""


def page(text: str) -> Page:
    """Return a text that was made safe, so that it can be shown."""
    lines = text.removesuffix("\n").split("\n") if text else []
    starts = array("Q", accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
    return Page(text, lines, starts, max((_cells(line, len(line)) for line in lines), default=0))


class TextPage(ScrollView, can_focus=True):
    """Text of any length: scroll, find, select lines, copy."""

    HELP = (
        "Scroll with the arrows. / finds, n and N go on. Shift with up or down selects lines, y copies them."
    )

    COMPONENT_CLASSES: ClassVar[set[str]] = {"text-page--found", "text-page--current", "text-page--selected"}

    DEFAULT_CSS = """
    TextPage {
        background: $surface; padding: 0 1; height: 1fr;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
        & .text-page--found { background: $warning 35%; }
        & .text-page--current { background: $warning; color: $background; text-style: bold; }
        & .text-page--selected { background: $primary 35%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(PAGE_ACTS + SELECTING_ACTS),
        Binding("escape", "forget", "Forget what is selected", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._page = Page()
        self._needle = ""
        self._found: array[int] = array("Q")
        self._current = 0
        self._told: Callable[[Standing], object] = lambda _: None
        self._anchor: int | None = None
        self._head = 0

    # What is shown

    @property
    def page(self) -> Page:
        """What is shown."""
        return self._page

    def show(self, shown: Page) -> None:
        """Show a page from its beginning; the same text stays where it was scrolled to."""
        if shown == self._page:
            return
        self._page = shown
        self._anchor = None
        self._found = array("Q")
        self.virtual_size = Size(shown.width, len(shown.lines))
        self.scroll_to(0, 0, animate=False, force=True)
        self.refresh()
        if self._needle:
            self.find(self._needle, self._told)

    # Copying

    def copied(self) -> tuple[str, str] | None:
        """Return what is selected: what it is called, and its text; None where nothing is."""
        if self._anchor is not None:
            first, last = sorted((self._anchor, self._head))
            count = last - first + 1
            return f"{count:,} line{'' if count == 1 else 's'}", "\n".join(
                self._page.lines[first : last + 1]
            ) + "\n"
        selection = self.text_selection
        chosen = self.get_selection(selection) if selection is not None else None
        return ("selected text", chosen[0]) if chosen and chosen[0] else None

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that the mouse selected, and what ends it."""
        first = selection.start.y if selection.start else 0
        last = min(selection.end.y if selection.end else len(self._page.lines), len(self._page.lines) - 1)
        parts = []
        for row in range(first, last + 1):
            begin, end = selection.get_span(row) or (0, 0)
            parts.append(self._page.lines[row][begin : None if end == -1 else end])
        return "\n".join(parts), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what the mouse selects in the place of what the keys did."""
        if selection is not None:
            self._anchor = None
        self.refresh()

    def action_extend(self, by: int) -> None:
        """Select the first line in view, or one more line than before."""
        if not self._page.lines:
            return
        if self._anchor is None:
            self.screen.clear_selection()
            self._anchor = self._head = self._line_in_hand()
        else:
            self._head = max(0, min(self._head + by, len(self._page.lines) - 1))
        self._reveal(self._head)
        self.refresh()

    def action_extend_page(self, direction: int) -> None:
        """Select by what is in view."""
        if self._anchor is None:
            self.action_extend(0)
        self.action_extend(direction * max(self.size.height - 1, 1))

    def action_forget(self) -> None:
        """Select nothing."""
        self._anchor = None
        self.screen.clear_selection()
        self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let keys that have nothing to do here go to whoever else wants them."""
        if action == "forget":
            return self._anchor is not None or self.text_selection is not None
        return super().check_action(action, parameters)

    # Finding

    def find(self, needle: str, told: Callable[[Standing], object]) -> None:
        """Look for letters, in any case, from what is in view on; `told` is called with how the search stands."""
        self._needle, self._told = needle, told
        text, starts = self._page.text, self._page.starts
        if len(text) <= _AT_ONCE:
            self._show_found(needle, text, occurrences(text, starts, needle))
            return
        work(
            self,
            lambda: occurrences(text, starts, needle, stop=lambda: self._needle != needle),
            lambda found: self._show_found(needle, text, found),
            group="find",
            exclusive=True,
        )

    def find_next(self, by: int) -> None:
        """Go `by` occurrences further, or back, around the ends."""
        if self._found:
            self._current = (self._current + by) % len(self._found)
            self._reveal_current()
            self._tell()

    def find_nothing(self) -> None:
        """Forget the search and take its marks away."""
        self._needle, self._found = "", array("Q")
        self.refresh()

    def _show_found(self, needle: str, text: str, found: "array[int]") -> None:
        if (needle, text) != (self._needle, self._page.text):
            return  # more was typed since
        in_hand = self._page.starts[self._line_in_hand()] if self._page.lines else 0
        self._found = found
        self._current = bisect_left(found, in_hand) % len(found) if found else 0
        if found:
            self._reveal_current()
        self.refresh()
        self._tell()

    def _line_in_hand(self) -> int:
        """Return the line that a search or a selection starts from: the current occurrence's where it is in view, else the top."""
        top = min(round(self.scroll_y), len(self._page.lines) - 1)
        if self._found:
            row, _ = self._place(self._found[self._current])
            if top <= row < top + self.size.height:
                return row
        return top

    def _place(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self._page.starts, offset) - 1
        return row, offset - self._page.starts[row]

    def _reveal_current(self) -> None:
        row, at = self._place(self._found[self._current])
        line = self._page.lines[row]
        region = Region(
            _cells(line, at), row, max(_cells(line, at + len(self._needle)) - _cells(line, at), 1), 1
        )
        self.scroll_to_region(region, animate=False, force=True, center=not self._in_view(row))
        self.refresh()

    def _in_view(self, row: int) -> bool:
        return 0 <= row - self.scroll_y < self.scrollable_content_region.height

    def _reveal(self, row: int) -> None:
        self.scroll_to_region(Region(round(self.scroll_x), row, 1, 1), animate=False, force=True)

    def _tell(self) -> None:
        self._told(Standing(self._current + 1 if self._found else 0, len(self._found)))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw the line that is at this height of the view."""
        left, top = self.scroll_offset
        row, width = top + y, self.scrollable_content_region.width
        base = self.rich_style
        if row >= len(self._page.lines):
            return Strip.blank(width, base)
        first, margin, shown = _window(self._page.lines[row], left, width)
        styles = self._styles(row, first, len(shown), base)
        segments = [Segment(" " * margin, base)] if margin else []
        for style, run in groupby(range(len(shown)), styles.__getitem__):
            places = list(run)
            segments.append(Segment(printable(shown[places[0] : places[-1] + 1]), style))
        return Strip(segments).apply_offsets(first, row).crop_extend(0, width, base)

    def _styles(self, row: int, first: int, count: int, base: Style) -> list[Style]:
        """Return the style of each character of a line that is drawn, `first` the first one of them."""
        styles = [base] * count
        for begin, end, style in self._marks(row, first, first + count):
            for place in range(max(begin - first, 0), min(end - first, count)):
                styles[place] = base + style
        return styles

    def _marks(self, row: int, first: int, last: int) -> Iterator[tuple[int, int, Style]]:
        """Yield what is marked between two characters of a line: selected, found, and the occurrence that it stands on."""
        if self._anchor is not None and min(self._anchor, self._head) <= row <= max(self._anchor, self._head):
            yield first, last, self._style("selected")
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is not None:
            yield span[0], last if span[1] == -1 else span[1], self._style("selected")
        begin, length = self._page.starts[row], len(self._needle)
        place = bisect_left(self._found, max(begin + first - length + 1, begin))
        while place < len(self._found) and self._found[place] < begin + last:
            at = self._found[place] - begin
            yield at, at + length, self._style("current" if place == self._current else "found")
            place += 1

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"text-page--{name}")


def _cells(line: str, end: int) -> int:
    """Return how many cells the first `end` characters of a line take."""
    if line.isascii() or len(line) > _LONGEST_MEASURED:
        return min(end, len(line))
    return cell_len(line[:end])


def _window(line: str, left: int, width: int) -> tuple[int, int, str]:
    """Return what of a line is seen from cell `left` on: its first character, the cells before it, and the characters.

    A letter of two cells that the edge would cut leaves a blank.
    """
    if line.isascii() or len(line) > _LONGEST_MEASURED:
        return left, 0, line[left : left + width]
    ends = list(accumulate(map(get_character_cell_size, line)))
    first = bisect_left(ends, left + 1)
    before = ends[first - 1] if first else 0
    if before < left and first < len(line):
        first, before = first + 1, ends[first]
    last = bisect_right(ends, left + width)
    return first, max(before - left, 0), line[first:last]
