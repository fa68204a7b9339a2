"""Files that are private from their first moment and survive a power cut once a function here has returned.

The journal and the objects need the same few promises of the operating system; they are made in this one place.
"""

import os
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tlsca.store import syncfs

_PRIVATE_FILE = 0o600
_PRIVATE_DIRECTORY = 0o700
# A symbolic link that somebody planted is not followed; on Windows bytes are not translated.
_ALWAYS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_FEW = 4
_MANY = 32
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


def write_files(directory: Path, contents: Mapping[str, bytes]) -> None:
    """Put many files in their places, named `subdirectory/name` below `directory`, whose missing parts are made.

    Once this returns, all of them are whole and durable. Until then nobody may rely on any: if it raises OSError, or the
    machine stops, some may be there, and of their content a part.
    """
    if len(contents) < _MANY or not _written_with_one_sync(directory, contents):
        _write_one_by_one(directory, contents)


def _written_with_one_sync(directory: Path, contents: Mapping[str, bytes]) -> bool:
    """Write the files and sync the file system they are on; return False if that is refused.

    Each is written under its own name at once. Beside it, as `write_file` does, would only matter to somebody who looks at
    a file before it is durable, and takes a third longer.
    """
    make_directory(directory)
    try:
        with syncfs.opened(directory) as file_system:
            for parent in {name.rpartition("/")[0] for name in contents}:
                (directory / parent).mkdir(_PRIVATE_DIRECTORY, exist_ok=True)
            for name, content in contents.items():
                _write_new(directory, file_system.descriptor, name, content)
            file_system.sync()
    except syncfs.SyncRefused:
        return False
    return True


def _write_new(directory: Path, descriptor: int, name: str, content: bytes) -> None:
    """Write a file below an open directory; one that is there, damaged, is replaced."""
    try:
        created = os.open(
            name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _ALWAYS, _PRIVATE_FILE, dir_fd=descriptor
        )
    except FileExistsError:
        _put(directory / name, content)
        return
    try:
        write_all(created, content)
    finally:
        os.close(created)


def sync_files(directory: Path, names: Collection[str]) -> None:
    """Make files durable that are there already, named as for `write_files`. Raises OSError."""
    try:
        if len(names) >= _MANY:
            with syncfs.opened(directory) as file_system:
                file_system.sync()
                return
    except syncfs.SyncRefused:
        pass
    for name in names:
        _sync(directory / name)
        sync_directory((directory / name).parent)


def _write_one_by_one(directory: Path, contents: Mapping[str, bytes]) -> None:
    """Write each file with a sync of its own: some at once, because a disk that is asked together does them in one go."""
    paths = [directory / name for name in contents]
    for parent in {path.parent for path in paths}:
        make_directory(parent)
    if len(contents) < _FEW:
        for path, content in zip(paths, contents.values(), strict=True):
            write_file(path, content)
        return
    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(_put, paths, contents.values()))
        list(pool.map(sync_directory, {path.parent for path in paths}))


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


def _sync(path: Path) -> None:
    # Windows syncs only what may be written.
    descriptor = open_file(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
