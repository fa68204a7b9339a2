"""`tlsca import`: take in what is there already."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from tlsca.authority.desk import Desk
from tlsca.authority.files import read_file
from tlsca.authority.importing import Ask, Gathered, ImportReport, Keyring, gather, import_gathered
from tlsca.authority.listing import entries_of
from tlsca.cli.context import can_ask, json_option, open_desk, store_options, unlock_desk
from tlsca.cli.output import say_json, talk
from tlsca.errors import NotFound, PassphraseMissing
from tlsca.text import rfc3339

_LONGEST_PASSPHRASE_FILE = 64 * 1024
_MOST_LINES = 50
"""More lines than these of one kind are only counted."""


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="PATH...")
@click.option("--passphrase-file-in", metavar="FILE", help="File with the passphrases of what is encrypted, one a line; - for stdin.")  # fmt: skip
@click.option("--leave-locked", is_flag=True, help="Leave out what no passphrase opens, instead of importing nothing.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Change nothing, only say what would come in.")
@click.option("--report", "whole", is_flag=True, help="With --json: the whole report, not the certificates alone.")  # fmt: skip
@store_options
@json_option
def import_command(  # noqa: PLR0917 -- click calls it by keyword
    paths: tuple[str, ...],
    passphrase_file_in: str | None,
    leave_locked: bool,
    dry_run: bool,
    whole: bool,
    as_json: bool,
) -> None:
    """Take in what other tools made: certificates, keys, and what was revoked.

    A PATH is a file (PEM, DER, PKCS#7, PKCS#8, PKCS#12, an XCA database, cfssl's JSON) or a directory, of openssl ca, easy-rsa,
    mkcert, step, or of plain files. Either everything comes in, or nothing does; doing it twice changes nothing.
    """
    desk = open_desk()
    keyring = Keyring(_passphrases(passphrase_file_in), ask=_asker(), leave_locked=leave_locked)
    report = _imported(desk, gather([_path(text) for text in paths], keyring), dry_run=dry_run)
    if as_json:
        say_json(report_json(desk, report) if whole else certificates_json(desk, report))
    for line in _told(report, dry_run=dry_run):
        talk(line)


def certificates_json(desk: Desk, report: ImportReport) -> list[dict[str, Any]]:
    """Return the certificates that came in, each as every command prints it."""
    return [item.to_json() for item in entries_of(desk, report.certificates)]


def report_json(desk: Desk, report: ImportReport) -> dict[str, Any]:
    """Return the whole report: what came in, what was revoked, and what was skipped and why."""
    return {
        "certificates": certificates_json(desk, report),
        "keys": [{"id": key.id, "kind": key.kind} for key in report.keys],
        "requests": [
            {"id": one.id, "subject": one.subject, "names": list(one.names)} for one in report.requests
        ],
        "revoked": [item.to_json() for item in entries_of(desk, report.revoked)],
        "revoked_unseen": [
            {"serial": one.serial, "issuer": one.issuer, "revoked_at": rfc3339(one.revoked_at)}
            for one in report.unseen
        ],
        "trees": [{"tool": tree.tool, "path": tree.path} for tree in report.trees],
        "skipped": [{"what": one.what, "why": one.why, "where": one.where} for one in report.skipped],
    }


def _imported(desk: Desk, gathered: Gathered, *, dry_run: bool) -> ImportReport:
    """Import, asking for the store's passphrase only if private keys turn out to be among it."""
    try:
        return import_gathered(desk, gathered, dry_run=dry_run)
    except PassphraseMissing:
        unlock_desk(desk)
    return import_gathered(desk, gathered, dry_run=dry_run)


def _path(text: str) -> Path:
    if not text:
        raise NotFound("An empty path names no file.", hint="Check the path.")
    return Path(text)


def _passphrases(file: str | None) -> list[str]:
    """Return the lines of a file (`-` is stdin), else what the environment has. Raises Unreadable."""
    if file is None:
        return [secret] if (secret := os.environ.get("TLSCA_IMPORT_PASSPHRASE")) else []
    if file == "-":
        data = sys.stdin.buffer.read(_LONGEST_PASSPHRASE_FILE)
    else:
        data = read_file(Path(file), most=_LONGEST_PASSPHRASE_FILE)
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return [secret for line in lines if (secret := line.removesuffix("\r"))]


def _asker() -> Ask | None:
    return _ask if can_ask() else None


def _ask(what: str) -> str:
    return str(click.prompt(f"Passphrase of {what}", hide_input=True, err=True))


def _told(report: ImportReport, *, dry_run: bool) -> Iterator[str]:
    verb = "Would import" if dry_run else "Imported"
    yield from (f"Found {tree.tool} in {tree.path}." for tree in report.trees)
    yield from _first((f"{verb} {one.subject or one.serial}." for one in report.certificates), f"{verb} {{}} more.")  # fmt: skip
    if report.keys:
        yield f"{verb} {_count(len(report.keys), 'private key')}."
    if report.requests:
        yield f"{verb} {_count(len(report.requests), 'request')}."
    yield from _first(_revocations(report), "Revoked {} more.")
    if report.unseen:
        yield f"{verb} {_count(len(report.unseen), 'revocation')} of certificates that are not there."
    skipped = (
        f"Skipped {one.what}{f' in {one.where}' if one.where else ''}: {one.why}." for one in report.skipped
    )
    yield from _first(skipped, "Skipped {} more; --json --report names them all.")


def _revocations(report: ImportReport) -> Iterator[str]:
    for one in report.revoked:
        when = rfc3339(one.revoked_at) if one.revoked_at else ""
        yield f"Revoked at {when}{f', {one.reason}' if one.reason else ''}: {one.subject or one.serial}."


def _first(lines: Iterable[str], more: str) -> Iterator[str]:
    left = 0
    for number, line in enumerate(lines):
        if number < _MOST_LINES:
            yield line
        else:
            left += 1
    if left:
        yield more.format(f"{left:,}")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
