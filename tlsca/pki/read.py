"""Any bytes, and the objects inside them.

PEM with text around it, bare DER, base64 without armour, PKCS#7, PKCS#8, PKCS#12, SSH keys: an operator hands over a file and
should not have to know which it is. `survey` finds everything that can be looked at; `read` what an authority can work with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlsca.errors import Unreadable
from tlsca.pki import armour, in_der, in_pem
from tlsca.pki.found import Found, Kind, Passphrase, Skipped

if TYPE_CHECKING:  # what only names things in a file need not load what parses them
    from cryptography import x509

__all__ = [
    "LARGEST",
    "Found",
    "Kind",
    "Skipped",
    "Survey",
    "certificates",
    "load_certificate",
    "read",
    "survey",
]

LARGEST = 64 * 1024 * 1024
"""More octets than this are not looked at."""

MOST_OBJECTS = 10_000
"""More objects than these are not taken out of one file."""

_FOR_AN_AUTHORITY = {Kind.CERTIFICATE, Kind.REQUEST, Kind.CRL, Kind.PRIVATE_KEY}
_HINT = "Certificates, requests, CRLs, keys, PKCS#7 and PKCS#12 can be read, as PEM or DER."


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything in a file: at least one object, in their order, and what could not be taken."""

    found: tuple[Found, ...]
    skipped: tuple[Skipped, ...]


def read(data: bytes, *, passphrase: bytes | None = None, name: str = "This file") -> tuple[Found, ...]:
    """Return every certificate, request, list and private key, in their order; `name` says in errors what they came from.

    `passphrase` opens an encrypted key or a PKCS#12. Raises Unreadable, also when one of the objects is damaged or is a key
    that cannot sign, PassphraseMissing, PassphraseWrong.
    """
    everything = survey(data, passphrase=passphrase, name=name)
    for skipped in everything.skipped:
        if skipped.error is not None:
            raise skipped.error
    found = tuple(one for one in everything.found if one.kind in _FOR_AN_AUTHORITY)
    if any(one.kind is Kind.PRIVATE_KEY and one.key is None for one in found):
        raise Unreadable(
            "This private key cannot sign certificates.", hint="RSA, EC, Ed25519, Ed448 and ML-DSA can."
        )
    if not found:
        raise Unreadable(f"{name} holds nothing that tlsca can use.", hint=_HINT)
    return found


def survey(data: bytes, *, passphrase: Passphrase = None, name: str = "This file") -> Survey:
    """Return every object of any kind, and a note of each that is damaged or unknown; with `CLOSED` how each is sealed.

    Raises Unreadable when there is no object at all, PassphraseMissing, PassphraseWrong.
    """
    if len(data) > LARGEST:
        raise Unreadable(
            f"{name} has {len(data):,} octets, more than the {LARGEST:,} that are looked at.", hint=_HINT
        )
    found: list[Found] = []
    skipped: list[Skipped] = []
    for one in _everything(armour.as_octets(data), passphrase):
        if isinstance(one, Skipped):
            skipped.append(one)
        elif len(found) < MOST_OBJECTS:
            found.append(one)
        else:
            skipped.append(Skipped("the rest", f"more than {MOST_OBJECTS:,} objects are not looked at"))
            break
    if not found:
        raise _nothing_in(name, skipped)
    return Survey(tuple(found), tuple(skipped))


def _nothing_in(name: str, skipped: list[Skipped]) -> Unreadable:
    """Return why there is nothing: the first thing that is wrong, where something was there at all."""
    for one in skipped:
        return one.error or Unreadable(f"{name} holds {one.what} alone: {one.why}.", hint=_HINT)
    return Unreadable(f"{name} holds nothing that tlsca knows.", hint=_HINT)


def _everything(data: bytes, passphrase: Passphrase) -> Iterator[Found | Skipped]:
    if armour.BEGIN in data:
        yield from in_pem.objects(data, passphrase)
    elif data[:1] in {b"\x30", b"\x06"} and in_der.begins(data):
        yield from in_der.objects(data, passphrase)
    else:
        yield from tuple(in_pem.ssh_keys(data)) or in_der.objects(armour.bare(data), passphrase)


def certificates(data: bytes, *, name: str = "This file") -> "tuple[x509.Certificate, ...]":
    """Return the certificates among what `read` finds. Raises Unreadable when there is none, or one cannot be loaded."""
    ders = [found.der for found in read(data, name=name) if found.kind is Kind.CERTIFICATE]
    if not ders:
        raise Unreadable(f"{name} holds no certificate.", hint=_HINT)
    return tuple(load_certificate(der) for der in ders)


def load_certificate(der: bytes) -> "x509.Certificate":
    """Load a DER certificate. Raises Unreadable."""
    from cryptography import x509  # noqa: PLC0415 -- finding a certificate does not take it

    from tlsca.pki.quiet import quietly  # noqa: PLC0415 -- likewise

    try:
        with quietly(UserWarning):
            return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion) as error:
        raise Unreadable("These bytes are no certificate that can be read.", hint=_HINT) from error
