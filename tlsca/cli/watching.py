"""`tlsca watch`: targets that are probed again and again, and what changed."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import click

from tlsca.authority.connecting import ProbeForm, options_of
from tlsca.authority.desk import Desk
from tlsca.authority.watch_lines import targets_in
from tlsca.authority.watch_reports import report_of
from tlsca.authority.watched import Watched, seen, watched
from tlsca.authority.watching import (
    WATCH_JOBS,
    Looked,
    chosen_watches,
    look_again,
    unwatch,
    watch,
    watch_json,
)
from tlsca.cli.context import json_option, open_desk, store_options, text_only
from tlsca.cli.output import say, say_fact, say_json, say_json_line, say_table, sign, talk
from tlsca.cli.sweep_progress import sweep_progress
from tlsca.errors import UsageError
from tlsca.probe.options import DEFAULT_TIMEOUT, Options
from tlsca.probe.result import Outcome
from tlsca.probe.target import AUTO, NONE, PROTOCOLS
from tlsca.store.records import WatchRecord, WatchReport
from tlsca.text import remaining, rfc3339

_LONGEST_LIST = 4 << 20
"""Octets of targets that are read from stdin."""


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
    """Watch each TARGET from now on: host, host:port, [v6]:port or a URL; - reads them from stdin."""
    forms = [
        ProbeForm(
            target=target,
            starttls=starttls,
            server_name=server_name,
            address=address,
            verify_name=verify_name,
        )
        for target in _targets(targets)
    ]
    records = watch(open_desk(), forms)
    if as_json:
        say_json([watch_json(record) for record in records])
    else:
        for record in records:
            talk(f"{record.id} is watched; tlsca watch run looks at it.")


def _targets(words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if word != "-":
            yield word
            continue
        data = sys.stdin.buffer.read(_LONGEST_LIST + 1)
        if len(data) > _LONGEST_LIST:
            raise UsageError(
                f"A list of more than {_LONGEST_LIST:,} octets is too long.", hint="Give it in parts."
            )
        yield from targets_in(data.decode(errors="replace"))


@watch_command.command("list")
@store_options
@json_option
def list_command(*, as_json: bool) -> None:
    """List the watched targets, those that end first on top."""
    desk = open_desk()
    found = watched(desk)
    if as_json:
        say_json([_standing_json(one) for one in found])
    elif found:
        say_table(
            ("TARGET", "VERDICT", "ENDS", "SERVES", "PROBLEMS", "LOOKED"),
            ([one.record.id, *_cells(one)] for one in found),
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
    for looked in _looks(desk, chosen_watches(desk, targets), options, jobs):
        if as_json:
            say_json_line(looked.to_json())
        else:
            _show(looked)
        trusted = trusted and looked.result.verdict is Outcome.TRUSTED
    click.get_current_context().exit(0 if trusted else 1)


def _looks(desk: Desk, records: Sequence[WatchRecord], options: Options, jobs: int) -> Iterator[Looked]:
    """Yield what each look found, while a terminal shows how far it is."""
    with sweep_progress(len(records)) as progress:

        def told(_record: WatchRecord, looked: Looked | None) -> None:
            if looked is None:
                progress.begun()
            else:
                progress.done(well=looked.result.verdict is Outcome.TRUSTED)

        with closing(look_again(desk, records, options=options, jobs=jobs, told=told)) as looks:
            for looked in looks:
                with progress.aside():
                    yield looked


@watch_command.command("show")
@click.argument("targets", nargs=-1, required=True, callback=text_only, metavar="TARGET...")
@store_options
@json_option
def show_command(targets: tuple[str, ...], *, as_json: bool) -> None:
    """Show what the last look found, with every fix, and what changed since these targets are watched."""
    desk = open_desk()
    shown = [(seen(desk, one), report_of(desk, one.id)) for one in chosen_watches(desk, targets)]
    if as_json:
        say_json([_told_json(one, report) for one, report in shown])
        return
    for number, (one, report) in enumerate(shown):
        if number:
            say()
        _tell(one, report)


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


def _cells(one: Watched) -> list[str]:
    record = one.record
    return [
        _verdict(record),
        remaining(record.not_after, one.now) if record.not_after else "",
        record.subject or "",
        ", ".join(one.codes),
        remaining(record.probed_at, one.now) if record.probed_at else "",
    ]


def _verdict(record: WatchRecord) -> str:
    if not record.verdict:
        return "never looked at"
    return sign(f"{_GLYPHS.get(record.verdict, '')} {record.verdict}", record.verdict)


def _standing_json(one: Watched) -> dict[str, Any]:
    known = {"state": one.known.state, "ref": one.known.ref, "newer": one.known.newer} if one.known else None
    return {**watch_json(one.record), "inventory": known}


def _told_json(one: Watched, report: WatchReport) -> dict[str, Any]:
    told = {"findings": list(map(dict, report.problems)), "history": list(map(dict, report.changes))}
    return _standing_json(one) | told


def _tell(one: Watched, report: WatchReport) -> None:
    record = one.record
    looked = f", looked at {remaining(record.probed_at, one.now)}" if record.probed_at else ""
    say(f"{_verdict(record)}  {record.id}{looked}")
    for problem in report.problems:
        say(f"  {problem['severity']}: {problem['code']}: {problem['message']}")
        say(f"    fix: {problem['fix']}")
    if record.sha256:
        ends = (
            f"{rfc3339(record.not_after)}, {remaining(record.not_after, one.now)}"
            if record.not_after
            else "?"
        )
        say_fact("serves", f"{record.subject}", 9)
        say_fact("issuer", f"{record.served_issuer}", 9)
        say_fact("ends", ends, 9)
        say_fact("version()", f"{record.version}", 9)
    if one.known and one.known.state != "unknown":
        newer = f", replaced by {one.known.newer}" if one.known.newer else ""
        say_fact("in store", f"{one.known.state}, reference {one.known.ref}{newer}", 9)
    for change in report.changes:
        say(
            f"  {change['at']}  {change['what']}: {change['before'] or 'none'} {sign('→', 'to')} {change['after'] or 'none'}"
        )


def _show(looked: Looked) -> None:
    record = looked.record
    end, looked_at = record.not_after, record.probed_at
    ends = f"  ends {remaining(end, looked_at)}" if end and looked_at else ""
    say(f"{_verdict(record)}  {record.id}{ends}")
    for problem in looked.result.problems:
        say(f"  {problem.severity.value}: {problem.code}: {problem.message}")
    for change in looked.changes:
        say(f"  changed: {change}")
