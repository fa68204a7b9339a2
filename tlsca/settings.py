"""What an operator has chosen: a TOML file and the environment, read into one frozen value.

`~/.config/tlsca/config.toml` (or the file named by `TLSCA_CONFIG`) may hold any of the keys below; a key that is not known or a
value of the wrong kind is an error that names the file, the line, the key and the nearest valid one, never a silent default.

    store = "/srv/ca"          # TLSCA_STORE and --store win over it
    theme = "tlsca-dark"       # the app's colours; F2 changes them while it is open
    key = "ec-p256"            # the kind of key that forms begin with
    expiring_days = 30         # how long before its end a certificate counts as expiring
    lock_minutes = 15          # idle time until the app forgets the passphrase; 0 for never
    watch_every = 60           # minutes between looks at the watched hosts while the app is open; 0, the default, for none
    read_only = true           # look and change nothing; --read-only does the same
    ascii = "auto"             # draw with ASCII alone: "always", "never", or where the locale is no UTF-8
    backup_every = 7           # days between backups that are made when something was written; 0, the default, for none
    backup_keep = 10           # so many of those are kept
    backup_dir = "/mnt/ca"     # where they are put; beside the store unless said otherwise
    plain = true               # commands print one fact on each line, without signs; TLSCA_PLAIN and --plain do the same
    session = true             # come back to the authority, filter, order, theme and sizes of the last time

    [keys]                     # tlsca config --keys has the names of all acts
    issue = "i,f7"
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import platformdirs

from tlsca.errors import SettingsError
from tlsca.text import printable

NOWHERE = Path(os.devnull) / "tlsca"
"""No file is there, and none can be made there."""


class KeyChoice(NamedTuple):
    """The keys that somebody chose for an act of the app."""

    act: str
    """The act's id; whether there is such an act, the app knows."""
    keys: str
    """As they were written, separated by commas."""
    file: Path
    line: int

    @property
    def place(self) -> str:
        """Where it stands, for a sentence."""
        return f"{printable(str(self.file))}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force."""

    store: Path
    """Directory of the CA store."""
    theme: str = "tlsca-dark"
    key: str = "ec-p256"
    expiring_days: int = 30
    lock_minutes: int = 15
    watch_every: int = 0
    backup_every: int = 0
    backup_keep: int = 10
    backup_dir: Path | None = None
    """Where backups that come round are put; None for a directory beside the store."""
    read_only: bool = False
    ascii: str = "auto"
    plain: bool = False
    session: bool = True
    keys: tuple[KeyChoice, ...] = ()


class _File(NamedTuple):
    """A settings file."""

    path: Path
    text: str
    table: Mapping[str, Any]

    def place(self, name: str, table: str = "") -> str:
        """Return the file and the line on which a key of a table is set, for a sentence."""
        return f"{printable(str(self.path))}:{line_of(self.text, name, table)}"


def load_settings(
    environment: Mapping[str, str], *, store: Path | None = None, read_only: bool = False
) -> Settings:
    """Read the settings; `store` and `read_only` are what the command line says, which wins. Raises SettingsError."""
    settings = Settings(store=own_directory("data"))
    settings = replace(settings, **_values(_file(environment)))
    place = store or (Path(environment["TLSCA_STORE"]) if environment.get("TLSCA_STORE") else settings.store)
    heard = environment.get("TLSCA_PLAIN")
    settings = replace(settings, plain=heard != "0" if heard else settings.plain)
    return replace(settings, store=_at_home(place), read_only=read_only or settings.read_only)


def own_directory(kind: Literal["config", "data", "state"]) -> Path:
    """Return where a user's own files of this kind are, by the rules of the platform; NOWHERE for a user who has no home."""
    find = {
        "config": platformdirs.user_config_dir,
        "data": platformdirs.user_data_dir,
        "state": platformdirs.user_state_dir,
    }
    try:
        place = find[kind]("tlsca")
    except RuntimeError:  # as platformdirs says it; older ones return the path with a tilde
        return NOWHERE
    return NOWHERE if place.startswith("~") else Path(place)


def _at_home(place: Path) -> Path:
    """Return a store's path with the home directory that it begins with spelt out. Raises SettingsError."""
    if place == NOWHERE:
        raise SettingsError(
            "A store is in one's home directory unless said otherwise, and you have none.",
            hint="Say with --store or TLSCA_STORE where it is.",
        )
    try:
        return place.expanduser()
    except RuntimeError:
        raise SettingsError(
            f"The store {place} begins with somebody's home directory, and there is nobody of that name.",
            hint="Write the whole path.",
        ) from None


def sources(
    environment: Mapping[str, str], *, store: Path | None = None, read_only: bool = False
) -> dict[str, str]:
    """Return where each setting in force comes from: an option, `TLSCA_STORE`, a file, or `default`. Raises SettingsError."""
    file = _file(environment)
    found = dict.fromkeys(_KINDS, "default") | dict.fromkeys(_values(file), str(file.path))
    if environment.get("TLSCA_PLAIN"):
        found["plain"] = "TLSCA_PLAIN"
    if read_only:
        found["read_only"] = "--read-only"
    if store:
        found["store"] = "--store"
    elif environment.get("TLSCA_STORE"):
        found["store"] = "TLSCA_STORE"
    return found


_HEADING = re.compile(r"\s*\[+\s*([^\]]*?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*[.=]""")


def line_of(text: str, name: str, table: str = "") -> int:
    """Return the number of the line on which a TOML file sets a key of a table; 1 where it is written in a way not looked for."""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        heading = _HEADING.match(line)
        if heading:
            inside = heading[1]
        key = _KEY.match(line)
        if (inside == table and key and name in key.groups()) or (heading and not table and inside == name):
            return number
    return 1


def _file(environment: Mapping[str, str]) -> _File:
    """Read the settings file, which has to be there only if somebody named it."""
    chosen = environment.get("TLSCA_CONFIG")
    path = Path(chosen) if chosen else own_directory("config") / "config.toml"
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):  # the latter where no home is a directory
        if chosen:
            raise SettingsError(
                f"There is no settings file {path}.", hint="Unset TLSCA_CONFIG, or make the file."
            ) from None
        return _File(path, "", {})
    except OSError as error:
        raise SettingsError(
            f"The settings file {path} cannot be read: {error.strerror}.",
            hint="Let its owner read it, or name another one with TLSCA_CONFIG.",
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"The settings file {path} cannot be read: it is no UTF-8 text.", hint="Write it in UTF-8."
        ) from error
    try:
        return _File(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file {path} is no TOML: {error}.") from error


def _values(file: _File) -> dict[str, Any]:
    return {name: _checked(file, name, value) for name, value in file.table.items()}


_MOST = 100_000  # days, minutes: no number that anybody means is larger

_KINDS: Mapping[str, type] = MappingProxyType({
    "store": Path,
    "theme": str,
    "key": str,
    "expiring_days": int,
    "lock_minutes": int,
    "watch_every": int,
    "read_only": bool,
    "ascii": str,
    "backup_every": int,
    "backup_keep": int,
    "backup_dir": Path,
    "plain": bool,
    "session": bool,
    "keys": dict,
})  # fmt: skip
_WORDS: Mapping[str, Sequence[str]] = MappingProxyType({"ascii": ("auto", "always", "never")})
"""Settings that take one of a few words."""


def _checked(file: _File, name: str, value: object) -> object:
    kind = _KINDS.get(name)
    if kind is None:
        raise SettingsError(
            f"{file.place(name)} sets “{printable(name)}”, which is no setting.",
            hint=_nearest(name, tuple(_KINDS)),
        )
    if kind is int:
        return _number(file, name, value)
    if kind is bool:
        return _switch(file, name, value)
    if kind is dict:
        return _keys(file, value)
    text = _text(file, name, value)
    return Path(text) if kind is Path else text


def _number(file: _File, name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
        raise SettingsError(
            f"{file.place(name)}: {name} is not a whole number from 0 to {_MOST:,}.",
            hint=f"Write {name} = 30.",
        )
    return value


def _switch(file: _File, name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(
            f"{file.place(name)}: {name} is neither true nor false.", hint=f"Write {name} = true."
        )
    return value


def _text(file: _File, name: str, value: object, table: str = "") -> str:
    if not isinstance(value, str) or not value:
        raise SettingsError(
            f"{file.place(name, table)}: {printable(name)} is not text, or empty.",
            hint=f'Write {printable(name)} = "…", in quotes.',
        )
    words = () if table else _WORDS.get(name, ())
    if words and value not in words:
        raise SettingsError(
            f"{file.place(name)}: {name} is “{printable(value)}”, which it cannot be.",
            hint=_nearest(value, words),
        )
    return value


def _keys(file: _File, value: object) -> tuple[KeyChoice, ...]:
    if not isinstance(value, dict):
        raise SettingsError(
            f"{file.place('keys')}: keys is no table.",
            hint='Write [keys], and below it lines such as issue = "i".',
        )
    return tuple(
        KeyChoice(act, _text(file, act, keys, "keys"), file.path, line_of(file.text, act, "keys"))
        for act, keys in value.items()
    )


def _nearest(word: str, words: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, words, n=1)
    return f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(words) + "."
