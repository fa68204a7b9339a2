"""A place of its own beside a target, where files are written before they take their names.

Whoever writes there holds a lock on it, which the kernel takes away with the process: so a place that nobody holds was left by a
program that was killed, perhaps with a key in it, and goes when the next file is written into the same directory.
"""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = re.compile(r"\.tlsca-[0-9a-f]{16}\.tmp")
_ATTEMPTS = 5

if sys.platform == "win32":

    def _lock(place: Path) -> int | None:  # noqa: ARG001 -- Windows opens no directories; nothing is taken for left over there
        return None

    def _clear(directory: Path) -> None:
        """Leave everything where it is."""

else:
    import fcntl

    def _lock(place: Path) -> int | None:
        """Return a descriptor that holds the lock of a place, or None if somebody else has it or the place is gone."""
        try:
            descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), place.lstat()):
                return descriptor
        except OSError:
            pass
        os.close(descriptor)
        return None

    def _clear(directory: Path) -> None:
        """Remove the places in a directory that nobody holds."""
        with contextlib.suppress(OSError), os.scandir(directory) as found:
            for name in [entry.name for entry in found if _NAME.fullmatch(entry.name)]:
                descriptor = _lock(directory / name)
                if descriptor is not None:
                    shutil.rmtree(directory / name, ignore_errors=True)
                    os.close(descriptor)


@contextmanager
def stage(directory: Path, mode: int = 0o700) -> Iterator[Path]:
    """Yield a new directory in `directory`; it is gone afterwards, with all that was not moved out of it. Raises OSError."""
    _clear(directory)
    with contextlib.ExitStack() as end:
        yield _new_place(directory, mode, end)


def _new_place(directory: Path, mode: int, end: contextlib.ExitStack) -> Path:
    for _ in range(_ATTEMPTS):
        place = directory / f".tlsca-{os.urandom(8).hex()}.tmp"
        place.mkdir(mode)
        descriptor = _lock(place)
        if descriptor is not None:
            end.callback(os.close, descriptor)
            break  # else somebody who cleared the directory was faster
    end.callback(shutil.rmtree, place, ignore_errors=True)
    return place
