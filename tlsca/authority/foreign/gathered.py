"""What was found in files and directories, before any of it goes into the store."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tlsca.pki.read import Found
from tlsca.pki.revoke import Revocation


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not imported."""

    what: str
    """Printable."""
    why: str
    where: str = ""
    """The file that it was found in, printable; empty where `what` is that file."""


@dataclass(frozen=True, slots=True)
class Item:
    """One object, and where it was found."""

    found: Found
    source: str
    """Printable."""
    path: Path


@dataclass(frozen=True, slots=True)
class ForeignRevocation:
    """One certificate that its authority revoked, by the books of another tool."""

    revocation: Revocation
    issuer: str | None
    """SHA-256 of the authority's certificate; None where only the certificate is known."""
    certificate: str | None = None
    """SHA-256 of the certificate; None where the books know only its number."""


@dataclass(frozen=True, slots=True)
class CrlNumber:
    """The number of the last CRL that an authority signed, so that the next one here is higher."""

    issuer: str
    """SHA-256 of the authority's certificate."""
    last: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A directory or database of another tool that was recognised."""

    tool: str
    """`openssl ca`, `easy-rsa`, `mkcert`, `step` or `XCA`."""
    path: str
    """Printable."""


@dataclass(slots=True)
class Gathered:
    """Everything found so far. Grows while files are read; whoever imports it changes nothing in it."""

    items: list[Item] = field(default_factory=list)
    revocations: list[ForeignRevocation] = field(default_factory=list)
    crl_numbers: list[CrlNumber] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def add(self, found: Iterable[Found], source: str, path: Path) -> None:
        """Take in objects of one file."""
        self.items += [Item(one, source, path) for one in found]

    def skip(self, what: str, why: str) -> None:
        """Remember what was left lying; `what` is printable, `why` a clause without a full stop."""
        self.skipped.append(Skipped(what, why.rstrip(".")))


def fingerprint_of(der: bytes) -> str:
    """Return the SHA-256 of DER as hexadecimal, as the store names a certificate."""
    return hashlib.sha256(der).hexdigest()
