"""Open: whatever is typed, dropped or pasted, and from there into the store.

A terminal that a file is dropped on types its path, quoted in whatever way its maker likes; one that text is pasted into hands
over the text. Either is meant to be looked at.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tlsca.authority.connecting import inspect_host, looks_like_target
from tlsca.authority.desk import Desk
from tlsca.authority.files import check_at_rest, is_readable_file
from tlsca.authority.importing import Gathered, ImportReport, import_files, import_gathered
from tlsca.authority.inspecting import Opened, known_to, open_file, open_octets, open_reference
from tlsca.errors import NotFound, Unreadable
from tlsca.pki.found import CLOSED, Closed, Found, Kind
from tlsca.pki.read import read
from tlsca.text import passphrase_octets, printable, shorten

_ARMOUR = re.compile(
    r"-----BEGIN [A-Z0-9 ]+-----|---- BEGIN SSH2 |^(ssh-|ecdsa-sha2-|sk-)\S+ AAAA", re.MULTILINE
)
_BASE64 = re.compile(
    r"\s*M[A-Za-z0-9+/\s]{63,}={0,2}\s*"
)  # DER begins with a SEQUENCE, which base64 writes as M
_LONGEST_PATH = 4096
_MOST_COMPLETIONS = 200
_PASTED = "what was pasted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be opened: a path, a host or a reference in `what`, or the content itself in `content`."""

    what: str = ""
    content: str = field(default="", repr=False)
    passphrase: str | None = field(default=None, repr=False)
    closed: bool = False
    """Whether to look from outside at what is under a passphrase."""

    @property
    def title(self) -> str:
        """What it is called, for a person; printable."""
        return _PASTED if self.content else shorten(printable(self.what), 200)


def wanted_of(pasted: str) -> Wanted | None:
    """Return what a pasted or dropped text is meant to open: PEM, base64, SSH keys, or the path of a file that is there.

    None for any other text, which was meant for something else.
    """
    if _ARMOUR.search(pasted) or _BASE64.fullmatch(pasted):
        return Wanted(content=pasted)
    path = dropped_path(pasted)
    return Wanted(what=str(path)) if path is not None and is_readable_file(path) else None


def dropped_path(text: str) -> Path | None:
    """Return the path that a text stands for: quoted, with backslashes, as a `file://` URL, with `~`; None for several lines."""
    line = text.strip()
    if not line or "\n" in line or len(line) > _LONGEST_PATH:
        return None
    if line.startswith("file://"):
        return Path(unquote(urlsplit(line).path))
    for spelling in (line, _unquoted(line)):
        path = _expanded(spelling)
        if is_readable_file(path):
            return path
    return _expanded(line)


def _unquoted(line: str) -> str:
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation mark that is part of the name
        return line
    return words[0] if len(words) == 1 else line


def _expanded(line: str) -> Path:
    try:
        return Path(line).expanduser()
    except RuntimeError:  # a user who does not exist
        return Path(line)


def completions(typed: str) -> tuple[str, ...]:
    """Return what a half-typed path can be completed to, directories with a slash at their end, in order; hidden files when asked."""
    head, slash, tail = typed.rpartition("/")
    directory = _expanded((head + slash) or ".")
    try:
        names = sorted(
            entry.name + ("/" if entry.is_dir() else "")
            for entry in directory.iterdir()
            if entry.name.startswith(tail) and (tail or not entry.name.startswith("."))
        )
    except (OSError, ValueError):
        return ()
    return tuple(head + slash + name for name in names[:_MOST_COMPLETIONS] if printable(name) == name)


def open_wanted(desk: Desk, wanted: Wanted, *, now: datetime) -> Opened:
    """Open what is wanted: its content, a file, something in the store, or what a host serves; blocks while a host is dialled.

    Raises NotFound, Ambiguous, Unreadable, PassphraseError, Refused, UsageError.
    """
    secret: str | Closed | None = CLOSED if wanted.closed else wanted.passphrase
    if wanted.content:
        data = wanted.content.encode("utf-8", "surrogateescape")
        return known_to(desk, open_octets(data, passphrase=secret, source=_PASTED, now=now))
    path = dropped_path(wanted.what)
    if path is not None and is_readable_file(path):
        check_at_rest(path)  # the app has nobody at the other end of a pipe, and the terminal is its own
        return known_to(desk, open_file(path, passphrase=secret, now=now))
    if path is not None and path.is_dir():
        raise Unreadable(
            f"{printable(str(path))} is a directory.", hint="Open a file; Import takes whole directories."
        )
    return _elsewhere(desk, wanted, now)


def _elsewhere(desk: Desk, wanted: Wanted, now: datetime) -> Opened:
    what = wanted.what.strip()
    try:
        return open_reference(desk, what, now=now)
    except NotFound:
        if looks_like_target(what):
            return known_to(desk, Opened(inspect_host(desk, what, now=now)))
        raise NotFound(
            f"“{shorten(wanted.title, 80)}” is no file, nothing in the store, and no host:port.",
            hint="Check the path, or paste the content.",
        ) from None


def import_wanted(desk: Desk, wanted: Wanted, opened: Opened) -> ImportReport:
    """Import what was opened: certificates, their keys, requests, CRLs. Raises as `import_files` does."""
    path = dropped_path(wanted.what) if not wanted.content else None
    if path is not None and is_readable_file(path):
        return import_files(desk, [path], passphrase=wanted.passphrase)
    gathered = Gathered()
    gathered.add(_content(wanted, opened), wanted.title, Path(_PASTED))
    return import_gathered(desk, gathered)


def _content(wanted: Wanted, opened: Opened) -> Sequence[Found]:
    if not wanted.content:
        return [Found(one.kind, one.der) for one in opened.objects if one.kind is Kind.CERTIFICATE]
    secret = passphrase_octets(wanted.passphrase) if wanted.passphrase else None
    return read(wanted.content.encode("utf-8", "surrogateescape"), passphrase=secret, name=_PASTED)


def with_passphrase(wanted: Wanted, passphrase: str | None) -> Wanted:
    """Return the same, to be opened with a passphrase."""
    return replace(wanted, passphrase=passphrase)


def from_outside(wanted: Wanted) -> Wanted:
    """Return the same, to be looked at without opening what is under a passphrase."""
    return replace(wanted, passphrase=None, closed=True)
