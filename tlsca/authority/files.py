"""Files for the operator: written whole or not at all, with their final mode from the start, and never over another by accident."""

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from tlsca.errors import Refused, Unreadable
from tlsca.text import printable

PUBLIC_MODE = 0o644
PRIVATE_MODE = 0o600

_LONGEST_NAME = 100
_OPEN_ALREADY = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Where a process finds what was opened for it."""
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)),
}


def write_file(path: Path, data: bytes, *, private: bool, force: bool) -> Path:
    """Write a file beside where it goes, fsync and rename; return its absolute path.

    A private file has mode 0600, or less if the umask says so, from its first octet. Raises Refused when something is there and `force` is not set, or when the
    operating system refuses; a symbolic link is replaced itself, what it points to stays as it is.
    """

    def fill(file: BinaryIO) -> None:
        file.write(data)

    return fill_file(path, fill, private=private, force=force)


def fill_file(path: Path, fill: Callable[[BinaryIO], None], *, private: bool, force: bool) -> Path:
    """Write a file as `write_file` does, its content by a function that may read back what it wrote; what that raises is raised."""
    from tlsca.authority.staging import stage  # noqa: PLC0415 -- with what it loads it takes as long as reading a file does
    from tlsca.store.durable import sync_directory  # noqa: PLC0415 -- likewise

    target = check_target(path, force=force)
    try:
        with stage(target.parent) as place:
            _write_new(place / target.name, fill, PRIVATE_MODE if private else PUBLIC_MODE)
            put_in_place(place / target.name, target, force=force)
        sync_directory(target.parent)
    except FileExistsError:
        raise _there_already(target) from None
    except (OSError, ValueError) as error:
        raise Refused(
            f"{printable(str(target))} cannot be written: {_reason(error)}.",
            hint="Choose another place (--out).",
        ) from None
    return target


def make_private_directory(path: Path) -> None:
    """Make a directory that only its owner may look into, if it is not there; what is missing above it too. Raises Refused."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise Refused(
            f"{printable(str(path))} cannot be made: {_reason(error)}.", hint="Look at what is above it."
        ) from None


def check_target(path: Path, *, force: bool) -> Path:
    """Return the absolute path that `write_file` would write; raise Refused where it is plain beforehand that it cannot."""
    target = Path(os.path.abspath(path))  # noqa: PTH100 -- resolve() would follow the very link that is not to be followed
    # os.path, unlike pathlib, takes a name that is too long for one that is not there.
    if not target.name or (os.path.isdir(target) and not os.path.islink(target)):  # noqa: PTH112, PTH114 -- see above
        raise Refused(f"{printable(str(target))} is a directory.", hint="Give a file name.")
    if not force and os.path.lexists(target):
        raise _there_already(target)
    if not os.access(target.parent, os.W_OK | os.X_OK) or not os.path.isdir(target.parent):  # noqa: PTH112 -- likewise
        raise Refused(
            f"{printable(str(target.parent))} is no directory that can be written to.",
            hint="Make it, or choose another place (--out).",
        )
    return target


def _there_already(target: Path) -> Refused:
    return Refused(
        f"{printable(str(target))} is there already.",
        hint="Choose to replace it (--force), or another place (--out).",
    )


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or "it is no path"


def read_file(path: Path, *, most: int) -> bytes:
    """Return a file's octets. Raises Unreadable when it cannot be read or is larger than `most`.

    A pipe or a device by its name is refused, since reading one may never end; a pipe that a shell has opened, as `<(…)` has, is read.
    """
    shown = printable(str(path))
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISFIFO(mode) and str(path).startswith(_OPEN_ALREADY)):
            check_at_rest(path)
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{shown} cannot be read: {_reason(error)}.", hint="Check the path and its permissions."
        ) from None
    if len(data) > most:
        raise Unreadable(f"{shown} is larger than the {most:,} octets that are looked at.")
    return data


def check_at_rest(path: Path) -> None:
    """Raise Unreadable for a pipe or a device, whoever has opened it; OSError and ValueError where nothing is there."""
    if _never_ends(path.stat().st_mode):
        shown = printable(str(path))
        raise Unreadable(f"{shown} is a pipe or a device, and no file.", hint="Save what it gives in a file.")


def _never_ends(mode: int) -> bool:
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode) or stat.S_ISBLK(mode)


def is_readable_file(path: Path) -> bool:
    """Say whether something other than a directory is there to be read; a text that is no path at all is not."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def file_stem(name: str) -> str:
    """Return a file name's beginning made from a certificate's name, which is not to be trusted with paths.

    Only letters, digits, dots, hyphens and underscores stay; it never begins with a dot or a hyphen, is at most 100 characters,
    and is no device name of Windows. `*.example.com` becomes `wildcard.example.com`.
    """
    readable = re.sub(r"^\*\.", "wildcard.", name)
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", readable).strip(".-_")[:_LONGEST_NAME].rstrip(".-_")
    if not safe:
        return "certificate"
    return f"{safe}-certificate" if safe.split(".")[0].lower() in _RESERVED else safe


def _write_new(path: Path, fill: Callable[[BinaryIO], None], mode: int) -> None:
    from tlsca.store.flush import flush  # noqa: PLC0415 -- the app has drawn its first frame by then

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode)
    with os.fdopen(descriptor, "w+b") as file:
        fill(file)
        file.flush()
        flush(file.fileno())


def put_in_place(temporary: Path, target: Path, *, force: bool) -> None:
    """Give a file of the same file system its final name. Raises FileExistsError where one is there and `force` is not set."""
    if force:
        temporary.replace(target)
        return
    try:
        # A link fails where a rename would silently win over whoever made the file since it was looked for.
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:
        temporary.rename(target)  # a file system without hard links
