"""Who else may reach into a store: its directory's mode, its owner, and a link in its place.

Whoever may write there can change or remove everything but the sealed keys; that is told each time the store is opened.
"""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from tlsca.text import printable

_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def exposure(directory: Path) -> Iterator[str]:
    """Yield a sentence about each way by which others than this user get at the store in `directory`. Windows has none of them."""
    if sys.platform == "win32":
        return
    shown = printable(str(directory))
    try:
        link, found = directory.is_symlink(), directory.stat()
    except OSError:
        return
    if link:
        yield f"{shown} is a symbolic link: whoever may change it can put another store in the place of this one."
    if found.st_uid not in {os.geteuid(), 0}:
        yield f"Somebody else owns {shown} (user {found.st_uid}), and can change what is in it."
    if found.st_mode & (_OTHERS_READ | _OTHERS_WRITE):
        may = "change" if found.st_mode & _OTHERS_WRITE else "read"
        yield f"Others than its owner may {may} {shown}: its mode is {stat.S_IMODE(found.st_mode):04o}, and should be 0700."
