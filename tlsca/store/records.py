"""What the store remembers: typed records, and the plain documents that TinyDB and the journal hold for them.

A record never holds a certificate's bytes: those are an object of their own, found by `sha256`. Times are aware, in UTC and
in whole seconds; serial numbers and fingerprints are lower-case hexadecimal without colons, whole octets.

A document of an older schema may lack fields, which then take their defaults; a field that is not known here can only come
from a newer tlsca, and is never dropped in silence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from tlsca.errors import StoreDamaged, StoreReadOnly
from tlsca.text import from_rfc3339, printable, rfc3339

SCHEMA_VERSION = 2
"""The version that this tlsca writes; it stands in the journal's first line, and in the line that carries an older store forward.

    1   certificates, keys and settings
    2   a certificate may have a label, a note, tags and contacts
"""

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
class _Record:
    """How records become documents and come back."""

    _called: ClassVar[str]

    def to_document(self) -> Document:
        """Return the plain document for TinyDB: fields that are None are left out, and tags and contacts that there are none of."""
        names: tuple[str, ...] = self.__slots__
        return {
            name: _WRITERS.get(type(value), _as_it_is)(value)
            for name in names
            if (value := getattr(self, name)) is not None and (value or name not in _UNSAID_WHEN_EMPTY)
        }

    def as_read(self) -> Self:
        """Return the record as it comes back from its document: times in UTC and in whole seconds."""
        moments = (getattr(self, name) for name in _MOMENTS.intersection(self.__slots__))
        settled = all(
            moment is None or (moment.tzinfo is UTC and not moment.microsecond) for moment in moments
        )
        return self if settled else self.from_document(self.to_document())

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the record that `to_document` wrote, in this or an older schema.

        Raises StoreReadOnly for a field of a newer schema, StoreDamaged for what is no such record.
        """
        try:
            return cls(**{name: _READERS.get(name, _as_it_is)(value) for name, value in document.items()})
        except (TypeError, ValueError, AttributeError) as error:
            raise cls._unreadable(document, error) from error

    @classmethod
    def _unreadable(cls, document: Mapping[str, Any], error: Exception) -> StoreDamaged | StoreReadOnly:
        unknown = sorted(document.keys() - {field.name for field in fields(cls)})
        if unknown:
            return StoreReadOnly(
                f"A {cls._called} in the store has a field {printable(unknown[0])} that this tlsca does not know.",
                hint="The store was written by a newer tlsca; use that one.",
            )
        return StoreDamaged(f"A {cls._called} in the store cannot be read: {printable(str(error))}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecord(_Record):
    """One certificate that the store knows, authority or leaf."""

    _called: ClassVar[str] = "certificate's record"

    id: str
    """32 hexadecimal digits, random; the record's identity for ever."""
    sha256: str
    """Fingerprint of the DER certificate; names its file in `objects/`."""
    serial: str
    subject: str
    """RFC 4514 text; may be empty."""
    issuer: str
    """RFC 4514 text."""
    issuer_id: str | None = None
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
    invalid_since: datetime | None = None
    """Since when it is known or suspected to be bad (RFC 5280, 5.3.2), which may be long before it was revoked."""
    renewed_by: str | None = None
    """`id` of the certificate that replaced this one."""
    last_seen: str | None = None
    """Where a probe last saw it served: `host:port`."""
    last_seen_at: datetime | None = None
    partition: int | None = None
    """Which of its issuer's partitioned revocation lists it names as its own, from 1; None where it names none of them."""
    label: str | None = None
    """What the operator calls it, instead of its first name or subject."""
    note: str | None = None
    """What the operator wrote about it; may have several lines."""
    tags: tuple[str, ...] = ()
    """Words by which certificates are found together, in lower case, sorted."""
    contacts: tuple[str, ...] = ()
    """Whom to ask about it: e-mail addresses, names, telephone numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord(_Record):
    """One private key, sealed by the vault."""

    _called: ClassVar[str] = "key's record"

    id: str
    """SHA-256 of the DER SubjectPublicKeyInfo, hexadecimal: the `key_id` of its certificates."""
    kind: str
    sealed: str
    """Base64 of what `Vault.seal` returned for the PKCS#8 DER."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRecord(_Record):
    """The revocation of a serial number whose certificate the store never saw."""

    _called: ClassVar[str] = "revocation's record"

    serial: str
    issuer: str
    """RFC 4514 text."""
    revoked_at: datetime
    reason: Reason | None = None
    invalid_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlRecord(_Record):
    """One certificate revocation list that was published."""

    _called: ClassVar[str] = "CRL's record"

    sha256: str
    """Fingerprint of the DER list; names its file in `objects/`."""
    number: int
    this_update: datetime
    next_update: datetime
    entries: int
    """How many there are in it."""
    base: int | None = None
    """The number of the full list that this one amends; None for a full list."""
    content: str
    """SHA-256 of what was revoked, and why, when it was signed."""
    since: datetime | None = None
    """Certificates that had ended before this time, and were on a list then, are no longer listed (RFC 5280, 3.3)."""
    partition: int | None = None
    """The number of the partition that it is about; None where it is about all."""
    only: str | None = None
    """`users` or `authorities` where it is about one kind of certificate alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionsRecord(_Record):
    """Into how many revocation lists an authority parts what it issues."""

    _called: ClassVar[str] = "authority's partitions"

    count: int
    """They are numbered from 1; there are never fewer later on."""
    url: str
    """Where clients fetch the lists, with `{partition}` for the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord(_Record):
    """One certificate request, our own or somebody's; a document of its own, named `request:` and its `id`."""

    _called: ClassVar[str] = "request's record"

    id: str
    """SHA-256 of the DER request; names its file in `objects/`."""
    subject: str
    """RFC 4514 text; may be empty."""
    names: tuple[str, ...]
    """The subject alternative names that it asks for, as text."""
    key: str
    """The kind of key, one of the command line's words."""
    key_id: str
    """SHA-256 of the DER SubjectPublicKeyInfo, by which the certificate is known when it comes back."""
    created_at: datetime
    certificate_ids: tuple[str, ...] = ()
    """`id` of each certificate that it became, in the order of coming."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRecord(_Record):
    """An authority's certificate that a probed host sent; a document of its own, named `seen:` and its fingerprint."""

    _called: ClassVar[str] = "seen certificate's record"

    sha256: str
    """Fingerprint of the DER certificate; names its file in `objects/`."""
    subject: str
    """RFC 4514 text."""
    host: str
    """Where it was last seen: `host:port`."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRecord(_Record):
    """One target that is probed again and again, and what was found the last time; a document of its own, named `watch:`."""

    _called: ClassVar[str] = "watched target's record"

    id: str
    """`host:port`, and after a `#` the name that is asked for, where that is another one."""
    target: str
    """As `tlsca probe` takes it."""
    starttls: str
    server_name: str | None = None
    address: str | None = None
    verify_name: str | None = None
    created_at: datetime
    probed_at: datetime | None = None
    verdict: str | None = None
    """`trusted`, `untrusted` or `failed`; None before the first time."""
    codes: tuple[str, ...] = ()
    """The problems, gravest first."""
    sha256: str | None = None
    """Fingerprint of the certificate that was served when one last was; what follows is about the same handshake."""
    subject: str | None = None
    served_issuer: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReport(_Record):
    """What is told of a watched target beyond its record, written only when it changes; a document of its own, named `watch-report:`."""

    _called: ClassVar[str] = "watched target's report"

    id: str
    """That of the target."""
    problems: tuple[Mapping[str, str], ...] = ()
    """Those of the last look, gravest first: `code`, `severity`, `message` and `fix` of each."""
    changes: tuple[Mapping[str, str], ...] = ()
    """The newest first: `at`, `what`, `before` and `after` of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRecord(_Record):
    """A root that was put where programs look up what they trust; a document of its own, named `trust:` and its fingerprint."""

    _called: ClassVar[str] = "trusted root's record"

    sha256: str
    """Fingerprint of the DER certificate; names its file in `objects/`."""
    subject: str
    """RFC 4514 text."""
    places: tuple[Mapping[str, str], ...]
    """Where: `kind`, `path`, `name` (what it is called there), `flags` (the trust it had there before) and `at` of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitsRecord(_Record):
    """What was chosen for the last certificate of an authority; a document of its own, named `habits:` and the authority's mark."""

    _called: ClassVar[str] = "authority's habits"

    profile: str
    key: str
    days: int | None = None
    """None where it was to last until its issuer ends, or as long as its profile says."""
    until_issuer_ends: bool = False
    crl_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    must_staple: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardedRecord(_Record):
    """A certificate that was put away; a document of its own, named `trash:` and the certificate's `id`."""

    _called: ClassVar[str] = "discarded certificate's record"

    id: str
    """That of the certificate."""
    put_away_at: datetime
    certificate: Mapping[str, Any]
    """The document of its record."""
    private_key: Mapping[str, Any] | None = None
    """The document of its sealed key, where no other certificate or request needs that."""
    replaced: tuple[str, ...] = ()
    """`id` of each certificate that it was the renewal of."""
    listed: bool = False
    """Whether its revocation is kept, as if the store had never seen the certificate, so that lists go on naming it."""


def _as_it_is(value: object) -> object:
    return value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "not_before": from_rfc3339,
    "not_after": from_rfc3339,
    "created_at": from_rfc3339,
    "revoked_at": from_rfc3339,
    "last_seen_at": from_rfc3339,
    "seen_at": from_rfc3339,
    "invalid_since": from_rfc3339,
    "this_update": from_rfc3339,
    "next_update": from_rfc3339,
    "since": from_rfc3339,
    "probed_at": from_rfc3339,
    "put_away_at": from_rfc3339,
    "replaced": tuple,
    "names": tuple,
    "tags": tuple,
    "contacts": tuple,
    "codes": tuple,
    "problems": tuple,
    "changes": tuple,
    "places": tuple,
    "crl_urls": tuple,
    "ocsp_urls": tuple,
    "certificate_ids": tuple,
    "reason": Reason,
}
"""What turns a field's plain value into the record's; any other field is as it stands."""

_UNSAID_WHEN_EMPTY = frozenset({"tags", "contacts"})
"""Fields that documents of the first schema lack: a record that was read from one is written as it stood."""

_MOMENTS = frozenset(name for name, reader in _READERS.items() if reader is from_rfc3339)

_WRITERS: Mapping[type, Callable[[Any], Any]] = {datetime: rfc3339, tuple: list, Reason: str}
"""What turns a value of the record into a plain one; any other is as it stands."""
