"""Certificate requests: make our own, and sign somebody's, which shows first what was asked, what the profile says, what results.

A request is remembered, and stays linked to each certificate that it became: here, or where somebody else signed it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.carrying import ContentForm, content_order, sorted_names
from tlsca.authority.desk import Desk
from tlsca.authority.issuers import chosen_issuer, signing_issuer
from tlsca.authority.issuing import Issued, certify
from tlsca.authority.partitions import in_partition
from tlsca.authority.profiling import find_profile
from tlsca.errors import NotFound, Refused
from tlsca.pki import identity as identities
from tlsca.pki import keys
from tlsca.pki.extension_names import EXTENSIONS
from tlsca.pki.granting import Granted, grant
from tlsca.pki.issue import Draft, draft, subject_of_names
from tlsca.pki.merge import MergeRow, merge
from tlsca.pki.names import common_name, dn, dn_text
from tlsca.pki.order import Order
from tlsca.pki.profiles import Profile
from tlsca.pki.request import Request, build_request, read_request
from tlsca.store.records import CertificateRecord, RequestRecord
from tlsca.store.transaction import Change
from tlsca.text import printable

_PREFIX = "request:"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestForm:
    """What is typed to make a request."""

    names: tuple[str, ...]
    """Identities, and at most one common name."""
    key: str = keys.DEFAULT_KIND
    subject: str | None = None
    """RFC 4514 text, which replaces the subject that the names would give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignForm(ContentForm):
    """What is given to sign a request."""

    request: bytes
    """PEM or DER."""
    source: str = "The request"
    """What errors call it, printable: the name of its file."""
    take: tuple[str, ...] = ()
    """Extensions that are taken from the request besides those that the profile takes, by short name or OID."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A request that was made."""

    record: RequestRecord
    pem: bytes


@dataclass(frozen=True, slots=True)
class Signing:
    """What signing a request will give: the draft of the certificate, and how it came about."""

    request: Request
    draft: Draft
    rows: tuple[MergeRow, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that was signed: the certificate, the request's record, and how the two compare."""

    issued: Issued
    request: RequestRecord
    rows: tuple[MergeRow, ...]


def make_request(desk: Desk, form: RequestForm) -> Requested:
    """Make a request with a new key, which stays in the store. Raises TlscaError; nothing is changed then."""
    subject, names = plan_request(form)
    desk.open_vault()
    private_key = keys.generate(form.key)
    request = build_request(subject, names, private_key)
    record = _record(desk, read_request(request.public_bytes(Encoding.DER)))
    pem = request.public_bytes(Encoding.PEM)
    sealed = desk.sealed_key(private_key, at=desk.now())
    detail = {"subject": record.subject, "names": list(record.names[:20]), "request": record.id}
    with desk.ledger.transaction(act="request", at=desk.now(), detail=detail) as change:
        change.add_key(sealed)
        change.add_object(pem)
        _put(change, record)
    return Requested(record, pem)


def plan_request(form: RequestForm) -> tuple[x509.Name, tuple[identities.Identity, ...]]:
    """Return the subject and the names that a request will have. Raises NotAName, NotAnIdentity."""
    names, common_name = sorted_names(
        form.names, (), identities_only=False, has_subject=form.subject is not None
    )
    return _own_subject(form, names, common_name), names


def plan_signature(desk: Desk, form: SignForm) -> Signing:
    """Return what signing a request will give. Raises TlscaError where it cannot be signed."""
    return _planned(desk, form)[0]


def sign_request(desk: Desk, form: SignForm) -> Signed:
    """Sign a request and link it to its certificate, in one transaction. Raises TlscaError; nothing is changed then."""
    plan, issuer = _planned(desk, form)
    signer = desk.private_key(issuer)
    linked: list[RequestRecord] = []

    def link(change: Change, certificate: CertificateRecord) -> None:
        linked.append(record_of_request(desk, plan.request, [certificate]))
        keep_request(change, plan.request, linked[0])

    issued = certify(desk, plan.draft, issuer, plan.request.public_key, signer, act="sign-request", also=link)
    return Signed(issued, linked[0], plan.rows)


def requests(desk: Desk) -> tuple[RequestRecord, ...]:
    """Return every request that the store knows, in the order of making."""
    documents = (desk.ledger.setting(name) for name in desk.ledger.settings(_PREFIX))
    found = [RequestRecord.from_document(document) for document in documents if document is not None]
    return tuple(sorted(found, key=lambda record: (record.created_at, record.id)))


def request_of(desk: Desk, certificate: CertificateRecord) -> RequestRecord | None:
    """Return the request that became a certificate, if there was one."""
    return next((item for item in requests(desk) if certificate.id in item.certificate_ids), None)


def find_request(desk: Desk, reference: str) -> RequestRecord:
    """Return the request whose fingerprint begins so. Raises NotFound, also where several begin so."""
    found = [record for record in requests(desk) if record.id.startswith(reference.lower())]
    if len(reference) < 4 or len(found) != 1:
        raise NotFound(
            f"No one request of the store is called “{printable(reference)}”.",
            hint="Give four or more of the first digits of its SHA-256.",
        )
    return found[0]


def request_pem(desk: Desk, record: RequestRecord) -> bytes:
    """Return a request as PEM. Raises StoreDamaged."""
    return desk.ledger.object_pem(record.id)


def record_of_request(
    desk: Desk, request: Request, certificates: Iterable[CertificateRecord] = ()
) -> RequestRecord:
    """Return the record of a request, as the store has it or new, linked to the certificates that have its key too."""
    known = _known(desk, request)
    return _linked(known, (one for one in certificates if one.key_id == known.key_id))


def keep_request(change: Change, request: Request, record: RequestRecord) -> None:
    """Remember a request, inside a transaction."""
    change.add_object(request.pem)
    _put(change, record)


def link_requests(desk: Desk, change: Change, certificates: Iterable[CertificateRecord]) -> None:
    """Link certificates that came from elsewhere to the requests that have their keys, inside a transaction."""
    by_key: dict[str, list[CertificateRecord]] = {}
    for certificate in certificates:
        by_key.setdefault(certificate.key_id, []).append(certificate)
    for record in requests(desk):
        linked = _linked(record, by_key.get(record.key_id, ()))
        if linked != record:
            _put(change, linked)


def _own_subject(form: RequestForm, names: tuple[identities.Identity, ...], own: str | None) -> x509.Name:
    if form.subject is not None:
        return dn(form.subject)
    return common_name(own) if own else subject_of_names(names, None)


def _planned(desk: Desk, form: SignForm) -> tuple[Signing, CertificateRecord]:
    request = read_request(form.request, name=form.source)
    profile = find_profile(desk, form.profile)
    if profile.self_signed:
        raise Refused(
            f"The profile {profile.name} signs itself, so no request becomes one.",
            hint="Choose intermediate, or the profile of a leaf.",
        )
    issuer = chosen_issuer(desk, form.issuer)
    _check_key(desk, request, profile, issuer)
    granted = grant(request, profile, {EXTENSIONS.named(text) for text in form.take})
    above = signing_issuer(desk, issuer)
    order = in_partition(desk, issuer, _order(form, profile, request, granted))
    result = draft(order, above, now=desk.now())
    alone = draft(in_partition(desk, issuer, _profile_alone(order)), above, now=desk.now())
    return Signing(request, result, merge(request, granted, alone, result)), issuer


def _check_key(desk: Desk, request: Request, profile: Profile, issuer: CertificateRecord) -> None:
    """Refuse a request with the key of an authority: a leaf that has it could sign as that authority."""
    key_id = keys.key_id(request.public_key)
    owners = [record for record in desk.ledger.with_key(key_id) if record.is_authority]
    if key_id == issuer.key_id or (owners and not profile.authority):
        owner = issuer if key_id == issuer.key_id else owners[0]
        raise Refused(
            f"The request has the key of the authority {printable(owner.subject)} itself.",
            hint="Make the request again with a key of its own.",
        )


def _order(form: SignForm, profile: Profile, request: Request, granted: Granted) -> Order:
    order = content_order(form, profile)
    subject = granted.subject if order.subject is None else order.subject
    added = tuple(identities.identity(text) for text in form.sans)
    return replace(
        order,
        subject=subject if list(subject) else None,
        names=tuple(dict.fromkeys((*granted.names, *added))),
        key_kind=request.key_kind,
        taken=granted.extensions,
    )


def _profile_alone(order: Order) -> Order:
    """Return the order without what request and operator add to the profile's extensions."""
    return replace(
        order,
        taken=(),
        extensions=(),
        ocsp_urls=(),
        issuer_urls=(),
        crl_urls=(),
        policies=(),
        must_staple=False,
    )


def _record(desk: Desk, request: Request) -> RequestRecord:
    return RequestRecord(
        id=hashlib.sha256(request.der).hexdigest(),
        subject=dn_text(request.subject),
        names=tuple(identities.general_name_text(name) for name in request.names),
        key=request.key_kind,
        key_id=keys.key_id(request.public_key),
        created_at=desk.now().replace(microsecond=0),
    )


def _known(desk: Desk, request: Request) -> RequestRecord:
    """Return the record of a request, as the store has it or new."""
    new = _record(desk, request)
    document = desk.ledger.setting(_PREFIX + new.id)
    return RequestRecord.from_document(document) if document is not None else new


def _linked(record: RequestRecord, certificates: Iterable[CertificateRecord]) -> RequestRecord:
    ids = dict.fromkeys((*record.certificate_ids, *(certificate.id for certificate in certificates)))
    return replace(record, certificate_ids=tuple(ids))


def _put(change: Change, record: RequestRecord) -> None:
    change.put_setting(_PREFIX + record.id, record.to_document())
