"""How large the panes of the home screen are: as they come for the size of the terminal, and as they were made larger or smaller.

It is a plain value, so that whoever keeps a session can keep it too.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Pane(StrEnum):
    """What the home screen is made of; each can have the screen for itself."""

    TIMELINE = "timeline"
    AUTHORITIES = "authorities"
    CERTIFICATES = "certificates"
    INSPECTOR = "inspector"


WIDE = 120
"""From so many columns on, panes stand side by side."""
LOW = 20
"""Below so many lines there is no room for the timeline."""

_STEPS = {Pane.TIMELINE: 1, Pane.AUTHORITIES: 4, Pane.CERTIFICATES: 5}
_BOUNDS = {Pane.TIMELINE: (-6, 30), Pane.AUTHORITIES: (-20, 60), Pane.CERTIFICATES: (25, 75)}
_LINES_BELOW = 10
"""So many are left to the title, the table and the footer at least."""
_FEWEST_LINES = 3
_COLUMNS = (26, 60)


@dataclass(frozen=True, slots=True)
class PaneSizes:
    """What is other than usual; without arguments, nothing is."""

    timeline: int = 0
    """Lines more than usual, or fewer."""
    authorities: int = 0
    """Columns more than usual, or fewer."""
    certificates: int = 50
    """Percent of the width that the table has beside the inspector."""

    def resized(self, pane: Pane, steps: int) -> "PaneSizes":
        """Return the sizes with a pane made larger by so many steps, or smaller; the inspector grows as the table shrinks."""
        if pane is Pane.INSPECTOR:
            return self.resized(Pane.CERTIFICATES, -steps)
        return replace(self, **{pane: getattr(self, pane) + steps * _STEPS[pane]}).within_bounds()

    def within_bounds(self) -> "PaneSizes":
        """Return the sizes, none larger or smaller than its pane can be made."""
        sizes = {pane: max(least, min(getattr(self, pane), most)) for pane, (least, most) in _BOUNDS.items()}
        return replace(self, **sizes)

    def lines(self, width: int, height: int) -> int:
        """Return how high the timeline is in a terminal of this size; 0 where there is no room for it."""
        if height < LOW:
            return 0
        usual = 4 if width < WIDE else max(4, height * 9 // 40)
        return max(_FEWEST_LINES, min(usual + self.timeline, height - _LINES_BELOW))

    def columns(self, width: int) -> int:
        """Return how wide the authorities are beside the timeline; 0 where they have no room there."""
        if width < WIDE:
            return 0
        least, most = _COLUMNS
        return max(least, min(max(44, width * 28 // 100) + self.authorities, most, width - 60))
