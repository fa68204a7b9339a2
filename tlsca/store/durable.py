"""Files that are private from their first moment and survive a power cut once a function here has returned.

The journal and the objects need the same few promises of the operating system; they are made in this one place.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_PRIVATE_FILE = 0o600
_PRIVATE_DIRECTORY = 0o700
# A symbolic link that somebody planted is not followed; on Windows bytes are not translated.
_ALWAYS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


_FEW = 4
_WRITERS = 8


def make_directory(directory: Path) -> None:
    """Make `directory` and whatever is missing above it, each with mode 0700; one that exists stays as it is.

    Raises OSError.
    """
    if directory.is_dir():
        return
    make_directory(directory.parent)
    directory.mkdir(mode=_PRIVATE_DIRECTORY, exist_ok=True)
    sync_directory(directory.parent)


def open_file(path: Path, flags: int) -> int:
    """Return a descriptor of `path`; a file that `flags` create has mode 0600. Raises OSError."""
    return os.open(path, flags | _ALWAYS, _PRIVATE_FILE)


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of `content`, however little of it the system takes at a time. Raises OSError."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` durable, where it can be opened (not on Windows, nor without the right to read it).

    Raises OSError.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole or not at all: written beside it, synced, renamed. Raises OSError.

    Whoever calls holds the store's lock: the name of the file beside it is always the same, so that one left over from a
    crash is used again instead of piling up.
    """
    _put(path, content)
    sync_directory(path.parent)


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Put many files in their places as `write_file` does; each is whole or not there if this raises OSError.

    They are written at once, because a file system that is asked to sync many files together does it in one go.
    """
    if len(contents) < _FEW:
        for path, content in contents.items():
            write_file(path, content)
        return
    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(_put, contents.keys(), contents.values()))
        list(pool.map(sync_directory, {path.parent for path in contents}))


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    try:
        _write_and_sync(beside, content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _write_and_sync(path: Path, content: bytes) -> None:
    descriptor = open_file(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
