"""Answer an OCSP request from the store: good, revoked or unknown for each certificate that it asks about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.authority.desk import Desk
from tlsca.authority.issuers import authority_record
from tlsca.authority.publishing import MOST_DAYS
from tlsca.authority.revocations import revocation_of, same_authority, unseen_revocation
from tlsca.errors import Refused, UsageError
from tlsca.pki.ocsp import Asked, Request, Status, answer, read_request
from tlsca.pki.renew import CROSS
from tlsca.store.records import CertificateRecord
from tlsca.text import printable, serial_hex

DAYS = 1
"""How long an answer is current unless said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspForm:
    """What is typed to answer an OCSP request."""

    reference: str
    """The issuing authority, by any of its certificates: the request says which of its keys is meant."""
    request: bytes
    """DER."""
    days: int = DAYS


@dataclass(frozen=True, slots=True)
class OcspAnswer:
    """An answer that was signed."""

    authority: CertificateRecord
    """By the certificate of the key that the request is about."""
    responder: CertificateRecord
    """Who signed it: a delegated responder, or the authority itself."""
    statuses: tuple[Status, ...]
    """In the order in which the certificates were asked about."""
    der: bytes


def plan_answer(desk: Desk, form: OcspForm) -> OcspAnswer:
    """Return what an answer would say, still empty, without asking for a passphrase.

    Raises NotFound, Ambiguous, UsageError, Unreadable for what is no request, and Refused when nobody here can sign.
    """
    if not 1 <= form.days <= MOST_DAYS:
        raise UsageError(
            f"An answer is current for 1 to {MOST_DAYS} days, not {form.days}.", hint="Give --days 1."
        )
    named = authority_record(desk, form.reference)
    request = read_request(form.request)
    authority = _asked_about(desk, named, request)
    return OcspAnswer(authority, _responder_of(desk, authority), _statuses(desk, authority, request), b"")


def answer_request(desk: Desk, form: OcspForm) -> OcspAnswer:
    """Sign an answer, and note it in the audit log where that can be written. Raises as `plan_answer`, and PassphraseMissing."""
    plan = plan_answer(desk, form)
    key = desk.private_key(plan.responder)
    now = desk.now().replace(microsecond=0)
    der = answer(
        plan.statuses,
        desk.certificate(plan.responder),
        key,
        nonce=read_request(form.request).nonce,
        this_update=now,
        next_update=now + timedelta(days=form.days),
    )
    said = [f"{serial_hex(status.asked.serial)} {status.word}" for status in plan.statuses[:20]]
    if desk.ledger.read_only is None:
        detail = {"authority": plan.authority.subject, "said": said}
        with desk.ledger.transaction(act="answer-ocsp", at=now, detail=detail):
            pass
    return OcspAnswer(plan.authority, plan.responder, plan.statuses, der)


def _asked_about(desk: Desk, authority: CertificateRecord, request: Request) -> CertificateRecord:
    """Return the authority by its certificate for the key that a request is about; as it was named, if that is none of its keys.

    A key answers for what was signed with it alone (RFC 6960, 4.2.2.2), so where a request mixes certificates of several keys, the
    first that belongs to the authority decides, and the others are unknown.
    """
    keys = [(one, desk.certificate(one)) for one in _lineage(desk, authority)]
    for asked in request.asked:
        for record, certificate in keys:
            if asked.is_of(certificate):
                return record
    return authority


def _lineage(desk: Desk, authority: CertificateRecord) -> tuple[CertificateRecord, ...]:
    """Return an authority by one certificate for each key that it has or had, the one that is given first."""
    by_key = {authority.key_id: authority}
    for record in desk.ledger.by_name(authority.subject):
        if record.is_authority and record.profile != CROSS and record.subject == authority.subject:
            by_key.setdefault(record.key_id, desk.newest(record))
    return tuple(by_key.values())


def _responder_of(desk: Desk, authority: CertificateRecord) -> CertificateRecord:
    """Return who answers for an authority: the delegated responder that ends last, else the authority itself.

    A delegated one was signed with the authority's own key and may sign answers (RFC 6960, 4.2.2.2); it is in force and its key
    is here. Raises Refused when neither has a key here.
    """
    delegated = sorted(_delegated(desk, authority), key=lambda record: record.not_after)
    if delegated:
        return delegated[-1]
    if not desk.has_key(authority):
        raise Refused(
            f"Nobody here can answer for {printable(authority.subject)}: its key is not in the store.",
            hint="Import the key, or a certificate with the profile ocsp that it signed, and its key.",
        )
    return authority


def _delegated(desk: Desk, authority: CertificateRecord) -> Iterator[CertificateRecord]:
    now = desk.now()
    for twin in same_authority(desk, authority):
        for record in desk.ledger.by_issuer(twin.id):
            if (
                record.profile == "ocsp"
                and record.not_before <= now <= record.not_after
                and revocation_of(desk, record) is None
                and desk.has_key(record)
                and _may_answer(desk.certificate(record))
            ):
                yield record


def _may_answer(certificate: x509.Certificate) -> bool:
    """Say whether its extended key usage allows OCSP answers; a profile's name alone says nothing to clients."""
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usages


def _statuses(desk: Desk, authority: CertificateRecord, request: Request) -> tuple[Status, ...]:
    issuer = desk.certificate(authority)
    own = {twin.id for twin in same_authority(desk, authority)}
    return tuple(
        _status(desk, authority, own, asked) if asked.is_of(issuer) else Status(asked, known=False)
        for asked in request.asked
    )


def _status(desk: Desk, authority: CertificateRecord, own: set[str], asked: Asked) -> Status:
    """Look up one certificate; a serial number that the authority never gave out, as far as the store knows, is unknown."""
    serial = serial_hex(asked.serial)
    for record in desk.ledger.by_serial(serial):
        if record.issuer_id in own:
            return Status(asked, known=True, revocation=revocation_of(desk, record))
    revocation = unseen_revocation(desk, authority, serial)
    return Status(asked, known=revocation is not None, revocation=revocation)
