"""`tlsca backup` and `tlsca restore`: a store in one file, and a store out of one."""

from pathlib import Path

import click

from tlsca.authority.backup import backup, backup_in_turn, check_backup
from tlsca.authority.restoring import restore
from tlsca.cli.context import confirm, json_option, open_desk, settings, store_options
from tlsca.cli.output import say, say_json, talk
from tlsca.errors import StoreReadOnly, UsageError
from tlsca.text import count, printable


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path), required=False, metavar="[FILE]")
@click.option("--force", is_flag=True, help="Replace the file.")
@click.option("--check", is_flag=True, help="Read the backup FILE as a whole, and make none.")
@store_options
@json_option
def backup_command(*, file: Path | None, force: bool, check: bool, as_json: bool) -> None:
    """Write the whole store into one file, while it is in use, and read it back.

    Without FILE it is one of those that come round, in the directory that the setting backup_dir names; the oldest of them go.
    Private keys are sealed in it under the passphrase that the store has now. Any tar unpacks it.
    """
    if check and file is None:
        raise UsageError("There is nothing to check.", hint="Give the backup's FILE.")
    if check and file is not None:
        report = check_backup(file)
    else:
        desk = open_desk()
        report = backup(desk, file, force=force) if file else backup_in_turn(desk, settings())
    if as_json:
        say_json(report.to_json())
        return
    held = f"{count(report.contents.lines, 'line')} of the journal and {count(report.contents.objects, 'object')}"
    if check:
        say(f"{printable(str(report.path))} is whole: {held}.")
    else:
        talk(f"The backup is in {printable(str(report.path))}: {held}, read back and found whole.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--into", type=click.Path(path_type=Path), metavar="DIR", help="Make a store there, and leave the one there is.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
@store_options
@json_option
def restore_command(*, file: Path, into: Path | None, yes: bool, as_json: bool) -> None:
    """Make a store of a backup, in the place of the one there is, which is kept beside it.

    A damaged backup changes nothing. What the old store revoked stays revoked, and the numbers of its CRLs are not used again.
    """
    chosen = settings()
    place = chosen.store
    if chosen.read_only and into is None:
        raise StoreReadOnly(
            "Nothing is to be changed, as was asked.", hint="Leave out --read-only, or give --into DIR."
        )
    if into is None and place.exists() and not yes:
        confirm(f"Put the backup in the place of the store in {printable(str(place))}, which is kept?")
    done = restore(file, place, into=into)
    for warning in done.warnings:
        talk(warning)
    if as_json:
        say_json(done.to_json())
        return
    if done.kept:
        talk(f"The store that was there is in {printable(str(done.kept))}.")
    talk(f"The store of the backup is in {printable(str(done.directory))}.")
