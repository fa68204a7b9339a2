"""The line at the top: which store this is, what is in it, and whether its keys can be used right now."""

from collections.abc import Mapping

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tlsca.text import printable


class TitleBar(Widget):
    """Store, counts and lock, in one line that fits 80 columns; where there are fewer, the lock is what stays."""

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
        """Draw the line; the path gives way first when there is no room, then whatever the lists below say too."""
        width = self.size.width - 2
        right = self._right(width - len("tlsca "))
        if right.cell_length > width - len("tlsca "):
            return right
        room = width - right.cell_length - len("tlsca  ") - 1
        shown = _within(printable(self.place), room)
        left = Content.assemble(
            ("tlsca", "bold $primary"), "  " if shown else "", (shown, "$foreground-muted")
        )
        gap = max(width - left.cell_length - right.cell_length, 1)
        return Content.assemble(left, " " * gap, right)

    def _right(self, room: int) -> Content:
        """Return all that has room in so many cells, whole or not at all."""
        parts = [
            Content.styled(f"▸ {self.running} running" if self.running else "", "bold $text-accent"),
            Content.styled(self.marked, "bold $text-accent"),
            Content.styled(self.counts, "$foreground-muted"),
            _READ_ONLY if self.read_only else Content(""),
            lock_words(self.vault),
        ]
        for given_up in (None, *_GIVE_WAY):
            if given_up is not None:
                parts[given_up] = Content("")
            shown = Content("  ").join([part for part in parts if part])
            if shown.cell_length <= room:
                break
        return shown


def _within(place: str, room: int) -> str:
    """Return as much of a path's end as there is room for, by whole names; nothing where there is none for its last."""
    if len(place) <= room:
        return place
    tail = place[-max(room - 1, 1) :]
    return f"…{tail[tail.index('/') :]}" if "/" in tail else ""


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
_READ_ONLY = Content.styled("! read-only", "$text-error")
_GIVE_WAY = (2, 0, 1)
"""In which order the parts at the right give way: the counts, what runs, what is marked."""
