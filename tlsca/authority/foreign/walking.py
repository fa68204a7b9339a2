"""Every file below a directory, within bounds; no link leads out of it, and nothing but plain files is opened."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from tlsca.authority.foreign.gathered import Gathered
from tlsca.errors import Unreadable
from tlsca.text import printable

MOST_ENTRIES = 20_000
"""A directory with more entries than these, counted through, is not imported."""


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory and what lies in it."""

    path: Path
    files: tuple[Path, ...]
    names: frozenset[str]
    """Of everything in it, directories and links too."""


def walk(root: Path, gathered: Gathered) -> list[Directory]:
    """Return the directories from `root` down, each after the one it lies in, names in order.

    What is no plain file is skipped with its reason; a link to what lies below `root` too is passed over, since that is found
    anyway. Raises Unreadable for a `root` that cannot be listed, or that holds more than MOST_ENTRIES.
    """
    found: list[Directory] = []
    waiting = [root]
    entries = 0
    while waiting:
        path = waiting.pop()
        listed = _listed(path, gathered, must=path == root)
        entries += len(listed)
        if entries > MOST_ENTRIES:
            raise Unreadable(
                f"{printable(str(root))} holds more than the {MOST_ENTRIES:,} files that are imported at once.",
                hint="Import its directories one by one.",
            )
        files, below = _sorted(listed, root, gathered)
        found.append(Directory(path, tuple(files), frozenset(entry.name for entry in listed)))
        waiting += reversed(below)
    return found


def _listed(path: Path, gathered: Gathered, *, must: bool) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return sorted(
                (entry for entry, _ in zip(entries, range(MOST_ENTRIES + 1), strict=False)),
                key=lambda entry: entry.name,
            )
    except OSError as error:
        why = f"it cannot be listed: {error.strerror}"
        if must:
            raise Unreadable(f"{printable(str(path))} cannot be listed: {error.strerror}.") from None
        gathered.skip(printable(str(path)), why)
        return []


def _sorted(entries: list[os.DirEntry[str]], root: Path, gathered: Gathered) -> tuple[list[Path], list[Path]]:
    files: list[Path] = []
    directories: list[Path] = []
    for entry in entries:
        mode = _mode(entry)
        if stat.S_ISREG(mode):
            files.append(Path(entry.path))
        elif stat.S_ISDIR(mode):
            directories.append(Path(entry.path))
        elif not stat.S_ISLNK(mode):
            gathered.skip(printable(entry.path), "it is no plain file")
        elif not _stays_below(root, entry.path):
            gathered.skip(printable(entry.path), "it is a link that leads out of the directory")
    return files, directories


def _mode(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_mode
    except OSError:
        return 0


def _stays_below(root: Path, link: str) -> bool:
    return Path(os.path.realpath(link)).is_relative_to(os.path.realpath(root))
