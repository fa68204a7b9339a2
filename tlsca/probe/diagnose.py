"""From evidence to every problem, its culprit and its fix.

Two judges look at a chain: OpenSSL during the handshake, which stops at the first fault, and `pki.chain` afterwards, which lists
them all. What OpenSSL refused is never left out, even where our own walk saw nothing wrong.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.pki.certificate import Certificate, certificates
from tlsca.pki.chain import Terms, Verdict, examine, verify
from tlsca.pki.finding import Finding, Severity, error, gravest_first, warning
from tlsca.probe.client_auth import client_auth, client_findings, is_refusal
from tlsca.probe.messages import Direction
from tlsca.probe.options import Options
from tlsca.probe.refusal import refusal
from tlsca.probe.result import ClientAuth, Outcome
from tlsca.probe.session import Aftermath, Ending, Session
from tlsca.probe.target import Target
from tlsca.probe.transcript import Heard
from tlsca.text import printable

# OpenSSL's verify codes (x509_vfy.h): the problem each one stands for, and the problems that explain it if found by ourselves.
_OPEN_END = frozenset(
    {
        "unknown-ca",
        "missing-intermediate",
        "rekeyed-ca",
        "untrusted-root",
        "self-signed",
        "partial-chain",
        "bad-signature",
        "issuer-not-ca",
    }
)
_VERIFY_CODES = {
    2: "partial-chain",
    3: "crl-missing",
    7: "bad-signature",
    9: "not-yet-valid",
    10: "expired",
    12: "crl-expired",
    18: "self-signed",
    19: "untrusted-root",
    20: "unknown-ca",
    21: "unknown-ca",
    22: "path-too-long",
    23: "revoked",
    24: "issuer-not-ca",
    25: "path-too-long",
    26: "wrong-usage",
    27: "unknown-ca",
    29: "unknown-ca",
    30: "unknown-ca",
    31: "unknown-ca",
    32: "issuer-not-ca",
    34: "unknown-critical-extension",
    47: "name-not-permitted",
    48: "name-not-permitted",
    62: "hostname-mismatch",
    64: "ip-mismatch",
    66: "weak-key",
    67: "weak-key",
    68: "weak-signature",
    79: "issuer-not-ca",
    82: "leaf-signs-certificates",
    85: "no-authority-key-id",
    86: "no-subject-key-id",
    89: "basic-constraints-not-critical",
    92: "ca-without-key-usage",
}
_EXPLAINED_ELSEWHERE = dict.fromkeys((2, 7, 18, 19, 20, 21, 24, 32, 79), _OPEN_END) | {
    62: frozenset({"hostname-mismatch", "common-name-only"}),
}
_OTHER = "chain-refused"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the evidence of one handshake amounts to."""

    verdict: Outcome
    problems: tuple[Finding, ...]
    chain_verified: tuple[Certificate, ...]
    strict: tuple[str, ...]
    client_auth: ClientAuth


def diagnose(session: Session, heard: Heard, target: Target, options: Options, *, now: datetime) -> Diagnosis:
    """Judge one handshake."""
    chain = _judge_chain(session, target, options, now=now)
    own = _own_chain(options)
    auth = client_auth(session, heard)
    of_chain = list(chain.findings) if chain else []
    of_client = client_findings(session, heard, auth, own, now=now)
    of_session = _session_findings(session, heard, target, spoken=_has_error([*of_chain, *of_client]))
    problems = gravest_first([*of_session, *of_chain, *of_client])
    return Diagnosis(
        verdict=_verdict(session, heard, problems),
        problems=problems,
        chain_verified=_verified_path(chain),
        strict=chain.strict if chain else (),
        client_auth=auth,
    )


def _judge_chain(session: Session, target: Target, options: Options, *, now: datetime) -> Verdict | None:
    """Return what is to be said of the chain; None where no certificate came.

    A path that OpenSSL accepted needs no second look at its signatures, which makes up most of the cost.
    """
    if not session.sent:
        return None
    terms = _terms(target, options, now)
    if session.ending is Ending.DONE and options.verifies and session.path:
        verdict = examine(certificates(session.path), terms, anchored=True)
        return _as_openssl_reads(verdict) if session.name_checked else verdict
    verdict = own_verdict(session.sent, target, options, now=now)
    objection = _objection(session, verdict)
    if objection is None:
        return verdict
    return Verdict(
        verdict.path, verdict.anchored, gravest_first([*verdict.findings, objection]), verdict.strict
    )


def _as_openssl_reads(verdict: Verdict) -> Verdict:
    """Turn what only we cannot read into a warning: OpenSSL read it, and accepted chain and name."""
    if not verdict.findings:
        return verdict
    findings = [
        replace(finding, severity=Severity.WARNING) if finding.code == "malformed-certificate" else finding
        for finding in verdict.findings
    ]
    return replace(verdict, findings=gravest_first(findings))


def own_verdict(sent: tuple[bytes, ...], target: Target, options: Options, *, now: datetime) -> Verdict:
    """Verify a chain (DER, leaf first) without OpenSSL's help."""
    return verify(
        sent,
        _terms(target, options, now),
        trusted=options.trust.everything(),
        known=options.known,
        partial=options.trust.partial,
    )


def _terms(target: Target, options: Options, now: datetime) -> Terms:
    return Terms(now=now, names=(target.verify_name,), crls=options.crls, warn_within=options.warn_within)


def _objection(session: Session, verdict: Verdict) -> Finding | None:
    """Return what OpenSSL refused, unless a fault found by ourselves explains it."""
    number = session.verify_code
    if session.ending is not Ending.UNVERIFIED:
        return None
    code = _VERIFY_CODES.get(number, _OTHER)
    explained = _EXPLAINED_ELSEWHERE.get(number, frozenset({code}))
    own = {finding.code for finding in verdict.findings if finding.is_error}
    if own & explained or (code == _OTHER and own):
        return None
    return error(
        code,
        f"OpenSSL refuses the chain: {printable(session.verify_message)} (verify code {number}).",
        "Look at the chain with this in mind, and issue the certificate at fault anew.",
        certificate=verdict.path[0].sha256,
    )


def _own_chain(options: Options) -> tuple[Certificate, ...]:
    if options.client is None:
        return ()
    return certificates(
        one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(options.client.chain)
    )


def _has_error(findings: list[Finding]) -> bool:
    return any(finding.is_error for finding in findings)


def _session_findings(session: Session, heard: Heard, target: Target, *, spoken: bool) -> list[Finding]:
    """Return why the handshake itself failed, unless the chain or the client certificate is why."""
    if session.ending in {Ending.UNVERIFIED, Ending.WITHHELD} or is_refusal(session, heard):
        return []
    if session.ending is not Ending.DONE or session.aftermath is Aftermath.REFUSED:
        return [refusal(session, heard, target)]
    found = [] if spoken or session.sent else [_no_certificate()]
    warned = heard.alert_of(Direction.RECEIVED)
    return [*found, _unrecognized(target)] if warned and warned.number == 112 else found


def _no_certificate() -> Finding:
    return error(
        _OTHER,
        "The server presented no certificate.",
        "Give the server a certificate: make one (tlsca issue NAME), and write its files (tlsca export REF).",
    )


def _unrecognized(target: Target) -> Finding:
    return warning(
        "unrecognized-name",
        f"The server does not know the name {target.server_name}, and answers with a certificate of its choice.",
        "Configure that name on the server, or ask for another one with --server-name.",
    )


def _verdict(session: Session, heard: Heard, problems: tuple[Finding, ...]) -> Outcome:
    if not _has_error(list(problems)):
        return Outcome.TRUSTED
    judged = session.ending in {Ending.UNVERIFIED, Ending.WITHHELD} or is_refusal(session, heard)
    done = session.ending is Ending.DONE and session.aftermath is not Aftermath.REFUSED
    unproven = any(problem.code == "bad-signature" for problem in problems)
    return Outcome.UNTRUSTED if judged or done or unproven else Outcome.FAILED


def _verified_path(chain: Verdict | None) -> tuple[Certificate, ...]:
    """Return the path that a client can build: one with a gap, or without a trusted end, is none."""
    if chain is None or not chain.anchored:
        return ()
    gap = any(finding.code == "missing-intermediate" for finding in chain.findings)
    return () if gap else chain.path
