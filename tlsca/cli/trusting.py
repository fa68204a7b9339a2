"""`tlsca trust`: put a root where programs look up what they trust, list where it is, and take it away again."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.trust.change import Change, State
from tlsca.authority.trust.place import place_id
from tlsca.authority.trust.places import Passwords, Places, machine_places
from tlsca.authority.trusting import (
    Changes,
    carry_out,
    places_of,
    plan_distrust,
    plan_trust,
    root_of,
    trusted,
    warnings,
)
from tlsca.cli.context import json_option, open_desk_if_any, passphrase, store_options, text_only
from tlsca.cli.output import say_json, say_table, talk, talk_lines
from tlsca.errors import Refused, TlscaError, UsageError
from tlsca.text import listing, passphrase_octets, printable, rfc3339

_ELSEWHERE = (
    "Choose other places with --in, or give the password (--nss-password-file, --java-password-file)."
)
_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group("trust")
def trust_command() -> None:
    """Trust a root in the system, in NSS (Chromium, Firefox) and in Java, or no longer.

    What will be changed is said before it is, and what was put somewhere is remembered, so that it can be taken away.
    """


def _place_options(command: _Command) -> _Command:
    for option in (
        click.option("--in", "words", callback=text_only, multiple=True, metavar="PLACE", help="system, nss, java, nss:DIRECTORY or java:FILE; without it, all that are found."),
        click.option("--nss-password-file", metavar="FILE", help="File that holds the primary password of NSS databases; - for stdin."),
        click.option("--java-password-file", metavar="FILE", help="File that holds the password of Java's trust store, if it is not changeit; - for stdin."),
    ):  # fmt: skip
        command = option(command)
    return command


def _doing_options(command: _Command) -> _Command:
    for option in (
        click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
        click.option("--yes", is_flag=True, help="Do not ask."),
        _place_options,
        store_options,
        json_option,
    ):
        command = option(command)
    return command


@trust_command.command("install")
@click.argument("what", callback=text_only, metavar="REF|FILE")
@_doing_options
def install_command(
    *,
    what: str,
    words: tuple[str, ...],
    nss_password_file: str | None,
    java_password_file: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Put a root, of the store or of a file, where programs look up what they trust."""
    _check_answer(yes=yes or dry_run)
    places = _places(nss_password_file, java_password_file)
    desk = open_desk_if_any()
    root = root_of(desk, what)
    plan = plan_trust(root, places.chosen(words))
    _act(desk, plan, chosen=bool(words), dry_run=dry_run, yes=yes, as_json=as_json)


@trust_command.command("remove")
@click.argument("what", callback=text_only, metavar="REF|FILE")
@_doing_options
def remove_command(
    *,
    what: str,
    words: tuple[str, ...],
    nss_password_file: str | None,
    java_password_file: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take a root away from where tlsca put it."""
    _check_answer(yes=yes or dry_run)
    places = _places(nss_password_file, java_password_file)
    desk = open_desk_if_any()
    root = root_of(desk, what)
    plan = plan_distrust(desk, root, places_of(desk, root, places, words))
    _act(desk, plan, chosen=bool(words), dry_run=dry_run, yes=yes, as_json=as_json)


@trust_command.command("list")
@_place_options
@store_options
@json_option
def list_command(
    *,
    words: tuple[str, ...],
    nss_password_file: str | None,
    java_password_file: str | None,
    as_json: bool,
) -> None:
    """List where the roots of the store are trusted."""
    places = _places(nss_password_file, java_password_file)
    found = trusted(open_desk_if_any(), places, words)
    for sentence in found.unread:
        talk(sentence)
    if as_json:
        say_json([one.to_json() for one in found.trusted])
        return
    header = ("SHA-256", "SUBJECT", "PLACE", "CALLED", "STATE")
    say_table(
        header,
        [
            (one.sha256[:16], one.subject, place_id(one.place), one.name, _standing(one.there, one.ours))
            for one in found.trusted
        ],
    )


def _standing(there: bool, ours: bool) -> str:
    if not there:
        return "gone"
    return "trusted" if ours else "trusted, not by tlsca"


def _places(nss_password_file: str | None, java_password_file: str | None) -> Places:
    return machine_places(
        Passwords(
            _password(nss_password_file, "--nss-password-file"),
            _password(java_password_file, "--java-password-file"),
        )
    )


def _password(file: str | None, option: str) -> bytes | None:
    return None if file is None else passphrase_octets(passphrase(file, "", "The password", option=option))


def _check_answer(*, yes: bool) -> None:
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            "There is nobody to ask whether to change what is trusted.",
            hint="Give --yes to do it without asking, or --dry-run to see what would be done.",
        )


def _act(desk: Desk | None, plan: Changes, *, chosen: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Say what will be done, ask, do it, and say what was done; `chosen` places are changed all of them or none."""
    if not plan.changes:
        raise Refused("No place was found in which a root can be trusted.", hint="Name one with --in.")
    _tell_plan(plan, desk)
    if dry_run:
        if as_json:
            say_json(plan.to_json() | {"done": False})
        return
    _check_possible(plan, chosen=chosen)
    if plan.to_do and not yes and not click.confirm("Make these changes?", err=True):
        raise TlscaError("Nothing was changed.")
    done = carry_out(desk, plan)
    if as_json:
        say_json(plan.to_json() | {"done": bool(done)})
    _tell_done(plan, done)


def _check_possible(plan: Changes, *, chosen: bool) -> None:
    """Refuse before anything is changed where a chosen place cannot be, or none of those found."""
    if not plan.blocked or (not chosen and len(plan.blocked) < len(plan.changes)):
        return
    told = plan.blocked[0]
    raise Refused(told.why, hint=_by_hand(told) or _ELSEWHERE)


# What is said


def _tell_plan(plan: Changes, desk: Desk | None) -> None:
    certificate = plan.root.certificate
    talk(f"{'To be trusted' if plan.adds else 'To be trusted no longer'}: {certificate.subject}")
    talk_lines(f"SHA-256 {plan.root.fingerprint}")
    if certificate.not_after is not None:
        talk_lines(f"valid until {rfc3339(certificate.not_after)}")
    for warning in warnings(plan.root, desk.now() if desk else system_clock()) if plan.adds else ():
        talk(warning)
    for change in plan.changes:
        _tell_change(change)


def _tell_change(change: Change) -> None:
    talk(f"{change.place.title}, {place_id(change.place)}:")
    if change.state is State.NOTHING:
        talk_lines(f"Nothing to do. {change.why}")
    elif change.state is State.BLOCKED:
        talk_lines(f"Left as it is. {change.why}")
        talk_lines(_by_hand(change))
    else:
        for step in change.steps:
            talk_lines(f"{step.sentence}\n  {step.command.shown().rstrip()}")


def _by_hand(change: Change) -> str:
    """Return the command that does it for somebody who may, in one line where the root is in a file."""
    commands = [step.command.shown(root=change.place.needs_root).rstrip("\n") for step in change.steps]
    together = "\n" if any("\n" in command for command in commands) else " && "
    return f"Run: {together.join(commands)}" if commands else ""


def _tell_done(plan: Changes, done: Sequence[Change]) -> None:
    label = plan.root.certificate.label
    if not done:
        talk("Nothing was changed.")
        return
    where = listing([change.place.title for change in done])
    talk(f"{label} is {'trusted now' if plan.adds else 'no longer trusted'} in {printable(where)}.")
    for note in dict.fromkeys(change.place.note for change in done if change.place.note):
        talk_lines(note)
    if plan.adds:
        talk(f"To undo it: tlsca trust remove {plan.root.sha256[:12]}")
