"""What each kind of certificate carries: the extensions that RFC 5280 and its companions ask for, and nothing more.

A profile is data. Which bits an extension holds may depend on the kind of key (only RSA enciphers keys), never on who asks.
"""

import difflib
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from tlsca.errors import UsageError
from tlsca.pki.keys import is_ec, is_rsa
from tlsca.text import printable

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of certificate."""

    name: str
    title: str
    """One line for a person: what such a certificate is for."""
    days: int
    """How long it is valid unless somebody says otherwise."""
    usages: tuple[str, ...]
    """Key usage bits for every kind of key, named as `cryptography.x509.KeyUsage` names them."""
    rsa_usages: tuple[str, ...] = ()
    """Key usage bits that an RSA key gets besides."""
    ec_usages: tuple[str, ...] = ()
    """Key usage bits that an EC key gets besides."""
    extended_usages: tuple[ObjectIdentifier, ...] = ()
    extended_usage_critical: bool = False
    authority: bool = False
    self_signed: bool = False
    needs_identity: bool = False
    """Whether a common name alone is not enough: a server is found by its DNS name or address."""
    no_check: bool = False
    """Whether it says that its own revocation need not be checked (RFC 6960, 4.2.2.2.1)."""

    def key_usage(self, key_kind: str) -> x509.KeyUsage:
        """Return the keyUsage extension (RFC 5280, 4.2.1.3) for a key of this kind."""
        besides = self.rsa_usages if is_rsa(key_kind) else self.ec_usages if is_ec(key_kind) else ()
        asserted = {*self.usages, *besides}
        return x509.KeyUsage(**{bit: bit in asserted for bit in _USAGE_BITS})


_USAGE_BITS = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

_SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH
_CLIENT_AUTH = ExtendedKeyUsageOID.CLIENT_AUTH
_SIGNS_CERTIFICATES = ("key_cert_sign", "crl_sign", "digital_signature")

_ALL = (
    Profile(
        name="root",
        title="Root authority: signs itself, and is what clients are told to trust",
        days=3650,
        usages=_SIGNS_CERTIFICATES,
        authority=True,
        self_signed=True,
    ),
    Profile(
        name="intermediate",
        title="Intermediate authority: issues day by day, while the root stays locked",
        days=1825,
        usages=_SIGNS_CERTIFICATES,
        authority=True,
    ),
    Profile(
        name="server",
        title="TLS server: proves a host's names to its clients",
        days=90,
        usages=("digital_signature",),
        rsa_usages=("key_encipherment",),
        extended_usages=(_SERVER_AUTH,),
        needs_identity=True,
    ),
    Profile(
        name="client",
        title="TLS client: proves a person or a program to servers",
        days=90,
        usages=("digital_signature",),
        extended_usages=(_CLIENT_AUTH,),
    ),
    Profile(
        name="peer",
        title="TLS server and client in one: nodes of a cluster, mail servers",
        days=90,
        usages=("digital_signature",),
        rsa_usages=("key_encipherment",),
        extended_usages=(_SERVER_AUTH, _CLIENT_AUTH),
        needs_identity=True,
    ),
    Profile(
        name="email",
        title="S/MIME: signs and receives encrypted mail",
        days=365,
        usages=("digital_signature",),
        rsa_usages=("key_encipherment",),
        ec_usages=("key_agreement",),  # RFC 8551, 3.1.2: how mail is encrypted to an EC key
        extended_usages=(ExtendedKeyUsageOID.EMAIL_PROTECTION,),
    ),
    Profile(
        name="code",
        title="Code signing: proves who built a program",
        days=365,
        usages=("digital_signature",),
        extended_usages=(ExtendedKeyUsageOID.CODE_SIGNING,),
    ),
    Profile(
        name="ocsp",
        title="OCSP responder: answers for its issuer whether certificates are revoked",
        days=90,
        usages=("digital_signature",),
        extended_usages=(ExtendedKeyUsageOID.OCSP_SIGNING,),
        no_check=True,
    ),
    Profile(
        name="timestamp",
        title="Time stamping: proves when a document existed",
        days=1825,
        usages=("digital_signature",),
        extended_usages=(ExtendedKeyUsageOID.TIME_STAMPING,),
        extended_usage_critical=True,  # RFC 3161, 2.3
    ),
    Profile(
        name="document",
        title="Document signing: a person's or an office's signature",
        days=365,
        usages=("digital_signature", "content_commitment"),
        extended_usages=(DOCUMENT_SIGNING,),
    ),
)

PROFILES: dict[str, Profile] = {profile.name: profile for profile in _ALL}
"""The built-in profiles by name, authorities first."""

LEAF_PROFILES: tuple[str, ...] = tuple(profile.name for profile in _ALL if not profile.authority)
"""The names of the profiles that `issue` takes."""


def profile_named(name: str) -> Profile:
    """Return the profile of this name. Raises UsageError with the nearest name there is."""
    try:
        return PROFILES[name]
    except KeyError:
        near = difflib.get_close_matches(name, PROFILES, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Profiles: " + ", ".join(PROFILES) + "."
        raise UsageError(f"There is no profile called “{printable(name)}”.", hint=hint) from None
