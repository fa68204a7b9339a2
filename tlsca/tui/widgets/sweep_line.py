"""How far a look at many hosts is, in one line that is only there while it lasts."""

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from tlsca.tui.widgets.run_progress import Progress

_BAR = 14


class SweepLine(Widget):
    """A bar, the count, and how to stop it."""

    DEFAULT_CSS = """
    SweepLine {
        display: none; height: 1; padding: 0 1; background: $boost;
        &.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._progress = Progress()
        self._troubled = 0

    def show(self, progress: Progress | None, troubled: int) -> None:
        """Show how far it is, and how many hosts are not trusted; None gives the line back."""
        self.set_class(progress is not None, "-shown")
        self._progress, self._troubled = progress or Progress(), troubled
        self.refresh()

    def render(self) -> RenderResult:
        """Draw it; what can be done gives way first where there is no room."""
        now = self._progress
        filled = int(_BAR * now.part)
        told = Content.assemble(
            ("━" * filled, "$primary"),
            ("─" * (_BAR - filled), "$foreground-disabled"),
            f"  {now.done:,} of {now.total:,} looked at",
            (f", {self._troubled:,} not trusted" if self._troubled else "", "$text-warning"),
        )
        keys = Content.styled("esc stops, q lets it run", "$foreground-muted")
        gap = self.size.width - 2 - told.cell_length - keys.cell_length
        return Content.assemble(told, " " * gap, keys) if gap > 1 else told
