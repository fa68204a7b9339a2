"""What runs, how far it is, and what came of what ran in this session."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.message import Message

from tlsca.text import duration
from tlsca.tui.jobs import Job, JobState
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.line_table import Column, LineTable

_MOST_LINES = 6
"""Rows that are in view at once, with the header; the others are scrolled to."""
_BAR = 8
_SIGNS = {
    JobState.RUNNING: ("▸", "mark"),
    JobState.DONE: ("✔", "well"),
    JobState.FAILED: ("✘", "error"),
    JobState.STOPPED: ("■", "warning"),
}


class JobTable(LineTable[Job[Any]]):
    """Jobs, those that run first; it is only there while there are any."""

    HELP = "What runs. x stops what is under the cursor."

    DEFAULT_CSS = """
    JobTable { display: none; border-bottom: solid $panel; &.-shown { display: block; } }
    """

    @dataclass
    class Moved(Message):
        """The cursor is on this job now, or something became of it; None when there is none."""

        job: Job[Any] | None

    def show(self, jobs: Sequence[Job[Any]]) -> None:
        """Show these as they are just now."""
        self.set_class(bool(jobs), "-shown")
        self.styles.height = min(len(jobs) + 1, _MOST_LINES) + 1
        self.put(jobs)

    def identity(self, row: Job[Any]) -> int:
        """Return what tells a job from others."""
        return id(row)

    def highlighted(self) -> Message:
        """Return the message that another job is under the cursor."""
        return self.Moved(self.current)

    def look(self, at: int) -> Hashable:
        """Draw anew whatever runs: it is drawn as far as it is."""
        job = self._rows[at]
        return (job.progress, job.stopping) if job.running else None

    def start(self, at: int, base: Style) -> list[Segment]:
        """Draw what has become of it."""
        sign, colour = _SIGNS[self._rows[at].state]
        return [Segment(sign.ljust(self.GUTTER), self.coloured(base, colour))]

    def columns(self, width: int) -> Sequence[Column]:
        """Give the work a third, and what came of it the rest."""
        left = width - self.GUTTER - 2
        return [Column("WORK", left // 3), Column("HOW FAR", left - left // 3)]

    def segments(self, row: Job[Any], width: int, base: Style) -> list[Segment]:
        """Draw a job: while it runs a bar and the figures, then what came of it."""
        work, far = self.columns(width)
        drawn = [Segment(fitted(row.title, work.width) + " ", base)]
        progress = row.progress
        if row.running and progress.total:
            filled = int(_BAR * progress.part)
            told = "stopping …" if row.stopping else progress.told.replace("  ", " ")
            bar = [
                Segment("━" * filled, self.coloured(base, "mark")),
                Segment("─" * (_BAR - filled) + "  ", self.coloured(base, "muted")),
            ]
            return [*drawn, *bar, Segment(fitted(told, far.width - _BAR - 2), base)]
        return [*drawn, Segment(fitted(told_of(row), far.width), self.coloured(base, _colour(row)))]

    def on_focus(self) -> None:
        """Say which job is under the cursor."""
        self.post_message(self.highlighted())


def told_of(job: Job[Any]) -> str:
    """Return how long a job runs, or what came of it; printable."""
    took = duration(timedelta(seconds=job.seconds))
    if job.running:
        return f"{'stopping' if job.stopping else 'at it'} since {took}"
    return job.said or f"{job.state.value}, after {took}"


def _colour(job: Job[Any]) -> str:
    return {JobState.FAILED: "error", JobState.STOPPED: "warning"}.get(job.state, "")
