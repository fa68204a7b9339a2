"""Data that becomes text: the one place where bytes from outside are made safe for a terminal.

A certificate is written by whoever sends it. Its names may hold escape sequences, bidirectional overrides or a newline that
forges a second name; `printable` turns each of them into a visible escape, and every front end passes foreign text through it.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

# Cc: C0, DEL, C1. Cf: bidi controls, zero-width characters, soft hyphen, tags. Cs: lone surrogates. Zl, Zp: line breaks that
# terminals and editors disagree about. Co, Cn: no glyph that two terminals agree on.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})
# Default_Ignorable_Code_Point (Unicode 15.0, DerivedCoreProperties) outside those categories: letters and marks without a glyph.
_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_NAMED_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
_PLAIN_ASCII = re.compile(r"[\x20-\x7e]*")
_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")
_NOT_PLAIN_IN_LINES = re.compile(r"[^\x20-\x7e\n]")


def printable(text: str, *, keep_newlines: bool = False) -> str:
    r"""Return `text` with every control, bidirectional, invisible or unassigned character as a visible escape.

    The result holds no character that moves a cursor, changes a direction or hides another, and no newline unless
    `keep_newlines` is set (for text of many lines that tlsca itself laid out). `"a\x1b[2Jb"` becomes `"a\\x1b[2Jb"`.
    """
    if _PLAIN_ASCII.fullmatch(text):
        return text
    return (_NOT_PLAIN_IN_LINES if keep_newlines else _NOT_PLAIN).sub(_visible, text)


def _visible(found: re.Match[str]) -> str:
    """Return one character as it is, if it is safe, else its escape."""
    return _escape(found[0]) if _is_unsafe(found[0]) else found[0]


def _is_unsafe(char: str) -> bool:
    return unicodedata.category(char) in _UNSAFE_CATEGORIES or bool(_INVISIBLE.match(char))


def _escape(char: str) -> str:
    named = _NAMED_ESCAPES.get(char)
    if named is not None:
        return named
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def passphrase_octets(passphrase: str) -> bytes:
    """Return a passphrase as the octets that it was typed or read as: UTF-8, or what was none and came in as surrogates."""
    return passphrase.encode("utf-8", "surrogateescape")


def shorten(text: str, width: int) -> str:
    """Return `text` cut to at most `width` characters, an ellipsis standing for what was left out."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def hex_colons(digits: str) -> str:
    """Return hexadecimal digits as `AB:CD:EF`, the way fingerprints and serial numbers are compared by eye."""
    even = digits if len(digits) % 2 == 0 else "0" + digits
    return ":".join(even[i : i + 2] for i in range(0, len(even), 2)).upper()


def serial_hex(serial: int) -> str:
    """Return a certificate's serial number as lower-case hexadecimal of whole octets, `-` before a negative one."""
    digits = f"{abs(serial):x}"
    sign = "-" if serial < 0 else ""
    return sign + (digits if len(digits) % 2 == 0 else "0" + digits)


def rfc3339(moment: datetime) -> str:
    """Return an aware time as RFC 3339 in UTC, in whole seconds: `2030-01-31T09:30:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def from_rfc3339(text: str) -> datetime:
    """Return the aware time that `rfc3339` wrote."""
    return datetime.fromisoformat(text)


def duration(span: timedelta) -> str:
    """Return a time span as one rounded unit for a person: `89 days`, `3 years`, `40 minutes`; the sign is dropped."""
    seconds = abs(span.total_seconds())
    for unit, length, switch in (
        ("year", 31_557_600, 730 * 86_400),
        ("day", 86_400, 172_800),
        ("hour", 3600, 7200),
    ):
        if seconds >= switch:
            return count(int(seconds / length + 0.5), unit)
    if seconds >= 60:
        return count(int(seconds / 60 + 0.5), "minute")
    return count(int(seconds), "second")


def remaining(until: datetime, now: datetime) -> str:
    """Return how long from `now` until `until`: `in 89 days`, or `3 days ago`."""
    span = until - now
    return f"in {duration(span)}" if span >= timedelta(0) else f"{duration(span)} ago"


def count(number: int, unit: str) -> str:
    """Return a number of things: `1 certificate`, `2 certificates`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def listing(words: list[str], *, most: int = 5) -> str:
    """Return words as `a, b and c`; beyond `most` the rest is counted: `a, b and 7 more`."""
    shown = words if len(words) <= most else [*words[: most - 1], f"{len(words) - most + 1} more"]
    if len(shown) <= 1:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


STATE_GLYPHS = {
    "valid": "●",
    "expiring": "◐",
    "expired": "○",
    "revoked": "✕",
    "held": "◫",
    "not-yet-valid": "◌",
}
"""A certificate's state at a glance; the word always stands beside it."""


def state(word: str) -> str:
    """Return a certificate's state as glyph and word."""
    return f"{STATE_GLYPHS.get(word, '·')} {word}"


MATTER_GLYPHS = {
    "damage": "!",
    "expired": STATE_GLYPHS["expired"],
    "expiring": STATE_GLYPHS["expiring"],
    "authority": "◆",
    "crl": "≡",
    "host": "✘",
    "request": "✎",
}
"""What a matter of today is about, at a glance; its words always stand beside it."""

BAR_STEPS = " ▁▂▃▄▅▆▇█"
"""A cell that is filled from below, from none of its eighths to all of them."""
