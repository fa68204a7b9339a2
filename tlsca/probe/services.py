"""Which service answers in plaintext, told by its first octets or by its port, and how to speak TLS to it.

Eight different plaintext services make OpenSSL say the same "wrong version number"; what they said tells them apart.
"""

import re
from dataclasses import dataclass

from tlsca.probe.target import STARTTLS_PORTS, Target


@dataclass(frozen=True, slots=True)
class Service:
    """A service that speaks in the clear."""

    name: str
    starttls: str | None
    """The protocol by which it is upgraded; None where it cannot be."""


_GREETINGS: tuple[tuple[re.Pattern[bytes], Service], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), service)
    for pattern, service in (
        (rb"HTTP/|<!doctype html|<html", Service("HTTP", None)),
        (rb"SSH-", Service("SSH", None)),
        (rb"220[ -].*(ftp|vsftpd|filezilla)", Service("FTP", "ftp")),
        (rb"(220|421|554)[ -]", Service("SMTP", "smtp")),
        (rb"\* (OK|PREAUTH|BYE)", Service("IMAP", "imap")),
        (rb"\+OK", Service("POP3", "pop3")),
        (rb"20[01] ", Service("NNTP", "nntp")),
        (rb'"IMPLEMENTATION"', Service("ManageSieve", "sieve")),
        (rb"...\x00\x0a[0-9]+\.", Service("MySQL", "mysql")),
        (rb"...\x00\xff", Service("MySQL", "mysql")),
        (rb"<\?xml|<stream:stream", Service("XMPP", "xmpp")),
        (rb"-ERR|-DENIED", Service("Redis", None)),
        (rb"E\x00\x00.{2}[SF]", Service("PostgreSQL", "postgresql")),
        (rb"AMQP", Service("AMQP", None)),
        (rb"RFB ", Service("VNC", None)),
        (rb"\x30[\x0c-\x84].*\x02\x01", Service("LDAP", "ldap")),
    )
)

_NAMES = {
    "smtp": "SMTP",
    "lmtp": "LMTP",
    "imap": "IMAP",
    "pop3": "POP3",
    "ftp": "FTP",
    "nntp": "NNTP",
    "sieve": "ManageSieve",
    "ldap": "LDAP",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "xmpp": "XMPP",
    "xmpp-server": "XMPP",
}

_TLS_PORTS = {
    80: ("HTTP", 443),
    1883: ("MQTT", 8883),
    5672: ("AMQP", 5671),
    6379: ("Redis", 6380),
    8080: ("HTTP", 8443),
    6667: ("IRC", 6697),
    5060: ("SIP", 5061),
    53: ("DNS", 853),
}
"""Plaintext ports whose service speaks TLS on another port only."""


def heard_service(first_octets: bytes) -> Service | None:
    """Return the service whose greeting or complaint this is."""
    return next((service for pattern, service in _GREETINGS if pattern.match(first_octets)), None)


def service_by_port(target: Target) -> Service | None:
    """Return the service that usually begins in the clear on this port."""
    protocol = STARTTLS_PORTS.get(target.port)
    return Service(_NAMES[protocol], protocol) if protocol else None


def tls_port_of(port: int) -> tuple[str, int] | None:
    """Return the service of a plaintext port and the port where it speaks TLS."""
    return _TLS_PORTS.get(port)
