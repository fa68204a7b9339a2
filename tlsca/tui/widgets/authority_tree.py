"""The authorities as a tree: who is below whom, how many good certificates each has issued, and how its revocation list stands."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tlsca.text import STATE_GLYPHS, duration, printable
from tlsca.tui.widgets.cells import fitted

if TYPE_CHECKING:
    from datetime import datetime

    from tlsca.authority.listing import Entry
    from tlsca.authority.standing import AuthorityStanding
    from tlsca.authority.today import Today

_COLOURS = {"valid": "$text-success", "expiring": "$text-warning", "not-yet-valid": "$text-warning"}
_LISTS = {
    "stale": ("stale", "$text-error"),
    "missing": ("missing", "$text-error"),
    "unpublished": ("pending", "$text-warning"),
    "due": ("due", "$text-warning"),
}
"""Why a revocation list wants publishing, in a word, and its colour."""
_TITLE = "Authorities"
_LIVE_WIDTH = 6
_LIST_WIDTH = 9


class AuthorityTree(OptionList, can_focus=True):
    """Authorities, one of them under the cursor. Posts `Chosen` on Enter or a click."""

    HELP = "The authorities. Enter shows what one of them has issued."

    DEFAULT_CSS = """
    AuthorityTree, AuthorityTree:focus {
        border: none; border-top: solid $panel; border-right: solid $panel; padding: 0 1; background: $surface; scrollbar-size-vertical: 1;
        border-title-color: $foreground; border-title-style: bold;
        text-wrap: nowrap; text-overflow: ellipsis;
        & > .option-list--option { padding: 0; }
        & > .option-list--option-highlighted { background: $surface; color: $foreground; text-style: none; }
    }
    AuthorityTree:focus {
        border-title-color: $primary; background-tint: transparent;
        & > .option-list--option-highlighted { background: $primary 45%; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "Down", show=False),
        Binding("up,k", "cursor_up", "Up", show=False),
        Binding("enter", "select", "Show"),
    ]

    today: "reactive[Today | None]" = reactive(None)
    """What is drawn; None until the store is read."""

    @dataclass
    class Chosen(Message):
        """Somebody wants to see what this authority has issued."""

        entry: "Entry"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id, markup=False)

    def watch_today(self) -> None:
        """Draw them anew."""
        self._draw()

    def on_focus(self) -> None:
        """Begin with the first."""
        if self.highlighted is None:
            self.action_first()

    def on_resize(self) -> None:
        """Give the names what room there is."""
        self._draw()

    def _draw(self) -> None:
        if self.today is None:
            return
        now, width = self.today.now, self.scrollable_content_region.width
        self.border_title = _heading(width)
        place = self.highlighted
        self.set_options(
            Option(line_of(one, now, width), id=one.entry.record.id) for one in self.today.authorities
        )
        if place is not None and self.option_count:
            self.highlighted = min(place, self.option_count - 1)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask for what it has issued."""
        event.stop()
        if self.today is not None:
            self.post_message(self.Chosen(self.today.authorities[event.option_index].entry))


def _heading(width: int) -> Content:
    """Return what stands above the columns: what they are, and by which key they are reached."""
    room = max(width - 2 - _LIVE_WIDTH - 2 - _LIST_WIDTH, len(_TITLE))
    columns = f"{'LIVE':>{_LIVE_WIDTH}}  CRL"
    return Content.assemble(
        ("8 ", "$footer-key-foreground"), _TITLE.ljust(room), (columns, "$foreground-muted not bold")
    )


def line_of(standing: "AuthorityStanding", now: "datetime", width: int) -> Content:
    """Return an authority as a line of so many cells."""
    entry = standing.entry
    indent = "  " * (standing.depth - 1) + "└ " if standing.depth else ""
    room = max(width - len(indent) - 2 - _LIVE_WIDTH - 2 - _LIST_WIDTH, 4)
    said, colour = _list_words(standing, now)
    return Content.assemble(
        (indent, "$foreground-muted"),
        (f"{STATE_GLYPHS[entry.status]} ", _COLOURS.get(entry.status, "$text-error")),
        fitted(printable(entry.title), room),
        (f"{standing.live:>{_LIVE_WIDTH},}", "$text-warning" if standing.expiring else ""),
        "  ",
        (said[:_LIST_WIDTH].ljust(_LIST_WIDTH), colour),
    )


def _list_words(standing: "AuthorityStanding", now: "datetime") -> tuple[str, str]:
    """Return how its revocation lists stand, and in which colour."""
    if standing.why:
        word, colour = _LISTS[standing.why]
        return f"! {word}", colour
    return duration(standing.until - now) if standing.until else "none", "$foreground-muted"
