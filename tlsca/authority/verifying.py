"""Verify: whether a certificate stands, up to something trusted, for a name, a purpose and a moment; and everything against it.

OpenSSL names one fault and stops; an operator wants the list. What counts is what `openssl verify -x509_strict` refuses, since
interpreters turn that on one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tlsca.authority.carrying import parse_until
from tlsca.authority.credentials import STORE, crls_of, known_of, trust_of
from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.looking import Seen, look_at
from tlsca.errors import UsageError
from tlsca.pki import chain
from tlsca.pki.certificate import Certificate, certificates
from tlsca.pki.defects import ANY, SERVER
from tlsca.pki.finding import Finding, Severity, gravest_first
from tlsca.pki.identity import IdentityKind, identity
from tlsca.pki.lint import lint
from tlsca.pki.purpose import PURPOSES, chain_purpose, purpose_defects
from tlsca.text import printable, rfc3339

_ALSO_STRICT = frozenset(
    {"ca-without-subject", "empty-subject-san-not-critical", "no-issuer", "signature-algorithm-mismatch"}
)
"""Lint's codes for what OpenSSL's check_extensions() refuses under -x509_strict besides the codes of `pki.strict`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyForm:
    """What is typed to verify a certificate."""

    what: str
    """A file, or a reference of the store."""
    data: bytes | None = field(default=None, repr=False)
    """The octets themselves, where `what` is standard input."""
    passphrase: str | None = field(default=None, repr=False)
    """Opens a PKCS#12."""
    names: tuple[str, ...] = ()
    purpose: str | None = None
    """One of `PURPOSES`; None for a server where a name is given, and for any purpose otherwise."""
    at: str | None = None
    """A date or RFC 3339 time; None for now."""
    trust: tuple[str, ...] = ()
    """As a probe's; empty for the store's roots where the certificate is in it, and the system's besides where it is not."""
    crls: tuple[str | Path, ...] = ()
    """As a probe's."""
    lenient: bool = False
    """Whether what only strict clients refuse is a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What became of it."""

    source: str
    path: tuple[Certificate, ...]
    """Leaf first; the best there is, where none ends in something trusted."""
    anchored: bool
    findings: tuple[Finding, ...]
    """Gravest first."""
    at: datetime
    purpose: str

    @property
    def good(self) -> bool:
        """Whether nothing is against it."""
        return not any(finding.is_error for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "good": self.good,
            "source": self.source,
            "at": rfc3339(self.at),
            "purpose": self.purpose,
            "anchored": self.anchored,
            "path": [one.to_json() for one in self.path],
            "findings": [finding.to_json() for finding in self.findings],
        }


def verify(desk: Desk | None, form: VerifyForm) -> Verification:
    """Check one certificate and the chain that comes with it; of the store's own, the chain that the store knows.

    Raises NotFound, Ambiguous, Unreadable, NotAnIdentity, UsageError, PassphraseError.
    """
    seen = look_at(desk, form.what, data=form.data, passphrase=form.passphrase)
    terms = _terms(desk, form)
    trust = trust_of(desk, form.trust or ((STORE,) if seen.record else ()))
    known = known_of(desk)
    verdict = chain.verify(
        [one.der for one in _sent(seen, known)],
        terms,
        trusted=_newest_first(trust.everything()),
        known=known,
    )
    purpose = _purpose(form)
    findings = [*verdict.findings, *purpose_defects(verdict.path, purpose)]
    findings += _strict(verdict, Severity.WARNING if form.lenient else Severity.ERROR, terms.now)
    return Verification(
        source=seen.source,
        path=verdict.path,
        anchored=verdict.anchored,
        findings=gravest_first(findings),
        at=terms.now,
        purpose=purpose,
    )


def _terms(desk: Desk | None, form: VerifyForm) -> chain.Terms:
    now = desk.now() if desk else system_clock()
    return chain.Terms(
        now=parse_until(form.at) if form.at else now,
        names=tuple(map(_host, form.names)),
        purpose=chain_purpose(_purpose(form)),
        crls=tuple(der for word in form.crls for der in crls_of(desk, word)),
    )


def _purpose(form: VerifyForm) -> str:
    if form.purpose is not None and form.purpose not in PURPOSES:
        raise UsageError(
            f"There is no purpose {printable(form.purpose)}.", hint=f"Purposes: {', '.join(PURPOSES)}."
        )
    return form.purpose or (SERVER if form.names else ANY)


def _host(text: str) -> str:
    """Return a name as the certificate would hold it. Raises NotAnIdentity, UsageError."""
    found = identity(text)
    if found.kind not in {IdentityKind.DNS, IdentityKind.IP}:
        raise UsageError(f"“{printable(text)}” is no host.", hint="Give a DNS name or an IP address.")
    return found.value


def _sent(seen: Seen, authorities: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    """Return the leaf and what may stand above it.

    The newest come first, so that an authority that was renewed with its key is found by the certificate that is still good.
    """
    if seen.record is None:
        return chain.order(seen.certificates)
    above = certificates(_newest_first(authorities))
    found = list(seen.certificates)
    for child in found:  # grows while it is walked, by each issuer once
        found += [one for one in above if one.subject_der == child.issuer_der and one not in found]
    return tuple(found)


def _newest_first(ders: tuple[bytes, ...]) -> tuple[bytes, ...]:
    dated = [(one.not_after.timestamp() if one.not_after else 0.0, one.der) for one in certificates(ders)]
    return tuple(der for _, der in sorted(dated, key=lambda pair: pair[0], reverse=True))


def _strict(verdict: chain.Verdict, severity: Severity, now: datetime) -> Iterator[Finding]:
    """Say of each certificate what a strict client refuses in it; a chain of one is exempt, as in OpenSSL."""
    if len(verdict.path) < 2:
        return
    codes = {*verdict.strict, *_ALSO_STRICT}
    for index, one in enumerate(verdict.path):
        for remark in lint(one, now=now):
            exempt = remark.code == "no-authority-key-id" and index == len(verdict.path) - 1
            if remark.code in codes and not exempt:
                who = f"{one.label}: {remark.message}"
                yield Finding(remark.code, severity, one.sha256, who, remark.fix)
