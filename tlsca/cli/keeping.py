"""`tlsca init` and `tlsca config`: the store itself."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import click

from tlsca.authority.interrupted import interruption
from tlsca.authority.keeping import create_store, passphrase_advice
from tlsca.cli.context import (
    json_option,
    key_list,
    settings,
    settings_sources,
    store_options,
    store_passphrase,
)
from tlsca.cli.output import say_json, say_table, talk
from tlsca.errors import StoreExists
from tlsca.settings import Settings


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
    if (left := interruption(place)) is not None:  # before anybody thinks of a passphrase for nothing
        raise left
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
@click.option("--keys", "all_keys", is_flag=True, help="List every act of the app and the keys that do it.")
@store_options
@json_option
def config_command(all_keys: bool, as_json: bool) -> None:
    """Show the settings in force and where each comes from; the keys of the app among them."""
    chosen, keys = settings(), key_list()
    places = {choice.act: choice.place for choice in chosen.keys}
    if as_json:
        told = {name: {"value": value, "from": place} for name, value, place in _settings(chosen)}
        bound = {
            act: {"value": pressed, "from": places.get(act, "default")} for act, (pressed, _) in keys.items()
        }
        say_json({**told, "keys": bound})
    elif all_keys:
        rows = [(act, pressed, places.get(act, "default"), does) for act, (pressed, does) in keys.items()]
        say_table(("ACT", "KEYS", "FROM", "DOES"), rows)
    else:
        changed = [(f"keys.{act}", keys[act][0], place) for act, place in places.items()]
        shown = [(name, str(value), place) for name, value, place in _settings(chosen)]
        say_table(("SETTING", "VALUE", "FROM"), [*shown, *changed])


def _settings(chosen: Settings) -> Iterator[tuple[str, str | int, str]]:
    """Yield each setting but the keys: its name, its value, and where that comes from."""
    origins = settings_sources()
    for field in dataclasses.fields(chosen):
        value = getattr(chosen, field.name)
        if field.name != "keys":
            yield field.name, str(value) if isinstance(value, Path) else value, origins[field.name]
