"""Issue certificates: what an operator typed becomes an order, a draft to look at, and a certificate in the store."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.carrying import ContentForm, content_order, lifetime, sorted_names
from tlsca.authority.desk import Desk
from tlsca.authority.issuers import authority_record, chosen_issuer, signing_issuer
from tlsca.authority.partitions import in_partition, named_partition
from tlsca.authority.profiling import find_profile
from tlsca.errors import Duplicate, NotFound, UsageError
from tlsca.pki import identity as identities
from tlsca.pki import keys
from tlsca.pki.constraints import subtree
from tlsca.pki.describe import general_names
from tlsca.pki.issue import Draft, draft, random_serial, sign
from tlsca.pki.names import dn, dn_text
from tlsca.pki.order import Order
from tlsca.pki.profiles import PROFILES
from tlsca.store.ledger import Ledger
from tlsca.store.records import CertificateRecord
from tlsca.store.transaction import Change
from tlsca.text import printable, serial_hex


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
class CertificateForm(ContentForm):
    """What is typed to issue a certificate with a new key."""

    names: tuple[str, ...]
    """Identities, and at most one common name."""
    key: str = keys.DEFAULT_KIND


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
    order = content_order(form, profile)
    return replace(order, common_name=common_name, names=names, key_kind=form.key)


def _basic_constraints(certificate: x509.Certificate) -> x509.BasicConstraints | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return None
