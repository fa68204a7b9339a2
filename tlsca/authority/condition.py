"""The condition of the store itself: its journal, its files' modes, and keys that belong to nothing."""

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from tlsca.authority.desk import Desk
from tlsca.errors import StoreDamaged
from tlsca.pki.lint import Level, Remark, Repair
from tlsca.store.transaction import KEYS
from tlsca.text import listing, printable

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_RESTORE = Repair("restore", "tlsca restore FILE")


def condition(desk: Desk) -> Iterator[Remark]:
    """Look at the store on disk, without its certificates."""
    yield from _journal(desk)
    yield from _modes(desk.ledger.directory)
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
    for notice in desk.ledger.notices:
        yield Remark(
            code="journal-torn",
            level=Level.NOTICE,
            culprit="journal",
            message=notice,
            fix="Look why the machine or the program stopped while it wrote.",
            source="the store's hash chain",
        )


def _modes(directory: Path) -> Iterator[Remark]:
    """Find what others than the owner may touch; behind a closed directory that is only a warning. Windows has no modes."""
    if os.name == "nt":
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
