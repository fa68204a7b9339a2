"""How much of its life a certificate has behind it, as a bar that every front end can draw.

The dates say when it ends; whether that is soon depends on how long it lives, which nobody works out in their head.
"""

from collections.abc import Iterator
from datetime import datetime

from tlsca.pki.rows import Row
from tlsca.text import duration

_CELLS = 16
FULL, EMPTY = "━", "─"
"""The two halves of the bar."""


def life_rows(begin: datetime, end: datetime, *, now: datetime) -> Iterator[Row]:
    """Yield the row with the bar; none for a certificate that ends before it begins."""
    if end <= begin:
        return
    share = min(max((now - begin) / (end - begin), 0.0), 1.0)
    over = int(_CELLS * share)
    bar = FULL * over + EMPTY * (_CELLS - over)
    yield Row("Life", f"{bar} {_said(begin, end, now, int(100 * share))}")


def _said(begin: datetime, end: datetime, now: datetime, percent: int) -> str:
    if now < begin:
        return f"begins in {duration(begin - now)}"
    if now > end:
        return f"over for {duration(now - end)}"
    return f"{percent} %, {duration(end - now)} left"
