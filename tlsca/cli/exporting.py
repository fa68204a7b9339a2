"""`tlsca export`: a certificate, in the form that a program reads."""

from dataclasses import replace
from pathlib import Path

import click

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
from tlsca.cli.output import say_json, say_octets, talk, to_terminal
from tlsca.errors import UsageError
from tlsca.pki.bundle import FORMATS, format_named


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
    secret = None
    if chosen.has_key:
        unlock_desk(desk)
        if not no_passphrase:
            secret = passphrase(
                export_passphrase_file,
                "TLSCA_EXPORT_PASSPHRASE",
                "Passphrase for the exported key",
                option="--export-passphrase-file",
                confirm=True,
            )
    wanted = replace(asked, passphrase=secret)
    if out is None:
        say_octets(export_octets(desk, wanted)[1])
        return
    written = export(desk, wanted, out, force=force)
    if as_json:
        say_json(
            {"path": str(written.path), "format": form, "octets": written.octets, "holds": written.proof}
        )
    else:
        talk(f"Wrote {written.path}, read back: {written.proof}.")
