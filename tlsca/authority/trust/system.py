"""The system's own roots: a directory into which root puts anchors, and a command that makes bundles of them.

OpenSSL, curl, Python, Go and most servers read those bundles.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tlsca.authority.files import read_file
from tlsca.authority.programs import Command, installed
from tlsca.authority.trust.place import Contents, Held, Root, Step
from tlsca.errors import Refused, Unreadable
from tlsca.pki.read import LARGEST, Kind, read
from tlsca.text import printable

_MOST_ANCHORS = 1000


@dataclass(frozen=True, slots=True)
class SystemRoots:
    """A system that is told of a root by a file and a command."""

    flavour: str
    path: Path
    update: tuple[str, ...]
    """The command that makes the bundles."""
    suffix: str = ".crt"
    afresh: tuple[str, ...] = ()
    """What it is told besides after a file was deleted."""
    kind: str = "system"
    note: str = "Programs that run already go on with what they have read."
    only_shown: bool = False

    @property
    def title(self) -> str:
        """Whose roots they are."""
        return f"the system ({self.flavour})"

    @property
    def needs_root(self) -> bool:
        """Whether the directory is not ours to write to."""
        return not os.access(self.path, os.W_OK)

    def contents(self) -> Contents:
        """Return the anchors that were added on this machine. Raises Refused."""
        try:
            files = sorted(self.path.rglob(f"*{self.suffix}"))[:_MOST_ANCHORS]
        except OSError as error:
            raise Refused(
                f"{printable(str(self.path))} cannot be read: {error.strerror or 'no reason given'}."
            ) from None
        return {sha256: held for file in files for sha256, held in _anchors(file)}

    def adding(self, root: Root, _there: Held | None) -> tuple[Step, ...]:
        """Write the anchor, with its mode whatever the umask, and have the bundles made anew."""
        file = self._file(root.name)
        write = root.given_to("install", "-m", "644", "/dev/stdin", file)
        return (Step(f"write {printable(file)}", write), self._updating(self.update))

    def taking(self, _root: Root, there: Held, _flags: str) -> tuple[Step, ...]:
        """Delete the anchor, and have the bundles made anew."""
        file = self._file(there.name)
        delete = Step(f"delete {printable(file)}", Command(("rm", "-f", "--", file)))
        return (delete, self._updating((*self.update, *self.afresh)))

    def is_ours(self, root: Root, there: Held) -> bool:
        """Say whether the file has the name that tlsca gives."""
        return there.name == root.name

    def _file(self, name: str) -> str:
        return str(self.path / f"{name}{self.suffix}")

    def _updating(self, words: tuple[str, ...]) -> Step:
        return Step("make the system's bundles anew", Command(words), derives=True)


@dataclass(frozen=True, slots=True)
class ByHand:
    """A system whose commands are known, and left to the operator: they were never tried from here."""

    flavour: str
    path: Path
    add: tuple[str, ...]
    """The words before the file that holds the root."""
    take: tuple[str, ...]
    """The words before what names it."""
    by_serial: bool = False
    """Whether a root is named by its serial number there, and not by its fingerprint."""
    kind: str = "system"
    note: str = ""
    needs_root: bool = True
    only_shown: bool = True

    @property
    def title(self) -> str:
        """Whose roots they are."""
        return f"the system ({self.flavour})"

    def contents(self) -> Contents:
        """Return nothing: the system is not asked."""
        return {}

    def adding(self, root: Root, _there: Held | None) -> tuple[Step, ...]:
        """Return the command that adds a file."""
        return (Step("run this yourself", Command((*self.add, root.file or f"{root.name}.pem"))),)

    def taking(self, root: Root, _there: Held, _flags: str) -> tuple[Step, ...]:
        """Return the command that deletes it."""
        named = root.certificate.serial if self.by_serial else root.sha256
        return (Step("run this yourself", Command((*self.take, named))),)

    def is_ours(self, _root: Root, _there: Held) -> bool:
        """Say that nothing is known to be."""
        return False


def _anchors(file: Path) -> Iterator[tuple[str, Held]]:
    try:
        found = read(read_file(file, most=LARGEST), name=printable(file.name))
    except Unreadable:
        return
    for one in found:
        if one.kind is Kind.CERTIFICATE:
            root = Root(one.der)
            yield root.sha256, Held(file.stem, one.der)


def system_roots(base: Path = Path("/"), *, platform: str = "linux") -> "tuple[SystemRoots | ByHand, ...]":
    """Return the system's roots, if it is a system that we know; `base` is where its directories are."""
    if platform == "darwin":
        keychain = "/Library/Keychains/System.keychain"
        return (
            ByHand(
                "macOS",
                Path(keychain),
                add=("security", "add-trusted-cert", "-d", "-r", "trustRoot", "-k", keychain),
                take=("security", "delete-certificate", "-t", keychain, "-Z"),
            ),
        )
    if platform == "win32":
        return (
            ByHand(
                "Windows",
                Path("Root"),
                add=("certutil", "-addstore", "-f", "Root"),
                take=("certutil", "-delstore", "Root"),
                by_serial=True,
            ),
        )
    for kind in _LINUXES:
        if (base / kind.path).is_dir() and installed(kind.update[0]):
            return (replace(kind, path=base / kind.path),)
    return ()


_LINUXES = (
    SystemRoots(
        "Debian, Ubuntu",
        Path("usr/local/share/ca-certificates"),
        ("update-ca-certificates",),
        # Without it the links to a file that is gone stay in /etc/ssl/certs, where OpenSSL stumbles over them.
        afresh=("--fresh",),
    ),
    SystemRoots("Fedora, RHEL", Path("etc/pki/ca-trust/source/anchors"), ("update-ca-trust",), ".pem"),
    SystemRoots(
        "Arch", Path("etc/ca-certificates/trust-source/anchors"), ("trust", "extract-compat"), ".pem"
    ),
)
"""With directories below that of the system: update-ca-certificates(8), update-ca-trust(8), trust(1)."""
