"""`tlsca inspect`: a file, a certificate of the store, or what a live host serves."""

import sys

import click

from tlsca.authority.connecting import inspect_host, looks_like_target
from tlsca.authority.desk import system_clock
from tlsca.authority.inspecting import Inspection, inspect, inspect_octets
from tlsca.authority.showing_checks import show_inspection
from tlsca.cli.context import (
    json_option,
    open_desk_if_any,
    passphrase,
    show_instead,
    show_option,
    store_options,
)
from tlsca.cli.output import say, say_json, say_octets, say_safe_text, to_terminal
from tlsca.errors import NotFound, PassphraseMissing, Unreadable
from tlsca.pki.describe import Row
from tlsca.pki.read import LARGEST
from tlsca.text import printable, shorten


@click.command("inspect")
@click.argument("what")
@click.option(
    "--as",
    "form",
    type=click.Choice(["text", "summary", "json", "pem", "asn1"]),
    default="summary",
    show_default=True,
    help="How to show it.",
)
@click.option(
    "--passphrase-file-in", metavar="FILE", help="File that holds the passphrase of an encrypted file."
)
@show_option
@store_options
@json_option
def inspect_command(what: str, form: str, passphrase_file_in: str | None, as_json: bool) -> None:
    """Show a file (- for stdin), a certificate of the store by reference, or what host:port serves."""
    show_instead(lambda: show_inspection(open_desk_if_any(), what, form=form))
    data = sys.stdin.buffer.read(LARGEST + 1) if what == "-" else None
    try:
        found = _found(what, data, None)
    except PassphraseMissing:
        secret = passphrase(
            passphrase_file_in,
            "TLSCA_IMPORT_PASSPHRASE",
            "Passphrase of the file",
            option="--passphrase-file-in",
        )
        found = _found(what, data, secret)
    if as_json or form == "json":
        say_json([item.to_json() for item in found] if len(found) > 1 else found[0].to_json())
        return
    for number, item in enumerate(found):
        if number and form == "summary":
            say()
        _show(item, form)


def _found(what: str, data: bytes | None, secret: str | None) -> tuple[Inspection, ...]:
    if data is not None:
        return inspect_octets(data, passphrase=secret, source="standard input", now=system_clock())
    desk = open_desk_if_any()
    try:
        return inspect(desk, what, passphrase=secret, now=system_clock())
    except NotFound as error:
        if looks_like_target(what):
            return inspect_host(desk, what, now=system_clock())
        shown = shorten(printable(what), 80)
        raise NotFound(
            f"“{shown}” is no file, nothing in the store, and no host:port.", hint=error.hint
        ) from None


def _show(item: Inspection, form: str) -> None:
    if form == "pem":
        if not item.pem:
            raise Unreadable(
                "A private key is not printed.", hint="tlsca export --as key writes one to a file."
            )
        say_octets(item.pem)
    elif form == "asn1":
        click.echo(item.asn1(), nl=False)
    elif form == "summary":
        say(f"{item.kind.value.capitalize()} from {item.source}")
        _show_rows(item.rows, max((len(row.title) for row in item.rows), default=0))
    elif to_terminal():
        say_safe_text(item.safe_text())
    else:
        say_octets(item.text())


def _show_rows(rows: tuple[Row, ...], width: int) -> None:
    for row in rows:
        note = f"  ({row.note})" if row.note and to_terminal() else ""
        say(f"  {row.title.ljust(width)}  {row.value}{note}")
