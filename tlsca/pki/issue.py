"""Build and sign: what is ordered becomes a draft that can be looked at, and a draft becomes a certificate.

The two steps are apart so that a front end can show exactly what will be in a certificate before a key is made or a passphrase
asked for. A draft holds everything but the key, the serial number and the signature.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ObjectIdentifier

from tlsca.errors import NotAName, Refused
from tlsca.pki import identity as identities
from tlsca.pki.constraints import check_constraints
from tlsca.pki.identity import Identity, IdentityKind
from tlsca.pki.keys import DEFAULT_KIND, PrivateKey, PublicKey, key_id, signature_hash
from tlsca.pki.profiles import Profile
from tlsca.text import listing, printable, rfc3339

BACKDATE = timedelta(minutes=1)
"""How far notBefore lies before the moment of issue, so that a client whose clock is a little slow accepts at once."""

_LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280, 4.1.2.5: no well-defined expiration date
_SERIAL_BITS = 159  # RFC 5280, 4.1.2.2: at most 20 octets, positive; so 159 random bits below a zero sign bit


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
    crl_urls: tuple[str, ...] = ()
    must_staple: bool = False
    extensions: tuple[x509.Extension[x509.ExtensionType], ...] = ()
    """Further extensions, each by OID and DER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What will be in a certificate: all but key, serial number and signature."""

    profile: Profile
    key_kind: str
    subject: x509.Name
    issuer: x509.Name
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    extensions: tuple[x509.Extension[x509.ExtensionType], ...]
    """All but the two key identifiers, which the key decides."""
    notes: tuple[str, ...] = ()
    """Sentences for the operator: what was changed from what was asked, and why."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority's certificate chain, its own certificate first and the root last."""

    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate that will be the issuer."""
        return self.chain[0]


def draft(order: Order, issuer: Issuer | None, *, now: datetime) -> Draft:
    """Work out what a certificate for this order will carry; `issuer` is None for a root.

    Raises Refused when the profile, the issuer's path length or name constraints, or a date forbid it.
    """
    _check_order(order, issuer)
    subject = _subject(order)
    names = _general_names(order, subject)
    not_before, not_after, notes = _validity(order, issuer, now)
    if issuer is not None:
        check_constraints(subject, names, issuer.chain)
    return Draft(
        profile=order.profile,
        key_kind=order.key_kind,
        subject=subject,
        issuer=issuer.certificate.subject if issuer else subject,
        names=tuple(str(name) for name in order.names),
        not_before=not_before,
        not_after=not_after,
        extensions=tuple(_extensions(order, subject, names)),
        notes=notes,
    )


def sign(
    plan: Draft,
    public_key: PublicKey,
    issuer: Issuer | None,
    issuer_key: PrivateKey,
    *,
    serial: int,
) -> x509.Certificate:
    """Sign the draft for this public key; `issuer` is None for a root, whose own key then signs.

    Raises Refused when the issuer's private key is not that of its certificate.
    """
    signer = issuer.certificate.public_key() if issuer else public_key
    if key_id(signer) != key_id(issuer_key.public_key()):
        raise Refused(
            "The private key is not that of the issuer's certificate.",
            hint="Import the authority again with its key.",
        )
    builder = (
        x509.CertificateBuilder()
        .serial_number(serial)
        .subject_name(plan.subject)
        .issuer_name(plan.issuer)
        .not_valid_before(plan.not_before)
        .not_valid_after(plan.not_after)
        .public_key(public_key)
    )
    for extension in (*_key_identifiers(public_key, issuer), *plan.extensions):
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(issuer_key, signature_hash(issuer_key))


def random_serial(random: Callable[[int], bytes]) -> int:
    """Return a positive serial number of 159 random bits; `random` returns that many random octets.

    Zero is no serial number (RFC 5280, 4.1.2.2); that it is drawn will not be seen before the sun goes out.
    """
    return (int.from_bytes(random(20), "big") >> (160 - _SERIAL_BITS)) or 1


def _check_order(order: Order, issuer: Issuer | None) -> None:
    profile = order.profile
    if profile.self_signed != (issuer is None):
        raise Refused(f"The profile {profile.name} {'has no' if profile.self_signed else 'needs an'} issuer.")
    if profile.needs_identity and not order.names:
        named = order.common_name or (order.subject and identities.common_name_of(order.subject)) or ""
        raise Refused(
            f"The profile {profile.name} needs a DNS name or an IP address{f', and “{printable(named)}” is neither' if named else ''}.",
            hint="Clients look for the host's name among the subject alternative names: give www.example.com or 10.0.0.1.",
        )
    if issuer is not None:
        _check_path_length(order, issuer.chain)


def _check_path_length(order: Order, chain: Sequence[x509.Certificate]) -> None:
    """Refuse an authority deeper than a certificate above it allows (RFC 5280, 4.2.1.9)."""
    if not order.profile.authority:
        return
    for authorities_between, certificate in enumerate(chain):
        allowed = _path_length(certificate)
        if allowed is not None and authorities_between + 1 > allowed:
            name = printable(identities.dn_text(certificate.subject))
            raise Refused(
                f"{name} allows {allowed} authorit{'y' if allowed == 1 else 'ies'} below it, so none can be made here.",
                hint="Issue from an authority with a larger path length.",
            )


def _path_length(certificate: x509.Certificate) -> int | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
    except x509.ExtensionNotFound:
        return None


def _subject(order: Order) -> x509.Name:
    if order.subject is not None:
        subject = order.subject
    elif order.common_name is not None:
        subject = identities.common_name(order.common_name)
    else:
        subject = _subject_of_names(order.names)
    if order.profile.authority and not list(subject):
        raise NotAName("An authority needs a name.", hint="Give a common name, or CN=…,O=….")
    return subject


def _subject_of_names(names: Sequence[Identity]) -> x509.Name:
    """Take the first name as common name; a URI, or a name that is too long for one, leaves the subject empty."""
    first = names[0] if names else None
    if first is None or first.kind is IdentityKind.URI or not identities.fits_common_name(first.value):
        return x509.Name([])
    return identities.common_name(first.value)


def _general_names(order: Order, subject: x509.Name) -> tuple[x509.GeneralName, ...]:
    if order.names:
        return tuple(name.general_name() for name in dict.fromkeys(order.names))
    # A leaf without identities is known by its subject alone; saying so as a directory name keeps clients content that insist on
    # a subjectAltName.
    return () if order.profile.authority else (x509.DirectoryName(subject),)


def _validity(
    order: Order, issuer: Issuer | None, now: datetime
) -> tuple[datetime, datetime, tuple[str, ...]]:
    """Return notBefore, notAfter and what to tell the operator.

    RFC 5280, 4.1.2.5 counts both ends in, so N days end one second before the N-th midnight, as it were.
    """
    not_before = now.replace(microsecond=0) - BACKDATE
    asked = _asked_end(order, issuer, not_before)
    if asked <= now:
        raise Refused(
            f"The certificate would have ended at {rfc3339(asked)}, before it is made.",
            hint="Give a date in the future.",
        )
    if issuer is None:
        return not_before, asked, ()
    end = issuer.certificate.not_valid_after_utc
    if end <= now:
        raise Refused(
            f"The issuer ended at {rfc3339(end)} and can no longer issue.",
            hint="Renew it, or choose another issuer.",
        )
    if asked <= end:
        return not_before, asked, ()
    name = printable(identities.dn_text(issuer.certificate.subject))
    return not_before, end, (f"Shortened to {rfc3339(end)}: {name}, the issuer, ends then.",)


def _asked_end(order: Order, issuer: Issuer | None, not_before: datetime) -> datetime:
    lifetime = order.lifetime
    if lifetime.until_issuer_ends and issuer is not None:
        return issuer.certificate.not_valid_after_utc
    if lifetime.until is not None:
        return lifetime.until.replace(microsecond=0)
    days = order.profile.days if lifetime.days is None else lifetime.days
    try:
        return min(not_before + timedelta(days=days, seconds=-1), _LATEST)
    except OverflowError:
        return _LATEST


def _extensions(
    order: Order, subject: x509.Name, names: Sequence[x509.GeneralName]
) -> list[x509.Extension[x509.ExtensionType]]:
    profile = order.profile
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(profile.authority, order.path_length if profile.authority else None), True),
        (profile.key_usage(order.key_kind), True),
    ]
    if profile.extended_usages:
        found.append((x509.ExtendedKeyUsage(profile.extended_usages), profile.extended_usage_critical))
    if names:
        found.append((x509.SubjectAlternativeName(names), not list(subject)))  # RFC 5280, 4.2.1.6
    if order.permitted or order.excluded:
        found.append((x509.NameConstraints(order.permitted or None, order.excluded or None), True))
    found += [(value, False) for value in _pointers(order)]
    listed = [x509.Extension(value.oid, critical, value) for value, critical in found]
    return listed + _checked_extras(order, listed)


def _pointers(order: Order) -> list[x509.ExtensionType]:
    """Return the extensions that say where revocation is to be found, and how it must be proved."""
    pointers: list[x509.ExtensionType] = []
    if order.ocsp_urls:
        places = [x509.UniformResourceIdentifier(url) for url in order.ocsp_urls]
        pointers.append(
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place) for place in places]
            )
        )
    if order.crl_urls:
        pointers.append(
            x509.CRLDistributionPoints(
                [
                    x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
                    for url in order.crl_urls
                ]
            )
        )
    if order.must_staple:
        pointers.append(x509.TLSFeature([x509.TLSFeatureType.status_request]))
    if order.profile.no_check:
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


def _key_identifiers(
    public_key: PublicKey, issuer: Issuer | None
) -> list[x509.Extension[x509.ExtensionType]]:
    """Return the subject's key identifier and the issuer's, which links the two (RFC 5280, 4.2.1.1 and 4.2.1.2)."""
    own = x509.SubjectKeyIdentifier.from_public_key(public_key)
    above = _key_identifier(issuer.certificate) if issuer else own
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)
    return [x509.Extension(own.oid, False, own), x509.Extension(authority.oid, False, authority)]


def _key_identifier(certificate: x509.Certificate) -> x509.SubjectKeyIdentifier:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
