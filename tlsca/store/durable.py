"""Files that are private from their first moment and survive a power cut once a function here has returned.

The journal and the objects need the same few promises of the operating system; they are made in this one place.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tlsca.store import syncfs
from tlsca.store.flush import flush

_PRIVATE_FILE = 0o600
_PRIVATE_DIRECTORY = 0o700
# A symbolic link that somebody planted is not followed; on Windows bytes are not translated.
_ALWAYS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _ALWAYS
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


def note(path: Path, content: bytes) -> None:
    """Add to a private file what is of use only until the machine stops: nothing waits for the disk. Raises OSError."""
    _fill(open_file(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), content)


def discard(path: Path) -> None:
    """Remove a file, and what is left beside it of an attempt to write it; do nothing where neither is. Raises OSError."""
    path.unlink(missing_ok=True)
    _beside(path).unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` durable, where it can be opened (not on Windows, nor without the right to read it).

    Raises OSError.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except PermissionError:
        return
    try:
        flush(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole or not at all: written beside it, synced, renamed. Raises OSError.

    Whoever calls holds the store's lock: the name of the file beside it is always the same, so that one left over from a
    crash is used again instead of piling up.
    """
    _put(path, content)
    sync_directory(path.parent)


class _Once:
    """Work that is done the first time it is called for."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work: Callable[[], None] | None = work

    def __call__(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()


def write_files(
    directory: Path, contents: Mapping[str, bytes], *, meanwhile: Callable[[], None] | None = None
) -> list[str]:
    """Let files hold these contents, durably; return the names of those that did not before.

    They are named `subdirectory/name` below `directory`, whose missing parts are made. Nobody may rely on any of them until
    this returns: if the machine stops before, some may be there, and of their content a part. `meanwhile` is work for the time
    in which the disk works. Raises OSError, and what `meanwhile` raises; what was not there before is removed then.
    """
    new: list[str] = []
    work = _Once(meanwhile or _nothing)
    with contextlib.ExitStack() as undo:
        undo.callback(_remove, directory, new)
        if len(contents) < _MANY or not _written_with_one_sync(directory, contents, new, work):
            _write_with_a_sync_each(directory, contents, new)
        work()
        undo.pop_all()
    return new


def _nothing() -> None:
    """Do nothing."""


def _remove(directory: Path, names: Iterable[str]) -> None:
    for name in names:
        with contextlib.suppress(OSError):
            (directory / name).unlink(missing_ok=True)


def _written_with_one_sync(
    directory: Path, contents: Mapping[str, bytes], new: list[str], meanwhile: Callable[[], None]
) -> bool:
    """Write the files and sync the file system they are on; return False if that is refused.

    Each is written under its own name at once. Beside it, as `write_file` does, would only matter to somebody who relies on
    a file before it is durable, and takes a third longer.
    """
    make_directory(directory)
    try:
        with syncfs.opened(directory) as file_system:
            for parent in {name.rpartition("/")[0] for name in contents}:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(parent, _PRIVATE_DIRECTORY, dir_fd=file_system.descriptor)
            for name, content in contents.items():
                try:
                    descriptor = os.open(name, _CREATE, _PRIVATE_FILE, dir_fd=file_system.descriptor)
                except FileExistsError:
                    _replace(directory, name, content, new)
                else:
                    new.append(name)
                    _fill(descriptor, content)
            with ThreadPoolExecutor(1) as pool:
                synced = pool.submit(file_system.sync)
                meanwhile()
                synced.result()
    except syncfs.SyncRefused:
        return False
    return True


def _write_with_a_sync_each(directory: Path, contents: Mapping[str, bytes], new: list[str]) -> None:
    """Write the files and sync each: some at once, because a disk that is asked together does them in one go."""

    def write(name: str) -> None:
        if not _replace(directory, name, contents[name], new):
            _sync(directory / name)  # a program that was killed may have written it a moment ago

    parents = {(directory / name).parent for name in contents}
    for parent in parents:
        make_directory(parent)
    with ThreadPoolExecutor(_WRITERS) as pool:
        # A pool starts no more threads than it is given work; a few files are not worth any.
        each = map if len(contents) < _FEW else pool.map
        list(each(write, contents))
        list(each(sync_directory, parents))


def _replace(directory: Path, name: str, content: bytes, new: list[str]) -> bool:
    """Write a file, unless it holds the content already; return whether it did not."""
    path = directory / name
    if _holds(path, content):
        return False
    new.append(name)
    _put(path, content)
    return True


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.is_file() and path.read_bytes() == content
    except OSError:
        return False  # writing it will say what is wrong


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _put(path: Path, content: bytes) -> None:
    beside = _beside(path)
    try:
        _write_and_sync(beside, content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _write_and_sync(path: Path, content: bytes) -> None:
    descriptor = open_file(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    _fill(descriptor, content, sync=True)


def _fill(descriptor: int, content: bytes, *, sync: bool = False) -> None:
    try:
        write_all(descriptor, content)
        if sync:
            flush(descriptor)
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    _fill(open_file(path, os.O_RDWR), b"", sync=True)  # Windows syncs only what may be written
