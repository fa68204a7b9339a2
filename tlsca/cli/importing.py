"""`tlsca import`: take in what is there already."""

from pathlib import Path

import click

from tlsca.authority.importing import ImportReport, import_files
from tlsca.authority.listing import entries_of
from tlsca.cli.context import json_option, open_desk, passphrase, store_options, unlock_desk
from tlsca.cli.output import say_json, talk
from tlsca.errors import PassphraseMissing


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--passphrase-file-in", metavar="FILE", help="File that holds the passphrase of encrypted files."
)
@store_options
@json_option
def import_command(paths: tuple[Path, ...], passphrase_file_in: str | None, as_json: bool) -> None:
    """Take in certificates and private keys from PEM, DER, PKCS#7, PKCS#8 and PKCS#12 files."""
    desk = open_desk()
    unlock_desk(desk)
    secret = None
    try:
        report = import_files(desk, paths, passphrase=None)
    except PassphraseMissing:
        secret = passphrase(
            passphrase_file_in,
            "TLSCA_IMPORT_PASSPHRASE",
            "Passphrase of the file",
            option="--passphrase-file-in",
        )
        report = import_files(desk, paths, passphrase=secret)
    if as_json:
        say_json([item.to_json() for item in entries_of(desk, report.certificates)])
    _tell(report)


def _tell(report: ImportReport) -> None:
    for record in report.certificates:
        talk(f"Imported {record.subject or record.serial}.")
    if report.keys:
        talk(f"Imported {len(report.keys)} private key{'s' if len(report.keys) > 1 else ''}.")
    for skipped in report.skipped:
        talk(f"Skipped {skipped.what}: {skipped.why}.")
