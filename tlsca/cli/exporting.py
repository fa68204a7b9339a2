"""`tlsca export`: a certificate, in the form that a program reads."""

import os
from dataclasses import replace
from pathlib import Path

import click

from tlsca.authority.desk import Desk
from tlsca.authority.exporting import ExportForm, export, export_octets
from tlsca.authority.showing_checks import show_export
from tlsca.cli.context import (
    json_option,
    open_desk,
    passphrase,
    show_instead,
    show_option,
    store_options,
    unlock_desk,
)
from tlsca.cli.output import say_json, say_octets, say_safe_text, talk, to_terminal
from tlsca.errors import PassphraseMissing, UsageError
from tlsca.pki.bundle import FORMATS, format_named
from tlsca.text import printable

_VARIABLE = "TLSCA_EXPORT_PASSPHRASE"


@click.command("export")
@click.argument("reference", metavar="REF")
@click.option("--as", "form", type=click.Choice(list(FORMATS)), required=True, help="The format.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="File, or directory to choose a name in; without, stdout."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option(
    "--export-passphrase-file",
    metavar="FILE",
    help="File that holds the passphrase for the exported key (or TLSCA_EXPORT_PASSPHRASE).",
)
@click.option("--no-passphrase", is_flag=True, help="Write the private key in the clear.")
@show_option
@store_options
@json_option
def export_command(
    *,
    reference: str,
    form: str,
    out: Path | None,
    force: bool,
    export_passphrase_file: str | None,
    no_passphrase: bool,
    as_json: bool,
) -> None:
    """Write a certificate, its chain, its key or a bundle of them."""
    chosen = format_named(form)
    asked = ExportForm(reference=reference, format=form, clear_key=no_passphrase)
    show_instead(lambda: show_export(open_desk(), asked))
    if out is None and as_json:
        raise UsageError("--json says where a file went, so it needs one.", hint="Give --out FILE.")
    if out is None and to_terminal() and chosen.binary:
        raise UsageError(f"A terminal cannot show {form}.", hint="Give --out FILE.")
    desk = open_desk()
    desk.ledger.find(reference, now=desk.now())
    if chosen.has_key:
        unlock_desk(desk)
    given = export_passphrase_file or (not chosen.has_key and os.environ.get(_VARIABLE))
    secret = None
    if (chosen.has_key and not no_passphrase) or (chosen.takes_passphrase and given):
        secret = passphrase(
            export_passphrase_file,
            _VARIABLE,
            "Passphrase for the exported file",
            option="--export-passphrase-file",
            confirm=True,
        )
    wanted = replace(asked, passphrase=secret)
    try:
        _write(desk, wanted, out, force=force, as_json=as_json)
    except PassphraseMissing:
        if desk.unlocked:
            raise
        unlock_desk(desk)  # a request that has yet to be signed
        _write(desk, wanted, out, force=force, as_json=as_json)


def _write(desk: Desk, wanted: ExportForm, out: Path | None, *, force: bool, as_json: bool) -> None:
    if out is None:
        form, data = export_octets(desk, wanted)
        if form.name == "text" and to_terminal():
            say_safe_text(printable(data.decode("utf-8", "backslashreplace"), keep_newlines=True))
        else:
            say_octets(data)
        return
    written = export(desk, wanted, out, force=force)
    if as_json:
        say_json(
            {
                "path": str(written.path),
                "format": wanted.format,
                "octets": written.octets,
                "holds": written.proof.holds,
                "sealing": {row.title: row.value for row in written.proof.sealing},
            }
        )
    else:
        talk(f"Wrote {written.path}, read back: {written.proof}.")
