"""`explain`: what a problem or finding means, why it matters, how it comes about, and what mends it."""

import shutil
import textwrap
from collections.abc import Iterator

import click

from tlsca.cli.context import json_option, text_only
from tlsca.cli.output import say, say_json, say_table
from tlsca.pages import Page, codes, page

_INDENT = "    "
_WIDEST = 88
_NARROWEST = 20


@click.command("explain")
@click.argument("code", required=False, callback=text_only)
@json_option
def explain_command(code: str | None, as_json: bool) -> None:
    """Explain a problem, as probe, verify, lint and doctor call it.

    CODE is what stands beside the problem, such as missing-intermediate. Without one, every code is listed. No network is needed.
    """
    if code is not None:
        _explain(page(code), as_json=as_json)
        return
    every = [page(one) for one in codes()]
    if as_json:
        say_json([{"code": one.code, "title": one.title} for one in every])
    else:
        say_table(("CODE", "MEANS"), [(one.code, one.title) for one in every])


def _explain(found: Page, *, as_json: bool) -> None:
    if as_json:
        say_json(found.to_json())
        return
    width = max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)
    for line in _lines(found, width):
        say(line)


def _lines(found: Page, width: int) -> Iterator[str]:
    yield f"{found.code}: {found.title}"
    for section in found.sections:
        yield ""
        if section.heading:
            yield section.heading
        for line in section.text.split("\n"):
            yield from _wrapped(line, width, margin="  " if section.heading else "")


def _wrapped(line: str, width: int, margin: str) -> list[str]:
    """Wrap a paragraph; a command stays as it is, so that it can be copied."""
    if line.startswith(_INDENT) or not line:
        return [margin + line if line else ""]
    return textwrap.wrap(line, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
