"""Which authorities can issue, and which of them an operator means."""

from tlsca.authority.desk import Desk
from tlsca.errors import Ambiguous, NotFound, Refused
from tlsca.pki.issue import Issuer
from tlsca.pki.renew import CROSS
from tlsca.store.records import CertificateRecord
from tlsca.text import listing, printable, rfc3339


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


def signing_issuer(desk: Desk, record: CertificateRecord) -> Issuer:
    """Return the record as an issuer. Raises Refused when it, or one above it, is revoked: no client would trust the result."""
    for above in desk.chain(record):
        if above.revoked_at is not None:
            raise Refused(
                f"{printable(above.subject)} was revoked at {rfc3339(above.revoked_at)}, so nothing is issued below it.",
                hint="Choose another issuer.",
            )
    return desk.issuer(record)
