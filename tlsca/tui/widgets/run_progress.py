"""How far a long run is: a bar, the count, the rate, and how long it will still take."""

from dataclasses import dataclass
from datetime import timedelta

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tlsca.text import duration

_SETTLED = 0.5
"""Seconds before which a rate is a guess."""
_WIDEST = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    doing: str = ""
    """What is being done, in a few words."""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    """Since this was begun."""

    @property
    def part(self) -> float:
        """What part of it is done, from 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def told(self) -> str:
        """Count, rate and time left, as far as they are known."""
        parts = [f"{self.done:,} of {self.total:,}", f"{self.part:.0%}"]
        if self.seconds >= _SETTLED and self.done:
            rate = self.done / self.seconds
            parts.append(f"{rate:,.0f} a second" if rate >= 1 else f"{60 * rate:,.0f} a minute")
            if self.done < self.total:
                left = timedelta(seconds=max((self.total - self.done) / rate, 1))
                parts.append(f"{duration(left)} left")
        return "  ·  ".join(parts)


class RunProgress(Widget):
    """What is being done, a bar, and the figures below it."""

    DEFAULT_CSS = """
    RunProgress { height: 4; }
    """

    progress: reactive[Progress] = reactive(Progress())

    def render(self) -> RenderResult:
        """Draw the three of them."""
        now = self.progress
        width = min(self.size.width, _WIDEST)
        filled = int(width * now.part)
        bar = Content.assemble(("━" * filled, "$primary"), ("─" * (width - filled), "$foreground-disabled"))
        return Content("\n").join(
            [
                Content(now.doing),
                Content(""),
                bar,
                Content.styled(now.told if now.total else "", "$foreground-muted"),
            ]
        )
