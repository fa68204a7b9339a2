"""What the rules look at in a certificate, as values of no parser.

A certificate of the plain form is read from its DER, which takes nothing that is slow to load; any other one as `cryptography` reads
it, so that its rules speak of what clients make of it. The rules know neither.
"""

from datetime import datetime
from typing import NamedTuple

DNS, IP_ADDRESS, EMAIL, URI, OTHER = "DNS", "IP", "e-mail", "URI", ""

BASIC_CONSTRAINTS = "2.5.29.19"
EXTENDED_KEY_USAGE = "2.5.29.37"
KEY_USAGE = "2.5.29.15"
NAME_CONSTRAINTS = "2.5.29.30"
NO_CHECK = "1.3.6.1.5.5.7.48.1.5"
SUBJECT_ALTERNATIVE_NAME = "2.5.29.17"

SERVER_AUTH, CLIENT_AUTH, CODE_SIGNING, EMAIL_PROTECTION = (
    f"1.3.6.1.5.5.7.3.{number}" for number in range(1, 5)
)
TIME_STAMPING, OCSP_SIGNING = "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"
ANY_USAGE = "2.5.29.37.0"

USAGE_BITS = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
)
"""The bits of keyUsage (RFC 5280, 4.2.1.3) in their order; two more only qualify keyAgreement."""


class Name(NamedTuple):
    """A subject alternative name."""

    kind: str
    text: str
    """Foreign."""


class Key(NamedTuple):
    """A public key."""

    kind: str
    """As `keys.kind_of` names it."""
    bits: int
    """Of the modulus or the curve; 0 for other kinds."""
    curve: str = ""
    """The curve's name by SEC 2; empty for other kinds."""

    @property
    def family(self) -> str:
        """The kind without its size: `rsa`, `ec`, `dsa`."""
        return self.kind.partition("-")[0]


class Facts(NamedTuple):
    """One certificate; texts are foreign, but for `label`."""

    sha256: str
    label: str
    """What sentences call it; safe for a terminal."""
    serial: int | None
    """None for this and the dates where they cannot be read."""
    not_before: datetime | None
    not_after: datetime | None
    weak_hash: str | None
    """The hash of the signature, if forging one is within reach."""
    key: Key | None
    """None where it cannot be loaded."""
    exponent: int | None
    """Of an RSA key, also of one that cannot be loaded for its numbers."""
    has_issuer: bool
    subject: tuple[str, ...]
    """The value of each attribute of the subject."""
    common_name: str
    mail_addresses: tuple[str, ...]
    """Those in the subject."""
    extensions: dict[str, bool]
    """By OID, whether it is critical; none where they cannot be read."""
    has_key_identifier: bool
    has_authority_key_identifier: bool
    """Whether there is a key identifier in it."""
    key_usage: tuple[str, ...] | None
    """The bits that are set, in their order; None where the extension is missing."""
    usages: frozenset[str]
    """The extended key usages by OID; none where the extension is missing."""
    names: tuple[Name, ...]
    """The subject alternative names."""
    is_ca: bool
    is_self_issued: bool
    has_unknown_key: bool = False
    is_legible: bool = True
    """Whether the extensions can be read, so that a missing one is missing."""
    is_version_3: bool = True
    has_legible_names: bool = True
    """Whether subject and issuer can be read, so that an empty one is empty."""
    is_readable: bool = True

    def names_of(self, *kinds: str) -> tuple[str, ...]:
        """Return the alternative names of some kinds."""
        return tuple(name.text for name in self.names if name.kind in kinds)
