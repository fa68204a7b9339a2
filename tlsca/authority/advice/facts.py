"""What the store knows that matters to a form: read once, so that the rules of advice are functions of values."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlsca.authority.issuers import chosen_issuer, signing_issuer
from tlsca.authority.profiling import find_profile
from tlsca.errors import NotAnIdentity, TlscaError
from tlsca.pki.identity import identity

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from tlsca.authority.desk import Desk
    from tlsca.authority.issuing import CertificateForm
    from tlsca.pki.issue import Issuer
    from tlsca.pki.profiles import Profile
    from tlsca.store.records import CertificateRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is so outside the form."""

    now: datetime
    expiring: timedelta
    """How long before its end a certificate counts as expiring."""
    unlocked: bool
    profile: Profile | None = None
    """None where there is none of this name, or it cannot be read."""
    issuer: CertificateRecord | None = None
    above: Issuer | None = None
    """The issuer with the certificates above it; None where it may not sign."""
    refusal: TlscaError | None = None
    """Why the issuer may not sign."""
    alike: tuple[CertificateRecord, ...] = ()
    """Live certificates of the same profile for the very same names, the newest first."""


def facts_of(desk: Desk, form: CertificateForm) -> Facts:
    """Return what the store knows that matters to a form; what the form leaves open, or names wrong, is simply not known."""
    profile = issuer = above = refusal = None
    with contextlib.suppress(TlscaError):
        profile = find_profile(desk, form.profile)
    try:
        issuer = chosen_issuer(desk, form.issuer)
        above = signing_issuer(desk, issuer)
    except TlscaError as error:
        refusal = error
    return Facts(
        now=desk.now(),
        expiring=desk.expiring,
        unlocked=desk.unlocked,
        profile=profile,
        issuer=issuer,
        above=above,
        refusal=refusal,
        alike=_alike(desk, form),
    )


def _alike(desk: Desk, form: CertificateForm) -> tuple[CertificateRecord, ...]:
    """Find live certificates for the same names; the names are compared as certificates carry them."""
    wanted = {_carried(name) for name in (*form.names, *form.sans)}
    first = next(iter(sorted(wanted)), None)
    if first is None:
        return ()
    now = desk.now()
    found = [
        record
        for record in desk.ledger.by_name(first)
        if record.profile == form.profile
        and not record.is_authority
        and set(record.names) == wanted
        and record.revoked_at is None
        and record.not_after > now
        and desk.successor(record) is None
    ]
    return tuple(sorted(found, key=lambda record: record.not_before, reverse=True))


def _carried(name: str) -> str:
    try:
        return str(identity(name))
    except NotAnIdentity:
        return name.strip()
