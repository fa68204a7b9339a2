"""The lock that processes take turns by: the one seam for the operating system's file locks.

The kernel holds it, not a file's existence, so a process that died is no obstacle to anybody.
"""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tlsca.errors import StoreError, StoreMissing, StoreWriteFailed
from tlsca.store import durable
from tlsca.text import printable

PATIENCE = 10.0
"""Seconds that a process waits for its turn."""

_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.05
_ATTEMPTS = 100
"""So often at least whoever has little patience looks whether it is his turn."""
_MAY_NOT_WRITE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

if sys.platform == "win32":
    import msvcrt

    def _try_to_lock(descriptor: int, *, shared: bool) -> bool:  # noqa: ARG001 -- Windows knows no shared lock here
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_to_lock(descriptor: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def gone(directory: Path) -> StoreMissing:
    """Return the error for a store whose directory was taken away while it was open."""
    return StoreMissing(
        f"The store in {printable(str(directory))} is gone.",
        hint="Put its directory back, or open it where it is now.",
    )


class StoreLock:
    """A lock among processes, on the file at `path`; threads of one process are kept apart by their ledger."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self, *, shared: bool = False, patience: float = PATIENCE) -> Iterator[None]:
        """Hold the lock within the `with` block; `shared` for reading, together with other readers.

        Waits at most `patience` seconds, then raises StoreError. Raises StoreWriteFailed where the lock's file cannot
        be made, unless `shared`: a store on a medium that nobody can write to is read without a lock.
        """
        descriptor = self._acquire(shared=shared, patience=patience)
        try:
            yield
        finally:
            if descriptor is not None:
                _unlock(descriptor)
                os.close(descriptor)

    def _acquire(self, *, shared: bool, patience: float) -> int | None:
        deadline = time.monotonic() + patience
        pause = _FIRST_PAUSE
        while True:
            descriptor = self._open(shared=shared)
            if descriptor is None:
                return None
            if _try_to_lock(descriptor, shared=shared) and self._is_still_there(descriptor):
                return descriptor
            os.close(descriptor)
            if time.monotonic() >= deadline:
                raise StoreError(
                    f"Another process has been changing the store for {patience:g} seconds.",
                    hint="Wait until it is done, or end it; the lock goes with the process that holds it.",
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE, patience / _ATTEMPTS)

    def _open(self, *, shared: bool) -> int | None:
        try:
            return durable.open_file(self._path, os.O_RDWR | os.O_CREAT)
        except FileNotFoundError as error:
            raise gone(self._path.parent) from error
        except OSError as error:
            if shared and error.errno in _MAY_NOT_WRITE:
                return self._open_for_reading()
            raise StoreWriteFailed(f"The store's lock cannot be opened: {error.strerror}.") from error

    def _open_for_reading(self) -> int | None:
        try:
            return durable.open_file(self._path, os.O_RDONLY)
        except OSError:
            return None

    def _is_still_there(self, descriptor: int) -> bool:
        """Tell whether the file that was locked is the one that others will find, not one deleted meanwhile."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False
