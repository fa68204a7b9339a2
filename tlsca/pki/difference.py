"""What differs between two certificates, field by field: the fields that both have alike are left out.

The fields are the rows of `describe`, so that a difference reads like the two descriptions beside each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from tlsca.pki.describe import Row, describe_certificate, describe_extensions
from tlsca.pki.issue import Draft
from tlsca.pki.names import dn_text
from tlsca.text import printable, rfc3339

_FOLLOWS = frozenset(("SHA-256", "SHA-1"))
"""What differs whenever anything does."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, each side None where it has no such field; all text is printable."""

    field: str
    old: str | None
    new: str | None

    def to_json(self) -> dict[str, str | None]:
        """Return the difference as JSON holds it."""
        return {"field": self.field, "old": self.old, "new": self.new}


def differences(old: x509.Certificate, new: x509.Certificate, *, now: datetime) -> tuple[Difference, ...]:
    """Return the fields in which two certificates differ, in the order of the new one's description."""
    return between(describe_certificate(old, now=now), describe_certificate(new, now=now))


def draft_differences(old: x509.Certificate, plan: Draft, key_kind: str) -> tuple[Difference, ...]:
    """Return the fields in which a draft differs from a certificate whose key is of this kind; of all that a draft decides."""
    before = _decided(
        old.subject, old.issuer, (old.not_valid_before_utc, old.not_valid_after_utc), key_kind, old.extensions
    )
    after = _decided(
        plan.subject, plan.issuer, (plan.not_before, plan.not_after), plan.key_kind, plan.extensions
    )
    return between(before, after)


def between(old: Iterable[Row], new: Iterable[Row]) -> tuple[Difference, ...]:
    """Return where two descriptions differ."""
    before, after = ({row.title: row for row in rows} for rows in (old, new))
    return tuple(
        Difference(title, _text(before.get(title)), _text(after.get(title)))
        for title in dict.fromkeys((*after, *before))
        if title not in _FOLLOWS and _text(before.get(title)) != _text(after.get(title))
    )


def _text(row: Row | None) -> str | None:
    if row is None:
        return None
    return f"{row.value} (critical)" if row.note.startswith("critical") else row.value


def _decided(
    subject: x509.Name,
    issuer: x509.Name,
    validity: tuple[datetime, datetime],
    key_kind: str,
    extensions: Iterable[x509.Extension[x509.ExtensionType]],
) -> tuple[Row, ...]:
    kept = [item for item in extensions if item.oid not in _OF_THE_KEYS]
    begin, end = validity
    return (
        Row("Subject", printable(dn_text(subject))),
        Row("Issuer", printable(dn_text(issuer))),
        Row("Valid", f"{rfc3339(begin)} until {rfc3339(end)}"),
        Row("Key", key_kind),
        *describe_extensions(kept),
    )


_OF_THE_KEYS = (x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid)
