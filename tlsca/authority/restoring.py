"""Restore a backup beside the store that there is, which is kept under another name.

A backup is the past: what was published and revoked since then is not in it, and clients know of it. So the numbers of revocation
lists go on above those that the old store gave out, what it revoked stays revoked, and what cannot be known is said.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tlsca.authority.backup import BackupReport, check_backup
from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.interrupted import interruption, kept_name
from tlsca.authority.keeping import VAULT, open_store
from tlsca.authority.lists import keep_number, numbers
from tlsca.authority.replacing import replace_store
from tlsca.authority.revocations import (
    keep_unseen,
    mark,
    revocation_record,
    unseen,
    unseen_revocation,
)
from tlsca.authority.staging import stage
from tlsca.errors import Refused, StoreDamaged, StoreError, StoreExists
from tlsca.store import durable
from tlsca.store.archive import unpack_archive
from tlsca.store.ledger import Ledger
from tlsca.store.records import CertificateRecord, Reason
from tlsca.store.transaction import Change
from tlsca.text import count, from_rfc3339, printable, rfc3339


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was made of a backup."""

    directory: Path
    kept: Path | None
    """Where the store that was there before is now."""
    report: BackupReport
    warnings: tuple[str, ...]
    """Sentences about what the backup does not know; printable."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "store": str(self.directory),
            "kept": str(self.kept) if self.kept else None,
            "backup": self.report.to_json(),
            "warnings": list(self.warnings),
        }


def restore(
    backup: Path,
    directory: Path,
    *,
    into: Path | None = None,
    clock: Callable[[], datetime] = system_clock,
) -> Restored:
    """Make a store of a backup in the place of the one in `directory`, which is kept beside it under a dated name.

    With `into` the backup goes there, where nothing may be yet, and the store in `directory` stays as it is. Either way the new one
    takes over what the old one knows of lists and revocations, if they are of one origin. The backup is read as a whole before
    anything changes. Raises Unreadable, StoreDamaged, StoreExists, Refused, StoreError, and StoreMissing where an earlier restore was
    interrupted and the old store is not in its place.
    """
    if (left := interruption(directory)) is not None:
        raise left
    report = check_backup(backup)
    target = into or directory
    if into is not None and into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise StoreExists(
            f"{printable(str(into))} is there already.", hint="Give a directory that does not exist yet."
        )
    try:
        durable.make_directory(target.parent)
        with stage(target.parent) as place:
            new = place / "store"
            new.mkdir(mode=0o700)
            with backup.open("rb") as file:
                unpack_archive(file, new)
            kept = kept_name(directory, clock()) if into is None and directory.exists() else None
            warnings = _carry_over(new, directory, report, kept, clock)
            _put(new, target, kept)
    except OSError as error:
        raise Refused(
            f"The backup cannot be restored to {printable(str(target))}: {error.strerror or error}.",
            hint="The store is as it was.",
        ) from error
    return Restored(target, kept, report, warnings)


def _put(new: Path, target: Path, kept: Path | None) -> None:
    """Put the new store where it belongs. Raises OSError, and what was there is in its place then."""
    if kept is not None:
        replace_store(new, target, kept)
        return
    if target.is_dir():
        target.rmdir()  # an empty one, or this fails
    new.rename(target)
    durable.sync_directory(target.parent)


# What the old store knows


def _carry_over(
    new: Path, old: Path, report: BackupReport, kept: Path | None, clock: Callable[[], datetime]
) -> tuple[str, ...]:
    """Let the new store know what the old one knows of its lists and revocations; return what is to be said."""
    desk = open_store(new, clock=clock)
    try:
        before = _opened(old, clock)
        same = before is not None and before.ledger.identity == desk.ledger.identity
        detail = {
            "backup": report.path.name,
            "lines": report.contents.lines,
            "kept": kept.name if kept else None,
        }
        said = (
            _taken_over(desk, before, detail)
            if before is not None and same
            else _unknown(desk, report, detail)
        )
        if before is not None:
            before.close()
        return said
    finally:
        desk.close()


def _opened(directory: Path, clock: Callable[[], datetime]) -> Desk | None:
    """Open what is left of the old store, for reading; None where there is none, or nothing of it can be read."""
    try:
        return Desk(ledger=Ledger.open(directory, read_only=True, clock=clock), clock=clock)
    except StoreError:
        return None


def _unknown(desk: Desk, report: BackupReport, detail: dict[str, object]) -> tuple[str, ...]:
    with desk.ledger.transaction(act="restore", at=desk.now(), detail=detail):
        pass
    at = rfc3339(from_rfc3339(report.contents.at))
    sentence = (
        f"What was issued, revoked and published after {at} is not in this store: import the last CRL of each authority with "
        "tlsca import, which brings back what it revoked and has the next one numbered above it."
    )
    return (sentence,)


def _taken_over(desk: Desk, old: Desk, detail: dict[str, object]) -> tuple[str, ...]:
    there = {record.id for record in desk.ledger.certificates()}
    revoked = [record for record in old.ledger.certificates() if record.revoked_at is not None]
    ahead = {
        marked: number for marked, number in numbers(old).items() if number > numbers(desk).get(marked, 0)
    }
    with desk.ledger.transaction(act="restore", at=desk.now(), detail=detail) as change:
        for authority in _each_once(desk):
            if mark(authority) in ahead:
                keep_number(desk, change, authority, ahead[mark(authority)])
            for one in unseen(old, authority):
                if unseen_revocation(desk, authority, one.serial) is None:
                    keep_unseen(change, authority, one)
        newly = sum(_revoke_again(desk, old, change, record, there) for record in revoked)
    return tuple(_warnings(desk, old, there, newly, len(ahead)))


def _each_once(desk: Desk) -> Sequence[CertificateRecord]:
    return tuple({mark(record): record for record in desk.ledger.authorities()}.values())


def _revoke_again(desk: Desk, old: Desk, change: Change, record: CertificateRecord, there: set[str]) -> bool:
    """Have the new store say what the old one says of a revoked certificate; return whether that is news to it."""
    if record.id in there:
        now = desk.ledger.certificate(record.id)
        if now.revoked_at is not None and now.reason is not Reason.HOLD:
            return False
        after = replace(
            now, revoked_at=record.revoked_at, reason=record.reason, invalid_since=record.invalid_since
        )
        change.replace_certificate(now, after)
        return after != now
    issuer = old.issuer_of(record)
    if issuer is None or issuer.id not in there or unseen_revocation(desk, issuer, record.serial):
        return False
    keep_unseen(change, issuer, revocation_record(record, issuer))
    return True


def _warnings(desk: Desk, old: Desk, there: set[str], newly: int, ahead: int) -> Iterator[str]:
    try:
        old.ledger.verify()
    except StoreDamaged as damage:
        yield f"The store that was there can be read no further than its damage. {damage.sentence}"
    missing = sum(record.id not in there for record in old.ledger.certificates())
    if missing:
        yield (
            f"{count(missing, 'certificate')} that came after the backup are in the old store alone, with their private keys; "
            "import its objects to see them here."
        )
    if newly:
        yield f"{count(newly, 'revocation')} that came after the backup were taken over."
    if ahead:
        yield f"The next CRL of {count(ahead, 'authority') if ahead == 1 else f'{ahead} authorities'} is numbered above those that were published after the backup."
    if desk.ledger.setting(VAULT) != old.ledger.setting(VAULT):
        yield "The passphrase was changed after the backup: this store opens with the one of the backup's time."
