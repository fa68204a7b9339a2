"""Which certificates may be renewed, and who signs the next one."""

from collections.abc import Sequence

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.listing import title_of
from tlsca.authority.revocations import mark, revocation_of
from tlsca.errors import Refused
from tlsca.pki.renew import CROSS
from tlsca.store.records import CertificateRecord
from tlsca.text import printable, rfc3339


def check_renewable(desk: Desk, chosen: Sequence[CertificateRecord]) -> None:
    """Raise Refused, naming the certificate, when one is revoked, on hold, renewed already, or below another one of them."""
    for record in chosen:
        _check_standing(desk, record)
        _check_not_replaced(desk, record)
    _check_not_below(desk, chosen)


def next_issuer(desk: Desk, old: CertificateRecord) -> CertificateRecord | None:
    """Return who signs the next certificate: its authority's newest, with the newest key; None where it signs itself.

    Raises Refused when the authority or its key is not in the store.
    """
    name = printable(title_of(old))
    if old.issuer_id == old.id:
        if not desk.has_key(old):
            raise Refused(
                f"{name} signs itself, and its private key is not in the store.", hint="Import the key."
            )
        return None
    issuer = desk.issuer_of(old)
    if issuer is None:
        raise Refused(
            f"The authority that issued {name} is not in the store.",
            hint="Import it with its key, or have the one that issued it renew it.",
        )
    issuer = _heir(desk, issuer)
    if not desk.has_key(issuer):
        raise Refused(
            f"The private key of {printable(title_of(issuer))}, which issued {name}, is not in the store.",
            hint="Import the key, or have the one that has it renew the certificate.",
        )
    return issuer


def _check_standing(desk: Desk, record: CertificateRecord) -> None:
    name = printable(title_of(record))
    revocation = revocation_of(desk, record)
    if revocation is not None:
        held = revocation.reason is x509.ReasonFlags.certificate_hold
        since = rfc3339(revocation.revoked_at)
        raise Refused(
            f"{name} {f'is on hold since {since}' if held else f'was revoked at {since}'}, so it is not renewed.",
            hint="Release it first with tlsca unhold." if held else "Issue a new one with tlsca issue.",
        )
    if record.is_authority and record.profile == CROSS:
        raise Refused(
            f"{name} is a cross-certificate here, which is not renewed.",
            hint="Sign the other authority's newest certificate: tlsca ca cross-sign.",
        )


def _check_not_replaced(desk: Desk, record: CertificateRecord) -> None:
    successor = desk.successor(record)
    if successor is not None:
        reference = successor.sha256[:12]
        raise Refused(
            f"{printable(title_of(record))} was renewed already, by {reference}.",
            hint=f"Renew that one: tlsca renew {reference}.",
        )


def _check_not_below(desk: Desk, chosen: Sequence[CertificateRecord]) -> None:
    """Refuse an authority together with what stands below it, which its next certificate is to sign."""
    authorities = {mark(record) for record in chosen if record.is_authority}
    for record in chosen if authorities else ():
        for above in desk.chain(record)[1:]:
            if mark(above) in authorities:
                raise Refused(
                    f"{printable(title_of(record))} is below {printable(title_of(above))}, which is to be renewed too.",
                    hint="Renew the authority first, then what is below it.",
                )


def _heir(desk: Desk, authority: CertificateRecord) -> CertificateRecord:
    """Follow an authority that got new keys to the newest one that is here."""
    passed = {authority.id}
    while (successor := desk.successor(authority)) is not None:
        successor = desk.newest(successor)
        if successor.id in passed or not desk.has_key(successor):
            break
        passed.add(successor.id)
        authority = successor
    return authority
