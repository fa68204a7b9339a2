"""What is drawn on terminals that show ASCII alone: each sign is replaced on its way out, by one that takes as many cells.

One table at the driver holds for every widget, Textual's own among them, and for what a certificate says.
"""

import locale
import sys
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from rich.cells import cell_len
from textual.driver import Driver

# ruff: noqa: RUF001 -- signs that look like others are what this is about
_SIGNS: Mapping[str, str] = MappingProxyType({
    # States, verdicts, marks and locks.
    "●": "*", "◐": "~", "○": "o", "◫": "=", "◌": ".", "◆": "*", "▣": "#", "▢": "_",
    **dict.fromkeys("✔✓", "+"), **dict.fromkeys("✘✗✕×", "x"), "✎": "~", "⏎": "<", "·": ".", "•": "*",
    # Bars, and the timeline's heights.
    **dict(zip("▁▂▃▄▅▆▇█", "__-=+*%#", strict=True)), **dict.fromkeys("▏▎▍▌▋▊▉▐▕", "|"), "▔": "-", "▀": "-",
    **dict.fromkeys("▰■", "#"), **dict.fromkeys("▱□", "-"), **dict.fromkeys("░▒▓", "%"),
    # Lines, corners and trees.
    **dict.fromkeys("─━┄┅┈┉╌╍═╴╶╸╺╼╾", "-"), **dict.fromkeys("│┃┆┇┊┋╎╏║╵╷╹╻╽╿", "|"),
    # Arrows.
    **dict.fromkeys("→▶▸►⮕⇒❯›", ">"), **dict.fromkeys("←◀◂◄⇐‹", "<"), **dict.fromkeys("↑▲▴⇑", "^"),
    **dict.fromkeys("↓▼▾⇓", "v"), **dict.fromkeys("↔⇔", "-"),
    # Signs of writing.
    **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‘’‚", "'"), **dict.fromkeys("–—‐‑−", "-"), "…": "~", "\u00a0": " ",
    "≈": "~", "≠": "!", "≡": "=", "≤": "<", "≥": ">", "µ": "u", "ß": "s", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "a",
})  # fmt: skip
_CORNERS = range(0x250C, 0x2574)
"""What is left of the box drawing characters: corners, tees and crosses."""
_SPINNERS = range(0x2800, 0x2900)
"""Braille patterns, which turn while something goes on."""
_TURNING = "|/-\\"
_ASCII = 0x80


class _Table(dict[int, str]):
    """What each character becomes, found out when it first occurs."""

    def __missing__(self, point: int) -> str:
        self[point] = found = chr(point) if point < _ASCII else _replaced(chr(point))
        return found


_TABLE = _Table()


def in_ascii(text: str) -> str:
    """Return a text in ASCII that takes the same cells; what has no likeness becomes a question mark."""
    return text if text.isascii() else text.translate(_TABLE)


def _replaced(character: str) -> str:
    point = ord(character)
    if character in _SIGNS:
        return _SIGNS[character]
    if point in _CORNERS:
        return "+"
    if point in _SPINNERS:
        return _TURNING[point % len(_TURNING)]
    width = cell_len(character)
    alike = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return (alike or "?")[:width].ljust(width, "?") if width else ""


def wants_ascii(setting: str, environment: Mapping[str, str]) -> bool:
    """Say whether to draw in ASCII alone; `setting` is `always`, `never`, or `auto`, which looks at locale and terminal."""
    if setting != "auto":
        return setting == "always"
    if environment.get("TERM") in {"linux", "dumb"}:
        return True
    return sys.platform != "win32" and locale.getencoding().lower().replace("-", "") != "utf8"


def ascii_driver(base: type[Driver]) -> type[Driver]:
    """Return a driver that is as `base`, and sends the terminal no octet above 0x7F."""

    class AsciiDriver(base):  # type: ignore[misc,valid-type]
        def write(self, data: str) -> None:
            super().write(in_ascii(data))

    return AsciiDriver
