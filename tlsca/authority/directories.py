"""Directories for the operator: all their files or none, each with its final mode from the start, and nothing replaced by accident."""

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tlsca.authority.files import check_target, put_in_place, write_file
from tlsca.authority.staging import stage
from tlsca.errors import Refused
from tlsca.store.durable import sync_directory
from tlsca.text import printable

PUBLIC_MODE = 0o755
PRIVATE_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a directory: its relative name, and its octets or, for a symbolic link, the name that it points to."""

    name: str
    data: bytes = field(repr=False)
    private: bool = False
    is_link: bool = False


def check_directory(directory: Path, names: Iterable[str], *, force: bool) -> Path:
    """Return the absolute path of a directory that files of these names can be written to.

    It may exist, or be made in a directory that does. Raises Refused where it is plain beforehand that it cannot be done, also
    for a symbolic link in its place, which is not followed.
    """
    target = Path(os.path.abspath(directory))  # noqa: PTH100 -- resolve() would follow the very link that is not to be followed
    if not os.path.lexists(target):
        return check_target(target, force=False)
    _check_place(target)
    for name in names:
        above = target / PurePosixPath(name).parent
        if os.path.lexists(above):
            _check_place(above)
            check_target(target / name, force=force)
    return target


def write_directory(directory: Path, members: Sequence[Member], *, force: bool) -> Path:
    """Write files into a directory, making it if need be, and return its absolute path.

    They are written to a place of their own first, and take their names once all of them are on the disk; a new directory appears
    with everything in it. It has mode 0700 when one of its files is private. Raises Refused; then nothing is left of it.
    """
    target = check_directory(directory, [member.name for member in members], force=force)
    is_new = not os.path.lexists(target)
    mode = PRIVATE_MODE if any(member.private for member in members) else PUBLIC_MODE
    try:
        with stage(target.parent if is_new else target, mode) as place:
            for member in members:
                _write(place, member, mode)
            if is_new:
                place.rename(target)
            else:
                _merge(place, target, members, force=force)
        sync_directory(target.parent)
    except FileExistsError as error:
        raise Refused(
            f"{printable(str(error.filename2 or error.filename))} was made by somebody else meanwhile.",
            hint="Choose another place (--out).",
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise Refused(
            f"{printable(str(target))} cannot be written: {reason}.", hint="Choose another place (--out)."
        ) from None
    return target


def _check_place(directory: Path) -> None:
    """Refuse what is no directory that can be written to; a link to one is none."""
    if directory.is_symlink() or not directory.is_dir():
        what = "a symbolic link, which is not followed" if directory.is_symlink() else "no directory"
        raise Refused(f"{printable(str(directory))} is {what}.", hint="Choose another place (--out).")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise Refused(
            f"{printable(str(directory))} is no directory that can be written to.",
            hint="Choose another place (--out).",
        )


def _write(place: Path, member: Member, mode: int) -> None:
    path = place / member.name
    path.parent.mkdir(mode, parents=True, exist_ok=True)
    if member.is_link:
        path.symlink_to(os.fsdecode(member.data))
    else:
        write_file(path, member.data, private=member.private, force=False)


def _merge(place: Path, target: Path, members: Sequence[Member], *, force: bool) -> None:
    """Move what is written to its final names; without `force`, what was moved goes away again if something is in the way."""
    placed: list[Path] = []
    try:
        for member in members:
            path = target / member.name
            path.parent.mkdir(PUBLIC_MODE, parents=True, exist_ok=True)
            put_in_place(place / member.name, path, force=force)
            placed.append(path)
    except OSError:
        if not force:
            for path in placed:
                with contextlib.suppress(OSError):
                    path.unlink()
        raise
