"""What each kind of certificate carries: the extensions that RFC 5280 and its companions ask for, and nothing more.

A profile is data: of each extension its value or the policy for it, whether it is critical, and whether a request may bring its
own. Which bits an extension holds may depend on the kind of key (only RSA enciphers keys), never on who asks.
"""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from tlsca.errors import UsageError
from tlsca.pki.identity import IdentityKind
from tlsca.pki.keys import is_ec, is_rsa
from tlsca.pki.policies import CertificatePolicy
from tlsca.text import printable

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
DOMAIN_VALIDATED = ObjectIdentifier("2.23.140.1.2.1")  # Baseline Requirements, 7.1.6.1


_NEVER_REQUESTED = frozenset(
    (
        "subjectKeyIdentifier",  # decided by the keys
        "authorityKeyIdentifier",
        "ct_precert_poison",  # said by whoever logs the certificate
        "ct_precert_scts",
    )
)
_NEVER_REQUESTED_OF_A_LEAF = _NEVER_REQUESTED | {
    "basicConstraints",
    "nameConstraints",
    "policyConstraints",
    "policyMappings",
    "inhibitAnyPolicy",
}
_NEVER_REQUESTED_OF_AN_AUTHORITY = _NEVER_REQUESTED | {"keyUsage"}

CRITICAL: frozenset[str] = frozenset(
    ("basicConstraints", "keyUsage", "nameConstraints", "policyConstraints", "inhibitAnyPolicy")
)
"""The extensions that RFC 5280, 4.2.1, wants critical, by short name."""


class Bring(StrEnum):
    """Whether a request may bring an extension of its own; each value is a word for a person."""

    ALWAYS = "taken"
    ON_DEMAND = "taken on demand"
    NEVER = "never taken"


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
    authority: bool = False
    self_signed: bool = False
    needs_identity: bool = False
    """Whether a common name alone is not enough: a server is found by its DNS name or address."""
    no_check: bool = False
    """Whether it says that its own revocation need not be checked (RFC 6960, 4.2.2.2.1)."""
    must_staple: bool = False
    """Whether clients shall insist on a stapled OCSP response (RFC 7633)."""
    path_length: int | None = None
    """How many authorities may stand below, for an authority; None for as many as the issuer allows."""
    policies: tuple[CertificatePolicy, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    """Where the issuer's certificate is fetched."""
    crl_urls: tuple[str, ...] = ()
    critical: frozenset[str] = CRITICAL
    """The extensions that are marked critical, by short name."""
    requested: frozenset[str] = frozenset({"subjectAltName"})
    """The extensions that a request brings without being asked about, by short name."""
    withheld: frozenset[str] = frozenset()
    """The extensions that no request brings, besides those that none brings to any profile of this sort."""
    name_kinds: frozenset[IdentityKind] = frozenset(IdentityKind)
    """The kinds of subject alternative name that it may have."""
    common_name: bool = True
    """Whether the first name becomes the common name where no subject is given."""
    subject_types: tuple[ObjectIdentifier, ...] = ()
    """The attributes that its subject may have, a common name then being one of the names; empty for any."""
    says_where: bool = False
    """Whether its clients insist that it says where its issuer's certificate and its revocation are found."""
    key_kinds: tuple[str, ...] = ()
    """The kinds of key that it is for; empty for any."""

    def brings(self, extension: str) -> Bring:
        """Say whether a request may bring the extension of this short name."""
        never = _NEVER_REQUESTED_OF_AN_AUTHORITY if self.authority else _NEVER_REQUESTED_OF_A_LEAF
        if extension in never | self.withheld:
            return Bring.NEVER
        return Bring.ALWAYS if extension in self.requested else Bring.ON_DEMAND

    def key_usage(self, key_kind: str) -> x509.KeyUsage:
        """Return the keyUsage extension (RFC 5280, 4.2.1.3) for a key of this kind."""
        besides = self.rsa_usages if is_rsa(key_kind) else self.ec_usages if is_ec(key_kind) else ()
        return key_usage_of({*self.usages, *besides})


USAGE_BITS: dict[str, str] = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "cRLSign": "crl_sign",
    "encipherOnly": "encipher_only",
    "decipherOnly": "decipher_only",
}
"""The bits of keyUsage: OpenSSL's name -> the name that `cryptography.x509.KeyUsage` has."""

RSA_ONLY = frozenset(("key_encipherment", "data_encipherment"))
"""The bits that only an RSA key can act on (RFC 8017; RFC 5480, 3 for EC; RFC 8410, 5 for Ed25519)."""
EC_ONLY = frozenset(("key_agreement", "encipher_only", "decipher_only"))
"""The bits that only an EC key can act on."""


def key_usage_of(bits: Collection[str]) -> x509.KeyUsage:
    """Return the keyUsage extension with these bits, named as in `Profile.usages`."""
    return x509.KeyUsage(**{bit: bit in bits for bit in USAGE_BITS.values()})


def bits_of(usage: x509.KeyUsage) -> frozenset[str]:
    """Return the bits that a keyUsage extension asserts, named as in `Profile.usages`."""
    readable = (bit for bit in USAGE_BITS.values() if usage.key_agreement or bit not in _WITH_AGREEMENT)
    return frozenset(bit for bit in readable if getattr(usage, bit))


_WITH_AGREEMENT = ("encipher_only", "decipher_only")

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
        critical=CRITICAL | {"extendedKeyUsage"},  # RFC 3161, 2.3
    ),
    Profile(
        name="document",
        title="Document signing: a person's or an office's signature",
        days=365,
        usages=("digital_signature", "content_commitment"),
        extended_usages=(DOCUMENT_SIGNING,),
    ),
    Profile(
        name="public-server",
        title="TLS server by public rules: the CA/Browser Forum's Baseline Requirements, domain validated",
        days=46,  # Baseline Requirements, 6.3.2: what they recommend from March 2029 on, allowed before
        usages=("digital_signature",),
        extended_usages=(_SERVER_AUTH,),
        needs_identity=True,
        policies=(CertificatePolicy(DOMAIN_VALIDATED),),
        withheld=frozenset(("keyUsage", "extendedKeyUsage", "certificatePolicies")),
        name_kinds=frozenset((IdentityKind.DNS, IdentityKind.IP)),
        common_name=False,  # 7.1.4.3: not recommended
        says_where=True,  # 7.1.2.7.6
        subject_types=(NameOID.COUNTRY_NAME, NameOID.COMMON_NAME),  # 7.1.2.7.2
        key_kinds=("ec-p256", "ec-p384", "ec-p521", "rsa-2048", "rsa-3072", "rsa-4096"),  # 6.1.5
    ),
)

PROFILES: dict[str, Profile] = {profile.name: profile for profile in _ALL}
"""The built-in profiles by name, authorities first."""

LEAF_PROFILES: tuple[str, ...] = tuple(profile.name for profile in _ALL if not profile.authority)
"""The names of the profiles that `issue` takes."""


def no_such_profile(name: str, known: Collection[str]) -> UsageError:
    """Return the error for a name that no profile has, with the nearest among those that are known."""
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else "Profiles: " + ", ".join(known) + "."
    return UsageError(f"There is no profile called “{printable(name)}”.", hint=hint)
