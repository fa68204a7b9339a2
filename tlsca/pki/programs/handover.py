"""What is handed over to a program: the certificate with its chain, its key, and the words that configuration needs of them.

A certificate's names come from whoever wrote it; those that stand in lines of configuration here are of an alphabet that cannot
end a line or a quotation, or are left out for a placeholder.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.lazy import lazy_property
from tlsca.pki.addresses import Address, address_text
from tlsca.pki.bundle import Material, without_root
from tlsca.pki.lifetime import soon_over
from tlsca.pki.names import common_name_of

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:-]*")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9a-f:.]+\]")


class Purpose(StrEnum):
    """What a certificate is for, as far as that decides which files a program wants."""

    SERVER = "server"
    CLIENT = "client"
    OTHER = "other"
    """Mail, code, documents: for whoever holds the key."""
    AUTHORITY = "authority"
    """To be trusted, not to be shown."""


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A certificate on its way to a program. `material.key` may be missing while files are only planned."""

    material: Material = field(repr=False)
    sealed: bool
    """Whether the key goes under a passphrase."""
    stem: str
    """The beginning of a file's name, made from the certificate's name: nothing but letters, digits, dots, hyphens, underscores."""
    random: Callable[[int], bytes] = field(repr=False)

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate itself."""
        return self.material.chain[0]

    @property
    def sent(self) -> tuple[x509.Certificate, ...]:
        """The certificate and its intermediates, which go over the wire."""
        return without_root(self.material.chain)

    @property
    def root(self) -> x509.Certificate | None:
        """The root that the chain ends in; None where it is not known."""
        top = self.material.chain[-1]
        return top if top.subject == top.issuer else None

    @lazy_property
    def purposes(self) -> frozenset[Purpose]:
        """What the certificate is for."""
        return _purposes_of(self.certificate)

    @lazy_property
    def host(self) -> str:
        """The first DNS name or address that a client can dial, as URLs have it, else a placeholder."""
        return next(filter(_HOST.fullmatch, _dialled(self.certificate)), "server.example.com")

    @lazy_property
    def user(self) -> str:
        """The common name, where it can be a user's name in configuration, else a placeholder."""
        name = common_name_of(self.certificate.subject) or ""
        return name if _WORD.fullmatch(name) else "USER"

    @lazy_property
    def renew_from(self) -> datetime:
        """When it is time to renew: 30 days before the end, or a third of a shorter life."""
        begin, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        return end - soon_over(begin, end)


def _purposes_of(certificate: x509.Certificate) -> frozenset[Purpose]:
    """Return what a certificate is for, by basicConstraints and extendedKeyUsage (RFC 5280, 4.2.1.9 and 4.2.1.12)."""
    if _is_authority(certificate):
        return frozenset({Purpose.AUTHORITY})
    try:
        usages = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return frozenset({Purpose.SERVER, Purpose.CLIENT, Purpose.OTHER})
    if ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in usages:
        return frozenset({Purpose.SERVER, Purpose.CLIENT, Purpose.OTHER})
    by_usage = {
        ExtendedKeyUsageOID.SERVER_AUTH: Purpose.SERVER,
        ExtendedKeyUsageOID.CLIENT_AUTH: Purpose.CLIENT,
    }
    return frozenset(by_usage.get(usage, Purpose.OTHER) for usage in usages)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _dialled(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = [
        f"[{address_text(address)}]" if address.version == 6 else address_text(address)
        for address in names.get_values_for_type(x509.IPAddress)
        if isinstance(address, Address)  # a network is for name constraints, though it may stand here
    ]
    return [*names.get_values_for_type(x509.DNSName), *addresses]
