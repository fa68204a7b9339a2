"""The extensions of a certificate: what its profile gives, what its order adds, and what was granted to a request in their place."""

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ObjectIdentifier

from tlsca.errors import Refused
from tlsca.pki.extension_names import extension_name
from tlsca.pki.order import Order
from tlsca.pki.policies import certificate_policies
from tlsca.pki.profiles import Profile
from tlsca.text import listing


def extensions(
    order: Order, subject: x509.Name, names: Sequence[x509.GeneralName]
) -> list[x509.Extension[x509.ExtensionType]]:
    """Return the extensions of a certificate, those granted to a request in the place of the profile's, further ones last.

    All but the two key identifiers. Raises Refused when a further extension is one of the others, or given twice.
    """
    found = _own_extensions(order)
    if names:
        critical = not list(subject) or "subjectAltName" in order.profile.critical  # RFC 5280, 4.2.1.6
        own = x509.SubjectAlternativeName(names)
        found[own.oid] = x509.Extension(own.oid, critical, own)
    for granted in order.taken:
        found[granted.oid] = granted
    listed = sorted(found.values(), key=_place)
    return listed + _checked_extras(order, listed)


def profile_extensions(profile: Profile, key_kind: str) -> tuple[x509.Extension[x509.ExtensionType], ...]:
    """Return the extensions that a profile gives by itself to a key of this kind, all but names and key identifiers."""
    found = _own_extensions(Order(profile=profile, key_kind=key_kind))
    return tuple(sorted(found.values(), key=_place))


# What the extensions depend on, all but the names, those of a request, and those given as octets.
DECIDING = (
    "profile",
    "key_kind",
    "path_length",
    "permitted",
    "excluded",
    "ocsp_urls",
    "issuer_urls",
    "crl_urls",
    "policies",
    "must_staple",
)
_deciding = attrgetter(*DECIDING)


def _own_extensions(order: Order) -> dict[ObjectIdentifier, x509.Extension[x509.ExtensionType]]:
    """Return the extensions that profile and order give, all but the names."""
    return {extension.oid: extension for extension in _given(_deciding(order))}


@lru_cache(maxsize=64)
def _given(deciding: tuple[Any, ...]) -> tuple[x509.Extension[x509.ExtensionType], ...]:
    """Return the extensions for these fields of an order; the rows of a table hardly differ in them."""
    order = Order(**dict(zip(DECIDING, deciding, strict=True)))
    profile = order.profile
    path_length = profile.path_length if order.path_length is None else order.path_length
    values: list[x509.ExtensionType] = [
        x509.BasicConstraints(profile.authority, path_length if profile.authority else None),
        profile.key_usage(order.key_kind),
    ]
    if profile.extended_usages:
        values.append(x509.ExtendedKeyUsage(profile.extended_usages))
    if order.permitted or order.excluded:
        values.append(x509.NameConstraints(order.permitted or None, order.excluded or None))
    if profile.policies or order.policies:
        values.append(certificate_policies((*profile.policies, *order.policies)))
    values += _pointers(order)
    return tuple(
        x509.Extension(value.oid, extension_name(value.oid) in profile.critical, value) for value in values
    )


_ORDER = tuple(
    kind.oid
    for kind in (
        x509.BasicConstraints,
        x509.KeyUsage,
        x509.ExtendedKeyUsage,
        x509.SubjectAlternativeName,
        x509.NameConstraints,
        x509.CertificatePolicies,
        x509.AuthorityInformationAccess,
        x509.CRLDistributionPoints,
        x509.TLSFeature,
        x509.OCSPNoCheck,
    )
)
"""The order in which they stand in a certificate; any other comes after."""

_PLACES = {oid: place for place, oid in enumerate(_ORDER)}


def _place(extension: x509.Extension[x509.ExtensionType]) -> int:
    return _PLACES.get(extension.oid, len(_ORDER))


def _pointers(order: Order) -> list[x509.ExtensionType]:
    """Return the extensions that say where issuer and revocation are to be found, and how the latter must be proved.

    URLs of the order stand in the place of the profile's.
    """
    profile = order.profile
    pointers: list[x509.ExtensionType] = []
    places = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, urls in (
            (AuthorityInformationAccessOID.OCSP, order.ocsp_urls or profile.ocsp_urls),
            (AuthorityInformationAccessOID.CA_ISSUERS, order.issuer_urls or profile.issuer_urls),
        )
        for url in urls
    ]
    if places:
        pointers.append(x509.AuthorityInformationAccess(places))
    lists = [
        x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
        for url in order.crl_urls or profile.crl_urls
    ]
    if lists:
        pointers.append(x509.CRLDistributionPoints(lists))
    if order.must_staple or profile.must_staple:
        pointers.append(x509.TLSFeature([x509.TLSFeatureType.status_request]))
    if profile.no_check:
        pointers.append(x509.OCSPNoCheck())
    return pointers


_DECIDED_BY_KEYS = (x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid)


def _checked_extras(
    order: Order, listed: Sequence[x509.Extension[x509.ExtensionType]]
) -> list[x509.Extension[x509.ExtensionType]]:
    taken: set[ObjectIdentifier] = {extension.oid for extension in listed} | set(_DECIDED_BY_KEYS)
    doubled = [extra.oid.dotted_string for extra in order.extensions if extra.oid in taken]
    if doubled or len({extra.oid for extra in order.extensions}) != len(order.extensions):
        raise Refused(
            f"An extension stands in a certificate once (RFC 5280, 4.2); given twice: {listing(doubled) or 'one of the further ones'}.",
            hint="Leave out those that the profile sets.",
        )
    return list(order.extensions)
