"""`tlsca watch`: targets that are probed again and again, and what changed."""

from contextlib import closing

import click

from tlsca.authority.connecting import ProbeForm, options_of
from tlsca.authority.watching import (
    WATCH_JOBS,
    Looked,
    chosen_watches,
    look_again,
    unwatch,
    watch,
    watch_json,
    watches,
)
from tlsca.cli.context import json_option, open_desk, store_options, text_only
from tlsca.cli.output import say, say_json, say_json_line, say_table, talk
from tlsca.probe.options import DEFAULT_TIMEOUT
from tlsca.probe.result import Outcome
from tlsca.probe.target import AUTO, NONE, PROTOCOLS
from tlsca.store.records import WatchRecord
from tlsca.text import remaining


@click.group("watch")
def watch_command() -> None:
    """Keep targets, probe them again, and say what changed."""


@watch_command.command("add")
@click.argument("targets", nargs=-1, required=True, callback=text_only, metavar="TARGET...")
@click.option(
    "--starttls",
    type=click.Choice([AUTO, NONE, *PROTOCOLS]),
    default=AUTO,
    show_default=True,
    help="Protocol to upgrade from; auto goes by port or scheme.",
)
@click.option(
    "--server-name", callback=text_only, metavar="NAME", help="Name to ask for, instead of the target's."
)
@click.option("--address", callback=text_only, metavar="ADDR", help="IP address to dial.")
@click.option(
    "--verify-name", callback=text_only, metavar="NAME", help="Name that the certificate must have."
)
@store_options
@json_option
def add_command(
    targets: tuple[str, ...],
    starttls: str,
    server_name: str | None,
    address: str | None,
    verify_name: str | None,
    *,
    as_json: bool,
) -> None:
    """Watch each TARGET from now on: host, host:port, [v6]:port or a URL."""
    forms = [
        ProbeForm(
            target=target,
            starttls=starttls,
            server_name=server_name,
            address=address,
            verify_name=verify_name,
        )
        for target in targets
    ]
    records = watch(open_desk(), forms)
    if as_json:
        say_json([watch_json(record) for record in records])
    else:
        for record in records:
            talk(f"{record.id} is watched; tlsca watch run looks at it.")


@watch_command.command("list")
@store_options
@json_option
def list_command(*, as_json: bool) -> None:
    """List the watched targets, those that end first on top."""
    desk = open_desk()
    records = watches(desk)
    if as_json:
        say_json([watch_json(record) for record in records])
    elif records:
        say_table(
            ("TARGET", "VERDICT", "ENDS", "SERVES", "PROBLEMS", "LOOKED"),
            ([record.id, *_cells(record)] for record in records),
        )
    else:
        talk("Nothing is watched. tlsca watch add HOST:PORT begins.")


@watch_command.command("run")
@click.argument("targets", nargs=-1, callback=text_only, metavar="[TARGET...]")
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=WATCH_JOBS, show_default=True, help="Targets at once."
)
@click.option(
    "--timeout", type=float, default=DEFAULT_TIMEOUT, show_default=True, help="Seconds for one target."
)
@click.option(
    "--trust", multiple=True, metavar="system|REF|FILE|none", help="Whom to trust, as tlsca probe takes it."
)
@store_options
@json_option
def run_command(
    targets: tuple[str, ...], jobs: int, timeout: float, trust: tuple[str, ...], *, as_json: bool
) -> None:
    """Probe the watched targets again, all or those named, and say what changed.

    The status is 0 when every one is trusted and 1 when one is not.
    """
    desk = open_desk()
    options = options_of(desk, ProbeForm(target="", trust=trust, timeout=timeout))
    trusted = True
    with closing(look_again(desk, chosen_watches(desk, targets), options=options, jobs=jobs)) as looks:
        for looked in looks:
            if as_json:
                say_json_line(looked.to_json())
            else:
                _show(looked)
            trusted = trusted and looked.result.verdict is Outcome.TRUSTED
    click.get_current_context().exit(0 if trusted else 1)


@watch_command.command("remove")
@click.argument("targets", nargs=-1, required=True, callback=text_only, metavar="TARGET...")
@store_options
@json_option
def remove_command(targets: tuple[str, ...], *, as_json: bool) -> None:
    """Watch these targets no longer: as watch list names them, or a host with all its ports."""
    records = unwatch(open_desk(), targets)
    if as_json:
        say_json([watch_json(record) for record in records])
    else:
        for record in records:
            talk(f"{record.id} is watched no longer.")


_GLYPHS = {"trusted": "✔", "untrusted": "✘", "failed": "✘"}


def _cells(record: WatchRecord) -> list[str]:
    looked = record.probed_at
    return [
        f"{_GLYPHS.get(record.verdict, '')} {record.verdict}" if record.verdict else "never looked at",
        _ends(record),
        record.subject or "",
        ", ".join(record.codes),
        f"{looked:%Y-%m-%d %H:%M}" if looked else "",
    ]


def _ends(record: WatchRecord) -> str:
    """Say when the certificate that was last served ends, seen from when it was looked at; nothing where none was."""
    if record.not_after is None or record.probed_at is None:
        return ""
    return remaining(record.not_after, record.probed_at)


def _show(looked: Looked) -> None:
    record = looked.record
    ends = _ends(record)
    say(
        f"{_GLYPHS[looked.result.verdict.value]} {looked.result.verdict}  {record.id}{ends and f'  ends {ends}'}"
    )
    for problem in looked.result.problems:
        say(f"  {problem.severity.value}: {problem.code}: {problem.message}")
    for change in looked.changes:
        say(f"  changed: {change}")
