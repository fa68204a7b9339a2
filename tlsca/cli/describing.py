"""`schema`: the JSON schema of what a command prints with --json."""

import click

from tlsca.cli.context import text_only
from tlsca.cli.output import say, say_json
from tlsca.schemas import NAMES, schema


@click.command("schema")
@click.argument("name", required=False, callback=text_only)
def schema_command(name: str | None) -> None:
    """Print the JSON schema of what a command prints with --json.

    NAME is list, inspect, probe, doctor or log; without it, they are listed. Of probe and log it describes one line.
    """
    if name is None:
        for one in NAMES:
            say(one)
    else:
        say_json(schema(name))
