"""The growth of the stores as a drawing: three plots beside each other, both axes logarithmic.

Written by hand as SVG. It has no background, and its colours are of middling lightness, so that it reads on a light page and on a dark one.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape

from growing import ACTS, STORES, Curves
from page import duration

_WIDTH, _HEIGHT = 960, 340
_PLOT, _TALL, _GAP, _TOP = 230, 220, 90, 50
_LEFT = 64
_COLOURS = {"tlsca": "#3b82f6", "TinyDB": "#d9661f", "SQLite": "#159a72"}
_INK = "#7d838c"
_LOWEST, _HIGHEST = -6, 1
"""Powers of ten between which the times lie, in seconds."""


def plot(curves: Curves) -> str:
    """Return the drawing."""
    body = [
        line
        for number, act in enumerate(ACTS)
        for line in _panel(curves, act, _LEFT + number * (_PLOT + _GAP))
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_INK}">'
    )
    title = "<title>Seconds to open, find and add, by the number of certificates</title>"
    return "\n".join([head, title, *body, *_legend(), "</svg>"]) + "\n"


def _panel(curves: Curves, act: str, left: float) -> Iterator[str]:
    yield _text(left + _PLOT / 2, 24, act, size=14, anchor="middle")
    for power in range(_LOWEST, _HIGHEST + 1):
        y = _y(10.0**power)
        yield f'<path d="M{left} {y:.1f}h{_PLOT}" stroke="{_INK}" stroke-opacity="0.25"/>'
        yield _text(left - 8, y + 4, _round(power), anchor="end")
    for size in curves.sizes:
        yield _text(_x(curves.sizes, size, left), _TOP + _TALL + 20, f"{size:,}", anchor="middle")
    for store in STORES:
        points = [
            (
                _x(curves.sizes, size, left),
                _y(curves.least[act, store.name, size]),
                curves.least[act, store.name, size],
            )
            for size in curves.sizes
        ]
        yield from _curve(store.name, points)


def _curve(name: str, points: Sequence[tuple[float, float, float]]) -> Iterator[str]:
    colour = _COLOURS[name]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y, _seconds in points)
    yield f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y, seconds in points:
        told = f"<title>{escape(name)}: {duration(seconds)}</title>"
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}">{told}</circle>'


def _legend() -> Iterator[str]:
    for number, (name, colour) in enumerate(_COLOURS.items()):
        x = _WIDTH / 2 - 130 + number * 100
        yield f'<path d="M{x} {_HEIGHT - 20}h20" stroke="{colour}" stroke-width="2"/>'
        yield f'<circle cx="{x + 10}" cy="{_HEIGHT - 20}" r="4" fill="{colour}"/>'
        yield _text(x + 28, _HEIGHT - 16, name)


def _x(sizes: Sequence[int], size: int, left: float) -> float:
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])
    return left + 16 + (math.log10(size) - first) / (last - first) * (_PLOT - 32)


def _y(seconds: float) -> float:
    power = min(max(math.log10(seconds), _LOWEST), _HIGHEST)
    return _TOP + (_HIGHEST - power) / (_HIGHEST - _LOWEST) * _TALL


def _round(power: int) -> str:
    """Return a power of ten of seconds: 10 ms."""
    unit, exponent = next(
        (unit, exponent) for unit, exponent in (("s", 0), ("ms", -3), ("µs", -6)) if power >= exponent
    )
    return f"{10 ** (power - exponent)} {unit}"


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'
