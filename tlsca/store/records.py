"""What the store remembers: typed records, and the plain documents that TinyDB and the journal hold for them.

A record never holds a certificate's bytes: those are an object of their own, found by `sha256`. Times are aware and in UTC;
serial numbers and fingerprints are lower-case hexadecimal without colons, whole octets.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from tlsca.errors import StoreDamaged
from tlsca.text import from_rfc3339, rfc3339

SCHEMA_VERSION = 1
"""The version that this tlsca writes; it stands in the journal's first line."""

Document = dict[str, Any]
"""What JSON can hold: the form a record has in TinyDB and in the journal."""


class Reason(StrEnum):
    """Why a certificate was revoked: the words of RFC 5280's CRLReason (section 5.3.1), as an operator types them."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key-compromise"
    CA_COMPROMISE = "ca-compromise"
    AFFILIATION_CHANGED = "affiliation-changed"
    SUPERSEDED = "superseded"
    CESSATION = "cessation"
    HOLD = "hold"
    PRIVILEGE_WITHDRAWN = "privilege-withdrawn"
    AA_COMPROMISE = "aa-compromise"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecord:
    """One certificate that the store knows, authority or leaf."""

    id: str
    """32 hexadecimal digits, random; the record's identity for ever."""
    sha256: str
    """Fingerprint of the DER certificate; names its file in `objects/`."""
    serial: str
    subject: str
    """RFC 4514 text; may be empty."""
    issuer: str
    """RFC 4514 text."""
    issuer_id: str | None
    """`id` of the certificate that signed this one; its own `id` for a root; None when the issuer is not in the store."""
    profile: str
    names: tuple[str, ...]
    """Subject alternative names, as text: `www.example.com`, `10.0.0.1`, `a@example.com`, `spiffe://x/y`."""
    not_before: datetime
    not_after: datetime
    key: str
    """The kind of key, one of the command line's words: `ec-p256`."""
    key_id: str
    """SHA-256 of the DER SubjectPublicKeyInfo; names the private key, if the store has it."""
    is_authority: bool
    """Whether basicConstraints says CA:TRUE."""
    created_at: datetime
    revoked_at: datetime | None = None
    reason: Reason | None = None
    renewed_by: str | None = None
    """`id` of the certificate that replaced this one."""
    last_seen: str | None = None
    """Where a probe last saw it served: `host:port`."""
    last_seen_at: datetime | None = None

    def to_document(self) -> Document:
        """Return the plain document for TinyDB: fields that are None are left out."""
        return {name: _plain(value) for name, value in _fields(self) if value is not None}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the record that `to_document` wrote, in this or an older schema; raise StoreDamaged if it is none."""
        try:
            return cls(**{name: _typed(cls, name, value) for name, value in document.items()})
        except (KeyError, TypeError, ValueError) as error:
            raise StoreDamaged(f"A certificate's record in the store cannot be read: {error}.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """One private key, sealed by the vault."""

    id: str
    """SHA-256 of the DER SubjectPublicKeyInfo, hexadecimal: the `key_id` of its certificates."""
    kind: str
    sealed: str
    """Base64 of what `Vault.seal` returned for the PKCS#8 DER."""
    created_at: datetime

    def to_document(self) -> Document:
        """Return the plain document for TinyDB."""
        return {name: _plain(value) for name, value in _fields(self) if value is not None}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the record that `to_document` wrote; raise StoreDamaged if it is none."""
        try:
            return cls(**{name: _typed(cls, name, value) for name, value in document.items()})
        except (KeyError, TypeError, ValueError) as error:
            raise StoreDamaged(f"A key's record in the store cannot be read: {error}.") from error


_MOMENTS = frozenset({"not_before", "not_after", "created_at", "revoked_at", "last_seen_at"})


def _fields(record: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(record, field.name)) for field in dataclasses.fields(record)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, StrEnum) else value


def _typed(cls: type, name: str, value: Any) -> Any:
    if name in _MOMENTS:
        return from_rfc3339(value)
    if name == "names":
        return tuple(value)
    return Reason(value) if name == "reason" else value
