"""What a command prints: data on stdout, talk on stderr, and nothing in either that moves a cursor."""

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from tlsca.errors import TlscaError
from tlsca.text import printable

PLAIN = "tlsca.plain"
"""Where a command keeps whether it prints for somebody who listens."""


def talk(sentence: str) -> None:
    """Say something to the person: on stderr, so that a pipe gets data alone."""
    _put(sys.stderr, f"{printable(sentence)}\n")


def talk_lines(text: str) -> None:
    """Say what belongs to the sentence before, indented, in as many lines as it has."""
    _put(sys.stderr, textwrap.indent(printable(text, keep_newlines=True), "  ") + "\n")


def say(line: str = "") -> None:
    """Print a line of data that is text, made safe for a terminal."""
    _print(printable(line))


def say_fact(title: str, value: str, width: int) -> None:
    """Print what one thing is, indented; titles take `width` columns, so that values stand below each other."""
    if plain():
        say(f"{title.strip()}: {value}" if title else value)
    else:
        say(f"  {title.ljust(width)}  {value}")


def sign(drawn: str, said: str) -> str:
    """Return a sign that says something at a glance, or what it says in words, where somebody listens."""
    return said if plain() else drawn


def plain() -> bool:
    """Say whether to print what can be listened to, as --plain, TLSCA_PLAIN or the settings have it. Raises SettingsError."""
    import click  # noqa: PLC0415 -- the app opens without it

    context = click.get_current_context(silent=True)
    if context is None:
        return False
    if PLAIN not in context.meta:
        context.meta[PLAIN] = _may_be_chosen() and _is_chosen()
    return bool(context.meta[PLAIN])


def _may_be_chosen() -> bool:
    """Say whether anything may choose it; on Linux that is told without loading what finds and reads settings elsewhere."""
    if sys.platform != "linux" or {"TLSCA_PLAIN", "TLSCA_CONFIG"} & os.environ.keys():
        return True
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 -- pathlib raises where nobody has a home
    return os.path.exists(f"{home}/tlsca/config.toml")  # noqa: PTH110 -- likewise


def _is_chosen() -> bool:
    from tlsca.settings import load_settings  # noqa: PLC0415 -- only what is printed in two ways asks

    return load_settings(os.environ, store=Path(os.devnull)).plain  # where the store is does not matter here


def say_json(document: Any) -> None:  # noqa: ANN401 -- whatever JSON can hold
    """Print one JSON document, in ASCII, so that no terminal can be reached through it."""
    from json import dumps  # noqa: PLC0415 -- most commands print none

    _print(dumps(document, indent=2))


def say_json_line(document: Any) -> None:  # noqa: ANN401 -- whatever JSON can hold
    """Print one line of a JSON Lines stream, at once."""
    from json import dumps  # noqa: PLC0415 -- likewise

    _print(dumps(document, separators=(",", ":")))


def say_safe_text(text: str) -> None:
    """Print text of many lines that was made safe already."""
    _print(text, newline=False)


def say_octets(data: bytes) -> None:
    """Print octets as they are."""
    with _writing():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def say_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under a header, columns as wide as what is in them; where somebody listens, each cell with its header."""
    shown = [[printable(cell) for cell in row] for row in rows]
    if plain():
        _say_records(header, shown)
        return
    widths = [max(map(len, column)) for column in zip(header, *shown, strict=True)]
    for row in (header, *shown):
        _print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _say_records(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print each row as a paragraph of facts; how far a cell is indented becomes a level, and empty cells say nothing."""
    for number, row in enumerate(rows):
        if number:
            _print("")
        for title, cell in zip(header, row, strict=True):
            word = cell.strip()
            level = (len(cell) - len(cell.lstrip())) // 2
            if word:
                _print(f"{title.capitalize()}: {word}{f', level {level + 1}' if level else ''}")
    if not rows:
        _print("None.")


def to_terminal() -> bool:
    """Say whether a person reads stdout."""
    return sys.stdout.isatty()


def discard_output() -> None:
    """Let what is left to print go nowhere: Python would complain of the same stream once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(text: str, *, newline: bool = True) -> None:
    with _writing():
        _put(sys.stdout, f"{text}\n" if newline else text)


def _put(stream: TextIO, text: str) -> None:
    """Write at once, in the stream's own encoding; click would send UTF-8 to whoever knows ASCII alone."""
    stream.write(text)
    stream.flush()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read us has seen enough, which is no fault
    except OSError as error:
        discard_output()
        raise TlscaError(
            f"What was to be printed could not be written: {error.strerror}.",
            hint="Look at where standard output goes.",
        ) from None
