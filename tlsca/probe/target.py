"""What to dial, what name to ask for, and which protocol to upgrade from: a target as typed, read once and for good.

`host:port` pasted where a host belongs, a port beyond 65535 or an international name reach the resolver as riddles, so
everything is checked and made canonical before anything is dialled.
"""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

import idna

from tlsca.errors import UsageError
from tlsca.pki.addresses import address_text
from tlsca.text import printable, shorten

AUTO = "auto"
NONE = "none"

STARTTLS_PORTS = {
    21: "ftp",
    24: "lmtp",
    25: "smtp",
    110: "pop3",
    119: "nntp",
    143: "imap",
    389: "ldap",
    587: "smtp",
    2525: "smtp",
    3268: "ldap",
    3306: "mysql",
    4190: "sieve",
    5222: "xmpp",
    5269: "xmpp-server",
    5432: "postgresql",
}
"""Ports whose service begins in the clear, and the protocol that upgrades it."""

PROTOCOLS = tuple(dict.fromkeys(STARTTLS_PORTS.values()))
"""The protocols that can be upgraded to TLS."""

_ALIASES = {
    "postgres": "postgresql",
    "mariadb": "mysql",
    "pop": "pop3",
    "managesieve": "sieve",
    "xmpp-client": "xmpp",
    "jabber": "xmpp",
    "submission": "smtp",
}

# scheme -> its port; the port says by STARTTLS_PORTS whether the service is upgraded.
_SCHEMES = {
    "https": 443,
    "wss": 443,
    "tls": 443,
    "http": 80,
    "ws": 80,
    "smtp": 25,
    "smtps": 465,
    "submission": 587,
    "submissions": 465,
    "lmtp": 24,
    "imap": 143,
    "imaps": 993,
    "pop": 110,
    "pop3": 110,
    "pops": 995,
    "pop3s": 995,
    "ftp": 21,
    "ftps": 990,
    "ftpes": 21,
    "nntp": 119,
    "nntps": 563,
    "news": 119,
    "snews": 563,
    "sieve": 4190,
    "managesieve": 4190,
    "ldap": 389,
    "ldaps": 636,
    "postgres": 5432,
    "postgresql": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "xmpp": 5222,
    "xmpp-client": 5222,
    "xmpp-server": 5269,
    "xmpps": 5223,
    "mqtts": 8883,
    "mqtt": 1883,
    "amqps": 5671,
    "amqp": 5672,
    "rediss": 6380,
    "redis": 6379,
    "ircs": 6697,
    "sips": 5061,
    "dot": 853,
}

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


class BadTarget(UsageError):
    """A target that cannot be dialled as it is written."""

    title = "Not a target"


@dataclass(frozen=True, slots=True)
class Target:
    """One place to dial."""

    host: str
    """A DNS name as A-labels without trailing dot, or an IP address."""
    port: int
    """1-65535; 0 in the result for a target that could not be read."""
    address: str | None
    """The IP address to dial instead of asking for the host's; None to ask."""
    server_name: str | None
    """The name in the SNI extension; None to send none, as always for an IP address (RFC 6066, 3)."""
    verify_name: str
    """The DNS name or IP address that the certificate must be for."""
    starttls: str | None
    """The protocol to upgrade from; None where TLS begins at once."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_target(
    text: str,
    *,
    starttls: str = AUTO,
    server_name: str | None = None,
    address: str | None = None,
    verify_name: str | None = None,
) -> Target:
    """Read `host`, `host:port`, `[v6]:port` or a URL; the port defaults to the scheme's or 443.

    `starttls` is a protocol, `none`, or `auto` for what the scheme and port stand for. An empty `server_name` sends no SNI.
    What the certificate must be for is `verify_name`, else `server_name`, else the host. Raises BadTarget.
    """
    scheme, rest = _scheme(text.strip())
    host_text, port_text = _host_and_port(rest, text)
    host = _host(host_text, text)
    port = _port(port_text, text) if port_text is not None else _SCHEMES.get(scheme or "https")
    if port is None:
        _refuse(
            text, f"nothing is known of the scheme {printable(scheme or '')}://", "Name the port: host:port."
        )
    asked = _host(server_name, server_name) if server_name else None
    verified = _host(verify_name, verify_name) if verify_name else None
    return Target(
        host=host,
        port=port,
        address=_dialled(address),
        server_name=asked or (host if server_name is None and not is_address(host) else None),
        verify_name=(verified or asked or host).partition("%")[0],
        starttls=_upgrade(starttls, scheme, port),
    )


@lru_cache(maxsize=1024)
def is_address(host: str) -> bool:
    """Say whether a host is an IP address; remembered, since one target is asked about several times."""
    if ":" not in host and not host[:1].isdigit():
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _scheme(text: str) -> tuple[str | None, str]:
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", text)
    if not found:
        return None, text
    return found[1].lower(), text[found.end() :]


def _host_and_port(rest: str, whole: str) -> tuple[str, str | None]:
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    if authority.startswith("["):
        found = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", authority, re.DOTALL)
        if not found or not is_address(found[1]):
            _refuse(whole, "brackets hold an IPv6 address", "Write [2001:db8::1]:443.")
        return found[1], found[2]
    if is_address(authority):
        return authority, None
    host, colon, port = authority.partition(":")
    return host, port if colon else None


def _port(text: str, whole: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        _refuse(whole, f"“{shorten(printable(text), 20)}” is no port", "A port is a number from 1 to 65535.")
    return int(text)


def _host(text: str, whole: str) -> str:
    """Return a host as the resolver, SNI and the certificate want it."""
    if is_address(text):
        return address_text(ipaddress.ip_address(text))
    bare = text.removesuffix(".")
    host = bare.lower() if bare.isascii() else _a_labels(bare, whole)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        _refuse(whole, "it holds no host name", "Write host, host:port, [IPv6]:port or a URL.")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        _refuse(
            whole, "a host name does not end in a number", "An IPv4 address has four numbers from 0 to 255."
        )
    return host


def _a_labels(text: str, whole: str) -> str:
    """Encode by IDNA 2008 (RFC 5891), after the mapping that browsers apply (UTS 46)."""
    try:
        return idna.encode(text, uts46=True).decode("ascii").removesuffix(".")
    except UnicodeError as problem:
        _refuse(whole, f"no international name: {printable(str(problem))}", "Check the spelling of the name.")


def _dialled(address: str | None) -> str | None:
    if address is None:
        return None
    bare = address.strip().removeprefix("[").removesuffix("]")
    if not is_address(bare):
        _refuse(address, "what is dialled is an IP address", "Write 192.0.2.1 or 2001:db8::1.")
    return bare


def _upgrade(starttls: str, scheme: str | None, port: int) -> str | None:
    wanted = _ALIASES.get(starttls.lower(), starttls.lower())
    if wanted == NONE:
        return None
    if wanted != AUTO:
        if wanted not in PROTOCOLS:
            _refuse(
                starttls,
                "no protocol of that name can be upgraded",
                f"Known are {', '.join(PROTOCOLS)}, auto and none.",
            )
        return wanted
    return STARTTLS_PORTS.get(port if scheme is None else _SCHEMES.get(scheme, port))


def _refuse(text: str, why: str, hint: str) -> NoReturn:
    raise BadTarget(f"“{shown(text)}” cannot be dialled: {why}.", hint=hint)


def shown(text: str) -> str:
    """Return a target as typed, safe to show: no password of a URL, no control characters, at most 120 characters."""
    without_password = re.sub(r"(?<=://)[^/?#@]*@", "", text.strip())
    return shorten(printable(without_password), 120)
