"""The line at the top: which store this is, what is in it, and whether its keys can be used right now."""

from collections.abc import Mapping

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tlsca.text import printable


class TitleBar(Widget):
    """Store, counts and lock, in one line that fits 80 columns."""

    DEFAULT_CSS = """
    TitleBar { height: 1; background: $panel; color: $foreground; padding: 0 1; }
    """

    place: reactive[str] = reactive("")
    """Where the store is."""
    running: reactive[int] = reactive(0)
    """How many pieces of long work go on."""
    marked: reactive[str] = reactive("")
    """How many are marked, in a few words."""
    counts: reactive[str] = reactive("")
    """What is in it, in a few words."""
    vault: reactive[str] = reactive("")
    """`unlocked`, `locked`, or nothing while no store is open."""
    read_only: reactive[bool] = reactive(False)
    """Whether the store takes no change."""

    def render(self) -> RenderResult:
        """Draw the line; the path gives way first when there is no room."""
        right = Content.assemble(
            (f"▸ {self.running} running  " if self.running else "", "bold $text-accent"),
            (self.marked, "bold $text-accent"),
            "  " if self.marked else "",
            (self.counts, "$foreground-muted"),
            "  " if self.counts else "",
            _READ_ONLY if self.read_only else "",
            lock_words(self.vault),
        )
        room = self.size.width - 2 - right.cell_length - len("tlsca  ") - 1
        place = printable(self.place)
        shown = place if len(place) <= room else "…" + place[-max(room - 1, 0) :] if room > 4 else ""
        left = Content.assemble(("tlsca", "bold $primary"), "  ", (shown, "$foreground-muted"))
        gap = max(self.size.width - 2 - left.cell_length - right.cell_length, 1)
        return Content.assemble(left, " " * gap, right)


def lock_words(vault: str) -> Content:
    """Return whether keys can be used right now, as a sign and a word; nothing while no store is open."""
    return _LOCKS.get(vault, Content(""))


def counted(states: Mapping[str, int]) -> str:
    """Return how many certificates there are, in a few words; `states` has how many are in each state."""
    total = sum(states.values())
    many = f"{total:,} certificate{'' if total == 1 else 's'}"
    troubled = sum(number for state, number in states.items() if state in {"expiring", "expired"})
    return f"{many}, {troubled:,} expiring or expired" if troubled else many


def marked_words(number: int, hidden: int) -> str:
    """Return how many are marked, and how many of those a filter hides; nothing where none is."""
    away = f", {hidden} not shown" if hidden else ""
    return f"✔ {number} marked{away}" if number else ""


_LOCKS = {
    "unlocked": Content.styled("▣ unlocked", "$text-warning"),
    "locked": Content.styled("▢ locked", "$foreground-muted"),
}
_READ_ONLY = Content.styled("! read-only  ", "$text-error")
