"""`tlsca log`: who did what and when, whether that was changed, and what it was at a time."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tlsca.authority.auditing import Activity, activity, check_acts, parse_since
from tlsca.authority.checkpoints import (
    LARGEST,
    checkpoint,
    compare,
    read_checkpoint,
    signed_checkpoint,
)
from tlsca.authority.desk import Desk
from tlsca.authority.files import read_file, write_file
from tlsca.authority.keeping import verify_history
from tlsca.cli.context import json_option, open_desk, store_options, text_only, unlock_desk
from tlsca.cli.output import say, say_json, say_json_line, say_table, talk
from tlsca.errors import UsageError
from tlsca.text import listing, rfc3339

_HIDDEN = ("certificates", "names", "subject", "authority", "targets", "hosts", "path", "root")


@click.command("log")
@click.option("--verify", is_flag=True, help="Walk the hash chain and name the first bad line.")
@click.option("--since", metavar="WHEN", help="Only what was done since: 30d, 12h, 2030-01-31.")
@click.option("--act", "acts", callback=text_only, multiple=True, metavar="ACT", help="Only acts of this kind: issue, revoke, unlock-failed.")  # fmt: skip
@click.option("--checkpoint", "make", is_flag=True, help="Print what the journal is now, to be kept elsewhere.")  # fmt: skip
@click.option("--sign", "signer", callback=text_only, metavar="REF", help="With --checkpoint: the authority that signs it.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="With --checkpoint: write it there.")  # fmt: skip
@click.option("--force", is_flag=True, help="With --out: replace the file.")
@click.option("--compare", "kept", metavar="FILE", help="Hold the journal against a checkpoint; - for stdin.")
@store_options
@json_option
def log_command(
    *,
    verify: bool,
    since: str | None,
    acts: tuple[str, ...],
    make: bool,
    signer: str | None,
    out: Path | None,
    force: bool,
    kept: str | None,
    as_json: bool,
) -> int:
    """Show who did what and when, or verify that nobody changed it.

    Each line is chained to the one before it, so that a change shows. That lines were cut off at the end shows only against a
    checkpoint that was kept elsewhere: the status of --compare is 1 when it does not hold.
    """
    if verify + make + bool(kept) > 1 or ((signer or out or force) and not make):
        raise UsageError(
            "These options do not go together.",
            hint="One of --verify, --checkpoint and --compare; --sign and --out go with --checkpoint.",
        )
    desk = open_desk()
    if verify:
        _verify(desk, as_json=as_json)
    elif make:
        _make(desk, signer, out, force=force)
    elif kept:
        return _compare(desk, kept, as_json=as_json)
    else:
        check_acts(acts)
        moment = parse_since(since, now=desk.now()) if since else None
        _show(list(activity(desk, since=moment, acts=acts)), as_json=as_json)
    return 0


def _verify(desk: Desk, *, as_json: bool) -> None:
    lines = verify_history(desk)
    if as_json:
        say_json({"lines": lines, "intact": True})
    else:
        say(f"{lines} lines, every one linked to the one before.")


def _make(desk: Desk, signer: str | None, out: Path | None, *, force: bool) -> None:
    if signer:
        unlock_desk(desk)
    made = signed_checkpoint(desk, signer) if signer else checkpoint(desk)
    if out is None:
        say_json(made.to_json())
        return
    from json import dumps  # noqa: PLC0415 -- as in output: most commands write none

    written = write_file(
        out, (dumps(made.to_json(), indent=2) + "\n").encode("ascii"), private=False, force=force
    )
    talk(f"The checkpoint of {made.lines} lines is in {written}. Keep it on another machine.")


def _compare(desk: Desk, kept: str, *, as_json: bool) -> int:
    data = sys.stdin.buffer.read(LARGEST) if kept == "-" else read_file(Path(kept), most=LARGEST)
    found = compare(desk, read_checkpoint(data))
    if as_json:
        say_json(found.to_json())
    else:
        say(found.sentence)
    return 0 if found.holds else 1


def _show(found: Sequence[Activity], *, as_json: bool) -> None:
    if as_json:
        for one in found:
            say_json_line(one.to_json())
    else:
        say_table(("LINE", "TIME", "WHO", "ACT", "WHAT", "DETAIL"), [_as_row(one) for one in found])


def _as_row(one: Activity) -> tuple[str, ...]:
    told = ", ".join(
        f"{name} {listing(list(map(str, value))) if isinstance(value, list) else value}"
        for name, value in one.said.items()
        if name not in _HIDDEN and value not in ([], "", None)
    )
    return (str(one.line), rfc3339(one.at), f"{one.who}@{one.host}", one.act, one.what, told)
