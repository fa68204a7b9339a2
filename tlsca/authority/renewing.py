"""Renew: the next certificate for the same subject, with the key it has or a new one; of leaves and of authorities, one or many.

The old certificate stays valid for as long as it was; the two are linked. A root that gets a new key gets cross-certificates besides,
so that clients who trust only the old certificate accept the new one, and the other way about (RFC 4210, 4.4).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.carrying import lifetime
from tlsca.authority.desk import Desk
from tlsca.authority.issuers import signing_issuer
from tlsca.authority.issuing import record_of
from tlsca.authority.listing import title_of
from tlsca.authority.partitions import partitions_of, renewed_in_partition
from tlsca.authority.profiling import find_profile
from tlsca.authority.renewable import check_renewable, next_issuer
from tlsca.authority.requesting import link_requests
from tlsca.authority.rollover import Cross, Root, cross_certificates
from tlsca.errors import Refused, UsageError
from tlsca.pki import keys
from tlsca.pki.allowed import check_profile_allows
from tlsca.pki.difference import Difference, differences, draft_differences
from tlsca.pki.issue import Draft, random_serial, sign
from tlsca.pki.key_policy import check_public_key
from tlsca.pki.order import Lifetime
from tlsca.pki.profiles import PROFILES, Profile
from tlsca.pki.quiet import quietly
from tlsca.pki.renew import check_same_subject, key_identifier_of, renewal, successor_kind
from tlsca.store.records import CertificateRecord, KeyRecord
from tlsca.store.transaction import Change
from tlsca.text import listing, printable, rfc3339

_LOGGED = 20
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalForm:
    """What is typed to renew certificates."""

    references: tuple[str, ...]
    rekey: bool = False
    """Whether the new ones get new keys."""
    key: str | None = None
    """The kind of the new keys; None for the kind of the old ones."""
    days: int | None = None
    until: str | None = None
    """An ISO date or RFC 3339 time. Without days and date a certificate is valid for as long as the old one was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What renewing one certificate will give."""

    old: CertificateRecord
    issuer: CertificateRecord | None
    """Who signs; None where it signs itself."""
    draft: Draft
    rekey: bool
    differences: tuple[Difference, ...]
    """What will differ, as far as it is decided before a key is made and a serial number drawn."""
    notes: tuple[str, ...]
    """Sentences for the operator; printable."""

    @property
    def crossed(self) -> bool:
        """Whether there will be cross-certificates: a root gets a new key while its old certificate is in force."""
        return (
            self.rekey
            and self.old.is_authority
            and self.issuer is None
            and self.old.not_after > self.draft.not_before
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A certificate that was renewed."""

    old: CertificateRecord
    """As it is now: linked to the new one."""
    record: CertificateRecord
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    crosses: tuple[CertificateRecord, ...] = ()
    """For a root with a new key: new with old, for clients that trust only the old one, and old with new, the other way about."""


def plan_renewal(desk: Desk, form: RenewalForm) -> tuple[Renewal, ...]:
    """Return what renewing will give, in the order of the references; nothing is changed, and no passphrase is needed.

    Raises NotFound, Ambiguous, UsageError, and Refused for what is revoked, on hold, renewed already, of an issuer that cannot sign
    here, or no longer allowed.
    """
    found = (desk.ledger.find(reference, now=desk.now()) for reference in form.references)
    chosen = tuple({record.id: record for record in found}.values())
    if not chosen:
        raise UsageError("Nothing was named to renew.", hint="Give a name, a serial number or a fingerprint.")
    span = lifetime(form.days, form.until)
    check_renewable(desk, chosen)
    if len(chosen) == 1:
        return (_planned(desk, chosen[0], form, span),)
    return tuple(_planned_among(desk, record, form, span) for record in chosen)


def renew(desk: Desk, form: RenewalForm) -> tuple[Renewed, ...]:
    """Renew certificates, all of them or none, in one transaction. Raises as `plan_renewal`, PassphraseMissing, StoreConflict."""
    plans = plan_renewal(desk, form)
    desk.open_vault()
    unsealed = _Unsealed(desk)
    made = [_made(desk, plan, unsealed) for plan in plans]
    rekey = form.rekey or form.key is not None
    with desk.ledger.transaction(
        act="rekey" if rekey else "renew", at=desk.now(), detail=_detail(made)
    ) as change:
        renewed = tuple(_kept(desk, change, one) for one in made)
        link_requests(desk, change, [one.record for one in renewed])
    return renewed


# What will be in it


def _planned_among(desk: Desk, old: CertificateRecord, form: RenewalForm, span: Lifetime) -> Renewal:
    """Return the plan for one of several. A refusal names it."""
    try:
        return _planned(desk, old, form, span)
    except Refused as error:
        name = printable(title_of(old))
        if name in error.sentence:
            raise
        raise Refused(f"{name}: {error.sentence}", hint=error.hint) from None


def _planned(desk: Desk, old: CertificateRecord, form: RenewalForm, span: Lifetime) -> Renewal:
    certificate = desk.certificate(old)
    issuer = next_issuer(desk, old)
    rekey = form.rekey or form.key is not None
    kind = (form.key or successor_kind(old.key)) if rekey else old.key
    profile = _profile(desk, old)
    above = signing_issuer(desk, issuer) if issuer else None
    with quietly(UserWarning):
        _check_key(certificate, profile, kind, rekey=rekey)
        carried = renewal(certificate, profile, above, key_kind=kind, lifetime=span, now=desk.now())
        draft = renewed_in_partition(desk, old, issuer, carried)
        differing = draft_differences(certificate, draft, old.key)
    return Renewal(
        old=old,
        issuer=issuer,
        draft=draft,
        rekey=rekey,
        differences=differing,
        notes=(*draft.notes, *_notes(desk, old, draft, issuer, rekey=rekey)),
    )


def _check_key(certificate: x509.Certificate, profile: Profile, kind: str, *, rekey: bool) -> None:
    if rekey:
        check_profile_allows(profile, x509.Name([]), (), kind)
        return
    try:
        check_public_key(certificate.public_key())
    except Refused as error:
        raise Refused(error.sentence, hint="Give it a new key: --rekey.") from None


def _profile(desk: Desk, old: CertificateRecord) -> Profile:
    """Return the profile that the old certificate had; where it is gone, what the certificate says is enough."""
    try:
        profile = find_profile(desk, old.profile)
    except UsageError:
        profile = None
    if profile is not None and profile.authority == old.is_authority:
        return profile
    likest = "server" if not old.is_authority else "root" if old.issuer_id == old.id else "intermediate"
    return replace(PROFILES[likest], name=old.profile, key_kinds=())


def _notes(
    desk: Desk, old: CertificateRecord, draft: Draft, issuer: CertificateRecord | None, *, rekey: bool
) -> Iterator[str]:
    name = printable(title_of(old))
    if issuer is not None and draft.not_after == issuer.not_after <= old.not_after:
        yield f"The new certificate of {name} ends no later than the old one: renew its issuer first."
    if rekey and draft.key_kind != old.key and old.key not in keys.KINDS:
        yield f"Keys of the kind {old.key} are made no more; {name} gets {draft.key_kind}."
    if rekey and not desk.has_key(old):
        yield f"The old key of {name} is elsewhere; the new one is made here, and its host needs it."
    if old.is_authority and rekey and partitions_of(desk, old):
        yield f"Its lists in partitions stay with the old key of {name}: tlsca ca partition makes new ones for the new key."
    if old.is_authority and old.issuer_id == old.id:
        yield f"Give the new certificate of {name} to its clients before {rfc3339(old.not_after)}, when the old one ends."
    if old.is_authority and not rekey and (bound := _bound_to_serial(desk, old)):
        yield f"{listing(bound)} {'names' if len(bound) == 1 else 'name'} the old serial number of {name}, so renew that too."


def _bound_to_serial(desk: Desk, authority: CertificateRecord) -> list[str]:
    """Return live certificates whose authority key identifier names their issuer's serial number: none but that one fits them.

    OpenSSL holds to it (X509_check_akid); easy-rsa writes it. The newest are looked at, which tell for all.
    """
    now = desk.now()
    below = [one for one in desk.ledger.by_issuer(authority.id) if one.id != authority.id]
    live = [one for one in below if one.revoked_at is None and one.not_after >= now]
    return [printable(title_of(one)) for one in live[-_LOOKED_AT:] if _names_a_serial(desk.certificate(one))]


def _names_a_serial(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return False
    return found.authority_cert_serial_number is not None


# Making it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """One renewal, signed and not kept yet."""

    plan: Renewal
    old: x509.Certificate
    new: x509.Certificate
    record: CertificateRecord
    sealed: KeyRecord | None
    crosses: tuple[Cross, ...]
    """New with old, then old with new; none but for a root that gets a new key."""


class _Unsealed:
    """The private keys that a batch signs with, each unsealed once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._keys: dict[str, keys.PrivateKey] = {}

    def key(self, record: CertificateRecord) -> keys.PrivateKey:
        """Return a certificate's private key. Raises as `Desk.private_key`."""
        if record.key_id not in self._keys:
            self._keys[record.key_id] = self._desk.private_key(record)
        return self._keys[record.key_id]


def _made(desk: Desk, plan: Renewal, unsealed: _Unsealed) -> _Made:
    old = desk.certificate(plan.old)
    fresh = keys.generate(plan.draft.key_kind) if plan.rekey else None
    with quietly(UserWarning):
        new = _signed(desk, plan, old, fresh, unsealed)
        record = record_of(
            desk,
            new,
            profile=plan.old.profile,
            issuer_id=plan.issuer.id if plan.issuer else None,
            at=desk.now(),
        )
        crosses: tuple[Cross, ...] = ()
        if fresh and plan.crossed:
            before = Root(plan.old, old, unsealed.key(plan.old))
            crosses = cross_certificates(desk, before, Root(record, new, fresh))
    sealed = desk.sealed_key(fresh, at=desk.now()) if fresh else None
    return _Made(plan=plan, old=old, new=new, record=record, sealed=sealed, crosses=crosses)


def _signed(
    desk: Desk, plan: Renewal, old: x509.Certificate, fresh: keys.PrivateKey | None, unsealed: _Unsealed
) -> x509.Certificate:
    issuer = plan.issuer
    new = sign(
        plan.draft,
        fresh.public_key() if fresh else old.public_key(),
        signing_issuer(desk, issuer) if issuer else None,
        unsealed.key(issuer) if issuer else fresh or unsealed.key(plan.old),
        serial=random_serial(desk.random),
        key_identifier=None if fresh else key_identifier_of(old),
    )
    if plan.old.is_authority:
        check_same_subject(new, old)
    return new


def _kept(desk: Desk, change: Change, made: _Made) -> Renewed:
    if made.sealed is not None:
        change.add_key(made.sealed)
    record = change.add_certificate(made.record, made.new.public_bytes(Encoding.PEM))
    crosses = [
        change.add_certificate(cross.record, cross.certificate.public_bytes(Encoding.PEM))
        for cross in made.crosses
    ]
    old = change.replace_certificate(made.plan.old, replace(made.plan.old, renewed_by=record.id))
    with quietly(UserWarning):
        differing = differences(made.old, made.new, now=desk.now())
    return Renewed(
        old=old, record=record, differences=differing, notes=made.plan.notes, crosses=tuple(crosses)
    )


def _detail(made: Sequence[_Made]) -> dict[str, object]:
    detail: dict[str, object] = {
        "certificates": [_logged(one) for one in made[:_LOGGED]],
        "count": len(made),
    }
    crosses = [cross.record.serial for one in made for cross in one.crosses]
    return detail | {"cross_certificates": crosses[:_LOGGED]} if crosses else detail


def _logged(made: _Made) -> str:
    return f"{made.plan.old.serial} {title_of(made.record)} by {made.record.serial}"
