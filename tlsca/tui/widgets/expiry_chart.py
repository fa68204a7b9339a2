"""When certificates end, as a picture: a bar for each week ahead, stacked by how much it matters, and the ends of authorities marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tlsca.text import BAR_STEPS, MATTER_GLYPHS, listing, printable, remaining, shorten
from tlsca.tui.widgets.skyline import Cell, Part, column

if TYPE_CHECKING:
    from datetime import date, datetime

    from tlsca.authority.timeline import Ending, Span, Timeline
    from tlsca.authority.today import Today

_LEFT, _RIGHT = 6, 7
"""Cells of what is over, and of what is later, with the gap between them and the weeks."""
_WEEKS_WANTED = 57
"""398 days, longer than which hardly any certificate lives; a week is only made broader where these have room."""
_BROADEST = 4
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FLOOR = Cell(BAR_STEPS[1], "$foreground 20%")
_CURSOR = "on $primary 35%"


class ExpiryChart(Widget, can_focus=True):
    """The timeline. Left and right go to where something ends; Enter or a second click asks for the certificates.

    Posts `Chosen`.
    """

    HELP = "When certificates end. Left and right go from week to week in which something does; Enter shows those in the table."

    DEFAULT_CSS = """
    ExpiryChart { padding: 0 1; background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Earlier", show=False),
        Binding("right,l", "step(1)", "Later", show=False),
        Binding("home", "step(-1000)", "Earliest", show=False),
        Binding("end", "step(1000)", "Latest", show=False),
        Binding("up,k", "screen.today", "Today", show=False),
        Binding("down,j", "screen.certificates", "Certificates", show=False),
        Binding("enter", "choose", "Show"),
    ]

    today: "reactive[Today | None]" = reactive(None)
    """What is drawn; None until the store is read."""
    said: reactive[str] = reactive("")
    """What stands above it in the place of what ends next; printable."""
    cursor: reactive[int] = reactive(0)
    """Which of the spans is pointed at."""

    @dataclass
    class Chosen(Message):
        """Somebody wants to see what ends then."""

        span: "Span"

    # Moving

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor within what is drawn."""
        return max(0, min(cursor, len(self._spans()) - 1))

    def watch_today(self) -> None:
        """Keep the cursor within what is drawn."""
        self.cursor = self.validate_cursor(self.cursor)

    def on_resize(self) -> None:
        """Keep the cursor within what is drawn, now that there are more weeks or fewer."""
        self.cursor = self.validate_cursor(self.cursor)

    def on_focus(self) -> None:
        """Point at what matters first."""
        spans = self._spans()
        if spans and not spans[self.cursor].total:
            self.cursor = next((place for place, span in enumerate(spans) if span.total), self.cursor)

    def on_blur(self) -> None:
        """Tell again what ends next."""
        self.refresh()

    def action_step(self, steps: int) -> None:
        """Go on by so many spans in which something ends."""
        spans = self._spans()
        places = [place for place, span in enumerate(spans) if span.total]
        ahead = [place for place in places if (place > self.cursor if steps > 0 else place < self.cursor)]
        if ahead:
            self.cursor = ahead[min(steps, len(ahead)) - 1] if steps > 0 else ahead[max(steps, -len(ahead))]

    def action_choose(self) -> None:
        """Ask for what ends where the cursor is."""
        spans = self._spans()
        if spans and spans[self.cursor].total:
            self.post_message(self.Chosen(spans[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Point at what is clicked; a second click asks for it."""
        fitted = self._fitted()
        if fitted is None:
            return
        place = _place(event.x - 1, fitted)
        if place == self.cursor and event.chain > 1:
            self.action_choose()
        self.cursor = place

    # Drawing

    def render(self) -> RenderResult:
        """Draw the line above, the bars and the months."""
        fitted, width = self._fitted(), self.size.width
        if fitted is None or self.today is None:
            return Content("")
        rows = max(self.size.height - 2, 1)
        head = shorten(self._head(self.today, width), width)
        cells = [*_over(fitted, rows), *_weeks(fitted, rows), *_later(fitted, rows)]
        pointed = _reach(self.cursor, fitted) if self.has_focus else range(0)
        bars = [_line([one[row] for one in cells], pointed) for row in range(rows)]
        axis = Content.styled(_axis(fitted), "$foreground-muted")
        if pointed:
            axis = axis.stylize("bold reverse", pointed.start, pointed.stop)
        return Content("\n").join([Content(head), *bars, axis])

    def _head(self, today: "Today", width: int) -> str:
        """Return what stands above the bars: of where the cursor is, of a matter, or of what ends next, as much as there is room for."""
        if self.has_focus:
            span = self._spans()[self.validate_cursor(self.cursor)]
            said = [words_of(span, today.now, named) for named in (3, 2, 1, 0)]
        else:
            said = [self.said] if self.said else [_next(today, named) for named in (3, 2, 1)]
        return next((words for words in said if len(words) <= width), said[-1])

    def _spans(self) -> "Sequence[Span]":
        fitted = self._fitted()
        return fitted.timeline.spans if fitted else ()

    def _fitted(self) -> "_Fitted | None":
        room = self.size.width - _LEFT - _RIGHT
        if self.today is None or room < 1:
            return None
        broad = max(1, min(room // _WEEKS_WANTED, _BROADEST))
        return _Fitted(self.today.timeline.of_weeks(room // broad), broad)


@dataclass(frozen=True)
class _Fitted:
    """A timeline with as many weeks as there is room for."""

    timeline: "Timeline"
    broad: int
    """Cells for a week."""


def words_of(span: "Span", now: "datetime", named: int) -> str:
    """Return what ends within some days, in a line that names so many of them; printable."""
    names = [_name(one) for one in span.first[:named]]
    rest = span.total - len(names)
    more = [f"{rest} more" if names else ""] if rest else []
    who = listing([word for word in (*names, *more) if word])
    if span.is_past:
        return f"{span.total} ended lately with nothing in {'its' if span.total == 1 else 'their'} place{f': {who}' if who else ''}"
    when = f"After {_day(span.begin)}" if span.end is None else _days(span.begin, span.end)
    ends = f"{span.total:,} {'ends' if span.total == 1 else 'end'}" if span.total else "nothing ends"
    renewed = f" ({span.renewed:,} renewed already)" if span.renewed else ""
    first = f", {remaining(span.first[0].at, now)}" if span.first else ""
    return f"{when}: {ends}{first}{renewed}{f': {who}' if who else ''}"


def _name(one: "Ending") -> str:
    return (f"{MATTER_GLYPHS['authority']} " if one.is_authority else "") + printable(one.title)


def _next(today: "Today", named: int) -> str:
    following = [f"{_name(one)} {remaining(one.at, today.now)}" for one in today.timeline.next[:named]]
    return f"Next to end: {', then '.join(following)}" if following else ""


def _day(day: "date") -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _days(begin: "date", end: "date") -> str:
    month = "" if begin.month == end.month else f" {_MONTHS[begin.month - 1]}"
    year = "" if begin.year == end.year else f" {begin.year}"
    return f"{begin.day}{month}{year} to {_day(end)}"


def _place(x: int, fitted: _Fitted) -> int:
    """Return which of the spans is drawn in a column."""
    weeks = len(fitted.timeline.weeks)
    return 0 if x < _LEFT else min((x - _LEFT) // fitted.broad + 1, weeks + 1)


def _reach(place: int, fitted: _Fitted) -> range:
    """Return the columns in which one of the spans is drawn."""
    weeks = len(fitted.timeline.weeks)
    if place == 0:
        return range(_LEFT - 1)
    start = _LEFT + (place - 1) * fitted.broad
    return range(start, start + fitted.broad) if place <= weeks else range(start + 1, start + _RIGHT)


def _weeks(fitted: _Fitted, rows: int) -> Iterator[list[Cell]]:
    """Yield the columns of the weeks."""
    weeks = fitted.timeline.weeks
    most = max((span.total for span in weeks), default=0) or 1
    for span in weeks:
        parts = (
            Part(span.expiring, "$warning"),
            Part(span.valid, "$success"),
            Part(span.renewed, "$secondary"),
        )
        cells = column(parts, most=most, rows=rows)
        if not span.total:
            cells[-1] = _FLOOR
        marked = [Cell(MATTER_GLYPHS["authority"], "bold $accent"), *cells[1:]]
        yield marked if span.authorities else cells
        yield from [cells] * (fitted.broad - 1)


def _over(fitted: _Fitted, rows: int) -> Iterator[list[Cell]]:
    number = fitted.timeline.past.lapsed
    text = f"{number:,}"
    style = "bold $text-error" if number else "$foreground-muted"
    yield from _number(text.center(_LEFT - 1) + " ", style, rows)


def _later(fitted: _Fitted, rows: int) -> Iterator[list[Cell]]:
    later = fitted.timeline.later
    mark = MATTER_GLYPHS["authority"] if later.authorities else ""
    yield from _number(" " + f"{mark}{later.total:,}".center(_RIGHT - 1), "$foreground-muted", rows)


def _number(text: str, style: str, rows: int) -> Iterator[list[Cell]]:
    for char in text:
        yield [*[Cell(" ", "")] * (rows - 1), Cell(char, style)]


def _line(cells: Sequence[Cell], pointed: range) -> Content:
    """Return a line of cells as content, those that are pointed at on a ground of their own."""
    styled = [
        (
            cell.char,
            f"{cell.style} {_CURSOR}" if place in pointed and " on " not in cell.style else cell.style,
        )
        for place, cell in enumerate(cells)
    ]
    runs = groupby(styled, key=lambda one: one[1])
    return Content.assemble(*(("".join(char for char, _ in run), style) for style, run in runs))


def _axis(fitted: _Fitted) -> str:
    """Return the line of months: each stands where it begins, if there is room for it."""
    weeks, broad = fitted.timeline.weeks, fitted.broad
    width = _LEFT + len(weeks) * broad
    line = "past".ljust(_LEFT)
    for place, span in enumerate(weeks):
        start, label = _LEFT + place * broad, _label(span, broad)
        if label and len(line.rstrip()) < start and start + len(label) <= width:
            line = line.ljust(start) + label
    return line.ljust(width + 1) + "later".center(_RIGHT - 1)


def _label(week: "Span", broad: int) -> str:
    """Return the month that begins in a week, with the year where that begins too and there is room; empty where none does."""
    end = week.end
    if end is None or end.day > 7:
        return ""
    return _MONTHS[end.month - 1] + (f" {end.year}" if end.month == 1 and broad > 1 else "")
