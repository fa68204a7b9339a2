"""Order, link and check a chain: from what was presented to a path, and everything that is wrong with it.

Three repairs hide behind OpenSSL's "unable to get local issuer certificate": the host sends too little, the client trusts too
little, or an authority changed its key. Telling them apart takes what we know besides what was sent.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from tlsca.pki.certificate import Certificate, Signature, certificates, signature, signed_by
from tlsca.pki.date_defects import Dated, date_defects
from tlsca.pki.defects import SERVER, Place, lasting_defects
from tlsca.pki.finding import Finding, error, gravest_first
from tlsca.pki.hostnames import name_defect
from tlsca.pki.path import LONGEST_CHAIN, Path, Sources, build, order, shelf, shelve
from tlsca.pki.revocation import revocation_defects
from tlsca.pki.strict import strict_codes
from tlsca.text import printable, shorten

__all__ = ["Terms", "Verdict", "examine", "order", "verify"]

WARN_WITHIN = timedelta(days=14)
"""How long before its end a certificate is reported as expiring soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a chain is checked against."""

    now: datetime
    names: tuple[str, ...] = ()
    """DNS names as A-labels or IP addresses that the leaf must be for, each of them."""
    purpose: str = SERVER
    """`server`, `client`, or `any`."""
    crls: tuple[bytes, ...] = ()
    """Revocation lists, DER; with none, revocation is not looked at."""
    warn_within: timedelta = WARN_WITHIN


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a chain."""

    path: tuple[Certificate, ...]
    """Leaf first; the best there is, where none ends in something trusted."""
    anchored: bool
    """Whether the path ends in something trusted."""
    findings: tuple[Finding, ...]
    """Gravest first; without errors, the chain is good."""
    strict: tuple[str, ...]
    """Codes of what a strict client would refuse beside that."""

    @property
    def good(self) -> bool:
        """Whether nothing keeps a client from accepting the chain."""
        return not any(finding.is_error for finding in self.findings)


def verify(
    chain: Sequence[bytes],
    terms: Terms,
    *,
    trusted: tuple[bytes, ...],
    known: tuple[bytes, ...] = (),
    partial: bool = False,
) -> Verdict:
    """Find a path for the first certificate of a chain and list everything that is wrong with it.

    All certificates are DER. `known` ones explain a gap without filling it; a trusted certificate that did not sign itself
    ends a path only where `partial` says so, and is a known one otherwise. An empty chain raises ValueError.
    """
    sent = certificates(chain[:LONGEST_CHAIN])
    if not sent:
        msg = "a chain has at least one certificate"
        raise ValueError(msg)
    sources = Sources(sent, shelf(trusted), shelf(known), partial)
    path, links = _link(sent[0], sources)
    verdict = examine(path.certificates, terms, anchored=path.anchored)
    return Verdict(verdict.path, path.anchored, gravest_first((*links, *verdict.findings)), verdict.strict)


def examine(path: tuple[Certificate, ...], terms: Terms, *, anchored: bool) -> Verdict:
    """List everything that is wrong with the certificates of a path whose links hold."""
    lasting = _lasting(path, terms.names, terms.purpose, anchored=anchored)
    findings = list(lasting.findings)
    for dated in lasting.dated:
        findings += date_defects(dated, now=terms.now, warn_within=terms.warn_within)
    findings += revocation_defects(path, terms.crls, now=terms.now)
    return Verdict(path, anchored, gravest_first(findings), lasting.strict)


@dataclass(frozen=True, slots=True)
class _Lasting:
    """What time does not change of a path."""

    findings: tuple[Finding, ...]
    strict: tuple[str, ...]
    dated: tuple[Dated, ...]
    """What time is held against, of each certificate."""


@lru_cache(maxsize=512)
def _lasting(
    path: tuple[Certificate, ...], names: tuple[str, ...], purpose: str, *, anchored: bool
) -> _Lasting:
    """Return what time does not change; remembered, since hosts are probed again and again."""
    mismatches = (name_defect(path[0], name) for name in names)
    findings = [mismatch for mismatch in mismatches if mismatch is not None]
    places = [Place(path, index, anchored, purpose) for index in range(len(path))]
    for place in places:
        findings += lasting_defects(place)
    strict = strict_codes(path) if anchored else ()
    return _Lasting(tuple(findings), strict, tuple(place.dated for place in places))


def _link(leaf: Certificate, sources: Sources) -> tuple[Path, list[Finding]]:
    """Find the path, and what is wrong with how it hangs together."""
    path = build(leaf, sources)
    missing = [one for one in path.certificates[1:] if sources.lacks(one)]
    if path.anchored:
        return path, [*map(_missing_intermediate, missing), *_unchecked(path)]
    if missing:
        path = build(leaf, Sources(sources.sent, sources.trusted, shelve(()), sources.partial))
    return path, [_open_end(path, sources)]


def _unchecked(path: Path) -> list[Finding]:
    """Refuse signatures that cannot be checked; those of a broken hash are refused as weak elsewhere."""
    return [
        error(
            "bad-signature",
            f"The signature on {child.label} is of an algorithm that cannot be checked here.",
            f"Have {child.label} signed anew with an algorithm in common use.",
            certificate=child.sha256,
        )
        for child, issuer in itertools.pairwise(path.certificates)
        if signature(child, issuer) is Signature.UNCHECKED and child.weak_hash is None
    ]


def _missing_intermediate(absent: Certificate) -> Finding:
    return error(
        "missing-intermediate",
        f"The host does not send the intermediate certificate {absent.label}, so a client finds no way to a trusted root.",
        f"Append the certificate {absent.label} to the host's chain file, below its own, and reload the service.",
        certificate=absent.sha256,
    )


def _open_end(path: Path, sources: Sources) -> Finding:
    """Say why a path ends before anything trusted."""
    last = path.last
    if last.is_self_signed and len(path.certificates) == 1:
        return _self_signed(last)
    if sources.trusted.holds(last) and not last.is_self_signed:
        return _partial_chain(last)
    namesakes = [issuer for issuer in sources.issuers_of(last) if not signed_by(last, issuer)]
    for issuer in namesakes:
        if issuer in sources.trusted.named(last.issuer_der):
            return _wrong_signer(last, issuer, rekeyed=not _same_key_identifier(last, issuer))
    if last.is_self_signed:
        return _untrusted_root(last)
    for issuer in namesakes:
        if issuer in sources.sent and _may_be_same_key(last, issuer):
            return _wrong_signer(last, issuer, rekeyed=False)
    return _unknown_ca(last)


def _same_key_identifier(child: Certificate, issuer: Certificate) -> bool:
    return (
        child.authority_key_identifier is not None and child.authority_key_identifier == issuer.key_identifier
    )


def _may_be_same_key(child: Certificate, issuer: Certificate) -> bool:
    return child.authority_key_identifier is None or _same_key_identifier(child, issuer)


def _self_signed(leaf: Certificate) -> Finding:
    return error(
        "self-signed",
        "The certificate signed itself, so nobody vouches for it.",
        "Issue a certificate for this host from an authority that its clients trust (tlsca issue NAME), and install it there.",
        certificate=leaf.sha256,
    )


def _untrusted_root(root: Certificate) -> Finding:
    return error(
        "untrusted-root",
        f"The chain ends in the root {root.label}, which is not trusted here; its SHA-256 fingerprint is {root.sha256}.",
        f"Compare that fingerprint with what its owner says, then take the root {root.label} in (tlsca import FILE).",
        certificate=root.sha256,
    )


def _partial_chain(last: Certificate) -> Finding:
    return error(
        "partial-chain",
        f"{last.label} is trusted, but it is not a root, and the root above it is unknown here.",
        f"Take the root above {last.label} in as well (tlsca import FILE).",
        certificate=last.sha256,
    )


def _wrong_signer(child: Certificate, issuer: Certificate, *, rekeyed: bool) -> Finding:
    if rekeyed:
        return error(
            "rekeyed-ca",
            f"{child.label} was signed by a certificate authority named {issuer.label}, "
            "but not with the key of the trusted one of that name.",
            f"Take the new certificate of {issuer.label} in as well (tlsca import FILE), or issue {child.label} anew from the trusted one.",
            certificate=child.sha256,
        )
    return error(
        "bad-signature",
        f"The signature on {child.label} was not made by its issuer {issuer.label}: one of them was altered or is a forgery.",
        f"Install {child.label} anew on the host, as its authority issued it.",
        certificate=child.sha256,
    )


def _unknown_ca(last: Certificate) -> Finding:
    issuer = shorten(printable(last.issuer), 120) or "an authority without a name"
    return error(
        "unknown-ca",
        f"{last.label} was issued by {issuer}, which is neither sent along nor known here.",
        "If the issuer is an intermediate, append its certificate to the host's chain file; then take its root in (tlsca import FILE).",
        certificate=last.sha256,
    )
