"""How far a sweep over many targets is: one line on stderr that is drawn anew, on a terminal alone.

Results go to stdout as ever; the line steps aside for each, so that both can share one terminal. In a pipe, in a log and for a
single target there is none.
"""

import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TextIO, TypeVar

from tlsca.cli.output import plain
from tlsca.text import duration, shorten

T = TypeVar("T")

_PAUSE = 0.2
"""Seconds between two drawings, and before the first: what is done sooner needs none."""
_NARROW = 80
_CLEAR = "\r\x1b[K"


class SweepProgress:
    """Counts what probing threads tell, and draws it; without a stream it only counts."""

    def __init__(self, stream: TextIO | None, total: int | None) -> None:
        """`total` is how many there will be, None where nobody knows yet."""
        self._stream = stream
        self._total = total
        self._drawn_targets = self._begun = self._done = self._failing = 0
        self._turn = threading.RLock()
        self._start = time.monotonic()
        self._ended = threading.Event()
        self._visible = self._stepped_aside = False

    def counting(self, targets: Iterable[T]) -> Iterator[T]:
        """Yield the targets as they are drawn; after the last it is known how many there are."""
        for target in targets:
            self._drawn_targets += 1
            yield target
        self._total = self._drawn_targets

    def begun(self) -> None:
        """Take note that one more is under way; may be called from any thread."""
        with self._turn:
            self._begun += 1

    def done(self, *, well: bool) -> None:
        """Take note that one more has answered; may be called from any thread."""
        with self._turn:
            self._done += 1
            self._failing += not well

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave the line to whatever is printed meanwhile."""
        with self._turn:
            was_visible, self._stepped_aside = self._visible, True
            self._clear()
        yield
        with self._turn:
            self._stepped_aside = False
            if was_visible:
                self._draw()

    def end(self) -> None:
        """Take the line away for good."""
        self._ended.set()
        with self._turn:
            self._stepped_aside = True
            self._clear()

    def draw_until_the_end(self) -> None:
        """Draw the line again and again, from a thread of its own: a slow host tells nothing, and time goes on."""
        while not self._ended.wait(_PAUSE):
            with self._turn:
                if not self._stepped_aside:
                    self._draw()

    def _clear(self) -> None:
        if self._visible and self._stream is not None:
            self._stream.write(_CLEAR)
            self._stream.flush()
        self._visible = False

    @property
    def line(self) -> str:
        """What is told: `12 of 40 done, 3 failing, 8 under way, 4 seconds`."""
        of = f" of {self._total:,}" if self._total is not None else ""
        parts = [f"{self._done:,}{of} done", f"{self._failing:,} failing"]
        if self._begun > self._done:
            parts.append(f"{self._begun - self._done:,} under way")
        parts.append(duration(timedelta(seconds=time.monotonic() - self._start)))
        return ", ".join(parts)

    def _draw(self) -> None:
        if self._stream is None:
            return
        self._visible = True
        self._stream.write(_CLEAR + shorten(self.line, _width(self._stream) - 1))
        self._stream.flush()


@contextmanager
def sweep_progress(total: int | None) -> Iterator[SweepProgress]:
    """Show how far a sweep is until the block ends; `total` is how many targets there are, None where they come from stdin."""
    wanted = _is_wanted(total)
    progress = SweepProgress(sys.stderr if wanted else None, total)
    if wanted:
        threading.Thread(target=progress.draw_until_the_end, daemon=True).start()
    try:
        yield progress
    finally:
        progress.end()


def _is_wanted(total: int | None) -> bool:
    """Say whether somebody looks at stderr who is not typing the targets, and whether there is more than one."""
    if total is not None and total < 2:
        return False
    typed = total is None and sys.stdin.isatty()
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not typed and not plain()


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _NARROW
    except OSError:
        return _NARROW
