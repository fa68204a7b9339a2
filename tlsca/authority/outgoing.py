"""What goes out: certificates for a program or in a format; who can have them, what would be written, and writing it.

Everything that can be known beforehand is said beforehand: nothing is unsealed, written down or made before it is plain that
all of it can be.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tlsca.authority.deploying import (
    DeployForm,
    Placed,
    PlannedFile,
    check_passphrase,
    default_directory,
    deploy,
    plan,
)
from tlsca.authority.desk import Desk
from tlsca.authority.destinations import format_obstacle, format_remarks
from tlsca.authority.exporting import ExportForm, default_name, export, export_octets
from tlsca.authority.files import PRIVATE_MODE, PUBLIC_MODE, check_target, read_file
from tlsca.authority.listing import title_of
from tlsca.errors import PassphraseMissing, Refused
from tlsca.pki.bundle import Format, format_named
from tlsca.pki.programs.readme import NAME as README
from tlsca.pki.read import LARGEST
from tlsca.store.records import CertificateRecord
from tlsca.text import printable

_LARGEST_KEY_FILE = 32 * 1024
"""Octets that are taken for a file with a private key in it, whose size is only known once it is sealed."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is asked for."""

    references: tuple[str, ...]
    target: str
    """The name of a program or of a format."""
    is_program: bool
    out: Path
    """For one certificate its file, or its directory for a program; for several the directory that holds all of them."""
    passphrase: str | None = field(default=None, repr=False)
    clear_key: bool = False

    @property
    def several(self) -> bool:
        """Whether more than one certificate goes out."""
        return len(self.references) > 1


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would be written, found out before anything is."""

    files: tuple[PlannedFile, ...]
    there: tuple[Path, ...]
    """Those of them that are there already, and would be replaced."""
    needs_key: bool
    """Whether a private key goes out."""
    unlocks: bool
    """Whether the store has to be unlocked for it."""
    remarks: tuple[str, ...]
    """What to know beforehand; printable."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What was written."""

    files: tuple[Placed, ...]
    readme: str
    """How the program uses them; empty for a format."""
    certificates: int
    """How many went out, which are not all where that was stopped."""


def look_ahead(desk: Desk, form: Outgoing) -> Outlook:
    """Return what `hand_out` would write, writing nothing; the store may be locked.

    Raises Refused, NotFound, UsageError: some certificate cannot go there in this way, or the place cannot be written to.
    """
    if form.several and not form.out.is_dir():
        raise Refused(
            f"{printable(str(form.out))} is no directory, and several certificates need one.",
            hint="Make it, or choose another place (--out).",
        )
    looks = [_look(desk, form, record, place) for record, place in _places(desk, form)]
    files = tuple(file for one in looks for file in one.files)
    _check_room(form.out, files)
    return Outlook(
        files,
        tuple(file.path for file in files if os.path.lexists(file.path)),
        any(one.needs_key for one in looks),
        any(one.unlocks for one in looks),
        tuple(dict.fromkeys(remark for one in looks for remark in one.remarks)),
    )


def check_secret(form: Outgoing) -> None:
    """Raise where the passphrase of a key that goes out is missing or too short. PassphraseMissing, PassphraseWeak, UsageError."""
    check_passphrase(
        DeployForm(
            reference="", program=form.target, passphrase=form.passphrase or None, clear_key=form.clear_key
        )
    )


def hand_out(
    desk: Desk,
    form: Outgoing,
    *,
    force: bool,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> HandedOut:
    """Write everything, read it back, and return what came of it; a set `cancelled` ends that after a certificate.

    Raises as `look_ahead` and `check_secret`, and PassphraseMissing while the store is locked and a key is to go out.
    """
    outlook = look_ahead(desk, form)
    if outlook.needs_key:
        check_secret(form)
    placed: list[Placed] = []
    done = 0
    for record, place in _places(desk, form):
        if cancelled is not None and cancelled.is_set():
            break
        placed += _write(desk, form, record, place, force=force)
        done += 1
        if progress is not None:
            progress(done, len(form.references))
    return HandedOut(tuple(placed), _readme(placed), done)


@dataclass(frozen=True, slots=True)
class _Look:
    """The part of an outlook that is about one certificate."""

    files: tuple[PlannedFile, ...]
    needs_key: bool
    unlocks: bool
    remarks: tuple[str, ...] = ()


def _places(desk: Desk, form: Outgoing) -> Iterator[tuple[CertificateRecord, Path]]:
    """Yield each certificate and where it goes; where two share a name, the serial number tells them apart."""
    taken: set[str] = set()
    for reference in form.references:
        record = desk.ledger.find(reference, now=desk.now())
        name = _name(desk, form, record)
        if name in taken:
            name = f"{record.serial[:8]}-{name}"
        taken.add(name)
        yield record, form.out / name if form.several or _is_inside(form) else form.out


def _is_inside(form: Outgoing) -> bool:
    """Say whether a file goes into the directory that was named in its place."""
    return not form.is_program and form.out.is_dir() and not form.out.is_symlink()


def _name(desk: Desk, form: Outgoing, record: CertificateRecord) -> str:
    if form.is_program:
        return default_directory(desk, _deployment(form, record))
    return default_name(record, format_named(form.target))


def _look(desk: Desk, form: Outgoing, record: CertificateRecord, place: Path) -> _Look:
    try:
        if not form.is_program:
            return _look_at_format(desk, form, record, place)
        found = plan(desk, _deployment(form, record), place, force=True)
    except (Refused, PassphraseMissing) as error:
        if not form.several:
            raise
        raise Refused(f"{printable(title_of(record))}: {error.sentence}", hint=error.hint) from None
    return _Look(found.files, found.needs_key, found.needs_key, found.remarks)


def _look_at_format(desk: Desk, form: Outgoing, record: CertificateRecord, place: Path) -> _Look:
    chosen = format_named(form.target)
    obstacle = format_obstacle(desk, record, chosen)
    if obstacle is not None:
        raise obstacle
    path = check_target(place, force=True)
    octets = None if chosen.has_key else _octets(desk, record, chosen)
    file = PlannedFile(path, chosen.title, PRIVATE_MODE if chosen.has_key else PUBLIC_MODE, octets)
    return _Look((file,), chosen.has_key, octets is None, format_remarks(record, chosen))


def _octets(desk: Desk, record: CertificateRecord, chosen: Format) -> int | None:
    """Return how large a public file will be; None where the key has to sign it first."""
    try:
        return len(export_octets(desk, ExportForm(reference=record.sha256, format=chosen.name))[1])
    except PassphraseMissing:
        return None


def _check_room(place: Path, files: Sequence[PlannedFile]) -> None:
    """Refuse where the disk is too full for the files; the nearest directory that is there tells."""
    wanted = sum(_LARGEST_KEY_FILE if file.octets is None else file.octets for file in files)
    above = next(one for one in (place.absolute(), *place.absolute().parents) if one.is_dir())
    free = shutil.disk_usage(above).free
    if free < wanted:
        raise Refused(
            f"{printable(str(above))} has room for {free:,} octets, and the files take {wanted:,}.",
            hint="Choose another place (--out).",
        )


def _write(
    desk: Desk, form: Outgoing, record: CertificateRecord, place: Path, *, force: bool
) -> tuple[Placed, ...]:
    if form.is_program:
        asked = _deployment(form, record)
        if not plan(desk, asked, place, force=force).needs_key:
            asked = replace(asked, passphrase=None)
        return deploy(desk, asked, place, force=force).files
    secret = form.passphrase if format_named(form.target).has_key and not form.clear_key else None
    asked_form = ExportForm(
        reference=record.sha256, format=form.target, passphrase=secret, clear_key=form.clear_key
    )
    done = export(desk, asked_form, place, force=force)
    return (Placed(done.path, done.path.stat().st_mode & 0o777, done.octets, done.proof),)


def _deployment(form: Outgoing, record: CertificateRecord) -> DeployForm:
    return DeployForm(
        reference=record.sha256,
        program=form.target,
        passphrase=None if form.clear_key else form.passphrase,
        clear_key=form.clear_key,
    )


def _readme(placed: Sequence[Placed]) -> str:
    """Return how the first of them is used, if something says so."""
    found = next((file.path for file in placed if file.path.name == README), None)
    return read_file(found, most=LARGEST).decode() if found else ""
