"""Why an act cannot be done to a certificate: one sentence, or nothing where it can.

These are told before anything is typed, from what the list knows; the acts themselves judge again, by everything in the store.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tlsca.text import printable

if TYPE_CHECKING:
    from tlsca.authority.listing import Entry

_MOST_TOLD = 3


def refusals(entries: "Sequence[Entry]", refusal: "Callable[[Entry], str]") -> str:
    """Say to which of some certificates an act cannot be done, and why: a line for each; empty where it can be done to all."""
    told = [reason for entry in entries if (reason := refusal(entry))]
    if len(entries) == 1 or not told:
        return "".join(told)
    more = [f"So it is with {len(told) - _MOST_TOLD} more."] if len(told) > _MOST_TOLD else []
    hint = f"It is done to all {len(entries)} that are marked or to none: unmark {'it' if len(told) == 1 else 'them'} with space."
    return "\n".join([*told[:_MOST_TOLD], *more, hint])


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


def revoke_together_refusal(entry: "Entry") -> str:
    """Say why a certificate cannot be revoked in one go with others."""
    if reason := revoke_refusal(entry):
        return reason
    name = printable(entry.title)
    return (
        f"{name} is an authority, which is revoked alone and by its name."
        if entry.record.is_authority
        else ""
    )


def publish_refusal(entry: "Entry") -> str:
    """Say why no revocation list can be published for a certificate: its own, or that of the authority that issued it."""
    name = printable(entry.title)
    if not entry.record.is_authority:
        return "" if entry.issuer_ref else f"The authority that issued {name} is not in the store."
    if not entry.has_key:
        return f"The key of {name} is not in the store, so it cannot sign a CRL."
    return f"{name} has ended, so nobody would take its CRL." if entry.status == "expired" else ""


def partition_refusal(entry: "Entry") -> str:
    """Say why the revocation lists of a certificate cannot be parted."""
    return (
        ""
        if entry.record.is_authority
        else f"{printable(entry.title)} is no authority, so it has no revocation lists."
    )


def preflight_refusal(entry: "Entry") -> str:
    """Say why a certificate cannot be served and probed here."""
    name = printable(entry.title)
    if entry.record.is_authority:
        return f"{name} is an authority: hosts serve what it issued."
    return "" if entry.has_key else f"The key of {name} is not in the store, so it cannot be served here."


def trust_refusal(entry: "Entry") -> str:
    """Say why a certificate is none that a machine can be told to trust."""
    name = printable(entry.title)
    if not entry.record.is_authority:
        return f"{name} is no authority; what is trusted is the root at the end of its chain."
    return "" if entry.record.issuer_id == entry.record.id else f"{name} is no root; trust the root above it."
