"""The programs that a user would take instead: where they are, which version, and how those of PyPI are fetched."""

import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

_ELSEWHERE = {"easyrsa": ("/usr/share/easy-rsa/easyrsa",), "testssl": ()}
_NAMES = {"testssl": ("testssl.sh", "testssl")}
_VERSION = {
    "openssl": ("version",),
    "easyrsa": ("version",),
    "mkcert": ("-version",),
    "certtool": ("--version",),
    "testssl": ("--version",),
}
FETCHED = {
    "sslyze": ("sslyze",),
    # Its Textual crashes with a tree-sitter newer than the one that it was made for.
    "posting": ("posting", "tree-sitter<0.26"),
    "harlequin": ("harlequin",),
}
"""What comes from PyPI, each into an environment of its own."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program; no path where it is not installed."""

    name: str
    path: Path | None
    version: str


def found(cache: Path) -> dict[str, Program]:
    """Look for every program: in the cache, on PATH, and where Debian hides it."""
    paths = {name: _path(name, cache) for name in (*_VERSION, *FETCHED)}
    return {name: Program(name, path, _version(name, path) if path else "") for name, path in paths.items()}


def fetch(cache: Path) -> None:
    """Install what comes from PyPI into the cache, where it is not yet."""
    for name, requirements in FETCHED.items():
        directory = cache / name
        if (directory / "bin" / name).exists():
            continue
        sys.stderr.write(f"fetching {name}\n")
        venv.create(directory, with_pip=True, clear=True)
        install = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements]
        subprocess.run(install, check=True)  # noqa: S603 -- the reader asked for it with --fetch


def python_of(script: Path) -> str:
    """Return the interpreter that runs a script."""
    return script.read_text().splitlines()[0].removeprefix("#!").strip()


def _path(name: str, cache: Path) -> Path | None:
    usual = (shutil.which(known) for known in _NAMES.get(name, (name,)))
    places = [cache / name / "bin" / name, *filter(None, usual), *_ELSEWHERE.get(name, ())]
    return next((Path(place) for place in places if Path(place).exists()), None)


def _version(name: str, path: Path) -> str:
    if name in FETCHED:
        tell = f"import importlib.metadata; print(importlib.metadata.version({name!r}))"
        command = [python_of(path), "-c", tell]
    else:
        command = [str(path), *_VERSION[name]]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- asks a program for its version
    number = re.search(r"\d+(\.\d+)+", said.stdout + said.stderr)
    return number.group() if number else "?"
