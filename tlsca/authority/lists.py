"""The revocation lists that an authority has published: the newest full one of each scope, and the newest delta of that.

Each scope has numbers of its own, which its full lists and its deltas share (RFC 5280, 5.2.3).
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.partitions import list_url, partitions_of
from tlsca.authority.revocations import mark
from tlsca.authority.scope import WHOLE, Scope
from tlsca.errors import Refused
from tlsca.pki.revoke import ListForm, Only
from tlsca.store.records import CertificateRecord, CrlRecord
from tlsca.store.transaction import Change
from tlsca.text import printable

_LISTS = "crl:"
_FULL, _DELTA, _NUMBER = "full", "delta", "number"


def scopes(desk: Desk, authority: CertificateRecord) -> Iterator[Scope]:
    """Yield the scopes that an authority's lists are to be published for: all, each partition, and kinds that had one before."""
    yield WHOLE
    parted = partitions_of(desk, authority)
    if parted:
        yield from map(Scope, range(1, parted.count + 1))
    kinds = (Scope(only=only) for only in Only)
    yield from (scope for scope in kinds if full_list(desk, authority, scope))


def check_scope(desk: Desk, authority: CertificateRecord, scope: Scope) -> None:
    """Raise Refused for a partition that the authority has not."""
    parted = partitions_of(desk, authority)
    count = parted.count if parted else 0
    if scope.partition is not None and not 1 <= scope.partition <= count:
        has = f"{count} partitions, numbered from 1" if count else "no partitions"
        raise Refused(
            f"There is no partition {scope.partition}: {printable(authority.subject)} has {has}.",
            hint="tlsca ca partition tells and sets how many there are.",
        )


def point_of(desk: Desk, authority: CertificateRecord, scope: Scope) -> str | None:
    """Return the distribution point that the certificates of a partition name; None where the scope is no partition."""
    parted = partitions_of(desk, authority)
    return list_url(parted, scope.partition) if parted and scope.partition is not None else None


def full_list(desk: Desk, authority: CertificateRecord, scope: Scope = WHOLE) -> CrlRecord | None:
    """Return the newest full list of a scope."""
    return _kept(desk, authority, _FULL, scope)


def delta_list(desk: Desk, authority: CertificateRecord, scope: Scope = WHOLE) -> CrlRecord | None:
    """Return the newest delta of the newest full list of a scope."""
    return _kept(desk, authority, _DELTA, scope)


def keep_list(
    desk: Desk, change: Change, authority: CertificateRecord, record: CrlRecord, scope: Scope
) -> None:
    """Remember a list as the newest of its scope; a full one takes the place of the delta of the one before."""
    kind = _FULL if record.base is None else _DELTA
    change.put_setting(_name(authority, kind, scope), record.to_document())
    if kind == _FULL and delta_list(desk, authority, scope):
        change.remove_setting(_name(authority, _DELTA, scope))


def list_record(der: bytes, said: ListForm, entries: int, *, scope: Scope, content: str, since: datetime | None) -> CrlRecord:  # fmt: skip
    """Return what the store remembers of a list; `content` is a hash of what was revoked when it was signed."""
    return CrlRecord(
        sha256=hashlib.sha256(der).hexdigest(),
        number=said.number,
        this_update=said.this_update,
        next_update=said.next_update,
        entries=entries,
        base=said.base,
        content=content,
        since=since,
        partition=scope.partition,
        only=scope.only,
    )


def load_list(desk: Desk, record: CrlRecord) -> x509.CertificateRevocationList:
    """Return the list itself. Raises StoreDamaged."""
    return x509.load_pem_x509_crl(desk.ledger.object_pem(record.sha256))


def newest_crls(desk: Desk, authority: CertificateRecord) -> tuple[bytes, ...]:
    """Return the newest full list of each scope and the newest delta of it, DER, as far as there are any. Raises StoreDamaged."""
    kept = (
        one
        for scope in scopes(desk, authority)
        for one in (full_list(desk, authority, scope), delta_list(desk, authority, scope))
    )
    return tuple(load_list(desk, one).public_bytes(Encoding.DER) for one in kept if one)


def last_number(desk: Desk, authority: CertificateRecord, scope: Scope = WHOLE) -> int:
    """Return the highest number that any list of a scope is known to have had, here or elsewhere; 0 if there was none."""
    names = (
        _name(authority, _FULL, scope),
        _name(authority, _DELTA, scope),
        _name(authority, _NUMBER, WHOLE),
    )
    documents = (desk.ledger.setting(name) for name in names)
    return max((int(document["number"]) for document in documents if document), default=0)


def numbers(desk: Desk) -> dict[str, int]:
    """Return the highest number that any list of each authority is known to have had, by the authority's mark."""
    found: dict[str, int] = {}
    for name in desk.ledger.settings(_LISTS):
        marked = name.split(":")[1]
        number = int((desk.ledger.setting(name) or {}).get("number", 0))
        found[marked] = max(found.get(marked, 0), number)
    return found


def keep_number(desk: Desk, change: Change, authority: CertificateRecord, number: int) -> None:
    """Remember a number that an authority's lists had elsewhere: those that are published here have higher ones."""
    if number > last_number(desk, authority):
        change.put_setting(_name(authority, _NUMBER, WHOLE), {"number": number})


def _kept(desk: Desk, authority: CertificateRecord, kind: str, scope: Scope) -> CrlRecord | None:
    document = desk.ledger.setting(_name(authority, kind, scope))
    return CrlRecord.from_document(document) if document else None


def _name(authority: CertificateRecord, kind: str, scope: Scope) -> str:
    return f"{_LISTS}{mark(authority)}:{kind}{':' if scope.word else ''}{scope.word}"
