"""Whether a store would survive the loss of its disk, and its keys the loss of a copy: its backups, and what a guess costs."""

from collections.abc import Iterator
from datetime import timedelta

from tlsca.authority.backup import LastBackup, check_backup, last_backup
from tlsca.authority.desk import Desk
from tlsca.authority.rewrapping import RECOMMENDED, kdf_parameters
from tlsca.errors import StoreDamaged, StoreReadOnly, Unreadable
from tlsca.pki.lint import Level, Remark, Repair
from tlsca.text import duration, printable, remaining

GRACE = timedelta(days=7)
"""How long a store may have no backup."""
OLD = timedelta(days=30)
"""How old the newest backup may be, once something was written after it."""

_BACKUP = Repair("backup", "tlsca backup FILE")
_MEBIBYTE = 1024


def safekeeping(desk: Desk) -> Iterator[Remark]:
    """Look at the newest backup, which is read as a whole, and at the derivation of the vault's key."""
    last = last_backup(desk)
    if last is None:
        yield from _none_yet(desk)
    else:
        yield from _old(desk, last)
        yield from _unreadable(last)
    yield from _derivation(desk)


def _none_yet(desk: Desk) -> Iterator[Remark]:
    first = next(desk.ledger.history(1), None)
    if first is not None and desk.now() - first.at >= GRACE and desk.ledger.authorities():
        yield _about_backups(
            "backup-missing",
            Level.WARNING,
            f"The store was made {remaining(first.at, desk.now())}, and no backup of it was ever made.",
            "Make one, and keep it on another machine; the setting backup_every makes them by itself.",
        )


def _old(desk: Desk, last: LastBackup) -> Iterator[Remark]:
    age = desk.now() - last.at
    written = desk.ledger.position - last.lines - 1  # the backup's own line comes after what it holds
    if age >= OLD and written > 0:
        yield _about_backups(
            "backup-old",
            Level.WARNING,
            f"The newest backup is {duration(age)} old, and the journal has {written} lines more.",
            "Make a new one; the setting backup_every makes them by itself.",
        )


def _unreadable(last: LastBackup) -> Iterator[Remark]:
    try:
        check_backup(last.path)
    except Unreadable:
        yield _about_backups(
            "backup-gone",
            Level.NOTICE,
            f"The newest backup, {printable(str(last.path))}, is not where it was put.",
            "If it was brought to another machine, all is well; else make a new one.",
        )
    except StoreDamaged as problem:
        yield _about_backups("backup-damaged", Level.ERROR, problem.sentence, "Make a new one at once.")


def _derivation(desk: Desk) -> Iterator[Remark]:
    try:
        now = kdf_parameters(desk)
    except (StoreDamaged, StoreReadOnly):
        return  # unlocking says so; there may be no vault yet
    if now.cheaper_than(RECOMMENDED):
        memory, passes = RECOMMENDED.memory_kib // _MEBIBYTE, RECOMMENDED.passes
        yield Remark(
            code="weak-derivation",
            level=Level.WARNING,
            culprit="passphrase",
            message=f"A guess at the passphrase takes {now.memory_kib:,} KiB and {now.passes} passes, which is less than is recommended.",
            fix="Have it cost more; the passphrase may stay.",
            source="RFC 9106, 4",
            repair=Repair("passphrase", f"tlsca passphrase --keep --memory {memory} --passes {passes}"),
        )


def _about_backups(code: str, level: Level, message: str, fix: str) -> Remark:
    return Remark(
        code=code, level=level, culprit="backup", message=message, fix=fix, source="the store", repair=_BACKUP
    )
