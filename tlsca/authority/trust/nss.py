"""NSS databases: where Chromium, Chrome and Firefox on Linux keep the roots that their user added.

Chromium's is `~/.pki/nssdb`, each profile of Firefox has its own, and the packages of Snap and Flatpak theirs.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tlsca.authority.programs import PASSWORD_FILE, Command, installed, run
from tlsca.authority.trust.place import Contents, Held, Root, Step
from tlsca.errors import Refused, Unreadable
from tlsca.pki.keys import kind_of
from tlsca.pki.read import Kind, read
from tlsca.text import printable

CHROMIUM = ".pki/nssdb"

_PROGRAM = "certutil"
_DATABASE = "cert9.db"
_PROFILES = (
    (".mozilla/firefox/*", "Firefox"),
    (".config/mozilla/firefox/*", "Firefox"),
    ("snap/firefox/common/.mozilla/firefox/*", "Firefox, Snap"),
    (".var/app/org.mozilla.firefox/.mozilla/firefox/*", "Firefox, Flatpak"),
    ("snap/chromium/current/.pki/nssdb", "Chromium, Snap"),
)
_LINE = re.compile(r"^(?P<name>.*\S)\s+(?P<flags>[a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$")
"""A line of `certutil -L`: the nickname, and its trust for TLS, mail and code."""
_BROWSER = re.compile("[,:]")
_DOUBTFUL = ("ed", "ml-dsa")


@dataclass(frozen=True, slots=True)
class NssDatabase:
    """One database, whether it is there yet or not."""

    path: Path
    program: str
    """Whose database it is."""
    password: bytes | None = field(default=None, repr=False)
    """Its primary password, where it has one."""
    can_be_made: bool = False
    """Whether it is made where there is none."""
    kind: str = "nss"
    only_shown: bool = False

    @property
    def title(self) -> str:
        """Whose roots they are; printable."""
        return printable(self.program)

    @property
    def note(self) -> str:
        """When it is noticed."""
        return f"{_BROWSER.split(self.program)[0]} takes it up when it is started again."

    @property
    def exists(self) -> bool:
        """Whether there is a database."""
        return (self.path / _DATABASE).is_file()

    @property
    def needs_root(self) -> bool:
        """Whether the database is somebody else's."""
        there = next((one for one in (self.path, *self.path.parents) if one.exists()), self.path)
        return not os.access(there, os.W_OK)

    def contents(self) -> Contents:
        """Return the certificates in it. Raises Refused when it cannot be read."""
        if installed(_PROGRAM) is None:
            raise Refused(f"{_PROGRAM} of NSS is not installed.", hint="Debian has it in libnss3-tools.")
        if not self.exists and self.can_be_made:
            return {}
        if not self.exists:
            raise Refused(
                f"There is no NSS database in {self._shown}.",
                hint=f"Make one: certutil -N -d sql:{self._shown}",
            )
        listed = run(Command(self._words("-L"))).decode("utf-8", "replace").splitlines()
        matches = [found for line in listed if (found := _LINE.match(line))]
        held: dict[str, Held] = {}
        for found in matches:
            name, flags = found["name"], found["flags"]
            for der in self._certificates(name):
                root = Root(der)
                # Asked for one nickname, certutil prints every certificate of the same subject.
                if root.sha256 not in held or name == root.name:
                    held[root.sha256] = Held(name, der, flags, "C" in flags.partition(",")[0])
        return held

    def adding(self, root: Root, there: Held | None) -> tuple[Step, ...]:
        """Add it with trust for TLS servers; a certificate that is there untrusted keeps its nickname and gets the trust."""
        if there is not None:
            ssl, comma, rest = there.flags.replace("u", "").partition(",")
            flags = f"{ssl}C{comma}{rest}"
            return (
                Step(
                    f"trust {printable(there.name)}, which is there already", self._trust(there.name, flags)
                ),
            )
        add = root.given_to(
            *self._words("-A"), "-n", root.name, "-t", "C,,", "-a", *self._password(), secret=self.password
        )
        return (
            *self._making(),
            Step(f"add {root.name} to {self._shown}, trusted for TLS servers{_doubt(root)}", add),
        )

    def taking(self, _root: Root, there: Held, flags: str) -> tuple[Step, ...]:
        """Delete it, or give it back the trust that it had."""
        name = there.name
        if flags:
            return (Step(f"give {printable(name)} back its trust “{flags}”", self._trust(name, flags)),)
        delete = Command((*self._words("-D"), "-n", name, *self._password()), secret=self.password)
        return (Step(f"delete {printable(name)} from {self._shown}", delete),)

    def is_ours(self, root: Root, there: Held) -> bool:
        """Say whether the nickname is the one that tlsca gives."""
        return there.name == root.name

    def _making(self) -> Iterator[Step]:
        if self.exists:
            return
        missing = [str(one) for one in (self.path.parent, self.path) if not one.exists()]
        if missing:
            yield Step(
                f"make {printable(' and '.join(missing))}", Command(("mkdir", "-m", "700", "--", *missing))
            )
        make = Command((*self._words("-N"), "--empty-password"))
        yield Step(f"make an empty database in {self._shown}", make)

    def _trust(self, name: str, flags: str) -> Command:
        words = (*self._words("-M"), "-n", name, "-t", flags, *self._password())
        return Command(words, secret=self.password)

    def _certificates(self, name: str) -> tuple[bytes, ...]:
        printed = run(Command((*self._words("-L"), "-n", name, "-a")))
        try:
            found = read(printed, name=printable(name))
        except Unreadable:
            return ()
        return tuple(one.der for one in found if one.kind is Kind.CERTIFICATE)

    def _words(self, act: str) -> tuple[str, ...]:
        return (_PROGRAM, act, "-d", f"sql:{self.path}")

    def _password(self) -> tuple[str, ...]:
        return () if self.password is None else ("-f", PASSWORD_FILE)

    @property
    def _shown(self) -> str:
        return printable(str(self.path))


def _doubt(root: Root) -> str:
    """Return what speaks against it beforehand: NSS 3.87 adds no certificate with a key of these kinds, and a later one may."""
    kind = kind_of(root.certificate.public_key)
    return f"; NSS 3.87 takes no {kind} key" if kind.startswith(_DOUBTFUL) else ""


def nss_databases(home: Path, *, password: bytes | None = None) -> tuple[NssDatabase, ...]:
    """Return the databases of a user: Chromium's first, which need not be there yet, then those of each profile found."""
    found = [NssDatabase(home / CHROMIUM, "Chromium, Chrome", password, can_be_made=True)]
    for pattern, program in _PROFILES:
        found += [
            NssDatabase(file.parent, f"{program}: {file.parent.name}", password)
            for file in sorted(home.glob(f"{pattern}/{_DATABASE}"))
        ]
    return tuple(found)
