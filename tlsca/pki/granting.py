"""What of a request is granted: its subject, its names and its extensions, as far as the profile and the operator let it.

A request is written by whoever wants the certificate. The profile decides; what a request may bring is said there, extension by
extension, and nothing makes an authority of a leaf.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from tlsca.errors import NotAnIdentity
from tlsca.pki.allowed import allowed_subject
from tlsca.pki.extension_names import PURPOSES, extension_name
from tlsca.pki.identity import Identity, identity, identity_of
from tlsca.pki.keys import is_ec, is_rsa
from tlsca.pki.names import common_name_of
from tlsca.pki.profiles import CRITICAL, EC_ONLY, RSA_ONLY, USAGE_BITS, Bring, Profile, bits_of, key_usage_of
from tlsca.pki.request import Request
from tlsca.text import listing, printable

Extension = x509.Extension[x509.ExtensionType]

SUBJECT = "subject"
"""What the subject is called among the extensions."""

_NON_CRITICAL = frozenset(("authorityInfoAccess", "crlDistributionPoints"))  # RFC 5280, 4.2.2.1 and 4.2.1.13
_NEVER_PURPOSES = (
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    ExtendedKeyUsageOID.OCSP_SIGNING,  # would answer for its issuer whether certificates are revoked
    ExtendedKeyUsageOID.TIME_STAMPING,  # stands alone and critical (RFC 3161, 2.3)
)
_STANDS = "none of it can be granted, so the profile's stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a request gets. `reasons` says, by short name, why something was not taken as asked; all of it is printable."""

    subject: x509.Name
    """May be empty."""
    names: tuple[Identity, ...]
    extensions: tuple[Extension, ...]
    """Each to stand in the place of the profile's own."""
    reasons: Mapping[str, str]


def grant(request: Request, profile: Profile, take: Collection[ObjectIdentifier]) -> Granted:
    """Work out what a request gets; `take` are the extensions that the operator wants taken from it.

    Raises NotAnIdentity when a name that would be granted cannot stand in a certificate.
    """
    reasons: dict[str, str] = {}
    names = _names(request, profile, take, reasons)
    subject = allowed_subject(profile, request.subject, names)
    if subject != request.subject:
        reasons[SUBJECT] = "the profile allows no more of it"
    extensions = [
        granted
        for asked in request.extensions
        if not isinstance(asked.value, x509.SubjectAlternativeName)
        and (granted := _extension(asked, request, profile, take, reasons)) is not None
    ]
    absent = [extension_name(oid) for oid in take if oid not in {asked.oid for asked in request.extensions}]
    reasons.update(dict.fromkeys(absent, "the request does not ask for it"))
    return Granted(subject=subject, names=names, extensions=tuple(extensions), reasons=reasons)


def _names(
    request: Request, profile: Profile, take: Collection[ObjectIdentifier], reasons: dict[str, str]
) -> tuple[Identity, ...]:
    """Return the names that are granted; one of a kind that the profile does not have is dropped."""
    oid = x509.SubjectAlternativeName.oid
    title = extension_name(oid)
    refusal = _refusal(profile, oid, take)
    if request.names and refusal:
        reasons[title] = refusal
        return ()
    if not request.names:
        found = _names_in_subject(request.subject, profile)
        if found:
            reasons[title] = "the request names none, so they are taken from its subject"
        return found
    asked = dict.fromkeys(identity_of(name) for name in request.names)
    dropped = [name for name in asked if name.kind not in profile.name_kinds]
    if dropped:
        shown = listing([printable(name.labelled) for name in dropped])
        reasons[title] = f"the profile has no names like {shown}"
    return tuple(name for name in asked if name.kind in profile.name_kinds)


def _names_in_subject(subject: x509.Name, profile: Profile) -> tuple[Identity, ...]:
    """Return the host that a request without names has as its common name, and the addresses of mail in its subject.

    Clients have looked at names alone since RFC 6125; requests made by old recipes have only a subject.
    """
    typed = [f"email:{item.value!s}" for item in subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)]
    host = common_name_of(subject)
    if profile.needs_identity and host:
        typed.append(host)
    found: list[Identity] = []
    for text in typed:
        try:
            found.append(identity(text))
        except NotAnIdentity:
            continue
    return tuple(name for name in dict.fromkeys(found) if name.kind in profile.name_kinds)


def _refusal(profile: Profile, oid: ObjectIdentifier, take: Collection[ObjectIdentifier]) -> str:
    """Return why an extension is not taken from a request; nothing if it is."""
    name = extension_name(oid)
    match profile.brings(name):
        case Bring.ALWAYS:
            return ""
        case Bring.ON_DEMAND:
            return "" if oid in take else f"the profile takes it from no request; --take {name} does"
        case Bring.NEVER:
            if name == "basicConstraints":
                return "the profile of a leaf never makes an authority"
            return f"no request brings it to the profile {profile.name}"


def _extension(
    asked: Extension,
    request: Request,
    profile: Profile,
    take: Collection[ObjectIdentifier],
    reasons: dict[str, str],
) -> Extension | None:
    """Return an extension as it is granted; None, with the reason, when the profile's stands."""
    name = extension_name(asked.oid)
    refusal = _refusal(profile, asked.oid, take)
    if refusal:
        reasons[name] = refusal
        return None
    value, reason = _value(asked.value, request, profile)
    if reason:
        reasons[name] = reason
    if value is None:
        return None
    return x509.Extension(asked.oid, _critical(name, asked, profile), value)


def _value(
    asked: x509.ExtensionType, request: Request, profile: Profile
) -> tuple[x509.ExtensionType | None, str]:
    """Return what is granted of a value, and what was refused of it."""
    if isinstance(asked, x509.KeyUsage):
        return _key_usage(asked, request.key_kind)
    if isinstance(asked, x509.ExtendedKeyUsage):
        return _extended_key_usage(asked, profile)
    if isinstance(asked, x509.BasicConstraints):  # that of an authority: a leaf's is never taken
        return (asked, "") if asked.ca else (None, "it would be no authority")
    return asked, ""


def _key_usage(asked: x509.KeyUsage, key_kind: str) -> tuple[x509.ExtensionType | None, str]:
    """Grant the bits that the key can act on; signing certificates and CRLs is for authorities, whose bits are never asked."""
    unfit = set() if is_rsa(key_kind) else set(RSA_ONLY)
    unfit |= set() if is_ec(key_kind) else set(EC_ONLY)
    bits = bits_of(asked)
    refused = bits & ({"key_cert_sign", "crl_sign"} | unfit)
    granted = bits - refused
    if not granted & {bit for bit in bits if bit not in {"encipher_only", "decipher_only"}}:
        return None, _STANDS
    words = [name for name, bit in USAGE_BITS.items() if bit in refused]
    return key_usage_of(granted), f"{listing(words)} refused" if words else ""


def _extended_key_usage(
    asked: x509.ExtendedKeyUsage, profile: Profile
) -> tuple[x509.ExtensionType | None, str]:
    refused = [
        purpose for purpose in asked if purpose in _NEVER_PURPOSES and purpose not in profile.extended_usages
    ]
    granted = [purpose for purpose in dict.fromkeys(asked) if purpose not in refused]
    if not granted:
        return None, _STANDS
    words = [PURPOSES.name(purpose) for purpose in refused]
    return x509.ExtendedKeyUsage(granted), f"{listing(words)} refused" if words else ""


def _critical(name: str, asked: Extension, profile: Profile) -> bool:
    if name in _NON_CRITICAL:
        return False
    return name in profile.critical or name in CRITICAL or (name != "extendedKeyUsage" and asked.critical)
