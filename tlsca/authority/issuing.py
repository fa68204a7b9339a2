"""Issue certificates: what an operator typed becomes an order, a draft to look at, and a certificate in the store."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.partitions import in_partition, named_partition
from tlsca.authority.profiling import find_profile
from tlsca.errors import Ambiguous, DerError, Duplicate, NotAnIdentity, NotFound, Refused, UsageError
from tlsca.pki import der, keys
from tlsca.pki import identity as identities
from tlsca.pki.constraints import subtree
from tlsca.pki.describe import general_names
from tlsca.pki.issue import Draft, Issuer, draft, random_serial, sign
from tlsca.pki.names import dn, dn_text, is_dn
from tlsca.pki.order import Lifetime, Order
from tlsca.pki.policies import policy
from tlsca.pki.profiles import PROFILES
from tlsca.pki.renew import CROSS
from tlsca.pki.urls import fetched_urls
from tlsca.store.ledger import Ledger
from tlsca.store.records import CertificateRecord
from tlsca.store.transaction import Change
from tlsca.text import listing, printable, rfc3339, serial_hex


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityForm:
    """What is typed to make an authority; a root when `issuer` is None."""

    name: str
    issuer: str | None = None
    key: str = keys.DEFAULT_KIND
    days: int | None = None
    until: str | None = None
    path_length: int | None = None
    permit: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateForm:
    """What is typed to issue a certificate; `issuer` may be None where only one authority can issue."""

    names: tuple[str, ...]
    """Identities, and at most one common name."""
    sans: tuple[str, ...] = ()
    """Identities alone."""
    issuer: str | None = None
    profile: str = "server"
    key: str = keys.DEFAULT_KIND
    days: int | None = None
    until: str | None = None
    """An ISO date or RFC 3339 time."""
    until_issuer_ends: bool = False
    subject: str | None = None
    """RFC 4514 text, which replaces the subject that the names would give."""
    ocsp_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    """Where the issuer's certificate is fetched."""
    crl_urls: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    """Each `OID[,cps=URL][,notice=TEXT]`."""
    must_staple: bool = False
    extensions: tuple[str, ...] = ()
    """Each `OID=[critical,]DER-HEX`."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was made, and what its operator should be told."""

    record: CertificateRecord
    notes: tuple[str, ...] = ()


Besides = Callable[[Change, CertificateRecord], None]
"""What is put into the transaction of a new certificate besides it."""


def _nothing_besides(_change: Change, _record: CertificateRecord) -> None:
    """Leave the transaction as it is."""


def plan_authority(desk: Desk, form: AuthorityForm) -> Draft:
    """Return what an authority's certificate will carry. Raises TlscaError where it cannot be made."""
    return _planned_authority(desk, form)[0]


def create_authority(desk: Desk, form: AuthorityForm) -> Issued:
    """Make a root or an intermediate, with a new key, in one transaction. Raises TlscaError; nothing is changed then."""
    return _make(desk, *_planned_authority(desk, form))


def plan_certificate(desk: Desk, form: CertificateForm) -> Draft:
    """Return what a certificate will carry. Raises TlscaError where it cannot be made."""
    return _planned_certificate(desk, form)[0]


def issue(desk: Desk, form: CertificateForm, *, also: Besides = _nothing_besides) -> Issued:
    """Issue one certificate with a new key, in one transaction, to which `also` may add. Raises TlscaError; nothing is changed then."""
    return _make(desk, *_planned_certificate(desk, form), also=also)


def _planned_authority(desk: Desk, form: AuthorityForm) -> tuple[Draft, CertificateRecord | None]:
    issuer = authority_record(desk, form.issuer) if form.issuer else None
    _check_new_authority(desk.ledger, dn(form.name), desk.now())
    above = signing_issuer(desk, issuer) if issuer else None
    return draft(in_partition(desk, issuer, _authority_order(form)), above, now=desk.now()), issuer


def _planned_certificate(desk: Desk, form: CertificateForm) -> tuple[Draft, CertificateRecord]:
    issuer = chosen_issuer(desk, form.issuer)
    order = in_partition(desk, issuer, order_of(desk, form))
    return draft(order, signing_issuer(desk, issuer), now=desk.now()), issuer


def issuers(desk: Desk) -> tuple[CertificateRecord, ...]:
    """Return the authorities that can issue now: with a key in the store, in force, neither they nor any above revoked.

    Each by its newest certificate with its newest key. The deepest come first: who has both a root and an intermediate means the
    intermediate.
    """
    now = desk.now()
    able = [
        record
        for record in desk.ledger.authorities()
        if desk.has_key(record)
        and record.not_before <= now < record.not_after
        and record.profile != CROSS
        and desk.newest(record).id == record.id
        and desk.successor(record) is None
        and not any(above.revoked_at for above in desk.chain(record))
    ]
    return tuple(sorted(able, key=lambda record: -len(desk.chain(record))))


def chosen_issuer(desk: Desk, reference: str | None) -> CertificateRecord:
    """Return the authority that is named, or the only one that can issue. Raises NotFound, Ambiguous, Refused."""
    if reference:
        return authority_record(desk, reference)
    able = issuers(desk)
    if not able:
        raise NotFound("No authority in the store can issue.", hint="Make one: tlsca ca create NAME.")
    if len(able) > 1:
        named = listing([printable(record.subject) for record in able])
        raise Ambiguous(f"{len(able)} authorities can issue.", hint=f"Choose one with --issuer: {named}.")
    return able[0]


def authority_record(desk: Desk, reference: str) -> CertificateRecord:
    """Return the authority that a reference names, by its newest certificate with the key of the one that is meant.

    Raises NotFound, Ambiguous, and Refused when it is no authority.
    """
    try:  # cross-certificates have the name of an authority that is in the store with a certificate of its own
        record = desk.ledger.find(reference, now=desk.now(), among=lambda record: record.profile != CROSS)
    except NotFound:
        record = desk.ledger.find(reference, now=desk.now())
    if not record.is_authority:
        raise Refused(
            f"{printable(record.subject)} is no authority, so it cannot issue.",
            hint="tlsca ca list shows those that can.",
        )
    return desk.newest(record)


def record_of(
    desk: Desk, certificate: x509.Certificate, *, profile: str, issuer_id: str | None, at: datetime
) -> CertificateRecord:
    """Return the record under which the store will know a certificate; `issuer_id` is None for its own issuer, a root."""
    identifier = desk.new_id()
    basic = _basic_constraints(certificate)
    return CertificateRecord(
        id=identifier,
        sha256=fingerprint(certificate),
        serial=serial_hex(certificate.serial_number),
        subject=dn_text(certificate.subject),
        issuer=dn_text(certificate.issuer),
        issuer_id=issuer_id or (identifier if certificate.subject == certificate.issuer else None),
        profile=profile,
        names=names_besides(certificate.subject, general_names(certificate)),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=keys.kind_of(certificate.public_key()),
        key_id=keys.key_id(certificate.public_key()),
        is_authority=bool(basic and basic.ca),
        created_at=at,
        partition=named_partition(desk, _known(desk, issuer_id), certificate),
    )


def _known(desk: Desk, issuer_id: str | None) -> CertificateRecord | None:
    try:
        return desk.ledger.certificate(issuer_id) if issuer_id else None
    except NotFound:  # it comes into the store together with what it issued
        return None


def names_besides(subject: x509.Name, names: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    """Return subject alternative names as text; one that only says the subject again names nothing further."""
    again = x509.DirectoryName(subject)
    return tuple(identities.general_name_text(name) for name in names if name != again)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate's DER as hexadecimal."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


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


def _make(
    desk: Desk, plan: Draft, issuer: CertificateRecord | None, *, also: Besides = _nothing_besides
) -> Issued:
    now = desk.now()
    desk.open_vault()
    signer = desk.private_key(issuer) if issuer else None
    private_key = keys.generate(plan.key_kind)
    sealed = desk.sealed_key(private_key, at=now)
    act = "create-authority" if plan.profile.authority else "issue"

    def keep(change: Change, record: CertificateRecord) -> None:
        change.add_key(sealed)
        also(change, record)

    return certify(desk, plan, issuer, private_key.public_key(), signer or private_key, act=act, also=keep)


def certify(
    desk: Desk,
    plan: Draft,
    issuer: CertificateRecord | None,
    public_key: keys.PublicKey,
    signer: keys.PrivateKey,
    *,
    act: str,
    also: Besides,
) -> Issued:
    """Sign a draft for a public key and keep the certificate; `also` is what belongs into the same transaction.

    `issuer` is None for a root. Raises TlscaError; nothing is changed then.
    """
    now = desk.now()
    above = signing_issuer(desk, issuer) if issuer else None
    certificate = sign(plan, public_key, above, signer, serial=random_serial(desk.random))
    issuer_id = issuer.id if issuer else None
    record = record_of(desk, certificate, profile=plan.profile.name, issuer_id=issuer_id, at=now)
    detail = {
        "subject": record.subject,
        "serial": record.serial,
        "profile": record.profile,
        "names": list(record.names[:20]),
    }
    with desk.ledger.transaction(act=act, at=now, detail=detail) as change:
        if plan.profile.authority:
            _check_new_authority(desk.ledger, plan.subject, now)
        kept = change.add_certificate(record, certificate.public_bytes(Encoding.PEM))
        also(change, kept)
    return Issued(kept, plan.notes)


def _check_new_authority(ledger: Ledger, subject: x509.Name, now: datetime) -> None:
    """Refuse a second live authority of one name: clients choose issuers by name, and would choose wrong."""
    text = dn_text(subject)
    for record in ledger.by_name(text):
        if (
            record.is_authority
            and record.subject.lower() == text.lower()
            and record.not_after > now
            and record.revoked_at is None
        ):
            raise Duplicate(
                f"There is an authority {printable(text)} already.",
                hint="Choose another name; tlsca renew makes a new certificate for the one there is.",
            )


def signing_issuer(desk: Desk, record: CertificateRecord) -> Issuer:
    """Return the record as an issuer. Raises Refused when it, or one above it, is revoked: no client would trust the result."""
    for above in desk.chain(record):
        if above.revoked_at is not None:
            raise Refused(
                f"{printable(above.subject)} was revoked at {rfc3339(above.revoked_at)}, so nothing is issued below it.",
                hint="Choose another issuer.",
            )
    return desk.issuer(record)


def _authority_order(form: AuthorityForm) -> Order:
    return Order(
        profile=PROFILES["intermediate" if form.issuer else "root"],
        subject=dn(form.name),
        key_kind=form.key,
        lifetime=lifetime(form.days, form.until),
        path_length=form.path_length,
        permitted=tuple(subtree(text) for text in form.permit),
        excluded=tuple(subtree(text) for text in form.exclude),
    )


def order_of(desk: Desk, form: CertificateForm) -> Order:
    """Return what is ordered by what was typed. Raises NotAnIdentity, NotAName, UsageError, and SettingsError of a profile."""
    profile = find_profile(desk, form.profile)
    if profile.authority:
        raise UsageError(
            f"{profile.name} is the profile of an authority.", hint="tlsca ca create makes authorities."
        )
    names, common_name = sorted_names(
        form.names, form.sans, identities_only=profile.needs_identity, has_subject=bool(form.subject)
    )
    return Order(
        profile=profile,
        subject=dn(form.subject) if form.subject else None,
        common_name=common_name,
        names=names,
        key_kind=form.key,
        lifetime=lifetime(form.days, form.until, until_issuer_ends=form.until_issuer_ends),
        ocsp_urls=fetched_urls(form.ocsp_urls),
        issuer_urls=fetched_urls(form.issuer_urls),
        crl_urls=fetched_urls(form.crl_urls),
        policies=tuple(policy(text) for text in form.policies),
        must_staple=form.must_staple,
        extensions=tuple(further_extension(text) for text in form.extensions),
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


def further_extension(text: str) -> x509.Extension[x509.ExtensionType]:
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


def _basic_constraints(certificate: x509.Certificate) -> x509.BasicConstraints | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return None
