"""How far a long look is: one line on stderr that counts, on a terminal alone, and is gone when the look is over."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tlsca.cli.output import plain

_PAUSE = 0.1
"""Seconds between two drawings, and before the first: what is done sooner needs none."""
_CLEAR = "\r\x1b[K"


@contextmanager
def count_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what is told how many of how many are done; `what` names them. The line goes also when the block is broken off."""
    if not sys.stderr.isatty() or plain() or os.environ.get("TERM", "dumb") == "dumb":
        yield lambda _done, _total: None
        return
    drawn = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal drawn
        if time.monotonic() - drawn >= _PAUSE:
            drawn = time.monotonic()
            sys.stderr.write(f"{_CLEAR}{done:,} of {total:,} {what}")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()
