"""What somebody asks the authority for: whose certificate, of which kind, with which names and extensions, and for how long."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from tlsca.pki.identity import Identity
from tlsca.pki.keys import DEFAULT_KIND
from tlsca.pki.policies import CertificatePolicy
from tlsca.pki.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long a certificate shall be valid: for so many days, until a date, until its issuer ends, or as its profile says."""

    days: int | None = None
    until: datetime | None = None
    until_issuer_ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asks the authority for."""

    profile: Profile
    subject: x509.Name | None = None
    """The whole subject; None to take the first name as common name."""
    common_name: str | None = None
    names: tuple[Identity, ...] = ()
    key_kind: str = DEFAULT_KIND
    lifetime: Lifetime = Lifetime()
    path_length: int | None = None
    permitted: tuple[x509.GeneralName, ...] = ()
    excluded: tuple[x509.GeneralName, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    """Where the issuer's certificate is fetched."""
    crl_urls: tuple[str, ...] = ()
    policies: tuple[CertificatePolicy, ...] = ()
    """Besides those of the profile."""
    must_staple: bool = False
    taken: tuple[x509.Extension[x509.ExtensionType], ...] = ()
    """Extensions that were granted to a request: each stands in the place of the profile's own."""
    extensions: tuple[x509.Extension[x509.ExtensionType], ...] = ()
    """Further extensions, each by OID and DER."""
