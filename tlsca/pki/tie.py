"""How one certificate hangs on another: by a signature that verifies, by key identifier or name alone, or not at all, and why.

An operator who looks at a chain wants the state of each link, not only whether the whole holds: the link that broke is what he repairs.
"""

from dataclasses import dataclass
from enum import StrEnum

from tlsca.pki.certificate import Certificate, Signature, signature
from tlsca.text import hex_colons


class Bond(StrEnum):
    """What is known of a link, in words for a person; the surest first."""

    SIGNED = "signature verifies"
    KEY = "key id matches"
    """The signature is of an algorithm that cannot be checked here."""
    NAME = "name matches only"
    """Likewise, and there are no key identifiers to go by."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Tie:
    """The link from a certificate to the one that should have signed it."""

    bond: Bond
    why: str = ""
    """Why it is not simply signed, as a clause; printable."""

    @property
    def holds(self) -> bool:
        """Whether a path may go over it."""
        return self.bond is not Bond.BROKEN


def tie(child: Certificate, issuer: Certificate) -> Tie:
    """Return how a certificate hangs on another; a root hangs on itself."""
    if child.issuer_der != issuer.subject_der:
        return Tie(Bond.BROKEN, f"{issuer.label} is not the name of its issuer")
    match signature(child, issuer):
        case Signature.GOOD:
            return Tie(Bond.SIGNED)
        case Signature.UNCHECKED:
            return _unchecked(child, issuer)
        case Signature.BAD:
            return Tie(Bond.BROKEN, _why_bad(child, issuer))


def _unchecked(child: Certificate, issuer: Certificate) -> Tie:
    algorithm = f"a signature with {child.weak_hash}" if child.weak_hash else "its algorithm"
    why = f"{algorithm} is not checked here"
    if None in (child.authority_key_identifier, issuer.key_identifier):
        return Tie(Bond.NAME, why)
    if child.authority_key_identifier == issuer.key_identifier:
        return Tie(Bond.KEY, why)
    return Tie(Bond.BROKEN, _other_key(child, issuer))


def _why_bad(child: Certificate, issuer: Certificate) -> str:
    wanted, offered = child.authority_key_identifier, issuer.key_identifier
    if issuer.public_key is None:
        return f"the key of {issuer.label} is of a kind that is unknown here"
    if wanted is not None and offered is not None and wanted != offered:
        return _other_key(child, issuer)
    return (
        f"the key of {issuer.label} did not make the signature: one of the two was altered, or is a forgery"
    )


def _other_key(child: Certificate, issuer: Certificate) -> str:
    wanted, offered = child.authority_key_identifier or b"", issuer.key_identifier or b""
    return f"signed with the key {_short(wanted)}, and this {issuer.label} has the key {_short(offered)}"


def _short(identifier: bytes) -> str:
    shown = hex_colons(identifier[:_SHOWN].hex())
    return shown if len(identifier) <= _SHOWN else f"{shown}…"


_SHOWN = 6
