"""The clipboard of whoever sits at the terminal: the escape sequence that fills it, wrapped for what stands between.

OSC 52 works over SSH, because the terminal itself takes the text. tmux and GNU screen take it only inside a sequence of their own that
passes it on (tmux: `allow-passthrough`, or `set-clipboard`); some terminals do not know it, and all have an end to what they take.
"""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

from textual.app import App

from tlsca.authority.files import make_private_directory, write_file
from tlsca.settings import own_directory

MOST = 74_994
"""Octets of text that a terminal takes: in base64, and with what is around it, that is xterm's limit of 100,000."""
_SCREEN_TAKES = 252
"""Octets of one string that GNU screen passes on; older ones cut off longer ones."""
_DEAF = ("linux", "dumb", "cons", "vt1", "vt2", "vt52")
"""How the names of terminals begin that have no clipboard: consoles, and what stood on desks."""
_DEAF_PROGRAMS = {"Apple_Terminal"}


def reaches(text: str, environment: Mapping[str, str]) -> bool:
    """Say whether a text gets to the clipboard: whether the terminal has one, and takes as much."""
    inside = "TMUX" in environment or "STY" in environment
    deaf = not inside and (
        environment.get("TERM", "").startswith(_DEAF) or environment.get("TERM_PROGRAM") in _DEAF_PROGRAMS
    )
    return not deaf and len(text.encode()) <= MOST


def sequence(text: str, environment: Mapping[str, str]) -> str:
    """Return what fills the clipboard with a text when it is sent to the terminal (xterm's Operating System Command 52)."""
    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    if "TMUX" in environment:
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if "STY" in environment:
        parts = (plain[at : at + _SCREEN_TAKES] for at in range(0, len(plain), _SCREEN_TAKES))
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return plain


def copy_text(app: App[object], text: str, said: str) -> None:
    """Copy a text and say so; the app itself says where one is that did not reach the clipboard."""
    app.copy_to_clipboard(text)
    if reaches(text, os.environ):
        app.notify(said, timeout=3, markup=False)


def keep(text: str, directory: Path | None = None) -> Path:
    """Write a text that no clipboard takes into the one file for that, readable by its owner alone. Raises Refused."""
    place = directory or own_directory("state")
    make_private_directory(place)
    return write_file(place / "copied.txt", text.encode(), private=True, force=True)
