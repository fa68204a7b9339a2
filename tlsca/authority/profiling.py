"""The profiles that an operator has: the built-in ones, and their own in TOML files, each of which begins with another.

A file `web.toml` in `profiles/` of the store's directory, or beside the settings in `~/.config/tlsca/profiles/`, is the profile
`web`; the store's wins, because whoever shares the store shares its rules.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tlsca.authority.desk import Desk
from tlsca.authority.files import is_readable_file, read_file
from tlsca.errors import SettingsError, Unreadable
from tlsca.pki.profile_table import base_of, profile_of
from tlsca.pki.profiles import PROFILES, Profile, no_such_profile
from tlsca.settings import own_directory
from tlsca.text import printable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LARGEST = 64 * 1024
_DEEPEST = 8


def _profile_directories(desk: Desk) -> tuple[Path, ...]:
    """Return where an operator's own profiles lie, the directory that wins first."""
    return (desk.ledger.directory / "profiles", own_directory("config") / "profiles")


def own_profiles(desk: Desk) -> dict[str, Path]:
    """Return the files of the operator's own profiles by name, whether or not they can be read."""
    return dict(sorted({path.stem: path for path in reversed(list(_files(desk)))}.items()))


def find_profile(desk: Desk, name: str) -> Profile:
    """Return the built-in profile of this name, or the operator's own.

    Raises UsageError with the nearest name there is, and SettingsError, naming file and key, for one that cannot be read as meant.
    """
    return PROFILES[name] if name in PROFILES else _own(desk, name, ())


def profile_names(desk: Desk) -> tuple[str, ...]:
    """Return the names of all profiles: the built-in ones, authorities first, then the operator's own."""
    return (*PROFILES, *(name for name in own_profiles(desk) if name not in PROFILES))


def _own(desk: Desk, name: str, below: tuple[str, ...]) -> Profile:
    path = own_profiles(desk).get(name)
    if path is None:
        raise no_such_profile(name, profile_names(desk))
    place = printable(str(path))
    if name in below or len(below) >= _DEEPEST:
        raise SettingsError(
            f"{place} extends a profile that extends it in turn.", hint="Begin with a built-in profile."
        )
    table = _table(path)
    base = base_of(table, known=profile_names(desk), place=place)
    above = PROFILES[base] if base in PROFILES else _own(desk, base, (*below, name))
    return profile_of(name, table, above, place=place)


def _files(desk: Desk) -> Iterator[Path]:
    for directory in _profile_directories(desk):
        try:
            found = sorted(directory.glob("*.toml"))
        except OSError:
            continue
        yield from (path for path in found if _NAME.fullmatch(path.stem) and is_readable_file(path))


def _table(path: Path) -> dict[str, object]:
    place = printable(str(path))
    if path.stem in PROFILES:
        raise SettingsError(
            f"{place} has the name of a built-in profile.", hint="Give the file another name."
        )
    try:
        return tomllib.loads(read_file(path, most=_LARGEST).decode("utf-8"))
    except Unreadable as error:
        raise SettingsError(error.sentence, hint=error.hint) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The profile {place} is no TOML: {printable(str(error))}.") from error
