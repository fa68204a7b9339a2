"""Everything on a file system made durable with one call: Linux's `syncfs`, where its word can be relied on.

To sync a thousand new files one by one has the disk flush its cache a thousand times, which takes longer than making the
certificates in them.
"""

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

# The `f_type` of file systems whose own part of syncfs waits for the disk. Some have none, FUSE's among them: there the call
# succeeds, and whoever keeps the data was never asked. What is not listed here is not relied on.
_RELIABLE = {
    0xEF53: "ext4",
    0x58465342: "xfs",
    0x9123683E: "btrfs",
    0xF2F52010: "f2fs",
    0x2FC12FC1: "zfs",
    0x01021994: "tmpfs",
}
_TELLS_OF_FAILURES = (5, 8)  # Linux before that did not say when data could not be written: syncfs(2)
_REFUSALS = frozenset((errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.EACCES, errno.EOPNOTSUPP))


class SyncRefused(Exception):
    """There is no syncfs here, or none to rely on."""


class FileSystem:
    """An open file system. Made by `opened`."""

    def __init__(self, calls: "_Calls", descriptor: int) -> None:
        """Use `opened` instead."""
        self._calls = calls
        self.descriptor = descriptor
        """Of the directory."""

    def sync(self) -> None:
        """Return once every name and every content on it is durable.

        Raises OSError if anything could not be written since it was opened, and SyncRefused.
        """
        number = self._calls.syncfs(self.descriptor)
        if number in _REFUSALS:
            raise SyncRefused
        if number:
            raise OSError(number, os.strerror(number))


@contextmanager
def opened(directory: Path) -> Iterator[FileSystem]:
    """Open the file system that a directory is on, before writing there: it tells of failures from then on.

    Raises SyncRefused, and OSError if the directory cannot be opened.
    """
    calls = _calls()
    if calls is None:
        raise SyncRefused
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if calls.kind(descriptor) not in _RELIABLE:
            raise SyncRefused
        yield FileSystem(calls, descriptor)
    finally:
        os.close(descriptor)


class _Calls(NamedTuple):
    """The system calls that Python lacks; each takes a descriptor."""

    syncfs: Callable[[int], int]
    """Return 0, or the number of the error."""
    kind: Callable[[int], int]
    """Return the `f_type` of the file system, or 0."""


@cache
def _calls() -> _Calls | None:
    if sys.platform != "linux" or _version(os.uname().release) < _TELLS_OF_FAILURES:
        return None
    try:
        import ctypes  # noqa: PLC0415 -- few commands write many files, and it takes time to load
    except ImportError:
        return None
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "syncfs"):
        return None

    def syncfs(descriptor: int) -> int:
        return ctypes.get_errno() if library.syncfs(descriptor) else 0

    def kind(descriptor: int) -> int:
        status = (ctypes.c_long * 64)()
        return 0 if library.fstatfs(descriptor, status) else status[0] & 0xFFFFFFFF

    return _Calls(syncfs, kind)


def _version(release: str) -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)", release)
    return (int(found[1]), int(found[2])) if found else (0, 0)
