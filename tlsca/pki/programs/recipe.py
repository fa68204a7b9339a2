"""A recipe: the files that one program wants for one purpose, where they belong, and the lines that use them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from tlsca.pki.programs.handover import Handover, Purpose

POST_QUANTUM = frozenset({"ml-dsa-44", "ml-dsa-65", "ml-dsa-87"})
EDWARDS = frozenset({"ed25519", "ed448"})


@dataclass(frozen=True, slots=True)
class Outfile:
    """A file that is to be written; `build()` makes its octets, which for a private one takes the key."""

    name: str
    title: str
    """What is in it, for a person."""
    build: Callable[[], bytes] = field(repr=False)
    private: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Lines to be pasted; `name` says where, `lead` what they do."""

    name: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a program is given. Paths in its blocks are right once the directory is at `place`."""

    place: str
    files: tuple[Outfile, ...]
    blocks: tuple[Block, ...]
    owner: str = "root"
    """The user that a server reads its key as."""
    notes: tuple[str, ...] = ()
    proof: str = ""
    """A command that shows that it works."""


class Secrecy(Enum):
    """Whether a program can be told the passphrase of its key."""

    EITHER = "either"
    CLEAR_ONLY = "clear"
    SEALED_ONLY = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How one program is set up for some purposes: as a server, as a client, or to trust an authority."""

    name: str
    """`server`, `client`, `identity` or `trust`."""
    purposes: frozenset[Purpose]
    build: Callable[[Handover], Recipe] = field(repr=False)
    secrecy: Secrecy = Secrecy.EITHER
    needs_key: bool = True


@dataclass(frozen=True, slots=True)
class Program:
    """A program that `--for` names."""

    name: str
    title: str
    variants: tuple[Variant, ...]
    refuses: frozenset[str] = frozenset()
    """Kinds of key that it is known not to read."""
    why: str = ""
    """Why it does not, as the end of a sentence."""

    @property
    def purposes(self) -> frozenset[Purpose]:
        """Everything that a certificate for it can be for."""
        return frozenset(purpose for variant in self.variants for purpose in variant.purposes)


def server(build: Callable[[Handover], Recipe], secrecy: Secrecy = Secrecy.EITHER) -> Variant:
    """Return the variant of a server that shows its certificate."""
    return Variant(name="server", purposes=frozenset({Purpose.SERVER}), build=build, secrecy=secrecy)


def client(build: Callable[[Handover], Recipe], secrecy: Secrecy = Secrecy.EITHER) -> Variant:
    """Return the variant of a client that shows its certificate."""
    return Variant(name="client", purposes=frozenset({Purpose.CLIENT}), build=build, secrecy=secrecy)


def trust(build: Callable[[Handover], Recipe], *purposes: Purpose) -> Variant:
    """Return the variant that only trusts, for authorities and what else is named; it takes no key."""
    wanted = frozenset({Purpose.AUTHORITY, *purposes})
    return Variant(name="trust", purposes=wanted, build=build, needs_key=False)
