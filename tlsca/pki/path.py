"""The way from a certificate up to something trusted: who may have signed it, and who did.

A peer sends certificates in any order, too many or too few; several authorities may share a name, and one authority may have
several certificates. So every candidate is tried, trusted ones first, within a bound that no peer can stretch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from tlsca.pki.certificate import Certificate, certificates, signed_by

LONGEST_CHAIN = 100
"""Certificates of a chain that are looked at; OpenSSL's own limit for a path is the same (X509_VERIFY_PARAM depth)."""

_MOST_STEPS = 256  # signature checks in one search: cross-signed hierarchies in use need fewer than ten


@dataclass(frozen=True)
class Shelf:
    """Certificates to choose issuers from, found by subject."""

    by_subject: MappingProxyType[bytes, tuple[Certificate, ...]]

    def named(self, subject_der: bytes) -> tuple[Certificate, ...]:
        """Return the certificates of that subject."""
        return self.by_subject.get(subject_der, ())

    def holds(self, certificate: Certificate) -> bool:
        """Say whether exactly this certificate stands here."""
        return certificate in self.named(certificate.subject_der)


def shelve(found: Iterable[Certificate]) -> Shelf:
    """Return certificates as a shelf."""
    by_subject: dict[bytes, tuple[Certificate, ...]] = {}
    for certificate in found:
        by_subject[certificate.subject_der] = (*by_subject.get(certificate.subject_der, ()), certificate)
    return Shelf(MappingProxyType(by_subject))


@lru_cache(maxsize=16)
def shelf(ders: tuple[bytes, ...]) -> Shelf:
    """Return DER certificates as a shelf; the same certificates give the same shelf."""
    return shelve(certificates(ders))


@dataclass(frozen=True, slots=True)
class Sources:
    """Where issuers may come from."""

    sent: tuple[Certificate, ...]
    """What the peer sent, or stood in the file, beside the leaf."""
    trusted: Shelf
    """What may end a path."""
    known: Shelf
    """What we happen to have: it explains a gap, and does not fill it."""
    partial: bool = False
    """Whether a trusted certificate that did not sign itself may end a path."""

    def issuers_of(self, child: Certificate) -> tuple[Certificate, ...]:
        """Return who may have signed this by name, trusted ones first."""
        name = child.issuer_der
        sent = (candidate for candidate in self.sent if candidate.subject_der == name)
        return tuple(dict.fromkeys((*self.trusted.named(name), *sent, *self.known.named(name))))

    def ends(self, certificate: Certificate) -> bool:
        """Say whether a path may end here."""
        return self.trusted.holds(certificate) and (self.partial or certificate.is_self_signed)

    def lacks(self, certificate: Certificate) -> bool:
        """Say whether this certificate was neither sent nor is an end of paths: somebody has to send it."""
        return certificate not in self.sent and not self.ends(certificate)


@dataclass(frozen=True, slots=True)
class Path:
    """Certificates, each signed by the next, leaf first; `anchored` when the last one is trusted."""

    certificates: tuple[Certificate, ...]
    anchored: bool

    @property
    def last(self) -> Certificate:
        """The certificate farthest from the leaf."""
        return self.certificates[-1]


def build(leaf: Certificate, sources: Sources) -> Path:
    """Return a path that ends in something trusted, or else the longest that there is.

    Every link's signature has been checked. Depth first, at most 256 steps.
    """
    longest: tuple[Certificate, ...] = (leaf,)
    unfinished = [longest]
    for _ in range(_MOST_STEPS):
        if not unfinished:
            break
        path = unfinished.pop()
        if sources.ends(path[-1]):
            return Path(path, anchored=True)
        longest = max(longest, path, key=len)
        if not path[-1].is_self_signed and len(path) < LONGEST_CHAIN:
            unfinished.extend((*path, issuer) for issuer in reversed(_signers(path, sources)))
    return Path(longest, anchored=False)


def _signers(path: tuple[Certificate, ...], sources: Sources) -> list[Certificate]:
    child = path[-1]
    candidates = sources.issuers_of(child)[:_MOST_STEPS]
    return [issuer for issuer in candidates if issuer not in path and signed_by(child, issuer)]


def order(bag: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Return certificates of one chain from the leaf upwards; those that belong to no chain with it come last, as they were.

    The leaf is the first certificate that signed none of the others, an authority only where there is nothing else.
    """
    if not bag:
        return ()
    ends = [one for one in bag if not _is_issuer_in(one, bag)] or list(bag)
    leaf = min(ends, key=lambda one: one.is_ca)
    nothing = shelve(())
    chain = build(leaf, Sources(tuple(bag), nothing, nothing)).certificates
    return (*chain, *(one for one in dict.fromkeys(bag) if one not in chain))


def _is_issuer_in(one: Certificate, bag: Sequence[Certificate]) -> bool:
    return any(other != one and other.issuer_der == one.subject_der for other in bag[:LONGEST_CHAIN])
