"""Backups: the whole store in one file, made while it is in use, and read back before it counts.

Nothing in it is deciphered: private keys are sealed under the passphrase that the store has at the time.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from tlsca.authority.desk import Desk
from tlsca.authority.files import fill_file
from tlsca.errors import Refused, StoreDamaged, StoreError, Unreadable
from tlsca.settings import Settings
from tlsca.store import durable
from tlsca.store.archive import Contents, check_archive, write_archive
from tlsca.text import from_rfc3339, printable, rfc3339

_LAST = "backup:last"
_ROUND = re.compile(r"tlsca-([0-9a-f]{8})-(\d{8}T\d{6}Z)\.tar")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup that was made, or checked."""

    path: Path
    octets: int
    contents: Contents

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "path": str(self.path),
            "octets": self.octets,
            "store": self.contents.store,
            "lines": self.contents.lines,
            "objects": self.contents.objects,
            "hash": self.contents.digest,
            "at": self.contents.at,
        }


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest backup that the store knows of."""

    path: Path
    at: datetime
    lines: int
    """How many lines the journal had."""


def backup(desk: Desk, path: Path, *, force: bool = False) -> BackupReport:
    """Write the store as it is now into one file of mode 0600, read all of it back, and only then give it its name.

    Others may go on working meanwhile. Takes some seconds for a large store; call it in a thread. Raises StoreDamaged where the
    store is not whole, naming what is not, and Refused where the file cannot be written; neither leaves anything behind.
    """
    desk.ledger.refresh()
    head = desk.ledger.head
    made: list[Contents] = []

    def fill(file: BinaryIO) -> None:
        write_archive(file, desk.ledger.directory, head)
        file.flush()
        file.seek(0)
        made.append(_whole(file))
        file.seek(0, 2)

    written = fill_file(path, fill, private=True, force=force)
    report = BackupReport(written, written.stat().st_size, made[0])
    _remember(desk, report)
    return report


def check_backup(path: Path) -> BackupReport:
    """Read a whole backup. Raises Unreadable where it cannot be opened, StoreDamaged, naming it, where it is not whole."""
    try:
        with path.open("rb") as file:
            return BackupReport(path, path.stat().st_size, check_archive(file))
    except OSError as error:
        raise Unreadable(
            f"{printable(str(path))} cannot be read: {error.strerror}.",
            hint="Check the path and its permissions.",
        ) from None
    except StoreDamaged as error:
        raise StoreDamaged(f"{printable(str(path))}: {error.sentence}", hint=error.hint) from error


def last_backup(desk: Desk) -> LastBackup | None:
    """Return the newest backup that was made of this store, as far as it remembers."""
    kept = desk.ledger.setting(_LAST)
    return LastBackup(Path(kept["path"]), from_rfc3339(kept["at"]), int(kept["lines"])) if kept else None


def backup_directory(settings: Settings) -> Path:
    """Return where the backups that come round are put: what the settings say, else beside the store."""
    chosen = settings.backup_dir or settings.store.with_name(settings.store.name + "-backups")
    with contextlib.suppress(RuntimeError):  # a user who does not exist
        return chosen.expanduser()
    return chosen


def backup_in_turn(desk: Desk, settings: Settings) -> BackupReport:
    """Make the next backup in the settings' directory, and remove the oldest beyond those to be kept. Raises as `backup`."""
    directory = backup_directory(settings)
    try:
        durable.make_directory(directory)
    except OSError as error:
        raise Refused(
            f"The directory {printable(str(directory))} cannot be made: {error.strerror}.",
            hint="Set backup_dir to a directory that you may write to.",
        ) from None
    identity = desk.ledger.identity[:8]
    report = backup(desk, directory / f"tlsca-{identity}-{desk.now().astimezone(UTC).strftime(_STAMP)}.tar")
    kept = sorted(_in_turn(directory, identity), reverse=True)
    for _, old in kept[max(settings.backup_keep, 1) :]:
        with contextlib.suppress(OSError):
            old.unlink()
    return report


def is_due(desk: Desk, settings: Settings) -> bool:
    """Say whether a backup is to be made now: they are wanted, something was written, and the last one is old enough."""
    if not settings.backup_every:
        return False
    made = [at for at, _ in _in_turn(backup_directory(settings), desk.ledger.identity[:8])]
    if made and desk.now() - max(made) < timedelta(days=settings.backup_every):
        return False
    last = last_backup(desk)
    return (
        not made or last is None or desk.ledger.position > last.lines + 1
    )  # its own line comes after what it holds


def _whole(file: BinaryIO) -> Contents:
    """Read back what was written; the fault is the store's, which was copied as it is. Raises StoreDamaged."""
    try:
        return check_archive(file)
    except StoreDamaged as error:
        raise StoreDamaged(
            f"The store cannot be backed up as a whole. {error.sentence}",
            hint="Earlier backups are as they were; tlsca doctor says what is damaged.",
        ) from error


def _remember(desk: Desk, report: BackupReport) -> None:
    """Note the backup in the store; one that takes no line now has its backup all the same."""
    if desk.ledger.read_only is not None:
        return
    now = desk.now()
    detail = {"path": str(report.path), "lines": report.contents.lines, "objects": report.contents.objects}
    with (
        contextlib.suppress(StoreError),
        desk.ledger.transaction(act="backup", at=now, detail=detail) as change,
    ):
        last = {"path": str(report.path), "at": rfc3339(now), "lines": report.contents.lines}
        change.put_setting(_LAST, last)


def _in_turn(directory: Path, identity: str) -> Iterator[tuple[datetime, Path]]:
    """Yield the backups of a store in a directory that were made in turn, each with its time."""
    try:
        entries = list(directory.iterdir())
    except OSError:
        return
    for entry in entries:
        found = _ROUND.fullmatch(entry.name)
        if found and found[1] == identity:
            with contextlib.suppress(ValueError):
                yield datetime.strptime(found[2], _STAMP).replace(tzinfo=UTC), entry
