"""Why an act cannot be done to a certificate: one sentence, or nothing where it can.

These are told before anything is typed, from what the list knows; the acts themselves judge again, by everything in the store.
"""

from typing import TYPE_CHECKING

from tlsca.text import printable

if TYPE_CHECKING:
    from tlsca.authority.listing import Entry


def nothing_against(_entry: "Entry") -> str:
    """Say nothing: the act can be done to every certificate."""
    return ""


def renew_refusal(entry: "Entry") -> str:
    """Say why a certificate cannot be renewed."""
    name = printable(entry.title)
    if entry.status in {"revoked", "held"}:
        return f"{name} is {'revoked' if entry.status == 'revoked' else 'on hold'}, so it is not renewed."
    if entry.renewed_by_ref is not None:
        return f"{name} was renewed already, by {entry.renewed_by_ref}."
    if entry.issuer_ref is None:
        return f"The authority that issued {name} is not in the store."
    if entry.record.issuer_id == entry.record.id and not entry.has_key:
        return f"{name} signs itself, and its key is not in the store."
    return ""


def revoke_refusal(entry: "Entry") -> str:
    """Say why a certificate cannot be revoked."""
    name = printable(entry.title)
    if entry.record.issuer_id == entry.record.id:
        return f"{name} is a root, and a root cannot revoke itself."
    if entry.issuer_ref is None:
        return f"The authority that issued {name} is not in the store."
    return f"{name} is revoked already, for good." if entry.status == "revoked" else ""


def publish_refusal(entry: "Entry") -> str:
    """Say why no revocation list can be published for a certificate: its own, or that of the authority that issued it."""
    name = printable(entry.title)
    if not entry.record.is_authority:
        return "" if entry.issuer_ref else f"The authority that issued {name} is not in the store."
    if not entry.has_key:
        return f"The key of {name} is not in the store, so it cannot sign a CRL."
    return f"{name} has ended, so nobody would take its CRL." if entry.status == "expired" else ""
