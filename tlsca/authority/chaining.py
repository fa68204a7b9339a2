"""The chain of any certificate, leaf to root: who, how each link holds, where each certificate was found, and who is missing.

Nothing is fetched: an issuer that is nowhere is named, with the place that the certificate gives for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.linking import MOST_OF_ONE_NAME
from tlsca.authority.listing import status_of
from tlsca.authority.remembering import seen_named
from tlsca.authority.revocations import unseen_revocation
from tlsca.authority.roots import certifi_shelf, system_shelf
from tlsca.pki.certificate import Certificate, certificate, certificates
from tlsca.pki.describe import status_word
from tlsca.pki.lifetime import EXPIRING
from tlsca.pki.path import Sources, build, shelve
from tlsca.pki.tie import Tie, tie
from tlsca.store.records import CertificateRecord
from tlsca.text import count, hex_colons, printable, rfc3339

STORE = "the store"
SYSTEM = "the system's trust store"
CERTIFI = "certifi"
BESIDE = "the same file"

_MOST = 256
"""More certificates than these are not gathered for one chain."""
_MOST_URLS = 5
_ILL = frozenset({"expired", "revoked", "held", "not-yet-valid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One certificate of a chain."""

    certificate: Certificate
    places: tuple[str, ...]
    """Where it was found, for a person; printable."""
    tie: Tie | None
    """How it hangs on the one above it, a root on itself; None where that one is missing."""
    status: str
    """As in the list: `valid`, `expired`, `revoked` …; `unreadable` where its dates are."""
    trusted: bool
    """Whether somebody trusts it as a root: the store, the system or certifi."""
    record: CertificateRecord | None = None
    """What the store knows of it, if it is there."""

    def to_json(self) -> dict[str, Any]:
        """Return the link as JSON holds it."""
        one = self.certificate
        return {
            "subject": one.subject,
            "sha256": one.sha256,
            "not_after": rfc3339(one.not_after) if one.not_after else None,
            "status": self.status,
            "found_in": list(self.places),
            "link": self.tie.bond.value if self.tie else "missing",
            "why": self.tie.why if self.tie else "",
            "trusted": self.trusted,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The issuer that is nowhere; all text is printable."""

    issuer: str
    """Its distinguished name, RFC 4514."""
    key_id: str
    """The key identifier that its certificate should have, `AB:CD:…`; empty where that is not said."""
    urls: tuple[str, ...]
    """Where the certificate below says that it can be had (RFC 5280, 4.2.2.1)."""
    namesakes: tuple[Link, ...]
    """Certificates of that name which did not sign the one below; the tie of each says why."""

    @property
    def advice(self) -> str:
        """What to do about it, in a sentence."""
        if self.urls:
            return f"Fetch it from {self.urls[0]}, look whether you trust it, and import it."
        return "Ask whoever issued the certificate for the issuer's, and import it."

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "issuer": self.issuer,
            "key_id": self.key_id.replace(":", "").lower(),
            "urls": list(self.urls),
            "namesakes": [one.to_json() for one in self.namesakes],
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate and those above it."""

    links: tuple[Link, ...]
    """Leaf first; there is at least the leaf."""
    missing: Missing | None
    """Who should stand above the last link; None where that is a root."""

    @property
    def ill(self) -> tuple[Link, ...]:
        """The certificates that do not count now, whatever the signatures say; the one nearest the root first."""
        return tuple(one for one in reversed(self.links) if one.status in _ILL)

    @property
    def sound(self) -> bool:
        """Whether it reaches a root that somebody here trusts, over certificates that all count."""
        return self.missing is None and self.links[-1].trusted and not self.ill

    @property
    def sentence(self) -> str:
        """How things stand with it, in a sentence; printable."""
        last = self.links[-1]
        if self.missing is not None:
            return f"The chain is not whole: the issuer of {last.certificate.label} is missing."
        if self.ill:
            return f"The chain reaches a root, but {self.ill[0].certificate.label} is {self.ill[0].status}."
        if not last.trusted:
            return "The chain reaches a root, but nobody here trusts that."
        return f"The chain of {count(len(self.links), 'certificate')} is whole, and its root is trusted."

    def to_json(self) -> dict[str, Any]:
        """Return the chain as JSON holds it."""
        return {
            "links": [one.to_json() for one in self.links],
            "missing": self.missing.to_json() if self.missing else None,
        }


def chain_of(
    desk: Desk | None, leaf: bytes, *, beside: Iterable[bytes] = (), source: str = "", place: str = BESIDE
) -> Chain:
    """Return the chain of a DER certificate.

    `beside` are certificates that came with it, found in `place`; `source` says where it came from itself; both are printable.
    Issuers are looked for beside it, in the store, among what the system and certifi trust, and among the certificates that
    probes have seen. Raises StoreDamaged.
    """
    found = _Found(desk, certificate(leaf), tuple(certificates(beside)), source, place)
    path = build(found.leaf, Sources(found.others(), shelve(found.anchors()), shelve(())))
    above = [*path.certificates[1:], None]
    links: list[Link] = []
    for one, issuer in zip(reversed(path.certificates), reversed(above), strict=True):
        over = issuer or (one if one.is_self_signed else None)
        links.append(found.link(one, tie(one, over) if over else None, issuer))
    links.reverse()
    return Chain(tuple(links), None if path.last.is_self_signed else _missing(found, path.last))


class _Found:
    """Certificates that may stand in one chain, and where each was found."""

    def __init__(
        self,
        desk: Desk | None,
        leaf: Certificate,
        beside: tuple[Certificate, ...],
        source: str,
        place: str,
    ) -> None:
        self.leaf = leaf
        self._desk = desk
        self._now = desk.now() if desk else system_clock()
        self._beside = shelve(beside)
        self._beside_place = place
        self._places: dict[Certificate, list[str]] = {leaf: [source] if source else []}
        self._records: dict[Certificate, CertificateRecord] = {}
        self._anchors: dict[Certificate, None] = {}
        self._gather()

    def others(self) -> tuple[Certificate, ...]:
        """Return all but the leaf, the newest of each name first."""
        above = [one for one in self._places if one != self.leaf]
        return tuple(
            sorted(above, key=lambda one: one.not_after.timestamp() if one.not_after else 0.0, reverse=True)
        )

    def anchors(self) -> tuple[Certificate, ...]:
        """Return those that somebody trusts."""
        trusted = [one for one in self.others() if one in self._anchors]
        return (*trusted, *([self.leaf] if self.leaf in self._anchors else []))

    def named(self, issuer_der: bytes) -> list[Certificate]:
        """Return those of a subject."""
        return [one for one in self._places if one.subject_der == issuer_der]

    def link(self, one: Certificate, bond: Tie | None, issuer: Certificate | None) -> Link:
        """Return one of them as a link of the chain."""
        return Link(
            certificate=one,
            places=tuple(self._places[one]),
            tie=bond,
            status=self._status(one, issuer),
            trusted=one in self._anchors,
            record=self._records.get(one),
        )

    def _gather(self) -> None:
        """Look everywhere for the issuers of the leaf, for theirs, and so on."""
        self._keep_leaf()
        asked: set[bytes] = set()
        waiting = [self.leaf]
        while waiting and len(self._places) < _MOST:
            child = waiting.pop(0)
            if child.issuer_der in asked or child.content is None:
                continue
            asked.add(child.issuer_der)
            for one, place, record in self._candidates(child):
                if one not in self._places:
                    waiting.append(one)
                self._keep(one, place, record)

    def _keep_leaf(self) -> None:
        record = self._desk.ledger.by_fingerprint(self.leaf.sha256) if self._desk else None
        if record is not None:
            self._keep(self.leaf, STORE, record)
        for one, place, _ in self._trusted(self.leaf.subject_der):
            if one == self.leaf:
                self._keep(one, place, None)

    def _keep(self, one: Certificate, place: str, record: CertificateRecord | None) -> None:
        places = self._places.setdefault(one, [])
        if place not in places:
            places.append(place)
        if record is not None:
            self._records[one] = record
        if place in {SYSTEM, CERTIFI} or (record is not None and record.issuer_id == record.id):
            self._anchors[one] = None

    def _candidates(self, child: Certificate) -> Iterator[tuple[Certificate, str, CertificateRecord | None]]:
        name = child.issuer_der
        for one in self._beside.named(name)[:MOST_OF_ONE_NAME]:
            yield one, self._beside_place, None
        yield from self._in_store(child.issuer)
        yield from self._trusted(name)
        for one, host in seen_named(self._desk, child.issuer):
            yield one, f"seen before at {host}", None

    def _in_store(self, name: str) -> Iterator[tuple[Certificate, str, CertificateRecord | None]]:
        if self._desk is None:
            return
        records = [one for one in self._desk.ledger.by_name(name) if one.is_authority]
        for record in records[:MOST_OF_ONE_NAME]:
            yield certificate(self._desk.certificate_der(record)), STORE, record

    def _trusted(self, name: bytes) -> Iterator[tuple[Certificate, str, CertificateRecord | None]]:
        for shelf, place in ((system_shelf(), SYSTEM), (certifi_shelf(), CERTIFI)):
            for one in shelf.named(name):
                yield one, place, None

    def _status(self, one: Certificate, issuer: Certificate | None) -> str:
        record, desk = self._records.get(one), self._desk
        if record is not None and desk is not None:
            return status_of(record, now=self._now, soon=desk.expiring)
        above = self._records.get(issuer) if issuer else None
        if desk is not None and above is not None and unseen_revocation(desk, above, one.serial) is not None:
            return "revoked"
        if one.not_before is None or one.not_after is None:
            return "unreadable"
        soon = desk.expiring if desk else EXPIRING
        return status_word(one.not_before, one.not_after, now=self._now, soon=soon)


def _missing(found: _Found, last: Certificate) -> Missing:
    namesakes = [one for one in found.named(last.issuer_der) if one != last]
    return Missing(
        issuer=printable(last.issuer) or "an authority without a name",
        key_id=hex_colons((last.authority_key_identifier or b"").hex()),
        urls=tuple(_issuer_urls(last))[:_MOST_URLS],
        namesakes=tuple(found.link(one, tie(last, one), None) for one in namesakes),
    )


def _issuer_urls(one: Certificate) -> Iterator[str]:
    for place in one.value(x509.AuthorityInformationAccess) or ():
        location = place.access_location
        if place.access_method == AuthorityInformationAccessOID.CA_ISSUERS and isinstance(
            location, x509.UniformResourceIdentifier
        ):
            yield printable(location.value)
