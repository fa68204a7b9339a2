"""What an operator types about a certificate, whoever made its key: what it is to carry, and how long it is to live.

Issuing and signing a request ask for the same things, so there is one form of them, and one way to read it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from cryptography import x509

from tlsca.errors import DerError, NotAnIdentity, UsageError
from tlsca.pki import der
from tlsca.pki import identity as identities
from tlsca.pki.names import dn, is_dn
from tlsca.pki.order import Lifetime, Order
from tlsca.pki.policies import policy
from tlsca.pki.profiles import Profile
from tlsca.pki.urls import fetched_urls
from tlsca.text import listing, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentForm:
    """What is typed about a certificate; `issuer` may be None where only one authority can issue."""

    issuer: str | None = None
    profile: str = "server"
    sans: tuple[str, ...] = ()
    """Identities besides the names, or besides those of a request."""
    subject: str | None = None
    """RFC 4514 text, which replaces the subject that the names or the request would give."""
    days: int | None = None
    until: str | None = None
    """An ISO date or RFC 3339 time."""
    until_issuer_ends: bool = False
    ocsp_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    """Where the issuer's certificate is fetched."""
    crl_urls: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    """Each `OID[,cps=URL][,notice=TEXT]`."""
    must_staple: bool = False
    extensions: tuple[str, ...] = ()
    """Each `OID=[critical,]DER-HEX`."""


def content_order(form: ContentForm, profile: Profile) -> Order:
    """Return an order of what the form says itself, yet without names and key. Raises NotAName, UsageError."""
    return Order(
        profile=profile,
        subject=dn(form.subject) if form.subject else None,
        lifetime=lifetime(form.days, form.until, until_issuer_ends=form.until_issuer_ends),
        ocsp_urls=fetched_urls(form.ocsp_urls),
        issuer_urls=fetched_urls(form.issuer_urls),
        crl_urls=fetched_urls(form.crl_urls),
        policies=tuple(policy(text) for text in form.policies),
        must_staple=form.must_staple,
        extensions=tuple(_further_extension(text) for text in form.extensions),
    )


def sorted_names(
    names: Iterable[str], sans: Iterable[str], *, identities_only: bool, has_subject: bool
) -> tuple[tuple[identities.Identity, ...], str | None]:
    """Return the identities among what was typed, and the one common name that is none, if any. Raises NotAnIdentity.

    `identities_only` is for certificates in which a common name is not enough; `has_subject` says that no name is needed.
    """
    typed = [name for name in names if name.strip()]
    further = tuple(sans)
    others = [] if identities_only else [name for name in typed if not identities.is_identity(name)]
    if len(others) > 1:
        raise NotAnIdentity(
            f"A certificate has one common name; given {listing([f'“{printable(name)}”' for name in others])}.",
            hint="Put a name with spaces in quotes.",
        )
    if others and is_dn(others[0]):
        raise NotAnIdentity(
            f"“{printable(others[0])}” is a whole subject, not a name.", hint="Give it with --subject."
        )
    if not typed and not further and not has_subject:
        raise NotAnIdentity(
            "A certificate needs a name.",
            hint="Give a DNS name, an address, an e-mail address or a person's name.",
        )
    found = [identities.identity(name) for name in (*typed, *further) if name not in others]
    return tuple(dict.fromkeys(found)), others[0].strip() if others else None


def lifetime(days: int | None, until: str | None, *, until_issuer_ends: bool = False) -> Lifetime:
    """Return how long a certificate shall be valid, from what was typed. Raises UsageError."""
    if days is not None and until:
        raise UsageError(
            "A certificate ends after so many days or at a date, not both.", hint="Give --days or --until."
        )
    if days is not None and days < 1:
        raise UsageError(
            f"A certificate is valid for at least one day, not {days}.", hint="Give a number of days from 1."
        )
    return Lifetime(
        days=days, until=parse_until(until) if until else None, until_issuer_ends=until_issuer_ends
    )


def parse_until(text: str) -> datetime:
    """Read `2030-12-31` (the end of that day, UTC) or an RFC 3339 time. Raises UsageError."""
    try:
        if len(text.strip()) == len("2030-12-31"):
            return datetime.combine(date.fromisoformat(text.strip()), time(23, 59, 59), UTC)
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"“{printable(text)}” is no date.", hint="Write 2030-12-31 or 2030-12-31T12:00:00Z."
        ) from error


def _further_extension(text: str) -> x509.Extension[x509.ExtensionType]:
    """Read `OID=[critical,]DER-HEX`. Raises UsageError."""
    oid_text, _, value = text.partition("=")
    critical = value.lower().startswith("critical,")
    try:
        oid = x509.ObjectIdentifier(oid_text.strip())
        octets = bytes.fromhex(value[len("critical,") :] if critical else value)
        whole = der.read(octets).next_offset == len(octets)
    except (ValueError, DerError) as error:
        raise _no_extension(text) from error
    if not whole:
        raise _no_extension(text)
    return x509.Extension(oid, critical, x509.UnrecognizedExtension(oid, octets))


def _no_extension(text: str) -> UsageError:
    return UsageError(
        f"“{printable(text)}” is no extension: an OID, and one value in DER.",
        hint="Write OID=[critical,]DER-HEX: 1.2.3.4=0500.",
    )
