"""Write the reference pages from the code: `python docs/make.py`; a test holds the committed pages to what it writes.

They say what commands, settings, profiles, problems and JSON there are, which only the code knows for certain.
"""

# ruff: noqa: INP001 -- a script, no package

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import tlsca.settings
from tlsca import pages, schemas
from tlsca.cli.command import root
from tlsca.cli.manual import ENVIRONMENT
from tlsca.pki.keys import DEFAULT_KIND
from tlsca.pki.profile_rows import profile_rows
from tlsca.pki.profiles import PROFILES
from tlsca.settings import Settings

PLACE = Path(__file__).parent / "reference"
PACKAGE = Path(tlsca.__file__).parent

_EVERYWHERE = {"store", "passphrase_file", "read_only", "plain"}
"""Options that are told of once, for all commands."""

_GENERATED = "<!-- Written by docs/make.py from the code; changes belong there. -->\n"


def made() -> dict[str, str]:
    """Return every page by the name of its file."""
    found = {
        "commands.md": "".join(_commands()),
        "configuration.md": "".join(_configuration()),
        "profiles.md": "".join(_profiles()),
        "problems.md": "".join(_problems()),
        "json.md": "".join(_schemas()),
    }
    return {name: f"{_GENERATED}{text.rstrip()}\n" for name, text in found.items()}


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return (
        "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
        + "\n"
    )


def _prose(text: str) -> str:
    """Return text of a help, made safe for Markdown, each paragraph on one line."""
    told = re.sub(r"([*_<\[])", r"\\\1", text.replace("\b\n", ""))
    return re.sub(r"(?<!\n)\n(?!\n)", " ", told.strip())


# Commands


def _commands() -> Iterator[str]:
    yield "# Commands\n\n`tlsca` alone opens the app. Every act of it is also one of these commands over the same store.\n\n"
    yield "Exit status: 0 done, 1 the check says no, 2 wrong usage, 3 it could not be done and nothing was changed, "
    yield "4 the passphrase is missing or wrong.\n\n"
    yield f"These stand before a command or, where it opens a store, after it:\n\n{_options(root)}"
    context = click.Context(root, info_name="tlsca")
    for name in root.list_commands(context):
        found = root.get_command(context, name)
        if found is not None:
            yield from _command(found, click.Context(found, info_name=name, parent=context))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    depth = context.command_path.count(" ")
    yield f"{'#' * (depth + 1)} {context.command_path}\n\n"
    yield f"    {' '.join(command.get_usage(context).removeprefix('Usage: ').split())}\n\n"
    yield f"{_prose(inspect.cleandoc(command.help or ''))}\n\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _command(below, click.Context(below, info_name=name, parent=context))
    else:
        yield _options(command)


def _options(command: click.Command) -> str:
    context = click.Context(command)
    told = [one for one in command.params if command is root or one.name not in _EVERYWHERE]
    records = [one.get_help_record(context) for one in told if isinstance(one, click.Option)]
    rows = [
        (f"`{' '.join(words.split())}`", _prose(" ".join(told.split())))
        for words, told in filter(None, records)
    ]
    return _table(("option", "does"), rows) if rows else ""


# Settings


def _configuration() -> Iterator[str]:
    yield "# Configuration\n\nThe settings are in `~/.config/tlsca/config.toml` (elsewhere than on Linux, the platform's own place), or in "
    yield "the file that `TLSCA_CONFIG` names. None has to be there. `tlsca config` says what is in force, and where each comes from; a key "
    yield "that is not known is an error that names the nearest one.\n\n## Settings\n\n"
    told = dict(re.findall(r"^ +(\w+) = .*?# (.+)$", tlsca.settings.__doc__ or "", re.MULTILINE))
    fields = [one for one in dataclasses.fields(Settings) if one.name != "keys"]
    yield _table(
        ("key", "unless said otherwise", "does"),
        [(f"`{one.name}`", _default(one), _prose(told.get(one.name, ""))) for one in fields],
    )
    yield "## Keys\n\nA table `[keys]` gives acts of the app other keys; `tlsca config --keys` has the names of all acts, and [Keys](../keys.md) "
    yield 'lists them.\n\n```toml\n[keys]\nissue = "i,f7"\n```\n\n## Environment\n\n'
    yield _table(("variable", "does"), [(f"`{name}`", _prose(does)) for name, does in ENVIRONMENT])


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is dataclasses.MISSING:
        return "the platform's own place"
    if field.default is None:
        return "beside the store"
    written = f'"{field.default}"' if isinstance(field.default, str) else str(field.default).lower()
    return f"`{written}`"


# Profiles


def _profiles() -> Iterator[str]:
    yield "# Profiles\n\nA profile is a kind of certificate: what it may do and must hold. `tlsca profile list` shows these and your own; "
    yield f"`tlsca profile show NAME --key KIND` says it for other keys than `{DEFAULT_KIND}`, of which the tables tell.\n\n"
    for profile in PROFILES.values():
        yield f"## {profile.name}\n\n{profile.title}; {profile.days} days.\n\n"
        rows = profile_rows(profile, DEFAULT_KIND)
        yield _table(
            ("extension", "value", "critical", "of a request"),
            [
                (f"`{one.extension}`", _prose(one.value), "yes" if one.critical else "no", one.brought)
                for one in rows
            ],
        )


# Problems


def _problems() -> Iterator[str]:
    yield "# Problems\n\nEvery problem that `probe`, `verify`, `lint` and `doctor` can find, by its code. The same pages are in the program: "
    yield "`tlsca explain CODE`, and `?` in the app while the problem has the focus. There `probe` is `t`, what `verify` and `lint` say stands under `Enter` "
    yield "on a certificate, and `doctor`, which looks at every certificate as `lint` does, is `D`.\n\n"
    every = [pages.page(code) for code in pages.codes()]
    rows = [(f"[`{one.code}`](#{one.code})", one.title, _finders(one.code)) for one in every]
    yield _table(("code", "means", "found by"), rows)
    for one in every:
        yield f"## {one.code}\n\n**{one.title}.** "
        for section in one.sections:
            yield f"**{section.heading}.** {section.text}\n\n" if section.heading else f"{section.text}\n\n"


def _finders(code: str) -> str:
    """Return which commands find a problem: those in whose rooms its code stands."""
    composed = re.compile(rf'"{code}"|"{{\w+(?:\.\w+)*}}-{code.partition("-")[2]}"')
    found = [command for command, text in _SOURCES if composed.search(text)]
    if not found:
        raise ValueError(f"nobody finds {code}")
    return ", ".join(f"`{command}`" for command in found)


def _text_of(*rooms: str) -> str:
    files = (path for room in rooms for path in sorted(PACKAGE.glob(room)))
    return "".join(path.read_text("utf-8") for path in files)


_CHAIN = [
    f"pki/{name}.py" for name in ("chain", "date_defects", "defects", "hostnames", "purpose", "revocation", "strict")
]  # fmt: skip
_DOCTOR = [
    f"authority/{name}.py" for name in ("condition", "doctor", "safekeeping", "succession", "watched_remarks")
]
_SOURCES = (
    ("probe", _text_of("probe/**/*.py", "authority/inventory.py", *_CHAIN)),
    ("verify", _text_of(*_CHAIN)),
    ("lint", _text_of("pki/lint/**/*.py")),
    ("doctor", _text_of(*_DOCTOR)),
)
"""Where each command finds what it finds; a probe verifies the chain as well."""


# JSON


def _schemas() -> Iterator[str]:
    yield "# JSON\n\nWhat `--json` prints is described by JSON schemas (draft 2020-12) in the package. `tlsca schema NAME` prints one. Keys and "
    yield "codes only ever get added.\n\n"
    for name in schemas.NAMES:
        read = schemas.schema(name)
        yield f"## {name}\n\n`{read['title']}`: {read['description']}\n\n"
        for about, part in _objects("", read, read):
            yield f"{about}\n\n" if about else ""
            rows = [_member(key, one, part, read) for key, one in part["properties"].items()]
            yield _table(("member", "is", "says"), rows)


def _objects(path: str, part: dict[str, Any], read: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object with named members, under the path that leads to it, outermost first."""
    part = _resolved(part, read)
    if "properties" in part:
        yield f"In `{path}`:" if path else "", part
        for key, one in part["properties"].items():
            if one != {"type": "array", "items": {"$ref": "#/$defs/row"}} and _named(one) != "row":
                yield from _objects(f"{path}.{key}".lstrip("."), one, read)
    for inner in (*part.get("anyOf", ()), *part.get("oneOf", ())[:1]):
        yield from _objects(path, inner, read)
    if "items" in part and _named(part["items"]) != "row":
        yield from _objects(f"{path}[]", part["items"], read)


def _resolved(part: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
    name = _named(part)
    return dict(read["$defs"][name]) if name else part


def _named(part: dict[str, Any]) -> str:
    return str(part.get("$ref", "")).removeprefix("#/$defs/")


def _member(
    key: str, one: dict[str, Any], part: dict[str, Any], read: dict[str, Any]
) -> tuple[str, str, str]:
    resolved = _resolved(one, read)
    says = one.get("description") or resolved.get("description", "")
    missing = "" if key in part.get("required", ()) else ", may be absent"
    return f"`{key}`", f"{_kind(one, read)}{missing}", _prose(says)


def _kind(one: dict[str, Any], read: dict[str, Any]) -> str:
    resolved = _resolved(one, read)
    if "enum" in resolved:
        return ", ".join(f"`{word}`" for word in resolved["enum"])
    if "anyOf" in resolved:
        return " or ".join(_kind(inner, read) for inner in resolved["anyOf"])
    if "items" in resolved:
        return f"array of {_kind(resolved['items'], read)}"
    kinds = resolved.get("type", "object")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def main() -> None:
    """Write the pages."""
    PLACE.mkdir(exist_ok=True)
    for name, text in made().items():
        (PLACE / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
