"""The places of this machine and this user in which a root can be trusted, as a value: tests point it at directories of their own."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tlsca.authority.trust.java import JavaKeystore, java_keystores
from tlsca.authority.trust.nss import NssDatabase, nss_databases
from tlsca.authority.trust.place import Place, place_id
from tlsca.authority.trust.system import system_roots
from tlsca.errors import UsageError
from tlsca.text import printable

KINDS = ("system", "nss", "java")
"""What an operator calls the kinds of place."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """What opens databases that have a password of their own."""

    nss: bytes | None = field(default=None, repr=False)
    java: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Places:
    """Where roots can be trusted."""

    found: tuple[Place, ...]
    passwords: Passwords = Passwords()

    def chosen(self, words: Sequence[str]) -> tuple[Place, ...]:
        """Return the places that words mean: a kind, for all of it that were found, or `nss:DIR` and `java:FILE` for one.

        Without words, all that are there already. Raises UsageError.
        """
        if not words:
            return tuple(place for place in self.found if _is_there(place))
        places = {place_id(place): place for word in words for place in self._meant(word)}
        return tuple(places.values())

    def _meant(self, word: str) -> tuple[Place, ...]:
        kind, _, path = word.partition(":")
        if kind not in KINDS or (path and kind == "system"):
            raise UsageError(
                f"“{printable(word)}” is no place.",
                hint="Places are system, nss, java, nss:DIRECTORY and java:FILE.",
            )
        if path:
            return (self.named(kind, Path(os.path.abspath(path))),)  # noqa: PTH100 -- a link stays what it is called
        found = tuple(place for place in self.found if place.kind == kind)
        if not found:
            raise UsageError(_NONE[kind], hint="Choose another place.")
        return found

    def named(self, kind: str, path: Path) -> Place:
        """Return the NSS database or Java trust store at a path, whether it was found or not."""
        for place in self.found:
            if (place.kind, place.path) == (kind, path):
                return place
        if kind == "nss":
            return NssDatabase(path, "a database of NSS", self.passwords.nss)
        return JavaKeystore(path, password=self.passwords.java)


_NONE = {
    "system": "This system's way of trusting a root is not known, or its command is not installed.",
    "nss": "No home directory has a place for an NSS database.",
    "java": "No Java was found.",
}


def _is_there(place: Place) -> bool:
    return not isinstance(place, NssDatabase) or place.exists


def machine_places(
    passwords: Passwords = Passwords(),
    *,
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> Places:
    """Return the places of this machine and of the user whose home directory the environment names."""
    home = Path(environment.get("HOME") or Path.home())
    found: tuple[Place, ...] = (
        *system_roots(platform=platform),
        *(nss_databases(home, password=passwords.nss) if platform != "win32" else ()),
        *java_keystores(environment, password=passwords.java),
    )
    return Places(found, passwords)
