"""Completion of paths while they are typed: the first name that begins so is shown in grey, and the right arrow takes it."""

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

from tlsca.text import printable


def expanded(typed: str) -> Path:
    """Return the path that was typed, `~` standing for a home directory; a user who is not there is no reason to stop."""
    return Path(os.path.expanduser(typed))  # noqa: PTH111 -- pathlib raises where nobody has that name


class PathCompletion(Suggester):
    """Suggests what is on this machine's disks, directories with a slash; files too unless `directories_only` is set.

    With `several`, paths are separated by commas, and the last one is completed.
    """

    def __init__(self, *, directories_only: bool = False, several: bool = False) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._directories_only = directories_only
        self._several = several

    async def get_suggestion(self, value: str) -> str | None:
        """Return the whole of the path that `value` begins; None where nothing begins so. The disk is read in a thread."""
        path = value.rpartition(",")[2].lstrip() if self._several else value
        found = await asyncio.to_thread(self._first, path) if path.strip() else None
        return value.removesuffix(path) + found if found else None

    def _first(self, typed: str) -> str | None:
        directory, begun = os.path.split(typed)
        try:
            with os.scandir(expanded(directory or ".")) as found:
                names = sorted(self._name(entry) for entry in found if self._offered(entry, begun))
        except (OSError, ValueError):
            return None
        return os.path.join(directory, names[0]) if names else None  # noqa: PTH118 -- keeps the `~` and `./` that were typed

    def _offered(self, entry: "os.DirEntry[str]", begun: str) -> bool:
        """Say whether an entry may be what is meant; a name that cannot be shown as it is cannot be typed either."""
        if not entry.name.startswith(begun) or entry.name.startswith(".") > begun.startswith("."):
            return False
        wanted = entry.is_dir() or not self._directories_only
        return wanted and printable(entry.name) == entry.name

    @staticmethod
    def _name(entry: "os.DirEntry[str]") -> str:
        return f"{entry.name}/" if entry.is_dir() else entry.name
