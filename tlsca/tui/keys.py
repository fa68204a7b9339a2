"""Names of keys: as people write them, as Textual calls them, as they are shown, and which of them never arrive.

Terminals send some combinations as another key, or keep them to themselves; an act that is bound to one of those can never be done.
"""

import difflib
import re
import unicodedata
from types import MappingProxyType

from tlsca.errors import UsageError
from tlsca.text import printable

EATEN = MappingProxyType({
    "ctrl+m": "Terminals send it as Enter.",
    "ctrl+i": "Terminals send it as Tab.",
    "ctrl+h": "Many terminals send it as Backspace.",
    "ctrl+left_square_bracket": "Terminals send it as Escape.",
    "ctrl+j": "Terminals send it as the end of a line.",
    "ctrl+enter": "Terminals send it as Enter alone.",
    "shift+enter": "Terminals send it as Enter alone.",
    "alt+enter": "Many terminals make their window full with it.",
    "ctrl+c": "It is what people press to get out, and tells how.",
    "ctrl+q": "It always leaves the app.",
    "ctrl+z": "It stops a program in the shell.",
})  # fmt: skip
"""Keys that cannot be bound, each with the reason."""

_NAMED = (
    *("enter", "escape", "space", "tab", "backspace", "delete", "insert"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *(f"f{number}" for number in range(1, 25)),
)
_ALIASES = MappingProxyType({"esc": "escape", "del": "delete", "pgup": "pageup", "pgdn": "pagedown", "page_up": "pageup", "page_down": "pagedown", "return": "enter"})  # fmt: skip
_MODIFIERS = ("ctrl", "alt", "shift")
_SHORTER = MappingProxyType({
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
})  # fmt: skip
"""Where Textual's name of a character is not Unicode's."""
_SHOWN = MappingProxyType({"escape": "esc", "enter": "⏎", "pageup": "pgup", "pagedown": "pgdn", "delete": "del", "up": "↑", "down": "↓", "left": "←", "right": "→"})  # fmt: skip


def _name_of(char: str) -> str:
    if char.isalnum():
        return char
    name = unicodedata.name(char).lower().replace("-", "_").replace(" ", "_")
    return _SHORTER.get(name, name)


_is_function_key = re.compile(r"f\d+").fullmatch
_MARKS = MappingProxyType({_name_of(chr(code)): chr(code) for code in range(0x21, 0x7F)})
"""The name of each character that ASCII keyboards have, as Textual calls it."""


def keys_of(text: str) -> tuple[str, ...]:
    """Return the keys that a list such as `i,f7` or `ctrl+o` names, as Textual calls them. Raises UsageError for what is none."""
    written = [part.strip() for part in text.split(",")]
    if not all(written):
        raise UsageError(
            f"“{printable(text)}” is no list of keys.", hint="Write them as in “i,f7”; a comma is “comma”."
        )
    return tuple(dict.fromkeys(_key_of(part) for part in written))


def shown(key: str) -> str:
    """Return a key as the footer shows it: `^s`, `?`, `esc`, `F1`."""
    *modifiers, name = key.split("+")
    name = _SHOWN.get(name) or _MARKS.get(name) or (name.upper() if _is_function_key(name) else name)
    held = "".join("^" if one == "ctrl" else f"{one}+" for one in modifiers)
    return held + name


def character_of(key: str) -> str | None:
    """Return what a key writes into a field; None where it writes nothing."""
    if key == "space":
        return " "
    return key if len(key) == 1 else _MARKS.get(key)


def _key_of(text: str) -> str:
    held, name = _parted(text)
    known = name if len(name) > 1 else _name_of(name) if name.isprintable() and not name.isspace() else ""
    known = _ALIASES.get(known, known)
    if known not in _NAMED and known not in _MARKS and not (len(known) == 1 and known.isalnum()):
        raise UsageError(f"“{printable(text)}” is no key.", hint=_nearest(known))
    key = "+".join((*sorted(held, key=_MODIFIERS.index), known))
    if held == ["shift"] and len(known) == 1:
        raise UsageError(f"“{printable(text)}” is no key of its own.", hint=f"Write “{known.upper()}”.")
    if key in EATEN:
        raise UsageError(f"“{printable(text)}” cannot be bound.", hint=EATEN[key])
    return key


def _parted(text: str) -> tuple[list[str], str]:
    """Part the modifiers from the key; of `ctrl++` the key is a plus."""
    *held, name = text[:-1].split("+") if text.endswith("+") and len(text) > 1 else text.split("+")
    if text.endswith("+"):
        name = "+"
    lowered = [one.lower() for one in held if one]
    wrong = next((one for one in lowered if one not in _MODIFIERS), None)
    if wrong is not None:
        raise UsageError(
            f"“{printable(text)}” is no key: “{printable(wrong)}” cannot be held down.",
            hint="Held down can be ctrl, alt and shift.",
        )
    return lowered, name if len(name) == 1 and not lowered else name.lower()


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(
        name, (*_NAMED, *_ALIASES, *(mark for mark in _MARKS if len(mark) > 1)), n=1
    )
    return (
        f"Did you mean {near[0]}?"
        if near
        else "A key is a character, f1 to f24, or a name such as enter or ctrl+o."
    )
