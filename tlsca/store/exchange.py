"""Two names of a file system that change places in one step: Linux's `renameat2`, where there is one.

To move one thing out of the way and another into its place takes two steps, and whoever is stopped between them leaves nothing there.
"""

import errno
import os
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE
_REFUSALS = frozenset((errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM))
"""What a kernel, a file system or a sandbox answers that knows no exchange."""


def exchange(one: Path, other: Path) -> bool:
    """Have two files or directories change places; return False, with nothing done, where the system cannot. Raises OSError."""
    if sys.platform != "linux":
        return False
    try:
        import ctypes  # noqa: PLC0415 -- few commands need it, and it takes time to load
    except ImportError:
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    if library.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _REFUSALS:
        return False
    raise OSError(number, os.strerror(number), str(one))
