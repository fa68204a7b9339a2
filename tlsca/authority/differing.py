"""Diff: any two of certificate, request, revocation list and live host, field by field.

What an operator asks first when something stopped working is what changed; two texts side by side make him look for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tlsca.authority.connecting import inspect_host, looks_like_target
from tlsca.authority.desk import Desk
from tlsca.authority.files import is_readable_file, read_file
from tlsca.errors import NotFound, Unreadable
from tlsca.pki.certificate import certificate
from tlsca.pki.difference import Compared, Comparison, Mark, compare
from tlsca.pki.parts import whose
from tlsca.pki.read import LARGEST, Found, Kind, survey
from tlsca.store.records import CertificateRecord, RequestRecord
from tlsca.text import count, passphrase_octets, printable, rfc3339, shorten

GLYPHS: Mapping[Mark, str] = MappingProxyType(
    {Mark.SAME: "=", Mark.CHANGED: "~", Mark.ADDED: "+", Mark.REMOVED: "-"}
)
"""What became of a field, at a glance."""

COMPARABLE = frozenset({Kind.CERTIFICATE, Kind.REQUEST, Kind.CRL})
"""The kinds of object that can be compared."""
_FIELD_WIDTH = 17
_REQUESTS = "request:"
_SHORT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two objects that are compared."""

    source: str
    """Where it came from, for a person; printable."""
    kind: Kind
    der: bytes = field(repr=False)
    title: str
    """Whose it is; printable."""
    note: str = ""
    """What is to be said of the choice; printable."""

    @property
    def sha256(self) -> str:
        """Fingerprint of the DER, lower-case hexadecimal."""
        return certificate(self.der).sha256

    @property
    def sentence(self) -> str:
        """What it is and where it came from, in a line; printable."""
        return f"{self.kind.value} {self.title}, {self.sha256[:_SHORT]}, from {self.source}"

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        return {"source": self.source, "kind": self.kind.value, "title": self.title, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Diff:
    """Two objects and every field of them."""

    old: Side
    new: Side
    comparison: Comparison

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "equal": self.comparison.equal,
            "a": self.old.to_json(),
            "b": self.new.to_json(),
            "fields": [one.to_json() for one in self.comparison.fields],
        }

    def text(self, *, unfolded: bool = False) -> str:
        """Return it as lines for a terminal or a clipboard; equal fields are counted unless `unfolded`."""
        return "\n".join(_lines(self, unfolded=unfolded)) + "\n"


def diff(old: Side, new: Side) -> Diff:
    """Compare two sides."""
    return Diff(old, new, compare((old.kind, old.der), (new.kind, new.der)))


def side(
    desk: Desk | None, what: str, *, data: bytes | None = None, passphrase: str | None = None, now: datetime
) -> Side:
    """Return what `what` means: a file, else something in the store, else a host, which is dialled.

    `data` are the octets of standard input. Of a file or a host that holds several, the first certificate, request or list
    counts. Raises NotFound, Ambiguous, Unreadable, PassphraseError, Refused, UsageError.
    """
    if data is not None:
        return _first(data, "standard input", passphrase)
    if is_readable_file(Path(what)):
        return _first(read_file(Path(what), most=LARGEST), printable(what), passphrase)
    try:
        return _in_store(desk, what, now)
    except NotFound as error:
        if looks_like_target(what):
            return _served(desk, what, now)
        raise NotFound(
            f"“{shorten(printable(what), 80)}” is no file, nothing in the store, and no host:port.",
            hint=error.hint,
        ) from None


def side_of_record(desk: Desk, record: CertificateRecord) -> Side:
    """Return a certificate of the store. Raises StoreDamaged."""
    return _side(Found(Kind.CERTIFICATE, desk.certificate_der(record)), "the store")


def side_of_octets(kind: Kind, der: bytes, source: str) -> Side:
    """Return an object that was read already; `source` is printable."""
    return _side(Found(kind, der), source)


@dataclass(frozen=True, slots=True)
class Other:
    """Something that a certificate of the store is naturally compared with."""

    title: str
    """What it is to the certificate; printable."""
    take: Callable[[], Side]
    """Returns it; call it in a thread, for it may dial a host. Raises TlscaError."""


def others(desk: Desk, record: CertificateRecord) -> tuple[Other, ...]:
    """Return what a certificate of the store is naturally compared with.

    The ones that it replaced and that replaced it, the request that it came from, and what serves where it was last seen.
    """
    kin = [("renewed by it", one) for one in _predecessors(desk, record)]
    successor = desk.successor(record)
    kin += [("its successor", successor)] if successor else []
    found = [
        Other(
            f"{word}: until {rfc3339(one.not_after)[:10]}, {one.sha256[:_SHORT]}",
            partial(side_of_record, desk, one),
        )
        for word, one in kin
    ]
    found += [
        Other(f"the request that it came from, {one.id[:_SHORT]}", partial(_side_of_request, desk, one))
        for one in _requests_of(desk, record)
    ]
    if record.last_seen:
        title = f"what {printable(record.last_seen)} serves now"
        found.append(Other(title, partial(_served, desk, record.last_seen, desk.now())))
    return tuple(found)


def _predecessors(desk: Desk, record: CertificateRecord) -> tuple[CertificateRecord, ...]:
    """Return the certificates that this one replaced, the newest first; a renewal keeps the subject and the names."""
    named = record.subject or next(iter(record.names), "")
    replaced = [one for one in desk.ledger.by_name(named) if one.renewed_by == record.id]
    return tuple(sorted(replaced, key=lambda one: one.not_before, reverse=True))


def _requests_of(desk: Desk, record: CertificateRecord) -> tuple[RequestRecord, ...]:
    kept = (desk.ledger.setting(name) for name in desk.ledger.settings(_REQUESTS))
    found = (RequestRecord.from_document(document) for document in kept if document is not None)
    return tuple(one for one in found if record.id in one.certificate_ids)


def _side_of_request(desk: Desk, request: RequestRecord) -> Side:
    return _first(desk.ledger.object_pem(request.id), "the store", None)


def _in_store(desk: Desk | None, what: str, now: datetime) -> Side:
    if desk is None:
        raise NotFound("There is no store to look in.", hint="Check the path, or give --store.")
    return side_of_record(desk, desk.ledger.find(what, now=now))


def _served(desk: Desk | None, target: str, now: datetime) -> Side:
    sent = inspect_host(desk, target, now=now)
    return _side(Found(Kind.CERTIFICATE, sent[0].der), sent[0].source)


def _first(data: bytes, source: str, passphrase: str | None) -> Side:
    found = survey(data, passphrase=passphrase_octets(passphrase) if passphrase else None, name=source).found
    able = [item for item in found if item.kind in COMPARABLE]
    if not able:
        raise Unreadable(
            f"{source} holds a {found[0].kind.value} and nothing that can be compared.",
            hint="Give a certificate, a request or a CRL.",
        )
    return _side(able[0], source, f"the first of {len(able)}" if len(able) > 1 else "")


def _side(found: Found, source: str, note: str = "") -> Side:
    return Side(source=source, kind=found.kind, der=found.der, title=_title(found), note=note)


def _title(found: Found) -> str:
    loaded = certificate(found.der)
    if found.kind is Kind.CERTIFICATE and loaded.content is not None:
        return loaded.label
    return shorten(whose(found.kind, found.der), 80) or "without a name"


def _lines(found: Diff, *, unfolded: bool) -> Iterator[str]:
    yield f"A  {found.old.sentence}"
    yield f"B  {found.new.sentence}"
    yield ""
    for group, fields in found.comparison.groups():
        yield from _group_lines(group, fields, unfolded=unfolded)
    yield ""
    yield verdict(found.comparison)


def _group_lines(group: str, fields: Sequence[Compared], *, unfolded: bool) -> Iterator[str]:
    """Yield what differs in a group, below its title; a group in which nothing does takes one line."""
    alike = [one for one in fields if one.mark is Mark.SAME]
    folded = f"{GLYPHS[Mark.SAME]} {count(len(alike), 'field')} alike"
    if len(alike) == len(fields) and not unfolded:
        yield f"{group.ljust(_FIELD_WIDTH + 4)} {folded}"
        return
    yield group
    for one in fields:
        if one.mark is not Mark.SAME or unfolded:
            yield from _field_lines(one)
    if alike and not unfolded:
        yield f"  {folded}"


def _field_lines(one: Compared) -> Iterator[str]:
    head = f"  {GLYPHS[one.mark]} {one.field.ljust(_FIELD_WIDTH)}"
    margin = " " * (_FIELD_WIDTH + 4)
    if len(one.field) > _FIELD_WIDTH:
        yield head
        head = margin
    if one.mark is Mark.CHANGED:
        yield f"{head} {one.old}"
        yield f"{margin[:-2]}→  {one.new}"
    else:
        yield f"{head} {one.new if one.old is None else one.old}"


def verdict(comparison: Comparison) -> str:
    """Return in a sentence how much differs."""
    alike = len(comparison.fields) - comparison.differing
    if comparison.equal:
        return f"The two are equal, in all {alike} fields."
    verb = "differs" if comparison.differing == 1 else "differ"
    return f"{count(comparison.differing, 'field')} {verb}, {alike} {'is' if alike == 1 else 'are'} alike."
