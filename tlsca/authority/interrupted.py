"""The names of a store that is being replaced by another, and what is said where that was interrupted.

Known by names alone, so that the app can ask before it has loaded anything that reads a store.
"""

import contextlib
import re
import shlex
from datetime import datetime
from pathlib import Path

from tlsca.errors import StoreMissing
from tlsca.text import printable

_JOURNAL = "journal.jsonl"
_STAMP = "%Y%m%dT%H%M%SZ"
_BEFORE, _RESTORED = "-before-", "-restored-"
_DATED = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


def kept_name(directory: Path, now: datetime) -> Path:
    """Return a name beside a store under which it is kept."""
    stamp = now.strftime(_STAMP)
    number, path = 1, directory.with_name(f"{directory.name}{_BEFORE}{stamp}")
    while path.exists() or waiting_name(directory, path).exists():
        number += 1
        path = directory.with_name(f"{directory.name}{_BEFORE}{stamp}-{number}")
    return path


def waiting_name(directory: Path, kept: Path) -> Path:
    """Return the name under which a new store waits for the place of the one that is to be kept."""
    return directory.with_name(directory.name + _RESTORED + kept.name.removeprefix(directory.name + _BEFORE))


def copies_beside(directory: Path) -> list[Path]:
    """Return the stores beside one that restores left there: what they replaced, or, where one was interrupted, what it was to put there."""
    with contextlib.suppress(OSError):
        return sorted(
            path
            for path in directory.parent.iterdir()
            if path.name.startswith(directory.name)
            and _is_copy(path.name.removeprefix(directory.name))
            and (path / _JOURNAL).exists()
        )
    return []


def _is_copy(rest: str) -> bool:
    """Tell whether what follows a store's name is that of a copy."""
    return any(rest.startswith(word) and _DATED.fullmatch(rest, len(word)) for word in (_BEFORE, _RESTORED))


def interruption(directory: Path) -> StoreMissing | None:
    """Return what is to be said where a store is missing because whoever replaced it was killed; None where that is not so."""
    if (directory / _JOURNAL).exists():
        return None
    kept = _left(directory)
    if kept is None:
        return None
    waiting, place = waiting_name(directory, kept), shlex.quote(str(directory))
    return StoreMissing(
        f"A backup was being restored to {printable(str(directory))} when that was interrupted: the store that was there is in "
        f"{printable(kept.name)} beside it, the restored one in {printable(waiting.name)}.",
        hint=f"Go on with “mv {printable(shlex.quote(str(waiting)))} {printable(place)}”, or back to the old one with "
        f"“mv {printable(shlex.quote(str(kept)))} {printable(place)}”.",
    )


def _left(directory: Path) -> Path | None:
    """Return the newest store that was moved out of its place by somebody who never put the new one there."""
    begun = directory.name + _BEFORE
    with contextlib.suppress(OSError):
        for path in sorted(directory.parent.iterdir(), reverse=True):
            if path.name.startswith(begun) and _DATED.fullmatch(path.name, len(begun)):
                both = path / _JOURNAL, waiting_name(directory, path) / _JOURNAL
                if all(journal.exists() for journal in both):
                    return path
    return None
