"""`tlsca trash` and `tlsca undo`: what was put away, and the way back."""

import sys
from typing import Any

import click

from tlsca.authority.listing import entry
from tlsca.authority.trash import (
    Discarded,
    PuttingAway,
    discarded,
    empty_trash,
    plan_putting_away,
    put_away,
    take_back,
)
from tlsca.authority.undoing import last_undoable, undo
from tlsca.cli.context import confirm, json_option, open_desk, store_options, text_only
from tlsca.cli.output import say_json, say_table, talk
from tlsca.text import count, listing, printable, remaining, rfc3339

_references = click.argument("references", callback=text_only, nargs=-1, required=True, metavar="REF...")
_yes = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group("trash")
def trash_command() -> None:
    """Put certificates away, take them back, or empty the trash.

    What was put away is kept for thirty days and then removed, with its private key.
    """


@trash_command.command("put")
@_references
@_yes
@store_options
@json_option
def put_command(*, references: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Put certificates away, all of them or none; an authority together with what it issued.

    It asks about those that are still valid, and about authorities.
    """
    desk = open_desk()
    plan = plan_putting_away(desk, references)
    for note in plan.notes:
        talk(note)
    if plan.notes and not yes:
        confirm(f"Put {_counted(plan)} away?")
    done = put_away(desk, references)
    if as_json:
        say_json([_as_json(one) for one in done])
    else:
        names = listing([printable(one.title) for one in done])
        talk(f"Put {names} away until {rfc3339(done[0].until)}. tlsca trash restore REF takes it back.")


@trash_command.command("list")
@store_options
@json_option
def list_trash_command(*, as_json: bool) -> None:
    """List what is in the trash, what was put away last first."""
    desk = open_desk()
    found = discarded(desk)
    if as_json:
        say_json([_as_json(one) for one in found])
        return
    now = desk.now()
    rows = [
        (
            one.title,
            one.ref,
            rfc3339(one.put_away_at),
            remaining(one.until, now),
            "yes" if one.has_key else "",
        )
        for one in found
    ]
    say_table(("NAME", "REF", "PUT AWAY", "GONE", "KEY"), rows)


@trash_command.command("restore")
@_references
@store_options
@json_option
def take_back_command(*, references: tuple[str, ...], as_json: bool) -> None:
    """Take certificates out of the trash, all of them or none."""
    desk = open_desk()
    records = take_back(desk, references)
    if as_json:
        say_json([entry(desk, record).to_json() for record in records])
    else:
        talk(f"Took {listing([printable(entry(desk, record).title) for record in records])} back.")


@trash_command.command("empty")
@click.argument("references", callback=text_only, nargs=-1, metavar="[REF]...")
@_yes
@store_options
@json_option
def empty_command(*, references: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Remove what is in the trash for good, or those that are named, with their private keys.

    The audit log and backups still hold what they said of them.
    """
    desk = open_desk()
    if not yes and discarded(desk):
        confirm(f"Remove {listing(list(references)) or 'all that is in the trash'} for good?")
    gone = empty_trash(desk, references)
    if as_json:
        say_json([record.sha256 for record in gone])
    else:
        talk(f"Removed {count(len(gone), 'certificate')} for good.")


@click.command("undo")
@click.option("--line", type=click.IntRange(min=1), metavar="N", help="The act of this line of tlsca log.")
@_yes
@store_options
@json_option
def undo_command(*, line: int | None, yes: bool, as_json: bool) -> None:
    """Undo the last act: a revocation that is not published yet, a note, a name, or what was put away.

    What cannot be undone, such as a signature, is said with what to do instead.
    """
    desk = open_desk()
    found = last_undoable(desk, line=line)
    if not yes and sys.stdin.isatty():
        confirm(f"Undo {found.title}?")
    undo(desk, line=found.act.seq)
    if as_json:
        say_json({"line": found.act.seq, "act": found.act.act, "at": rfc3339(found.act.at)})
    else:
        talk(f"Undid {found.title}.")


def _counted(plan: PuttingAway) -> str:
    keys = f" and {count(plan.keys, 'private key')}" if plan.keys else ""
    return f"{count(len(plan.records), 'certificate')}{keys}"


def _as_json(one: Discarded) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "title": one.title,
        "serial": one.record.serial,
        "sha256": one.record.sha256,
        "put_away_at": rfc3339(one.put_away_at),
        "until": rfc3339(one.until),
        "has_key": one.has_key,
    }
