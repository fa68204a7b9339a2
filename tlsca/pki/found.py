"""What can be found in a file: the kinds of object, and one of them as it was found."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, TypeAlias

from tlsca.errors import Unreadable
from tlsca.pki.rows import Row

if TYPE_CHECKING:  # loading keys costs more than reading a certificate
    from tlsca.pki.keys import PrivateKey


class Closed(Enum):
    """Stands where a passphrase would: what is under one is not opened, and only told how it is sealed."""

    CLOSED = "closed"


CLOSED = Closed.CLOSED
Passphrase: TypeAlias = bytes | Closed | None
"""What opens whatever is under a passphrase; None where nobody was asked yet."""


class Kind(StrEnum):
    """What an object is; each value is a word for a person."""

    CERTIFICATE = "certificate"
    REQUEST = "certificate request"
    CRL = "certificate revocation list"
    PRIVATE_KEY = "private key"
    PUBLIC_KEY = "public key"
    PARAMETERS = "key parameters"
    PKCS7 = "PKCS#7 message"
    PKCS12 = "PKCS#12 bundle"
    STRUCTURE = "ASN.1 structure"
    """DER of a kind that nobody here knows."""


@dataclass(frozen=True, slots=True)
class Found:
    """One object that was found in a file."""

    kind: Kind
    der: bytes = field(repr=False)
    """The DER of the object; empty for a private key, which only `key` holds, and for an SSH key that X.509 does not know."""
    key: "PrivateKey | None" = field(default=None, repr=False)
    """A private key of a kind that signs certificates."""
    spki: bytes = field(default=b"", repr=False)
    """The public half of a private key, as DER SubjectPublicKeyInfo; empty where it cannot be told."""
    trust: bytes = field(default=b"", repr=False)
    """OpenSSL's trust settings of a trusted certificate, as DER."""
    facts: tuple[Row, ...] = ()
    """What the file says of the object besides: how it was sealed, what it is called."""
    inside: bool = False
    """Whether it came out of the message or bundle before it."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a file that could not be shown."""

    what: str
    """Printable."""
    why: str
    """Printable; begins in lower case and has no full stop."""
    error: Unreadable | None = None
    """What makes a file that was to be read whole unreadable; None for what nobody would miss."""
