"""`tlsca diff`: what differs between any two of certificate, request, revocation list and live host."""

import sys

import click

from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.differing import Diff, Side, diff, side, verdict
from tlsca.cli.context import json_option, open_desk_if_any, passphrase, store_options
from tlsca.cli.output import plain, say, say_json, say_safe_text, talk
from tlsca.errors import PassphraseMissing, UsageError
from tlsca.pki.difference import Mark
from tlsca.pki.read import LARGEST


@click.command("diff")
@click.argument("a")
@click.argument("b")
@click.option("--all", "unfolded", is_flag=True, help="Print the fields that are alike, too.")
@click.option(
    "--passphrase-file-in", metavar="FILE", help="File that holds the passphrase of an encrypted file."
)
@store_options
@json_option
def diff_command(a: str, b: str, *, unfolded: bool, passphrase_file_in: str | None, as_json: bool) -> int:
    """Compare A and B field by field, each a file (- for stdin), a certificate of the store by reference, or a live host:port.

    Certificates, requests and CRLs can be compared, also with each other. The status is 0 when the two are equal and 1 when
    they differ.
    """
    if a == b == "-":
        raise UsageError("Standard input can be only one of the two.", hint="Give a file for the other.")
    desk = open_desk_if_any()
    found = diff(_side(desk, a, passphrase_file_in), _side(desk, b, passphrase_file_in))
    for letter, one in (("A", found.old), ("B", found.new)):
        if one.note:
            talk(f"{letter} is {one.note} in {one.source}.")
    if as_json:
        say_json(found.to_json())
    elif plain():
        _say_facts(found)
    else:
        say_safe_text(found.text(unfolded=unfolded))
    return 0 if found.comparison.equal else 1


def _say_facts(found: Diff) -> None:
    """Print what differs: in a line each, where it is and what it is there."""
    say(f"A: {found.old.sentence}")
    say(f"B: {found.new.sentence}")
    for one in found.comparison.fields:
        if one.mark is not Mark.SAME:
            for letter, value in (("A", one.old), ("B", one.new)):
                say(f"{one.group}, {one.field}, in {letter}: {'nothing' if value is None else value}")
    say(verdict(found.comparison))


def _side(desk: Desk | None, what: str, passphrase_file: str | None) -> Side:
    """Return one of the two, asking for a passphrase only where a file needs one."""
    data = sys.stdin.buffer.read(LARGEST + 1) if what == "-" else None
    try:
        return side(desk, what, data=data, now=system_clock())
    except PassphraseMissing:
        secret = passphrase(
            passphrase_file,
            "TLSCA_IMPORT_PASSPHRASE",
            "Passphrase of the file",
            option="--passphrase-file-in",
        )
        return side(desk, what, data=data, passphrase=secret, now=system_clock())
