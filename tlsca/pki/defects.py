"""What keeps one certificate of a path from being accepted in its place: keys, signatures, usage, constraints.

OpenSSL stops at the first fault it meets, in its own order. An operator repairs a host once, so every certificate is examined
for every fault; the rules are those of RFC 5280 section 6.1, where OpenSSL is stricter those of its purpose checks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from tlsca.errors import Refused
from tlsca.pki.certificate import Certificate
from tlsca.pki.constraints import check_constraints
from tlsca.pki.date_defects import LEAF, ON_THE_HOST, Dated
from tlsca.pki.finding import Finding, error
from tlsca.pki.names import common_name_of
from tlsca.pki.weakness import LEAST_EC_BITS, LEAST_RSA_BITS

SERVER = "server"
CLIENT = "client"
ANY = "any"

_USAGE_OF = {SERVER: ExtendedKeyUsageOID.SERVER_AUTH, CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH}

# Critical extensions that OpenSSL 3 processes (X509_supported_extension); any other critical one must be refused.
_PROCESSED = frozenset(
    {
        ExtensionOID.KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.OCSP_NO_CHECK,
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.NAME_CONSTRAINTS,
        ExtensionOID.POLICY_MAPPINGS,
        ExtensionOID.INHIBIT_ANY_POLICY,
        x509.ObjectIdentifier("2.16.840.1.113730.1.1"),  # nsCertType
        x509.ObjectIdentifier("1.3.6.1.5.5.7.1.7"),  # RFC 3779 addresses
        x509.ObjectIdentifier("1.3.6.1.5.5.7.1.8"),  # RFC 3779 autonomous systems
        x509.ObjectIdentifier("1.3.6.1.5.5.7.1.14"),  # proxyCertInfo
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """One certificate in its place on a path."""

    path: tuple[Certificate, ...]
    index: int
    anchored: bool
    purpose: str

    @property
    def certificate(self) -> Certificate:
        """The certificate that is looked at."""
        return self.path[self.index]

    @property
    def is_leaf(self) -> bool:
        """Whether this is what the host presents for itself."""
        return self.index == 0

    @property
    def is_anchor(self) -> bool:
        """Whether this is the trusted end."""
        return self.anchored and self.index == len(self.path) - 1

    @property
    def who(self) -> str:
        """The subject of a sentence: what kind of certificate, and its name."""
        if self.is_leaf:
            return LEAF
        kind = "root" if self.certificate.is_self_issued else "intermediate"
        return f"The {kind} certificate {self.certificate.label}"

    @property
    def replace(self) -> str:
        """How an operator puts another one in this place."""
        if self.is_leaf:
            return ON_THE_HOST
        if self.certificate.is_self_issued:
            return "and have every client trust it"
        return "and put it into the host's chain file"

    @property
    def dated(self) -> Dated:
        """What its dates are judged by."""
        one = self.certificate
        return Dated(self.who, self.replace, one.sha256, one.not_before, one.not_after)

    def error(self, code: str, what: str, fix: str) -> Finding:
        """Return a finding whose culprit is this certificate."""
        return error(code, f"{self.who} {what}.", fix, certificate=self.certificate.sha256)


def lasting_defects(place: Place) -> Iterator[Finding]:
    """Find the defects of one certificate that time does not change."""
    for check in _CHECKS:
        found = check(place)
        if found is not None:
            yield found


def _malformed(place: Place) -> Finding | None:
    if place.certificate.flaw is None:
        return None
    what = "is malformed: its contents cannot be read"
    return place.error("malformed-certificate", what, f"Issue it anew with sound extensions {place.replace}.")


def _key(place: Place) -> Finding | None:
    key = place.certificate.public_key
    small = (isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey) and key.key_size < LEAST_RSA_BITS) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < LEAST_EC_BITS
    )
    if not small or key is None or not hasattr(key, "key_size"):
        return None
    fix = f"Issue it anew with a key of at least {LEAST_RSA_BITS} bits RSA, or EC P-256, {place.replace}."
    return place.error("weak-key", f"has a key of only {key.key_size} bits", fix)


def _signature(place: Place) -> Finding | None:
    """Look at the hash; a trusted end is trusted for its key, so how it was signed does not matter."""
    digest = place.certificate.weak_hash
    if digest is None or place.is_anchor or place.certificate.is_self_issued:
        return None
    what = f"is signed with {digest}, which can be forged"
    return place.error("weak-signature", what, f"Have it signed anew with SHA-256 {place.replace}.")


def _authority(place: Place) -> Finding | None:
    if place.is_leaf or place.certificate.flaw is not None:
        return None
    if not place.certificate.is_ca:
        what = "signed the one below it, but is not an authority (basicConstraints lacks CA:TRUE)"
        return place.error("issuer-not-ca", what, "Have the certificate below it signed by a real authority.")
    usage = place.certificate.value(x509.KeyUsage)
    if usage is None or usage.key_cert_sign:
        return None
    what = "signed the one below it, but its keyUsage does not allow signing certificates (keyCertSign)"
    return place.error("issuer-not-ca", what, f"Issue the authority anew with keyCertSign {place.replace}.")


def _path_length(place: Place) -> Finding | None:
    """Count the authorities below, the leaf and self-issued ones apart (RFC 5280, 4.2.1.9)."""
    constraints = place.certificate.value(x509.BasicConstraints)
    if place.is_leaf or constraints is None or constraints.path_length is None:
        return None
    below = sum(not one.is_self_issued for one in place.path[1 : place.index])
    if below <= constraints.path_length:
        return None
    what = f"allows {constraints.path_length} authorities below it, and the chain has {below}"
    return place.error(
        "path-too-long", what, "Issue from an authority nearer to the root, or raise the root's path length."
    )


def _extended_usage(place: Place) -> Finding | None:
    wanted = _USAGE_OF.get(place.purpose)
    allowed = place.certificate.value(x509.ExtendedKeyUsage)
    if wanted is None or allowed is None or wanted in allowed:
        return None
    name = "serverAuth" if place.purpose == SERVER else "clientAuth"
    what = f"is not for a TLS {place.purpose}: its extendedKeyUsage lacks {name}"
    return place.error("wrong-usage", what, f"Issue it anew for a {place.purpose} {place.replace}.")


def _leaf_usage(place: Place) -> Finding | None:
    usage = place.certificate.value(x509.KeyUsage)
    if not place.is_leaf or usage is None or place.purpose not in _USAGE_OF:
        return None
    agreement = usage.digital_signature or usage.key_agreement
    if agreement or (place.purpose == SERVER and usage.key_encipherment):
        return None
    what = f"is not for a TLS {place.purpose}: its keyUsage lacks digitalSignature"
    return place.error("wrong-usage", what, f"Issue it anew for a {place.purpose} {place.replace}.")


def _name_constraints(place: Place) -> Finding | None:
    """Look at the names against every authority above; self-issued authorities are exempt (RFC 5280, 6.1.3 b)."""
    one = place.certificate
    if one.content is None or (one.is_self_issued and not place.is_leaf):
        return None
    above = [issuer.content for issuer in place.path[place.index + 1 :] if issuer.value(x509.NameConstraints)]
    try:
        check_constraints(one.subject_name, _constrained_names(place), [issuer for issuer in above if issuer])
    except Refused as refusal:
        fix = "Have it issued by an authority that is permitted these names, or issue it for permitted ones."
        what = f"holds a name that is not permitted: {refusal.sentence.removesuffix('.')}"
        return place.error("name-not-permitted", what, fix)
    return None


def _constrained_names(place: Place) -> list[x509.GeneralName]:
    """Return the names under constraint: a leaf without SAN stands under its common name, as in OpenSSL."""
    names = list(place.certificate.general_names)
    common_name = common_name_of(place.certificate.subject_name)
    if names or not place.is_leaf or not common_name or not common_name.isascii() or "." not in common_name:
        return names
    return [x509.DNSName(common_name)]


def _critical(place: Place) -> Finding | None:
    strange = [
        one.oid.dotted_string
        for one in place.certificate.extensions
        if one.critical and one.oid not in _PROCESSED
    ]
    if not strange or place.is_anchor:
        return None
    what = f"has a critical extension that clients do not know: {strange[0]}"
    return place.error(
        "unknown-critical-extension", what, f"Issue it anew with that extension not critical {place.replace}."
    )


_CHECKS: tuple[Callable[[Place], Finding | None], ...] = (
    _malformed,
    _key,
    _signature,
    _authority,
    _path_length,
    _extended_usage,
    _leaf_usage,
    _name_constraints,
    _critical,
)
