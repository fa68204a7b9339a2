"""Renew: what the next certificate of the same subject carries over from the last one, and cross-certificates for authorities.

A certificate is the only full record of what was agreed with its holder, so that its extensions are carried over as they stand and not
made anew from a profile that may have changed since.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.errors import Refused
from tlsca.pki import identity as identities
from tlsca.pki.certificate import Certificate
from tlsca.pki.constraints import check_constraints
from tlsca.pki.describe import general_names
from tlsca.pki.issue import BACKDATE, Draft, Issuer, check_may_sign, check_path_length, validity
from tlsca.pki.keys import DEFAULT_KIND, KINDS, is_ec, is_rsa, kind_of
from tlsca.pki.names import dn_text
from tlsca.pki.order import Lifetime, Order
from tlsca.pki.profiles import EC_ONLY, PROFILES, RSA_ONLY, Profile, bits_of, key_usage_of
from tlsca.text import listing, printable, rfc3339

Extension = x509.Extension[x509.ExtensionType]

CROSS = "cross"
"""How the store calls a cross-certificate: one authority's certificate for the name and key of another (RFC 4210, 4.4).

It has the content of an intermediate's, and a name of its own because it is no authority of its own: nobody issues by it.
"""

CROSS_PROFILE = replace(
    PROFILES["intermediate"],
    name=CROSS,
    title="Cross-certificate: one authority vouches for the name and key of another",
)

_LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_RSA_KIND = "rsa-3072"

_OF_THE_KEYS = frozenset((x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid))
_OF_THAT_CERTIFICATE = frozenset(
    (
        x509.PrecertificateSignedCertificateTimestamps.oid,  # logs signed that very certificate (RFC 6962, 3.2)
        x509.PrecertPoison.oid,
        x509.PrivateKeyUsagePeriod.oid,  # has dates of its own (RFC 3280, 4.2.1.4)
    )
)
_OF_THE_ISSUER = frozenset(
    (
        x509.AuthorityInformationAccess.oid,
        x509.CRLDistributionPoints.oid,
        x509.FreshestCRL.oid,
        x509.IssuerAlternativeName.oid,
    )
)
_CRITICAL = frozenset(
    (
        x509.KeyUsage.oid,
        x509.NameConstraints.oid,
        x509.PolicyConstraints.oid,
        x509.InhibitAnyPolicy.oid,
    )
)
"""What limits, and is marked so that no client passes it over (RFC 5280, 4.2.1.3, 4.2.1.10, 4.2.1.11, 4.2.1.14)."""
_NOT_CRITICAL = frozenset(
    (
        x509.AuthorityInformationAccess.oid,
        x509.SubjectInformationAccess.oid,
        x509.CRLDistributionPoints.oid,
        x509.FreshestCRL.oid,
    )
)
"""What only helps, and is no reason to refuse a certificate (RFC 5280, 4.2.1.13, 4.2.1.15, 4.2.2)."""
_CROSSED = frozenset(
    (
        x509.BasicConstraints.oid,
        x509.KeyUsage.oid,
        x509.ExtendedKeyUsage.oid,
        x509.NameConstraints.oid,
        x509.CertificatePolicies.oid,
        x509.PolicyConstraints.oid,
        x509.InhibitAnyPolicy.oid,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What bounds another authority besides its own certificate."""

    path_length: int | None = None
    permitted: tuple[x509.GeneralName, ...] = ()
    excluded: tuple[x509.GeneralName, ...] = ()


def successor_kind(kind: str) -> str:
    """Return the kind of a new key in the place of an old one: the same, or a good one of its family where it is made no more."""
    if kind in KINDS:
        return kind
    return _RSA_KIND if is_rsa(kind) else DEFAULT_KIND


def renewal(
    old: x509.Certificate,
    profile: Profile,
    issuer: Issuer | None,
    *,
    key_kind: str,
    lifetime: Lifetime,
    now: datetime,
) -> Draft:
    """Work out the next certificate for the same subject; `issuer` is None where it signs itself.

    Without days or a date it is valid for as long as the old one was. Raises Refused as `draft` does, and where the old one's
    extensions cannot be read.
    """
    names = _names(old)
    if issuer is not None:
        check_may_sign(issuer.certificate)
        if profile.authority:
            check_path_length(issuer.chain)
        check_constraints(old.subject, names, issuer.chain)
    span = lifetime if lifetime != Lifetime() else _as_long(old, now)
    not_before, not_after, notes = validity(Order(profile=profile, lifetime=span), issuer, now)
    return Draft(
        profile=profile,
        key_kind=key_kind,
        subject=old.subject,
        issuer=issuer.certificate.subject if issuer else old.subject,
        names=tuple(identities.general_name_text(name) for name in names),
        not_before=not_before,
        not_after=not_after,
        extensions=tuple(_carried(old, profile, key_kind)),
        notes=notes,
    )


def new_with_old(old_root: x509.Certificate, new_root: x509.Certificate) -> Draft:
    """Return what vouches for a root's new key by its old one, for clients that trust only the old certificate (RFC 4210, 4.4.1).

    It begins with the new key and ends with the old certificate, or the new one if that ends sooner.
    """
    return _self_issued(new_root, begin=new_root.not_valid_before_utc, end=_sooner(old_root, new_root))


def old_with_new(old_root: x509.Certificate, new_root: x509.Certificate) -> Draft:
    """Return what vouches for a root's old key by its new one, for clients that trust only the new certificate (RFC 4210, 4.4.1).

    It begins and ends with the old certificate, but never after the new one.
    """
    return _self_issued(old_root, begin=old_root.not_valid_before_utc, end=_sooner(old_root, new_root))


def cross(
    foreign: x509.Certificate, issuer: Issuer, bounds: Bounds, *, lifetime: Lifetime, now: datetime
) -> Draft:
    """Work out a certificate for the name and key of another authority, which ends no later than the other's own.

    Raises Refused when the other is no authority, has ended, or the issuer may not certify authorities.
    """
    check_may_sign(foreign)
    check_may_sign(issuer.certificate)
    check_path_length(issuer.chain)
    check_constraints(foreign.subject, (), issuer.chain)
    order = Order(profile=CROSS_PROFILE, lifetime=lifetime)
    not_before, not_after, notes = validity(order, issuer, now)
    end, name = foreign.not_valid_after_utc, printable(dn_text(foreign.subject))
    if end <= now:
        raise Refused(f"{name} ended at {rfc3339(end)}.", hint="Ask for its newest certificate.")
    if end < not_after:
        not_after, notes = end, (f"Shortened to {rfc3339(end)}: the certificate of {name} ends then.",)
    return Draft(
        profile=CROSS_PROFILE,
        key_kind=kind_of(foreign.public_key()),
        subject=foreign.subject,
        issuer=issuer.certificate.subject,
        names=(),
        not_before=max(not_before, foreign.not_valid_before_utc),
        not_after=not_after,
        extensions=tuple(_bounded(foreign, bounds)),
        notes=notes,
    )


def key_identifier_of(certificate: x509.Certificate) -> x509.SubjectKeyIdentifier | None:
    """Return a certificate's own key identifier, by which those below it know their issuer, however it was made."""
    found = [item.value for item in _extensions_of(certificate) if item.oid == x509.SubjectKeyIdentifier.oid]
    return found[0] if found and isinstance(found[0], x509.SubjectKeyIdentifier) else None


def check_same_subject(new: x509.Certificate, old: x509.Certificate) -> None:
    """Raise Refused when a name did not come out octet for octet: those below know their issuer by it (RFC 5280, 4.1.2.4)."""
    pair = [Certificate(item.public_bytes(Encoding.DER)).subject_der for item in (new, old)]
    if pair[0] != pair[1]:
        raise Refused(
            f"The subject {printable(dn_text(old.subject))} is encoded in a way that cannot be written again.",
            hint="Make a new authority under another name.",
        )


def _extensions_of(certificate: x509.Certificate) -> x509.Extensions:
    """Return a certificate's extensions. Raises Refused when they cannot be read."""
    try:
        return certificate.extensions
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise Refused(
            f"The extensions of the certificate cannot be read: {printable(str(error))}.",
            hint="Issue a new one with tlsca issue.",
        ) from error


def _names(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    _extensions_of(certificate)
    return general_names(certificate)


def _as_long(old: x509.Certificate, now: datetime) -> Lifetime:
    """Return the old certificate's lifetime from now on; one without end (RFC 5280, 4.1.2.5) stays without."""
    begin, end = old.not_valid_before_utc, old.not_valid_after_utc
    if end >= _LATEST:
        return Lifetime(until=end)
    try:
        return Lifetime(until=now.replace(microsecond=0) - BACKDATE + (end - begin))
    except OverflowError:
        return Lifetime(until=_LATEST)


def _sooner(*certificates: x509.Certificate) -> datetime:
    return min(one.not_valid_after_utc for one in certificates)


def _self_issued(root: x509.Certificate, *, begin: datetime, end: datetime) -> Draft:
    """Return a cross-certificate between two keys of one root."""
    extensions = [item for item in _kept(root) if item.oid not in _OF_THE_ISSUER]
    return Draft(
        profile=CROSS_PROFILE,
        key_kind=kind_of(root.public_key()),
        subject=root.subject,
        issuer=root.subject,
        names=(),
        not_before=begin,
        not_after=end,
        extensions=tuple(extensions),
    )


def _kept(old: x509.Certificate) -> list[Extension]:
    gone = _OF_THE_KEYS | _OF_THAT_CERTIFICATE
    return [item for item in _extensions_of(old) if item.oid not in gone]


def _carried(old: x509.Certificate, profile: Profile, key_kind: str) -> Iterator[Extension]:
    """Yield the extensions that the next certificate has too; of key usage, what the new key can act on.

    They say what the old ones said, marked as critical or not as RFC 5280 has it, which is agreed with nobody: strict clients insist on
    it. For the same reason an authority gets besides what 4.2.1.3 asks of it and old ones lack.
    """
    kept = _kept(old)
    before = kind_of(old.public_key())
    for item in kept:
        value = item.value
        if isinstance(value, x509.KeyUsage):
            value = _usage(value, profile, before, key_kind)
        yield x509.Extension(item.oid, _is_critical(item, old, profile), value)
    if profile.authority:
        yield from _missing_usage(kept, profile, key_kind)


def _is_critical(item: Extension, old: x509.Certificate, profile: Profile) -> bool:
    if item.oid == x509.BasicConstraints.oid:
        return item.critical or profile.authority
    if item.oid == x509.SubjectAlternativeName.oid:
        return not old.subject.rdns
    return (item.critical or item.oid in _CRITICAL) and item.oid not in _NOT_CRITICAL


def _missing_usage(kept: Iterable[Extension], profile: Profile, key_kind: str) -> Iterator[Extension]:
    if not any(isinstance(item.value, x509.KeyUsage) for item in kept):
        usage = profile.key_usage(key_kind)
        yield x509.Extension(usage.oid, True, usage)


def _usage(usage: x509.KeyUsage, profile: Profile, before: str, after: str) -> x509.KeyUsage:
    """Return the key usage for a kind of key: the profile's where it was the profile's, else without what is not for it."""
    bits = bits_of(usage)
    if before != after and bits == bits_of(profile.key_usage(before)):
        return profile.key_usage(after)
    unfit = (frozenset() if is_rsa(after) else RSA_ONLY) | (frozenset() if is_ec(after) else EC_ONLY)
    signs = frozenset(("key_cert_sign",)) if profile.authority else frozenset()
    return key_usage_of((bits - unfit) | signs)


def _bounded(foreign: x509.Certificate, bounds: Bounds) -> Iterator[Extension]:
    """Yield the extensions of a cross-certificate: what the other may do by its own certificate, within further bounds."""
    own = list(_extensions_of(foreign))
    for item in own:
        value = item.value
        if isinstance(value, x509.BasicConstraints):
            lengths = [one for one in (value.path_length, bounds.path_length) if one is not None]
            yield x509.Extension(item.oid, True, x509.BasicConstraints(True, min(lengths, default=None)))
        elif isinstance(value, x509.KeyUsage):
            yield x509.Extension(item.oid, True, value)
        elif item.oid in _CROSSED and not isinstance(value, x509.NameConstraints):
            yield item
    yield from _missing_usage(own, CROSS_PROFILE, kind_of(foreign.public_key()))
    yield from _constrained(own, bounds)


def _constrained(own: Iterable[Extension], bounds: Bounds) -> Iterator[Extension]:
    """Yield the name constraints that are the other's own and the further ones together, if there are any."""
    found = [item.value for item in own if isinstance(item.value, x509.NameConstraints)]
    permitted = [tree for value in found for tree in value.permitted_subtrees or ()]
    excluded = [tree for value in found for tree in value.excluded_subtrees or ()]
    kinds = {type(tree) for tree in permitted}
    twice = [
        printable(identities.general_name_text(tree)) for tree in bounds.permitted if type(tree) in kinds
    ]
    if twice:  # both would be permitted, which is more than its own certificate allows
        raise Refused(
            f"The other authority's own certificate says already which names like {listing(twice)} are permitted.",
            hint="Leave them out: what it says is kept.",
        )
    if permitted or excluded or bounds.permitted or bounds.excluded:
        constraints = x509.NameConstraints(
            [*permitted, *bounds.permitted] or None, [*excluded, *bounds.excluded] or None
        )
        yield x509.Extension(constraints.oid, True, constraints)
