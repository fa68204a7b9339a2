"""Build and sign: what is ordered becomes a draft that can be looked at, and a draft becomes a certificate.

The two steps are apart so that a front end can show exactly what will be in a certificate before a key is made or a passphrase
asked for. A draft holds everything but the key, the serial number and the signature.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cryptography import x509

from tlsca.errors import NotAName, Refused
from tlsca.lazy import lazy_property
from tlsca.pki.allowed import check_profile_allows
from tlsca.pki.constraints import are_constrained, check_constraints
from tlsca.pki.extensions import extensions
from tlsca.pki.identity import Identity, IdentityKind
from tlsca.pki.keys import PrivateKey, PublicKey, key_id, signature_hash
from tlsca.pki.legible import extensions_of
from tlsca.pki.names import common_name, common_name_of, dn_text, fits_common_name
from tlsca.pki.order import Order
from tlsca.pki.profiles import Profile
from tlsca.text import printable, rfc3339

BACKDATE = timedelta(minutes=1)
"""How far notBefore lies before the moment of issue, so that a client whose clock is a little slow accepts at once."""

_LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280, 4.1.2.5: no well-defined expiration date
_SERIAL_BITS = 159  # RFC 5280, 4.1.2.2: at most 20 octets, positive; so 159 random bits below a zero sign bit


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

    @property
    def has_octets(self) -> bool:
        """Whether an extension is taken as octets, which may be nonsense."""
        return any(type(extension.value) is x509.UnrecognizedExtension for extension in self.extensions)


@dataclass(frozen=True)
class Issuer:
    """An authority's certificate chain, its own certificate first and the root last."""

    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate that will be the issuer."""
        return self.chain[0]

    @lazy_property
    def begins(self) -> datetime:
        """From when on it may issue."""
        return self.certificate.not_valid_before_utc

    @lazy_property
    def ends(self) -> datetime:
        """Until when it may issue, and until when what it issues is worth anything."""
        return self.certificate.not_valid_after_utc

    @lazy_property
    def may_sign(self) -> bool:
        """Always true: looking raises Refused for an issuer that clients take for none, and is done once."""
        check_may_sign(self.certificate)
        return True

    @lazy_property
    def constrained(self) -> tuple[x509.Certificate, ...]:
        """Those in the chain that have name constraints."""
        return tuple(authority for authority in self.chain if are_constrained([authority]))


def draft(order: Order, issuer: Issuer | None, *, now: datetime) -> Draft:
    """Work out what a certificate for this order will carry; `issuer` is None for a root.

    Raises Refused when the profile, the issuer's key usage, path length or name constraints, or a date forbid it, and NotAName
    when there is no name at all.
    """
    _check_order(order, issuer)
    subject = _subject(order, issuer)
    check_profile_allows(order.profile, subject, order.names, order.key_kind)
    names = _general_names(order, subject)
    not_before, not_after, notes = validity(order, issuer, now)
    if issuer is not None:
        check_constraints(subject, names, issuer.constrained)
    return Draft(
        profile=order.profile,
        key_kind=order.key_kind,
        subject=subject,
        issuer=issuer.certificate.subject if issuer else subject,
        names=tuple(str(name) for name in order.names),
        not_before=not_before,
        not_after=not_after,
        extensions=tuple(extensions(order, subject, names)),
        notes=(*notes, *_doubts(order.names), *_absent_pointers(order)),
    )


def sign(
    plan: Draft,
    public_key: PublicKey,
    issuer: Issuer | None,
    issuer_key: PrivateKey,
    *,
    serial: int,
    key_identifier: x509.SubjectKeyIdentifier | None = None,
) -> x509.Certificate:
    """Sign the draft for this public key; `issuer` is None for a root, whose own key then signs.

    `key_identifier` is what the key is known by already, where that was not made as RFC 5280, 4.2.1.2 (1), makes it. Raises
    Refused when the issuer's private key is not that of its certificate, or when a further extension cannot be read again.
    """
    check_is_key_of(issuer.certificate.public_key() if issuer else public_key, issuer_key)
    builder = (
        x509.CertificateBuilder()
        .serial_number(serial)
        .subject_name(plan.subject)
        .issuer_name(plan.issuer)
        .not_valid_before(plan.not_before)
        .not_valid_after(plan.not_after)
        .public_key(public_key)
    )
    own = key_identifier or x509.SubjectKeyIdentifier.from_public_key(public_key)
    above = key_identifier_of(issuer.certificate) if issuer else own
    for extension in (*key_identifiers(own, above), *plan.extensions):
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return _legible(builder.sign(issuer_key, signature_hash(issuer_key)), plan)


def check_is_key_of(signer: PublicKey, issuer_key: PrivateKey) -> None:
    """Raise Refused when a private key is not that of the issuer's public key."""
    if key_id(signer) != key_id(issuer_key.public_key()):
        raise Refused(
            "The private key is not that of the issuer's certificate.",
            hint="Import the authority again with its key.",
        )


def random_serial(random: Callable[[int], bytes]) -> int:
    """Return a positive serial number of 159 random bits; `random` returns that many random octets.

    Zero is no serial number (RFC 5280, 4.1.2.2); that it is drawn will not be seen before the sun goes out.
    """
    return (int.from_bytes(random(20), "big") >> (160 - _SERIAL_BITS)) or 1


def _legible(certificate: x509.Certificate, plan: Draft) -> x509.Certificate:
    """Return the certificate if all its extensions can be read: a further one is taken as octets, and may be nonsense."""
    if not plan.has_octets:
        return certificate
    try:
        extensions_of(certificate)
    except (ValueError, x509.UnsupportedGeneralNameType) as error:
        raise Refused(
            f"One of the further extensions cannot be read: {printable(str(error))}.",
            hint="Its value is the DER that its own RFC describes.",
        ) from error
    return certificate


def _check_order(order: Order, issuer: Issuer | None) -> None:
    profile = order.profile
    if profile.self_signed != (issuer is None):
        raise Refused(f"The profile {profile.name} {'has no' if profile.self_signed else 'needs an'} issuer.")
    if profile.needs_identity and not order.names:
        named = order.common_name or (order.subject and common_name_of(order.subject)) or ""
        raise Refused(
            f"The profile {profile.name} needs a DNS name or an IP address{f', and “{printable(named)}” is neither' if named else ''}.",
            hint="Clients look for the host's name among the subject alternative names: give www.example.com or 10.0.0.1.",
        )
    if order.path_length is not None and order.path_length < 0:
        raise Refused(
            f"A path length is 0 or more, not {order.path_length}.", hint="0 lets it issue to hosts alone."
        )
    if issuer is not None and issuer.may_sign and order.profile.authority:
        check_path_length(issuer.chain)


def check_may_sign(issuer: x509.Certificate) -> None:
    """Raise Refused for an issuer that clients take for none (RFC 5280, 6.1.4, k and n)."""
    basic = _extension_of(issuer, x509.BasicConstraints)
    if basic is None or not basic.ca:
        name = printable(dn_text(issuer.subject))
        raise Refused(f"{name} is no authority, so it cannot issue.", hint="Choose another issuer.")
    usage = _extension_of(issuer, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        name = printable(dn_text(issuer.subject))
        raise Refused(
            f"The key usage of {name} does not let it sign certificates.", hint="Choose another issuer."
        )


def check_path_length(chain: Sequence[x509.Certificate]) -> None:
    """Raise Refused where no authority may stand below a chain; self-issued ones in it do not count (RFC 5280, 6.1.4, l)."""
    below = 1
    for certificate in chain:
        basic = _extension_of(certificate, x509.BasicConstraints)
        allowed = basic.path_length if basic else None
        if allowed is not None and below > allowed:
            name = printable(dn_text(certificate.subject))
            raise Refused(
                f"{name} allows {allowed} authorit{'y' if allowed == 1 else 'ies'} below it, so none can be made here.",
                hint="Issue from an authority with a larger path length.",
            )
        below += certificate.subject != certificate.issuer


_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


def _extension_of(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _subject(order: Order, issuer: Issuer | None) -> x509.Name:
    if order.subject is not None:
        subject = order.subject
    elif order.common_name is not None:
        subject = common_name(order.common_name)
    else:
        subject = subject_of_names(order.names, issuer) if order.profile.common_name else x509.Name([])
    if not list(subject) and not order.names:
        who = "An authority" if order.profile.authority else "A certificate"
        raise NotAName(f"{who} needs a name.", hint="Give a common name, or CN=…,O=….")
    return subject


def subject_of_names(names: Sequence[Identity], issuer: Issuer | None) -> x509.Name:
    """Take the first name as common name; one that is too long, or no host and no mailbox, leaves the subject empty.

    So does an address below name constraints: OpenSSL holds it against the constraints for DNS names when it is a common name.
    """
    first = names[0] if names else None
    if first is None or first.kind not in _COMMON_NAMES or not fits_common_name(first.value):
        return x509.Name([])
    if first.kind is IdentityKind.IP and issuer is not None and issuer.constrained:
        return x509.Name([])
    return common_name(first.value)


_COMMON_NAMES = frozenset((IdentityKind.DNS, IdentityKind.IP, IdentityKind.EMAIL, IdentityKind.UPN))


def _doubts(names: Sequence[Identity]) -> tuple[str, ...]:
    """Say which wildcards no client matches: OpenSSL, Node and browsers want two labels below the star (RFC 6125, 7.2)."""
    return tuple(
        f"Most clients match {name} with no host: they want at least two labels after the star."
        for name in names
        if name.kind is IdentityKind.DNS and name.value.startswith("*.") and name.value.count(".") == 1
    )


def _absent_pointers(order: Order) -> tuple[str, ...]:
    """Say what a certificate lacks whose clients insist on it (Baseline Requirements, 7.1.2.7.6 and 7.1.2.11.2)."""
    profile = order.profile
    ocsp = order.ocsp_urls or profile.ocsp_urls
    lists = order.crl_urls or profile.crl_urls
    if not profile.says_where or ((ocsp or order.issuer_urls or profile.issuer_urls) and (ocsp or lists)):
        return ()
    return (
        "Public clients insist on the address of the issuer's certificate, and of a CRL or an OCSP responder.",
    )


def _general_names(order: Order, subject: x509.Name) -> tuple[x509.GeneralName, ...]:
    if order.names:
        return tuple(name.general_name() for name in dict.fromkeys(order.names))
    # A leaf without identities is known by its subject alone; saying so as a directory name keeps clients content that insist on
    # a subjectAltName.
    return () if order.profile.authority else (x509.DirectoryName(subject),)


def validity(
    order: Order, issuer: Issuer | None, now: datetime
) -> tuple[datetime, datetime, tuple[str, ...]]:
    """Return notBefore, notAfter and what to tell the operator. Raises Refused when nothing could be valid then.

    RFC 5280, 4.1.2.5 counts both ends in, so a day is over one second before it has passed.
    """
    not_before = _begin(issuer, now)
    asked = _asked_end(order, issuer, not_before)
    if asked <= now:
        raise Refused(
            f"The certificate would have ended at {rfc3339(asked)}, before it is made.",
            hint="Give a date in the future.",
        )
    if issuer is None:
        return not_before, asked, ()
    end = issuer.ends
    if end <= now:
        raise Refused(
            f"The issuer ended at {rfc3339(end)} and can no longer issue.",
            hint="Renew it, or choose another issuer.",
        )
    if asked <= end:
        return not_before, asked, ()
    name = printable(dn_text(issuer.certificate.subject))
    return not_before, end, (f"Shortened to {rfc3339(end)}: {name}, the issuer, ends then.",)


def _begin(issuer: Issuer | None, now: datetime) -> datetime:
    """Return notBefore: a minute ago, but never before the issuer itself is valid."""
    begin = now.replace(microsecond=0) - BACKDATE
    if issuer is None:
        return begin
    earliest = issuer.begins
    if earliest > now:
        raise Refused(
            f"The issuer begins at {rfc3339(earliest)} and cannot issue before.",
            hint="Wait until then, or choose another issuer.",
        )
    return max(begin, earliest)


def _asked_end(order: Order, issuer: Issuer | None, not_before: datetime) -> datetime:
    lifetime = order.lifetime
    if lifetime.until_issuer_ends and issuer is not None:
        return issuer.ends
    if lifetime.until is not None:
        return lifetime.until.replace(microsecond=0)
    days = order.profile.days if lifetime.days is None else lifetime.days
    try:
        return min(not_before + timedelta(days=days, seconds=-1), _LATEST)
    except OverflowError:
        return _LATEST


def key_identifiers(
    own: x509.SubjectKeyIdentifier, above: x509.SubjectKeyIdentifier
) -> list[x509.Extension[x509.ExtensionType]]:
    """Return the subject's key identifier and the issuer's, which links the two (RFC 5280, 4.2.1.1 and 4.2.1.2)."""
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)
    return [x509.Extension(own.oid, False, own), x509.Extension(authority.oid, False, authority)]


def key_identifier_of(certificate: x509.Certificate) -> x509.SubjectKeyIdentifier:
    """Return what an issuer's key is known by: as its certificate says, or else as RFC 5280, 4.2.1.2 (1), makes it."""
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
