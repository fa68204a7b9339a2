"""What a filter can look into: the fields of a certificate that hold words, and those that hold a moment.

One table for the language, its completion and its help, so that none can know a field that another does not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tlsca.authority.listing import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field that holds words."""

    help: str
    read: Callable[[Entry], tuple[str, ...]]
    """Its words, as they are written; none where it is empty."""
    shared: Callable[[Entry], object] | None = None
    """What the words follow from, where many certificates have the same. It can be a key of a dict."""
    begins: bool = False
    """Whether a pattern is looked for at the beginning: “valid” is not to find “not-yet-valid”."""
    offered: bool = True
    """Whether what it holds is short enough to be offered for completion."""
    several: bool = False
    """Whether each of its words is a value, and not another form of the first."""
    digits: bool = False
    """Whether it is a number that may be written with colons."""


def common_name(dn: str) -> str:
    """Return the first part of a distinguished name, which is what a person knows it by."""
    return dn.split(",", 1)[0].removeprefix("CN=")


def _some(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


@dataclass(frozen=True, slots=True)
class Column:
    """What certificates have in one field, many of them the same: each value need be looked at only once."""

    values: list[object]
    """That of each certificate."""
    samples: Mapping[object, Entry]
    """Some certificate with each value."""


def column(read: Callable[[Entry], object], entries: Sequence[Entry]) -> Column:
    """Return what the entries have there; of equal values all get the same one, which is quicker to tell from others."""
    same: dict[object, object] = {}
    values = [same.setdefault(value, value) for value in map(read, entries)]
    return Column(values, dict(zip(values, entries, strict=True)))


FIELDS: Mapping[str, Field] = {
    "status": Field(
        help="state",
        read=lambda entry: (entry.status,),
        shared=lambda entry: entry.status,
        begins=True,
    ),
    "issuer": Field(
        help="who signed it",
        read=lambda entry: (common_name(entry.record.issuer), entry.record.issuer),
        shared=lambda entry: entry.record.issuer,
    ),
    "profile": Field(
        help="what it is for",
        read=lambda entry: (entry.record.profile,),
        shared=lambda entry: entry.record.profile,
    ),
    "key": Field(
        help="kind of key", read=lambda entry: (entry.record.key,), shared=lambda entry: entry.record.key
    ),
    "name": Field(help="any name of it", read=lambda entry: (entry.title, *entry.record.names)),
    "san": Field(help="subject alternative name", read=lambda entry: entry.record.names),
    "subject": Field(help="distinguished name", read=lambda entry: (entry.record.subject,)),
    "serial": Field(help="serial number", read=lambda entry: (entry.record.serial,), digits=True),
    "sha256": Field(help="fingerprint", read=lambda entry: (entry.record.sha256,), digits=True),
    "reason": Field(
        help="why it was revoked",
        read=lambda entry: _some(entry.record.reason),
        shared=lambda entry: entry.record.reason,
    ),
    "renewed": Field(
        help="yes, or no",
        read=lambda entry: ("yes" if entry.renewed_by_ref else "no",),
        shared=lambda entry: entry.renewed_by_ref is None,
    ),
    "seen": Field(
        help="where a probe saw it",
        read=lambda entry: _some(entry.record.last_seen),
        shared=lambda entry: entry.record.last_seen,
    ),
    "tag": Field(
        help="tag",
        read=lambda entry: entry.record.tags,
        shared=lambda entry: entry.record.tags,
        begins=True,
        several=True,
    ),
    "note": Field(
        help="note",
        read=lambda entry: _some(entry.record.note),
        shared=lambda entry: entry.record.note,
        offered=False,
    ),
    "contact": Field(
        help="whom to ask",
        read=lambda entry: entry.record.contacts,
        shared=lambda entry: entry.record.contacts,
        several=True,
    ),
}
"""By the word that stands before the colon."""

ALIASES: Mapping[str, str] = {
    "state": "status",
    "fingerprint": "sha256",
    "tags": "tag",
    "notes": "note",
    "names": "name",
    "contacts": "contact",
}
"""Other words for the same."""

MOMENTS: Mapping[str, Callable[[Entry], datetime | None]] = {
    "expires": lambda entry: entry.record.not_after,
    "issued": lambda entry: entry.record.not_before,
    "seen": lambda entry: entry.record.last_seen_at,
}
"""Those that hold a moment, which is compared by `<` and `>`, or matched with a date after a colon."""


def haystack(entry: Entry) -> str:
    """Return all text of a certificate in which a bare word is looked for, in lower case; a newline stands between any two."""
    record = entry.record
    parts = (
        record.subject,
        *record.names,
        record.profile,
        entry.status,
        record.label or "",
        record.note or "",
    )
    return "\n".join((*parts, *record.tags, *record.contacts)).lower()
