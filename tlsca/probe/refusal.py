"""Why no TLS session came about: alerts, closed connections, silence and plaintext, each with its repair.

OpenSSL's texts differ between versions, so this looks at the number of the alert, OpenSSL's reason and the first octets.
"""

from tlsca.pki.finding import Finding, error
from tlsca.probe.messages import Direction
from tlsca.probe.services import Service, heard_service, service_by_port, tls_port_of
from tlsca.probe.session import Ending, Session
from tlsca.probe.target import Target
from tlsca.probe.transcript import SERVER_HELLO, Alert, Heard
from tlsca.text import printable, shorten

STARTTLS, PORT, WITHOUT_NAME, EVERYTHING = "starttls", "port", "without-name", "everything"
"""Remedies that a probe can try at once: `starttls:PROTOCOL`, `port:NUMBER`, no server name, everything that OpenSSL can."""

_NOT_TLS = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "HTTP_REQUEST",
        "HTTPS_PROXY_REQUEST",
        "PACKET_LENGTH_TOO_LONG",
        "BAD_RECORD_TYPE",
        "UNKNOWN_PROTOCOL",
    }
)
_VERSIONS = frozenset(
    {
        "UNSUPPORTED_PROTOCOL",
        "NO_PROTOCOLS_AVAILABLE",
        "VERSION_TOO_LOW",
        "WRONG_SSL_VERSION",
        "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
    }
)
_SUITES = frozenset(
    {
        "NO_CIPHERS_AVAILABLE",
        "WRONG_CIPHER_RETURNED",
        "UNKNOWN_CIPHER_RETURNED",
        "DH_KEY_TOO_SMALL",
        "WRONG_CURVE",
        "NO_SUITABLE_KEY_SHARE",
        "BAD_ECPOINT",
    }
)
_PROOFS = frozenset({"BAD_SIGNATURE", "WRONG_SIGNATURE_TYPE", "BAD_SIGNATURE_TYPE"})
_TOO_LARGE = frozenset({"EXCESSIVE_MESSAGE_SIZE", "LENGTH_TOO_LONG"})
_TLS_RECORD = (0x14, 0x15, 0x16, 0x17)


def refusal(session: Session, heard: Heard, target: Target) -> Finding:
    """Return why a handshake that did not end in a verdict on the chain came to nothing."""
    if _is_plaintext(session, heard):
        return _plaintext(session, target)
    alert = heard.alert_of(Direction.RECEIVED)
    if alert is not None:
        return _alert(alert, heard, target)
    if session.ending is Ending.TIMED_OUT:
        return _silence(heard, target)
    if session.ending is Ending.CLOSED:
        return _closed(heard, target)
    return _own_refusal(session, heard)


def _is_plaintext(session: Session, heard: Heard) -> bool:
    octets = session.first_octets
    if heard.received(SERVER_HELLO) or heard.alert_of(Direction.RECEIVED):
        return False
    return session.reason in _NOT_TLS or (bool(octets) and octets[0] not in _TLS_RECORD)


def _plaintext(session: Session, target: Target) -> Finding:
    service = heard_service(session.first_octets)
    if service is not None and service.starttls and target.starttls is None:
        return _needs_starttls(service, target)
    name = (
        service.name
        if service
        else f"“{shorten(printable(session.first_octets[:24].decode('latin-1')), 60)}”"
    )
    elsewhere = tls_port_of(target.port)
    return error(
        "not-tls",
        f"{target} does not speak TLS; it answers {name}{'' if service is None else ' in the clear'}.",
        f"Probe port {elsewhere[1]}, where {elsewhere[0]} speaks TLS."
        if elsewhere
        else "Turn TLS on in the service, or probe the port on which it speaks TLS.",
        remedy=f"{PORT}:{elsewhere[1]}" if elsewhere else "",
    )


def _needs_starttls(service: Service, target: Target) -> Finding:
    return error(
        "needs-starttls",
        f"{target} speaks {service.name}, which begins in the clear and is upgraded to TLS.",
        f"Speak {service.starttls} first (--starttls {service.starttls}).",
        remedy=f"{STARTTLS}:{service.starttls}",
    )


def _silence(heard: Heard, target: Target) -> Finding:
    elsewhere = tls_port_of(target.port)
    service = service_by_port(target) if target.starttls is None else None
    remedy = ""
    if service and not heard.received(SERVER_HELLO):
        fix = f"Speak {service.starttls} first (--starttls {service.starttls})."
        remedy = f"{STARTTLS}:{service.starttls}"
    elif elsewhere:
        fix = f"Probe port {elsewhere[1]}, where {elsewhere[0]} speaks TLS."
        remedy = f"{PORT}:{elsewhere[1]}"
    else:
        fix = "Check that the service speaks TLS on this port and is not overloaded, or allow more time (--timeout)."
    return error(
        "tls-timeout",
        f"{target} accepted the connection, but its TLS handshake did not end in time.",
        fix,
        remedy=remedy,
    )


def _closed(heard: Heard, target: Target) -> Finding:
    service = service_by_port(target) if target.starttls is None else None
    if service and not heard.received(SERVER_HELLO):
        return _needs_starttls(service, target)
    elsewhere = tls_port_of(target.port)
    remedy = f"{PORT}:{elsewhere[1]}" if elsewhere else ""
    if elsewhere:
        fix = f"Probe port {elsewhere[1]}, where {elsewhere[0]} speaks TLS."
    elif target.server_name is None:
        fix = "Name the host (--server-name): this server may need to know which one is meant."
    else:
        fix = f"Check the server's log, and whether it serves {target.server_name} and lets this machine in."
    return error(
        "closed-early",
        f"{target} closed the connection before the TLS handshake was done.",
        fix,
        remedy=remedy,
    )


def _alert(alert: Alert, heard: Heard, target: Target) -> Finding:
    match alert.number:
        case 70:
            return error(
                "protocol-version",
                f"{target} speaks none of the TLS versions that were offered ({_offer(heard)}).",
                "Enable TLS 1.2 or 1.3 on the server, or widen --min-version and --max-version.",
                remedy=EVERYTHING,
            )
        case 40 | 71:
            return error(
                "no-shared-cipher",
                f"{target} accepts nothing of what was offered: cipher suites, groups or signature schemes ({_offer(heard)}).",
                "Retry with --legacy to offer everything, and enable a modern cipher suite on the server.",
                remedy=EVERYTHING,
            )
        case 112:
            return error(
                "unrecognized-name",
                f"{target} does not know the name {target.server_name or 'that it was asked for'}.",
                "Configure that name on the server, or ask for another one with --server-name.",
                remedy=WITHOUT_NAME,
            )
        case 120:
            return error(
                "alpn-mismatch",
                f"{target} speaks none of the application protocols that were offered ({_offer(heard)}).",
                "Enable one of them on the server, or offer others with --alpn.",
            )
    return error(
        "alert",
        f"{target} ended the handshake with alert {alert.name}.",
        "Look for the reason in the server's log.",
    )


def _offer(heard: Heard) -> str:
    """Say what our ClientHello offered, as the transcript tells it."""
    hello = next((said for said in heard.messages if said.message == "ClientHello"), None)
    return hello.detail if hello else "no ClientHello was sent"


def _own_refusal(session: Session, heard: Heard) -> Finding:
    reason = session.reason or "no reason given"
    if reason in _VERSIONS:
        return error(
            "protocol-version",
            f"The server answers with {heard.version}, which was not offered to it."
            if heard.version and reason == "UNSUPPORTED_PROTOCOL"
            else f"No TLS version is acceptable here: our side ended the handshake ({reason}).",
            "Enable TLS 1.2 or 1.3 on the server, or allow older versions here with --legacy.",
            remedy=EVERYTHING,
        )
    if reason in _SUITES:
        return error(
            "no-shared-cipher",
            f"The server chose parameters that are not acceptable here ({reason}).",
            "Enable a modern cipher suite on the server, or accept old ones here with --legacy.",
            remedy=EVERYTHING,
        )
    if reason in _PROOFS:
        return error(
            "bad-signature",
            f"The server could not prove that it has the key of its certificate ({reason}).",
            "Install the private key that belongs to the certificate on the server.",
        )
    if reason in _TOO_LARGE:
        return error(
            "alert",
            "The server's certificates are larger than the 100 kB that programs built on OpenSSL take.",
            "Send fewer certificates, or one with fewer names.",
        )
    return error(
        "alert",
        f"The handshake could not go on: OpenSSL says {reason}.",
        "Look for the reason in the server's log.",
    )
