"""What a command prints: data on stdout, talk on stderr, and nothing in either that moves a cursor."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from tlsca.text import printable


def talk(sentence: str) -> None:
    """Say something to the person: on stderr, so that a pipe gets data alone."""
    click.echo(printable(sentence), err=True)


def say(line: str = "") -> None:
    """Print a line of data that is text, made safe for a terminal."""
    click.echo(printable(line))


def say_json(document: Any) -> None:  # noqa: ANN401 -- whatever JSON can hold
    """Print one JSON document, in ASCII, so that no terminal can be reached through it."""
    click.echo(json.dumps(document, indent=2))


def say_json_line(document: Any) -> None:  # noqa: ANN401 -- whatever JSON can hold
    """Print one line of a JSON Lines stream, at once."""
    click.echo(json.dumps(document, separators=(",", ":")))
    sys.stdout.flush()


def say_octets(data: bytes) -> None:
    """Print octets as they are."""
    stream = click.get_binary_stream("stdout")
    stream.write(data)
    stream.flush()


def say_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under a header, columns as wide as what is in them."""
    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *shown, strict=True)]
    for row in (header, *shown):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def to_terminal() -> bool:
    """Say whether a person reads stdout."""
    return sys.stdout.isatty()
