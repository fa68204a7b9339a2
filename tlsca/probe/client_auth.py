"""Whether the server wants a client certificate, whether it liked ours, and what is to be done when it did not.

In TLS 1.2 the answer is part of the handshake. In TLS 1.3 our side is done before the server has looked: a refusal, a ticket or
data come afterwards, and with none of them nothing can be told.
"""

from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.pki.certificate import Certificate
from tlsca.pki.finding import Finding, Severity, error, warning
from tlsca.probe.messages import Direction, authority_text
from tlsca.probe.result import ClientAuth
from tlsca.probe.session import Aftermath, Ending, Session
from tlsca.probe.transcript import CERTIFICATE, CERTIFICATE_REQUEST, SERVER_HELLO_DONE, Heard
from tlsca.text import duration, listing, rfc3339

_REFUSALS = {
    40: "client-cert-denied",
    42: "client-cert-unsuitable",
    43: "client-cert-unsuitable",
    44: "client-cert-revoked",
    45: "client-cert-expired",
    46: "client-cert-denied",
    48: "client-cert-untrusted",
    49: "client-cert-denied",
    51: "client-cert-unsuitable",
}
"""Alerts with which a server answers a client certificate."""

_TOLD = {
    "client-cert-untrusted": "was issued by an authority that the server does not accept",
    "client-cert-expired": "is expired, the server says",
    "client-cert-revoked": "is revoked, the server says",
    "client-cert-unsuitable": "is of a kind that the server cannot use",
    "client-cert-denied": "was refused by the server",
}
_FIXES = {
    "client-cert-untrusted": "Have the server trust the authority of this certificate, or send one that {accepted} issued.",
    "client-cert-expired": "Renew the client certificate, and check the server's clock.",
    "client-cert-revoked": "Issue a new client certificate.",
    "client-cert-unsuitable": "Issue a client certificate with extendedKeyUsage clientAuth and a key that the server supports.",
    "client-cert-denied": "Look in the server's log for what it wants of a client certificate.",
}


def client_auth(session: Session, heard: Heard) -> ClientAuth:
    """Return what can be told of the server's wish, and of its opinion of our certificate."""
    requested = _requested(session, heard)
    sent = heard.presented
    refused = is_refusal(session, heard)
    welcome = _is_welcome(session, heard)
    return ClientAuth(
        requested=requested,
        required=_required(requested, sent=sent, refused=refused, welcome=welcome),
        accepted=(True if welcome else False if refused else None) if sent else None,
        acceptable_cas=tuple(authority_text(name) for name in heard.authorities),
    )


def _requested(session: Session, heard: Heard) -> bool | None:
    """TLS 1.3 asks before it sends its certificate, TLS 1.2 between that and ServerHelloDone."""
    if heard.received(CERTIFICATE_REQUEST):
        return True
    past = CERTIFICATE if heard.version == "TLSv1.3" else SERVER_HELLO_DONE
    return False if session.ending is Ending.DONE or heard.received(past) else None


def _required(requested: bool | None, *, sent: bool, refused: bool, welcome: bool) -> bool | None:
    if requested is False:
        return False
    if sent or not requested:
        return None
    return True if refused else False if welcome else None


def is_refusal(session: Session, heard: Heard) -> bool:
    """Say whether the server ended the connection over the client certificate, sent or missing."""
    alert = heard.alert_of(Direction.RECEIVED)
    if alert is None or not heard.received(CERTIFICATE_REQUEST) or not heard.sent(CERTIFICATE):
        return False
    if alert.number == 116:
        return True
    late = session.ending is Ending.DONE or heard.version != "TLSv1.3"
    return late and (alert.number in _REFUSALS or session.aftermath is Aftermath.REFUSED)


def _is_welcome(session: Session, heard: Heard) -> bool:
    if session.ending is not Ending.DONE or heard.alert_of(Direction.RECEIVED):
        return False
    return heard.version != "TLSv1.3" or session.aftermath is Aftermath.WELCOME


def client_findings(
    session: Session, heard: Heard, auth: ClientAuth, own: tuple[Certificate, ...], *, now: datetime
) -> list[Finding]:
    """Return what is wrong with our client certificate: first what the server said, then what we see ourselves."""
    if not auth.requested:
        return []
    said = (
        [_refused(heard, auth, own[0] if own and heard.presented else None)]
        if is_refusal(session, heard)
        else []
    )
    codes = {finding.code for finding in said}
    return said + [finding for finding in _own_defects(own, heard, now) if finding.code not in codes]


def _refused(heard: Heard, auth: ClientAuth, own: Certificate | None) -> Finding:
    alert = heard.alert_of(Direction.RECEIVED)
    number = alert.number if alert else 0
    accepted = listing(list(auth.acceptable_cas)) or "an authority that it accepts"
    if own is None or number == 116:
        return error(
            "client-cert-required",
            f"The server demands a client certificate{f' from {accepted}' if auth.acceptable_cas else ''}, and none was sent.",
            f"Probe with --client-cert, a certificate that was issued by {accepted}.",
        )
    code = _REFUSALS.get(number, "client-cert-denied")
    reason = f" (alert {alert.name})" if alert else ""
    return Finding(
        code,
        Severity.ERROR,
        own.sha256,
        f"The client certificate {own.label} {_TOLD[code]}{reason}.",
        _FIXES[code].format(accepted=accepted),
    )


def _own_defects(chain: tuple[Certificate, ...], heard: Heard, now: datetime) -> list[Finding]:
    """Look at our certificate as the server will: a vague alert is explained by what is found here."""
    found: list[Finding] = []
    if not chain:
        return found
    own = chain[0]
    if own.not_after is not None and own.not_after < now:
        what = f"expired {duration(now - own.not_after)} ago, on {rfc3339(own.not_after)}"
        found.append(_own_defect("client-cert-expired", own, what, "Renew the client certificate."))
    usage = own.value(x509.ExtendedKeyUsage)
    if usage is not None and ExtendedKeyUsageOID.CLIENT_AUTH not in usage:
        what = "is not for TLS clients: its extendedKeyUsage lacks clientAuth"
        found.append(_own_defect("client-cert-unsuitable", own, what, _FIXES["client-cert-unsuitable"]))
    if heard.authorities and not any(one.issuer_der in heard.authorities for one in chain):
        what = "was issued by none of the authorities that the server names"
        fix = "Send the intermediates of this certificate along, or use one that such an authority issued."
        found.append(_own_defect("client-cert-untrusted", own, what, fix))
    return found


def _own_defect(code: str, own: Certificate, what: str, fix: str) -> Finding:
    return warning(code, f"The client certificate {own.label} {what}.", fix, certificate=own.sha256)
