"""`tlsca lint`, `verify`, `doctor` and `calendar`: what is wrong, what does not stand, what is ill, and what is due when."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from tlsca.authority.calendar import calendar
from tlsca.authority.doctor import Diagnosis, examine
from tlsca.authority.files import write_file
from tlsca.authority.linting import Linted, lint_what
from tlsca.authority.showing_checks import show_verification
from tlsca.authority.verifying import Verification, VerifyForm, verify
from tlsca.cli.context import (
    json_option,
    open_desk,
    open_desk_if_any,
    passphrase,
    show_instead,
    show_option,
    store_options,
    text_only,
)
from tlsca.cli.count_progress import count_progress
from tlsca.cli.output import say, say_json, say_octets, sign, talk
from tlsca.errors import PassphraseMissing
from tlsca.pki.lint import Level, Remark
from tlsca.pki.purpose import PURPOSES
from tlsca.pki.read import LARGEST

_Answer = TypeVar("_Answer")
_file_passphrase = click.option(
    "--passphrase-file-in", metavar="FILE", help="File that holds the passphrase of an encrypted file."
)

_MARGIN = 8 * " "
"""What a level takes, and what is left free below it."""


@click.command("lint")
@click.argument("what")
@_file_passphrase
@store_options
@json_option
def lint_command(what: str, passphrase_file_in: str | None, as_json: bool) -> int:
    """Find what is wrong or unwise in a certificate: a file (- for stdin), or one of the store by reference.

    The status is 1 when anything is an error. tlsca explain CODE says what a finding means.
    """
    desk = open_desk_if_any()
    data = _stdin(what)
    found = _with_passphrase(
        passphrase_file_in, lambda secret: lint_what(desk, what, data=data, passphrase=secret)
    )
    if as_json:
        say_json([one.to_json() for one in found] if len(found) > 1 else found[0].to_json())
    else:
        _show_linted(found)
    return 0 if all(one.sound for one in found) else 1


@click.command("verify")
@click.argument("what")
@click.option("--host", "names", metavar="NAME", multiple=True, help="A name that it has to be for.")
@click.option("--purpose", type=click.Choice(PURPOSES), help="What it has to be for.")
@click.option("--at", metavar="DATE", help="When it has to stand; now, if left out.")
@click.option("--trust", metavar="WHAT", multiple=True, help="system, store, none, a reference or a file.")
@click.option("--crl", "crls", metavar="FILE|REF", multiple=True, callback=text_only, help="A revocation list, or an authority of the store for its newest ones.")  # fmt: skip
@click.option("--lenient", is_flag=True, help="Only warn of what strict clients alone refuse.")
@_file_passphrase
@show_option
@store_options
@json_option
def verify_command(
    *,
    what: str,
    names: tuple[str, ...],
    purpose: str | None,
    at: str | None,
    trust: tuple[str, ...],
    crls: tuple[str, ...],
    lenient: bool,
    passphrase_file_in: str | None,
    as_json: bool,
) -> int:
    """Check a certificate and its chain: a file (- for stdin), or one of the store by reference.

    The status is 1 when anything is against it. tlsca explain CODE says what a finding means.
    """
    form = VerifyForm(what=what, names=names, purpose=purpose, at=at, trust=trust, crls=crls, lenient=lenient)
    show_instead(lambda: show_verification(open_desk_if_any(), form))
    desk = open_desk_if_any()
    data = _stdin(what)

    def ask(secret: str | None) -> Verification:
        return verify(desk, replace(form, data=data, passphrase=secret))

    found = _with_passphrase(passphrase_file_in, ask)
    if as_json:
        say_json(found.to_json())
    else:
        _show_verification(found)
    return 0 if found.good else 1


@click.command("doctor")
@click.option(
    "--fail-on",
    type=click.Choice([Level.WARNING.value, Level.ERROR.value]),
    default=Level.ERROR.value,
    show_default=True,
    help="From which level on the status is 1.",
)
@store_options
@json_option
def doctor_command(fail_on: str, as_json: bool) -> int:
    """Look at the health of the whole authority; takes no passphrase and changes nothing.

    tlsca explain CODE says what a remark means.
    """
    desk = open_desk()
    with count_progress("certificates") as progress:
        found = examine(desk, progress=progress)
    if as_json:
        say_json(found.to_json())
    else:
        _show_diagnosis(found)
    return 1 if found.fails(Level(fail_on)) else 0


@click.command("calendar")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Where to write it; stdout, if left out.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@store_options
def calendar_command(out: Path | None, force: bool) -> None:
    """Print as iCalendar when certificates and authorities end and when CRLs go stale."""
    made = calendar(open_desk())
    if out is None or str(out) == "-":
        say_octets(made)
    else:
        talk(f"The calendar is in {write_file(out, made, private=False, force=force)}.")


def _stdin(what: str) -> bytes | None:
    return sys.stdin.buffer.read(LARGEST + 1) if what == "-" else None


def _with_passphrase(file: str | None, ask: Callable[[str | None], _Answer]) -> _Answer:
    """Ask for the passphrase of an encrypted file only where there is one."""
    try:
        return ask(None)
    except PassphraseMissing:
        option = "--passphrase-file-in"
        return ask(passphrase(file, "TLSCA_IMPORT_PASSPHRASE", "Passphrase of the file", option=option))


def _show_linted(found: tuple[Linted, ...]) -> None:
    for one in found:
        say(f"{one.certificate.label} from {one.source}: {_counted(one.remarks)}")
        for remark in one.remarks:
            _show_remark(remark, with_name=False)


def _level(word: str) -> str:
    return sign(word.ljust(len(_MARGIN)), f"{word}: ")


def _show_verification(found: Verification) -> None:
    for depth, one in enumerate(found.path):
        end = " (trusted)" if found.anchored and depth == len(found.path) - 1 else ""
        place = sign("  " * depth, f"Chain {depth + 1}: ")
        say(f"{place}{one.label}{sign('  ', ', reference ')}{one.sha256[:12]}{end}")
    for finding in found.findings:
        say(f"{_level(finding.severity.value)}{finding.code}: {finding.message}")
        say(f"{sign(_MARGIN, 'Fix: ')}{finding.fix}")
    say("It stands." if found.good else "It does not stand.")


def _show_diagnosis(found: Diagnosis) -> None:
    for remark in found.remarks:
        _show_remark(remark, with_name=True)
    say(f"{found.certificates} live certificates: {_counted(found.remarks)}")


def _show_remark(remark: Remark, *, with_name: bool) -> None:
    about = f"{remark.about}: " if with_name and remark.about else ""
    say(f"{_level(remark.level.value)}{remark.code}: {about}{remark.message} [{remark.source}]")
    command = remark.repair.command if remark.repair else ""
    shown = f"{sign('  $ ', ' Command: ')}{command}" if command else ""
    say(f"{sign(_MARGIN, 'Fix: ')}{remark.fix}{shown}")


def _counted(remarks: tuple[Remark, ...]) -> str:
    counts = [(level, sum(one.level is level for one in remarks)) for level in reversed(Level)]
    told = [f"{count} {level.value}{'s' if count > 1 else ''}" for level, count in counts if count]
    return ", ".join(told) or "nothing to remark upon"
