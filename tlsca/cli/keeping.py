"""`tlsca init`, `tlsca log` and `tlsca config`: the store itself."""

import dataclasses
from typing import Any

import click

from tlsca.authority.keeping import create_store, history, passphrase_advice, verify_history
from tlsca.cli.context import (
    json_option,
    open_desk,
    settings,
    settings_sources,
    store_options,
    store_passphrase,
)
from tlsca.cli.output import say, say_json, say_json_line, say_table, talk
from tlsca.errors import StoreExists
from tlsca.store.ledger import Act
from tlsca.text import rfc3339


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


@click.command("log")
@click.option("--verify", is_flag=True, help="Walk the hash chain and name the first bad line.")
@store_options
@json_option
def log_command(verify: bool, as_json: bool) -> None:
    """Show who did what and when, or verify that nobody changed it."""
    desk = open_desk()
    if verify:
        lines = verify_history(desk)
        if as_json:
            say_json({"lines": lines, "intact": True})
        else:
            say(f"{lines} lines, every one linked to the one before.")
    elif as_json:
        for act in history(desk):
            say_json_line(_as_json(act))
    else:
        say_table(("LINE", "TIME", "WHO", "ACT", "WHAT"), [_as_row(act) for act in history(desk)])


@click.command("config")
@store_options
@json_option
def config_command(as_json: bool) -> None:
    """Show the settings in force and where each comes from."""
    values = {
        name: str(value) if name == "store" else value
        for name, value in dataclasses.asdict(settings()).items()
    }
    origins = settings_sources()
    if as_json:
        say_json({name: {"value": value, "from": origins[name]} for name, value in values.items()})
    else:
        rows = [(name, str(value), origins[name]) for name, value in values.items()]
        say_table(("SETTING", "VALUE", "FROM"), rows)


def _as_json(act: Act) -> dict[str, Any]:
    return {
        "line": act.seq,
        "at": rfc3339(act.at),
        "who": act.who,
        "host": act.host,
        "act": act.act,
        "detail": dict(act.detail),
        "hash": act.digest,
    }


def _as_row(act: Act) -> tuple[str, ...]:
    told = ", ".join(f"{name} {value}" for name, value in act.detail.items() if value not in ([], "", None))
    return (str(act.seq), rfc3339(act.at), f"{act.who}@{act.host}", act.act, told)
