"""What was written, put onto the disk itself: the one seam for how each operating system is asked for that.

On macOS fsync hands the data to the disk, which may keep it in a cache and lose it with the power (fsync(2) there).
"""

import errno
import os
import sys

if sys.platform == "darwin":
    import fcntl

    # A file system that does not know the request, as those of a network, answers with one of these.
    _UNKNOWN = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOTTY, errno.EOPNOTSUPP})

    def flush(descriptor: int) -> None:
        """Return once what was written to a descriptor is durable, as far as the file system can tell. Raises OSError."""
        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in _UNKNOWN:
                raise
            os.fsync(descriptor)

else:

    def flush(descriptor: int) -> None:
        """Return once what was written to a descriptor is durable. Raises OSError."""
        os.fsync(descriptor)
