"""What a stream gets that does not take every character: our own signs as a typewriter has them, everything else as an escape.

In a locale that knows ASCII alone, quotation marks as escapes would hide the sentence between them.
"""

import codecs
from collections.abc import Mapping
from types import MappingProxyType

ERRORS = "tlsca.typewriter"
"""The name under which streams know it."""

_SIGNS: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys("“”", '"'), **dict.fromkeys("‘’", "'"), "…": "...", "–": "-", "→": "->", "·": "-",  # noqa: RUF001 -- those that are meant
    "✔": "+", "✘": "x", "✕": "x", "●": "*", "◐": "~", "○": "o", "◫": "=", "◌": ".", "─": "-", "━": "-",
})  # fmt: skip


def typewritten(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for characters that could not be encoded, and where to go on: a handler for `codecs.register_error`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(_SIGNS.get(one) or _escape(one) for one in characters), error.end


def _escape(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode("ascii")


codecs.register_error(ERRORS, typewritten)
