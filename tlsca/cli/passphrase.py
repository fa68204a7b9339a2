"""`tlsca passphrase`: another passphrase for the store, or a costlier guess at the same."""

import click

from tlsca.authority.keeping import passphrase_advice
from tlsca.authority.rewrapping import change_passphrase, raised
from tlsca.cli.context import json_option, open_desk, passphrase, store_options, store_passphrase
from tlsca.cli.output import say_json, talk


@click.command("passphrase")
@click.option("--new-passphrase-file", metavar="FILE", help="File that holds the new one; - for stdin. Or TLSCA_NEW_PASSPHRASE.")  # fmt: skip
@click.option("--keep", is_flag=True, help="Keep the passphrase; only change what a guess costs.")
@click.option("--memory", type=click.IntRange(min=1), metavar="MIB", help="Memory that a guess takes.")
@click.option("--passes", type=click.IntRange(min=1), metavar="N", help="Passes that a guess takes.")
@store_options
@json_option
def passphrase_command(
    *, new_passphrase_file: str | None, keep: bool, memory: int | None, passes: int | None, as_json: bool
) -> None:
    """Change the passphrase of the store, and raise what a guess at it costs.

    Private keys stay as they are sealed. A copy of the store, or a backup, that was made before still opens with the passphrase
    of its time: where somebody else knows that one, give its authorities new keys.
    """
    desk = open_desk()
    parameters = raised(desk, memory_mib=memory, passes=passes)
    current = store_passphrase()
    new = current if keep else _new_passphrase(new_passphrase_file)
    in_force = change_passphrase(desk, current, new, parameters=parameters)
    if as_json:
        say_json({"memory_kib": in_force.memory_kib, "passes": in_force.passes, "lanes": in_force.lanes})
        return
    advice = passphrase_advice(new)
    if advice:
        talk(advice)
    talk("Copies and backups of the store that were made before open with the passphrase of their time.")
    talk("The store has its new passphrase." if not keep else "A guess at the passphrase costs more now.")


def _new_passphrase(file: str | None) -> str:
    return passphrase(
        file,
        "TLSCA_NEW_PASSPHRASE",
        "New passphrase of the store",
        option="--new-passphrase-file",
        confirm=True,
    )
