"""What an operator has chosen: a TOML file and the environment, read into one frozen value.

`~/.config/tlsca/config.toml` (or the file named by `TLSCA_CONFIG`) may hold any of the keys below; a key that is not known or a
value of the wrong kind is an error that names the file, the key and the nearest valid one, never a silent default.

    store = "/srv/ca"          # TLSCA_STORE and --store win over it
    theme = "tlsca-dark"
    key = "ec-p256"            # the kind of key that forms begin with
    expiring_days = 30         # how long before its end a certificate counts as expiring
    lock_minutes = 15          # idle time until the app forgets the passphrase; 0 for never
    watch_every = 60           # minutes between looks at the watched hosts while the app is open; 0, the default, for none
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from tlsca.errors import SettingsError
from tlsca.text import printable


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


def load_settings(environment: Mapping[str, str], *, store: Path | None = None) -> Settings:
    """Read the settings; `store` is what the command line says, which wins. Raises SettingsError."""
    path, required = _file(environment)
    settings = Settings(store=Path(platformdirs.user_data_dir("tlsca")))
    settings = replace(settings, **_values(path, required=required))
    place = store or (Path(environment["TLSCA_STORE"]) if environment.get("TLSCA_STORE") else settings.store)
    try:
        return replace(settings, store=place.expanduser())
    except RuntimeError:
        raise SettingsError(
            f"The store {place} begins with somebody's home directory, and there is nobody of that name.",
            hint="Write the whole path.",
        ) from None


def sources(environment: Mapping[str, str], *, store: Path | None = None) -> dict[str, str]:
    """Return where each setting in force comes from: `--store`, `TLSCA_STORE`, a file, or `default`. Raises SettingsError."""
    path, required = _file(environment)
    found = dict.fromkeys(_TYPES, "default") | dict.fromkeys(_values(path, required=required), str(path))
    if store:
        found["store"] = "--store"
    elif environment.get("TLSCA_STORE"):
        found["store"] = "TLSCA_STORE"
    return found


def _file(environment: Mapping[str, str]) -> tuple[Path, bool]:
    """Return the settings file, and whether it has to be there because somebody named it."""
    chosen = environment.get("TLSCA_CONFIG")
    path = Path(chosen) if chosen else Path(platformdirs.user_config_dir("tlsca")) / "config.toml"
    return path, bool(chosen)


def _values(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        if required:
            raise SettingsError(
                f"There is no settings file {path}.", hint="Unset TLSCA_CONFIG, or make the file."
            ) from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file {path} is no TOML: {error}.") from error
    return {name: _checked(path, name, value) for name, value in table.items()}


_MOST = 100_000  # days, minutes: no number that anybody means is larger

_TYPES: dict[str, type] = {
    field.name: Path if field.name == "store" else str if field.name in {"theme", "key"} else int
    for field in fields(Settings)
}


def _checked(path: Path, name: str, value: object) -> Path | str | int:
    wanted = _TYPES.get(name)
    if wanted is None:
        near = difflib.get_close_matches(name, _TYPES, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(_TYPES) + "."
        raise SettingsError(f"{path} sets “{printable(name)}”, which is no setting.", hint=hint)
    if wanted is int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
            raise SettingsError(
                f"{path}: {name} is not a whole number from 0 to {_MOST:,}.", hint=f"Write {name} = 30."
            )
        return value
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{path}: {name} is not text, or empty.", hint=f'Write {name} = "…", in quotes.')
    return Path(value) if wanted is Path else value
