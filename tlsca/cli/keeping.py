"""`tlsca init` and `tlsca config`: the store itself."""

import dataclasses
from pathlib import Path

import click

from tlsca.authority.keeping import create_store, passphrase_advice
from tlsca.cli.context import (
    json_option,
    settings,
    settings_sources,
    store_options,
    store_passphrase,
)
from tlsca.cli.output import say_json, say_table, talk
from tlsca.errors import StoreExists


@click.command("init")
@store_options
@json_option
def init_command(as_json: bool) -> None:
    """Make the store and its passphrase.

    The passphrase seals the private keys. Nobody can open them without it: write it down where only you look.
    """
    place = settings().store
    if (place / "journal.jsonl").exists():
        raise StoreExists(
            f"There is a store in {place} already.", hint="Use it, or choose another directory with --store."
        )
    chosen = store_passphrase(confirm=True)
    create_store(place, chosen).close()
    advice = passphrase_advice(chosen)
    if advice:
        talk(advice)
    if as_json:
        say_json({"store": str(place)})
    else:
        talk(f'The store is in {place}. Next: tlsca ca create "My Root".')


@click.command("config")
@store_options
@json_option
def config_command(as_json: bool) -> None:
    """Show the settings in force and where each comes from."""
    values = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in dataclasses.asdict(settings()).items()
    }
    origins = settings_sources()
    if as_json:
        say_json({name: {"value": value, "from": origins[name]} for name, value in values.items()})
    else:
        rows = [(name, str(value), origins[name]) for name, value in values.items()]
        say_table(("SETTING", "VALUE", "FROM"), rows)
