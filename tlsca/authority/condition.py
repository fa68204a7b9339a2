"""The condition of the store itself: its journal, its files' modes, and keys that belong to nothing."""

import os
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from tlsca.authority.desk import Desk
from tlsca.authority.interrupted import copies_beside
from tlsca.errors import StoreDamaged
from tlsca.pki.lint import Level, Remark, Repair
from tlsca.store.transaction import KEYS
from tlsca.text import listing, printable

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_RESTORE = Repair("restore", "tlsca restore FILE")


def condition(desk: Desk) -> Iterator[Remark]:
    """Look at the store on disk, without its certificates."""
    yield from _journal(desk)
    yield from _clock(desk)
    yield from _modes(desk.ledger.directory)
    yield from _owners(desk.ledger.directory)
    yield from _links(desk.ledger.directory)
    yield from _copies(desk.ledger.directory)
    yield from _orphan_keys(desk)


def damaged(problem: StoreDamaged, *, culprit: str, about: str = "") -> Remark:
    """Return a remark on something that is not as it was written."""
    return Remark(
        code=f"{culprit}-damaged",
        level=Level.ERROR,
        culprit=culprit,
        message=problem.sentence,
        fix=problem.hint or "Restore the store from a backup.",
        source="the store's hash chain",
        repair=_RESTORE,
        about=about,
    )


def _journal(desk: Desk) -> Iterator[Remark]:
    try:
        desk.ledger.verify()
    except StoreDamaged as problem:
        yield damaged(problem, culprit="journal")
    for notice in desk.ledger.repairs:
        yield Remark(
            code="journal-torn",
            level=Level.NOTICE,
            culprit="journal",
            message=notice,
            fix="Look why the machine or the program stopped while it wrote.",
            source="the store's hash chain",
        )


def _clock(desk: Desk) -> Iterator[Remark]:
    told = desk.ledger.clock_set_back
    if told is not None:
        yield Remark(
            code="clock-set-back",
            level=Level.WARNING,
            culprit="clock",
            message=told,
            fix="Set the clock right; then look at the log for what was done with a wrong one.",
            source="the store's log",
        )


def _modes(directory: Path) -> Iterator[Remark]:
    """Find what others than the owner may touch; behind a closed directory that is only a warning. Windows has no modes."""
    if sys.platform == "win32":
        return
    lax = [path for path in (directory, *_below(directory)) if _is_lax(path)]
    if not lax:
        return
    shown = listing([printable(str(path.relative_to(directory.parent))) for path in lax], most=4)
    yield Remark(
        code="lax-modes",
        level=Level.ERROR if lax[0] == directory else Level.WARNING,
        culprit="file modes",
        message=f"Others than the owner may read or change {shown}.",
        fix="Take their rights away; the directory has mode 0700 and its files 0600.",
        source="POSIX file modes",
        repair=Repair("chmod", f"chmod -R go= {shlex.quote(str(directory))}"),
    )


def _owners(directory: Path) -> Iterator[Remark]:
    """Find what belongs to somebody other than the store does, or the store itself to neither us nor root; Windows has no owners."""
    if sys.platform == "win32":
        return
    owner = directory.stat().st_uid
    foreign = [path for path in _below(directory) if _owner(path) not in {owner, None}]
    if owner not in {os.geteuid(), 0}:
        foreign.insert(0, directory)
    if foreign:
        shown = listing([printable(str(path.relative_to(directory.parent))) for path in foreign], most=4)
        yield Remark(
            code="foreign-owner",
            level=Level.ERROR,
            culprit="file owners",
            message=f"Somebody else owns {shown}, and can change it.",
            fix="Have one account own the whole store, and work with it as that one.",
            source="POSIX file owners",
            repair=Repair("chown", f"chown -R $(id -u) {shlex.quote(str(directory))}"),
        )


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except OSError:
        return None


def _links(directory: Path) -> Iterator[Remark]:
    """Find symbolic links in the store's place: whoever owns one says where the store is."""
    links = [path for path in (directory, *_below(directory)) if path.is_symlink()]
    if links:
        shown = listing([printable(str(path.relative_to(directory.parent))) for path in links], most=4)
        yield Remark(
            code="symbolic-link",
            level=Level.WARNING,
            culprit="symbolic link",
            message=f"{shown} is a symbolic link: whoever may change it can put another store in the place of this one.",
            fix="Name the directory itself with --store, and let no links be in it.",
            source="POSIX symbolic links",
        )


def _copies(directory: Path) -> Iterator[Remark]:
    """Find the stores that restores left beside this one: their keys are as good as its own."""
    copies = copies_beside(directory)
    if copies:
        shown = listing([printable(path.name) for path in copies], most=4)
        quoted = " ".join(shlex.quote(str(path)) for path in copies)
        yield Remark(
            code="store-copy",
            level=Level.NOTICE,
            culprit="store",
            message=f"A restore left {shown} beside the store: what it replaced, or was to put there when it was interrupted.",
            fix="Remove it once nothing in it is needed: it has the keys of its authorities.",
            source="the store",
            repair=Repair("remove", f"rm -r {quoted}"),
        )


def _below(directory: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(directory):
        yield from (Path(folder, name) for name in (*folders, *files))


def _is_lax(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & _OTHERS)


def _orphan_keys(desk: Desk) -> Iterator[Remark]:
    """Find keys of neither a certificate nor a request that still waits for one."""
    waiting = {document.get("key_id") for document in _requests(desk)}
    for document in desk.ledger.database.table(KEYS):
        key_id = str(document["id"])
        if key_id not in waiting and not desk.ledger.with_key(key_id):
            yield Remark(
                code="orphan-key",
                level=Level.NOTICE,
                culprit="private key",
                message=f"The private key {key_id[:12]} belongs to no certificate and no request.",
                fix="Import its certificate, if there is one elsewhere.",
                source="the store",
                repair=Repair("import", "tlsca import FILE"),
            )


def _requests(desk: Desk) -> Iterator[dict[str, object]]:
    for name in desk.ledger.settings("request:"):
        document = desk.ledger.setting(name)
        if document is not None:
            yield document
