"""Cross-sign: vouch for somebody else's authority, so that who trusts our root trusts what that authority issues.

The other authority keeps its name and its key; it gets one more certificate, which ours signs and no revocation list but ours can take
back (RFC 4210, 4.4; RFC 5280, 3.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.carrying import lifetime
from tlsca.authority.desk import Desk
from tlsca.authority.issuers import authority_record, chosen_issuer, issuers, signing_issuer
from tlsca.authority.issuing import Issued, record_of
from tlsca.authority.linking import issued, orphans
from tlsca.authority.looking import look_at
from tlsca.authority.revocations import revocation_of
from tlsca.errors import Refused, UsageError
from tlsca.pki import keys
from tlsca.pki.constraints import subtree
from tlsca.pki.describe import Row, describe_extensions
from tlsca.pki.issue import Draft, check_path_length, random_serial, sign
from tlsca.pki.key_policy import check_public_key
from tlsca.pki.names import dn_text
from tlsca.pki.quiet import quietly
from tlsca.pki.read import load_certificate
from tlsca.pki.renew import CROSS, Bounds, check_same_subject, cross, key_identifier_of
from tlsca.store.records import CertificateRecord
from tlsca.store.transaction import Change
from tlsca.text import printable, rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossForm:
    """What is given to cross-sign another authority; `issuer` may be None where only one authority can issue."""

    what: str
    """A file that holds the other authority's certificate, or a reference of the store."""
    data: bytes | None = field(default=None, repr=False)
    """The octets themselves, where `what` is standard input."""
    issuer: str | None = None
    days: int | None = None
    until: str | None = None
    path_length: int | None = None
    """How many authorities may stand below it, if its own certificate does not say fewer."""
    permit: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """With `permit`, besides the name constraints that its own certificate has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossPlan:
    """What cross-signing will give."""

    foreign: x509.Certificate
    issuer: CertificateRecord
    draft: Draft

    @property
    def rows(self) -> tuple[Row, ...]:
        """What the other authority will be allowed, as rows."""
        plan = self.draft
        dates = f"{rfc3339(plan.not_before)} until {rfc3339(plan.not_after)}"
        return (Row("Valid", dates), *describe_extensions(plan.extensions))


def vouchers(desk: Desk) -> tuple[CertificateRecord, ...]:
    """Return the authorities that can certify another authority: those that can issue, and whose path length leaves room."""
    return tuple(record for record in issuers(desk) if _has_room(desk, record))


def may_vouch(desk: Desk, issuer: CertificateRecord, other: CertificateRecord) -> bool:
    """Say whether one authority of the store is neither the other one nor below it."""
    return other.key_id not in {above.key_id for above in desk.chain(issuer)}


def plan_cross(desk: Desk, form: CrossForm) -> CrossPlan:
    """Return what cross-signing will give; nothing is changed, and no passphrase is needed.

    Raises NotFound, Ambiguous, Unreadable, UsageError, and Refused for what is no authority, has ended, is revoked, has a weak key, or
    stands above the issuer already.
    """
    issuer = chosen_issuer(desk, form.issuer)
    span = lifetime(form.days, form.until)
    bounds = Bounds(
        path_length=form.path_length,
        permitted=tuple(map(subtree, form.permit)),
        excluded=tuple(map(subtree, form.exclude)),
    )
    if form.path_length is not None and form.path_length < 0:
        raise UsageError(f"A path length is 0 or more, not {form.path_length}.", hint="Give --path-length 0.")
    with quietly(UserWarning):
        foreign = _foreign(desk, form)
        _check_foreign(desk, foreign, issuer)
        draft = cross(foreign, signing_issuer(desk, issuer), bounds, lifetime=span, now=desk.now())
    return CrossPlan(foreign=foreign, issuer=issuer, draft=draft)


def cross_sign(desk: Desk, form: CrossForm) -> Issued:
    """Cross-sign another authority, in one transaction; it takes the place of an earlier cross-certificate for the same key.

    What the store has of the other authority's certificates is below it from then on, where it was below nothing. Raises as
    `plan_cross`, and PassphraseMissing.
    """
    plan = plan_cross(desk, form)
    now, foreign = desk.now(), plan.foreign
    signer = desk.private_key(plan.issuer)
    with quietly(UserWarning):
        certificate = sign(
            plan.draft,
            foreign.public_key(),
            signing_issuer(desk, plan.issuer),
            signer,
            serial=random_serial(desk.random),
            key_identifier=key_identifier_of(foreign),
        )
        check_same_subject(certificate, foreign)
        record = record_of(desk, certificate, profile=CROSS, issuer_id=plan.issuer.id, at=now)
        children = orphans(desk, [record], {record.id: certificate})
    detail = {"subject": record.subject, "serial": record.serial, "issuer": plan.issuer.subject}
    before = tuple(_earlier(desk, record))
    with desk.ledger.transaction(act="cross-sign", at=now, detail=detail) as change:
        kept = change.add_certificate(record, certificate.public_bytes(Encoding.PEM))
        _attach(change, kept, before, [child for child, _ in children])
    return Issued(kept, plan.draft.notes)


def _attach(
    change: Change,
    record: CertificateRecord,
    before: tuple[CertificateRecord, ...],
    children: list[CertificateRecord],
) -> None:
    for earlier in before:
        change.replace_certificate(earlier, replace(earlier, renewed_by=record.id))
    for child in children:
        change.replace_certificate(child, replace(child, issuer_id=record.id))


def _earlier(desk: Desk, record: CertificateRecord) -> Iterator[CertificateRecord]:
    """Yield the cross-certificates that a new one stands in the place of: by the same issuer, for the same name and key."""
    for twin in desk.ledger.with_key(record.key_id):
        alike = (twin.profile, twin.subject, twin.issuer) == (CROSS, record.subject, record.issuer)
        if alike and twin.renewed_by is None:
            yield twin


def _foreign(desk: Desk, form: CrossForm) -> x509.Certificate:
    """Return the other authority's certificate: the only one in the file. Raises NotFound, Ambiguous, Unreadable, Refused."""
    seen = look_at(desk, form.what, data=form.data)
    if len(seen.certificates) > 1:
        raise Refused(
            f"There are {len(seen.certificates)} certificates in {seen.source}.",
            hint="Give a file that holds the authority's own certificate alone.",
        )
    if seen.record is not None:
        record = authority_record(desk, seen.record.sha256)
        revocation = revocation_of(desk, record)
        if revocation is not None:
            since = rfc3339(revocation.revoked_at)
            raise Refused(f"{printable(record.subject)} was revoked at {since}.", hint="Choose another one.")
        return desk.certificate(record)
    return load_certificate(seen.certificates[0].der)


def _has_room(desk: Desk, issuer: CertificateRecord) -> bool:
    try:
        check_path_length(signing_issuer(desk, issuer).chain)
    except Refused:
        return False
    return True


def _check_foreign(desk: Desk, foreign: x509.Certificate, issuer: CertificateRecord) -> None:
    name = printable(dn_text(foreign.subject))
    if foreign.subject == foreign.issuer and not issued(foreign, foreign):
        raise Refused(
            f"The signature of {name} is not its own: the certificate was changed, or vouches for a new key of it.",
            hint="Ask for the authority's self-signed certificate.",
        )
    key_id = keys.key_id(foreign.public_key())
    if key_id in {above.key_id for above in desk.chain(issuer)}:
        raise Refused(
            f"{name} is {printable(issuer.subject)} itself, or stands above it already.",
            hint="Choose another issuer.",
        )
    check_public_key(foreign.public_key())
