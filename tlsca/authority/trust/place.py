"""What a place that holds trusted roots has to answer: what is in it, and which commands change that.

A place changes nothing itself. It says what would be done, as commands that can be shown before they are run, and the commands
that bring back what was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tlsca.authority.programs import Command
from tlsca.pki.certificate import Certificate, certificate
from tlsca.text import hex_colons, printable


@dataclass(frozen=True, slots=True)
class Root:
    """A root that is to be trusted, or no longer."""

    der: bytes
    file: str = field(default="", compare=False)
    """A file that holds it in PEM and nothing else, for commands that are shown; empty where there is none."""

    @property
    def certificate(self) -> Certificate:
        """What it says."""
        return certificate(self.der)

    @property
    def sha256(self) -> str:
        """Its fingerprint, lower-case hexadecimal."""
        return self.certificate.sha256

    @property
    def fingerprint(self) -> str:
        """Its fingerprint as eyes compare it."""
        return hex_colons(self.sha256)

    @property
    def name(self) -> str:
        """What it is called in every place: made of its fingerprint alone, since its subject is somebody's text."""
        return f"tlsca-{self.sha256[:16]}"

    @property
    def pem(self) -> bytes:
        """The certificate in PEM."""
        return self.certificate.pem.encode("ascii")

    def given_to(self, *words: str, secret: bytes | None = None) -> Command:
        """Return a command that reads the root from its standard input."""
        return Command(words, self.pem, self.file, secret)


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate that a place holds."""

    name: str
    """What the place calls it: an alias, a nickname, a file. Foreign text."""
    der: bytes
    flags: str = ""
    """How far it is trusted, in the place's own words; empty where a place holds nothing but what it trusts."""
    trusted: bool = True
    also: tuple[str, ...] = ()
    """Other names that it has there and that stem from tlsca."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and what it does in a few words; printable."""

    sentence: str
    command: Command
    derives: bool = False
    """Whether it makes something, out of what a place holds, that is not among its contents."""


Contents = Mapping[str, Held]
"""What a place holds, by fingerprint."""


class Place(Protocol):
    """Where programs look up what they trust."""

    @property
    def kind(self) -> str:
        """`system`, `nss` or `java`."""
        ...

    @property
    def path(self) -> Path:
        """The file or directory that is changed."""
        ...

    @property
    def title(self) -> str:
        """Whose place it is, in a few words."""
        ...

    @property
    def note(self) -> str:
        """When programs notice a change, as a sentence; empty where it is at once."""
        ...

    @property
    def needs_root(self) -> bool:
        """Whether whoever runs this may not change it, and root may."""
        ...

    @property
    def only_shown(self) -> bool:
        """Whether commands are known for it, but left to the operator."""
        ...

    def contents(self) -> Contents:
        """Return what is in it. Raises Refused when that cannot be read."""
        ...

    def adding(self, root: Root, there: Held | None) -> tuple[Step, ...]:
        """Return what makes it trust a root, of which `there` is what it has already."""
        ...

    def taking(self, root: Root, there: Held, flags: str) -> tuple[Step, ...]:
        """Return what takes away what is there, or gives it back the trust it had where `flags` says one."""
        ...

    def is_ours(self, root: Root, there: Held) -> bool:
        """Say whether a name is one that tlsca gives, or that follows from one."""
        ...


def place_id(place: Place) -> str:
    """Return what names a place among all: `nss:/home/alice/.pki/nssdb`; foreign text."""
    return f"{place.kind}:{place.path}"


def shown_path(place: Place) -> str:
    """Return the path as text for sentences."""
    return printable(str(place.path))
