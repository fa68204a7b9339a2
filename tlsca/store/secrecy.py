"""Keep what is in memory out of files: the one seam for what each operating system offers against core dumps.

A crash must not write a data key to disk, where it would outlive the program and the passphrase.
"""

import contextlib
import ctypes
import sys

if sys.platform == "win32":

    def leave_no_core() -> None:
        """Do nothing: Windows writes no dumps of a program unless an administrator asks for them."""

else:
    import resource

    _PR_SET_DUMPABLE = 4  # linux/prctl.h

    def leave_no_core() -> None:
        """Have this process leave no core dump, and on Linux let no other program of the same account read its memory.

        What the system refuses stays as it is: secrets are no worse off than before.
        """
        with contextlib.suppress(OSError, ValueError):
            _, most = resource.getrlimit(resource.RLIMIT_CORE)
            resource.setrlimit(resource.RLIMIT_CORE, (0, most))
        if sys.platform == "linux":
            # A limit does not hold for dumps that go to a program (core(5)); this does, and for ptrace(2) as well.
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
