"""Revocation lists as an authority signs them: full ones, and deltas that amend a full one (RFC 5280, section 5).

What an authority has revoked is a value here; what was listed before is another, and a delta is the difference of the two.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType

from cryptography import x509

from tlsca.errors import Refused
from tlsca.pki.keys import PrivateKey, key_id, signature_hash
from tlsca.pki.names import dn_text
from tlsca.text import printable, serial_hex

REASONS: Mapping[str, x509.ReasonFlags] = MappingProxyType(
    {
        "unspecified": x509.ReasonFlags.unspecified,
        "key-compromise": x509.ReasonFlags.key_compromise,
        "ca-compromise": x509.ReasonFlags.ca_compromise,
        "affiliation-changed": x509.ReasonFlags.affiliation_changed,
        "superseded": x509.ReasonFlags.superseded,
        "cessation": x509.ReasonFlags.cessation_of_operation,
        "hold": x509.ReasonFlags.certificate_hold,
        "privilege-withdrawn": x509.ReasonFlags.privilege_withdrawn,
        "aa-compromise": x509.ReasonFlags.aa_compromise,
    }
)
"""The words of the command line -> CRLReason (RFC 5280, 5.3.1)."""

LARGEST_SERIAL = (1 << 159) - 1
"""RFC 5280, 4.1.2.2: a serial number is positive and has at most 20 octets."""

_UNSAID = (None, x509.ReasonFlags.unspecified)  # RFC 5280, 5.3.1: absent rather than unspecified
_REMOVED = x509.ReasonFlags.remove_from_crl


@dataclass(frozen=True, slots=True)
class Revocation:
    """One entry of a revocation list."""

    serial: int
    revoked_at: datetime
    reason: x509.ReasonFlags | None = None
    """None where nothing was said: RFC 5280, 5.3.1, wants an absent reason rather than `unspecified`."""
    invalid_since: datetime | None = None
    """Since when the certificate or its key is known or suspected to be bad, which may be long before (RFC 5280, 5.3.2)."""


class Only(StrEnum):
    """The one kind of certificate that a list may be about."""

    USERS = "users"
    """Certificates of all but authorities."""
    AUTHORITIES = "authorities"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """What a revocation list says besides its entries; times in whole seconds."""

    number: int
    this_update: datetime
    next_update: datetime
    base: int | None = None
    """The number of the full list that this one amends; None for a full list."""
    freshest: tuple[str, ...] = ()
    """Where a full list's deltas are published (RFC 5280, 5.2.6)."""
    point: str | None = None
    """For a list about some certificates alone: the URL that those name as their distribution point."""
    only: Only | None = None
    """The one kind of certificate that it is about, if it is."""

    @property
    def issuing_point(self) -> x509.IssuingDistributionPoint | None:
        """What the list says of its scope (RFC 5280, 5.2.5); None where it is about all that its issuer's key signed."""
        if self.point is None and self.only is None:
            return None
        return x509.IssuingDistributionPoint(
            full_name=[x509.UniformResourceIdentifier(self.point)] if self.point else None,
            relative_name=None,
            only_contains_user_certs=self.only is Only.USERS,
            only_contains_ca_certs=self.only is Only.AUTHORITIES,
            only_some_reasons=None,
            indirect_crl=False,
            only_contains_attribute_certs=False,
        )


def next_number(last: int, now: datetime) -> int:
    """Return the number of the next list: the seconds since 1970, or one more than the last if that is not less.

    RFC 5280, 5.2.3, wants the numbers of an issuer to rise. A counter goes back when an older state of the store is restored, and
    clients would then refuse what is newer. The clock has gone on meanwhile, so a number that follows it stays above all that
    were ever given out, as long as there was less than one list per second.
    """
    return max(last + 1, int(now.timestamp()))


def check_serial(serial: int) -> None:
    """Refuse a serial number that no revocation list can hold. Raises Refused."""
    if not 0 < serial <= LARGEST_SERIAL:
        raise Refused(
            f"A revocation list cannot hold the serial number {serial_hex(serial)[:48]}.",
            hint="It is positive and has at most 20 octets (RFC 5280, 4.1.2.2).",
        )


def check_may_list(issuer: x509.Certificate) -> None:
    """Refuse an authority whose key usage keeps it from signing revocation lists (RFC 5280, 6.3.3, f). Raises Refused."""
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.crl_sign:
        raise Refused(
            f"The key usage of {printable(dn_text(issuer.subject))} does not let it sign revocation lists.",
            hint="Renew it with the usage cRLSign.",
        )


def revocation_list(
    issuer: x509.Certificate, key: PrivateKey, entries: Iterable[Revocation], form: ListForm
) -> x509.CertificateRevocationList:
    """Sign a revocation list of the certificates that `issuer` signed with `key`: all, or those within the form's scope.

    Raises Refused when the key is not the issuer's, or its certificate does not let it sign lists.
    """
    check_may_list(issuer)
    if key_id(issuer.public_key()) != key_id(key.public_key()):
        raise Refused(
            "The private key is not that of the issuer's certificate.",
            hint="Import the authority again with its key.",
        )
    # Adding entries one by one copies the list each time, which takes minutes for 100,000; the constructor takes them whole.
    builder = x509.CertificateRevocationListBuilder(
        revoked_certificates=[_encodable(entry) for entry in entries]
    )
    builder = builder.issuer_name(issuer.subject).last_update(form.this_update).next_update(form.next_update)
    identifier = x509.AuthorityKeyIdentifier(_key_identifier(issuer), None, None)
    builder = builder.add_extension(identifier, critical=False)
    builder = builder.add_extension(x509.CRLNumber(form.number), critical=False)
    for extension in list_extensions(form):
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(key, signature_hash(key))


def listed(crl: x509.CertificateRevocationList) -> Iterator[Revocation]:
    """Yield the entries of a revocation list that `revocation_list` made."""
    for entry in crl:
        reason = invalid_since = None
        for extension in entry.extensions:
            if isinstance(extension.value, x509.CRLReason):
                reason = extension.value.reason
            elif isinstance(extension.value, x509.InvalidityDate):
                invalid_since = extension.value.invalidity_date_utc
        yield Revocation(entry.serial_number, entry.revocation_date_utc, reason, invalid_since)


def changes(
    full: Iterable[Revocation], amendment: Iterable[Revocation], now: Iterable[Revocation]
) -> tuple[Revocation, ...]:
    """Return the entries of the delta that leads from a full list to what is revoked now, by serial number.

    `amendment` holds the entries of the delta before this one: a client may have seen it, or not, and both shall know the same
    after this one (RFC 5280, 5.2.4). What is no longer revoked is listed as removeFromCRL, with its former date.
    """
    base = {entry.serial: entry for entry in full}
    seen = {entry.serial: entry for entry in amendment}
    current = {entry.serial: entry for entry in now}
    new = [entry for entry in current.values() if entry.serial in seen or base.get(entry.serial) != entry]
    gone = [
        replace(entry, reason=_REMOVED, invalid_since=None)
        for entry in (base | seen).values()
        if entry.serial not in current
    ]
    return tuple(sorted((*new, *gone), key=lambda entry: entry.serial))


def _encodable(entry: Revocation) -> x509.RevokedCertificate:
    check_serial(entry.serial)
    extensions = [] if entry.reason in _UNSAID else [_reason(entry.reason)]
    if entry.invalid_since is not None:
        extensions.append(_invalidity(entry.invalid_since))
    # The constructor takes what the methods would have made: a third of the time of a large list went into copies.
    return x509.RevokedCertificateBuilder(entry.serial, _naive(entry.revoked_at), extensions).build()


@lru_cache(maxsize=4096)
def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


@cache
def _reason(reason: x509.ReasonFlags | None) -> x509.Extension[x509.ExtensionType]:
    value = x509.CRLReason(reason or x509.ReasonFlags.unspecified)
    return _extension(value, critical=False)


def _invalidity(moment: datetime) -> x509.Extension[x509.ExtensionType]:
    value = x509.InvalidityDate(moment)
    return _extension(value, critical=False)


def list_extensions(form: ListForm) -> Iterator[x509.Extension[x509.ExtensionType]]:
    """Yield a list's extensions besides its issuer's key identifier and its number; all lists are for all reasons."""
    if form.base is not None:
        yield _extension(x509.DeltaCRLIndicator(form.base), critical=True)
    elif form.freshest:
        yield _extension(x509.FreshestCRL([_point(url) for url in form.freshest]), critical=False)
    if (point := form.issuing_point) is not None:
        yield _extension(point, critical=True)


def _extension(value: x509.ExtensionType, *, critical: bool) -> x509.Extension[x509.ExtensionType]:
    return x509.Extension(value.oid, critical, value)


def _point(url: str) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)


def _key_identifier(issuer: x509.Certificate) -> bytes:
    try:
        return issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest
