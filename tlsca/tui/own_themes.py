"""Themes that somebody wrote for himself: TOML files in `themes/` beside the settings, each named after its theme.

    # ~/.config/tlsca/themes/amber.toml
    primary = "#ffb000"        # the one colour that has to be given; the others follow from it
    secondary = "#c08000"      # and so: accent, foreground, background, surface, panel, success, warning, error
    dark = true                # whether the background is dark, as it is unless said otherwise

A key or a colour that is not known is an error that names the file, the line, the key and the nearest valid one.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import Theme

from tlsca.errors import SettingsError
from tlsca.settings import line_of, own_directory
from tlsca.text import printable

_COLOURS = (
    "primary",
    "secondary",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "success",
    "warning",
    "error",
)


def theme_directory(environment: Mapping[str, str]) -> Path:
    """Return where somebody's own themes lie: beside the settings file."""
    chosen = environment.get("TLSCA_CONFIG")
    return (Path(chosen).parent if chosen else own_directory("config")) / "themes"


def own_themes(directory: Path) -> Iterator[Theme]:
    """Yield the themes of a directory, which need not be there. Raises SettingsError."""
    if not directory.is_dir():
        return
    for path in sorted(Path(entry) for entry in os.scandir(directory)):
        if path.suffix == ".toml":
            yield _theme(path)


def check_theme(name: str, known: Mapping[str, Theme]) -> None:
    """Refuse a theme that there is not. Raises SettingsError."""
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(sorted(known)) + "."
        raise SettingsError(f"There is no theme “{printable(name)}”.", hint=hint)


def _theme(path: Path) -> Theme:
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"The theme {printable(str(path))} cannot be read: {printable(str(error))}."
        ) from error
    for key, value in table.items():
        _check(f"{printable(str(path))}:{line_of(text, key)}", key, value)
    if "primary" not in table:
        raise SettingsError(
            f"The theme {printable(str(path))} has no primary colour.", hint='Write primary = "#5fb3b3".'
        )
    return Theme(name=path.stem, **table)


def _check(place: str, key: str, value: object) -> None:
    if key == "dark":
        if not isinstance(value, bool):
            raise SettingsError(f"{place}: dark is neither true nor false.", hint="Write dark = true.")
        return
    if key not in _COLOURS:
        near = difflib.get_close_matches(key, (*_COLOURS, "dark"), n=1)
        hint = f"Did you mean {near[0]}?" if near else "Known are dark, " + ", ".join(_COLOURS) + "."
        raise SettingsError(f"{place} sets “{printable(key)}”, which no theme has.", hint=hint)
    try:
        Color.parse(str(value))
    except ColorParseError:
        raise SettingsError(
            f"{place}: {key} is “{printable(str(value))}”, which is no colour.",
            hint=f'Write {key} = "#5fb3b3".',
        ) from None
