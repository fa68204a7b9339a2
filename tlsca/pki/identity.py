"""Who a certificate is for: text as an operator types it, read as the general name it means.

`www.example.com` is a DNS name, `10.0.0.1` an address, `a@example.com` a mailbox, `spiffe://x/y` a URI. A CA that guesses
wrong here issues a certificate that nobody accepts, so whatever is neither is refused in one sentence.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from tlsca.errors import NotAName, NotAnIdentity
from tlsca.pki.addresses import address_text
from tlsca.pki.domain import domain, quoted
from tlsca.pki.names import dn, dn_text
from tlsca.pki.other_name import USER_PRINCIPAL_NAME, other_name, other_name_text, principal, utf8_string
from tlsca.text import printable

_URI = re.compile(r"[a-z][a-z0-9+.-]*:(//|(?=[^0-9]))", re.IGNORECASE)
_EXPLICIT = re.compile(
    r"(dns|ip|email|uri|rid|dir(?:name)?|upn|other(?:name)?):(?!//)(.+)", re.IGNORECASE | re.DOTALL
)
# RFC 5321 4.1.2, dot-atom only: a quoted local part is legal and nobody's mailbox.
_MAILBOX_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LONGEST_MAILBOX_LOCAL = 64  # RFC 5321 4.5.3.1.1


class IdentityKind(StrEnum):
    """The general names (RFC 5280, 4.2.1.6): the first four can be recognised from plain text, the others take a prefix."""

    DNS = "dns"
    IP = "ip"
    EMAIL = "email"
    URI = "uri"
    RID = "rid"
    """A registered identifier: an OID."""
    DIR = "dir"
    """A directory name, as RFC 4514 text."""
    UPN = "upn"
    """A user principal name, which is an other name that Windows and smart cards know."""
    OTHER = "other"
    """Any other name, as `OID;DER-HEX`."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One name of a host, a person or a service.

    `value` is the name as the certificate carries it: DNS names as lower-case A-labels, addresses in canonical form.
    """

    kind: IdentityKind
    value: str

    def __str__(self) -> str:
        return self.labelled if self.kind in _SHOWN_WITH_LABEL else self.value

    @property
    def labelled(self) -> str:
        """The name with its type before it, as OpenSSL's configuration writes it: `DNS:www.example.com`."""
        label = self.kind.value
        upper = self.kind in {IdentityKind.DNS, IdentityKind.IP, IdentityKind.URI}
        return f"{label.upper() if upper else label}:{self.value}"

    def general_name(self) -> x509.GeneralName:
        """Return the name in the form that a subjectAltName extension holds."""
        return _GENERAL_NAMES[self.kind](self.value)


_SHOWN_WITH_LABEL = frozenset((IdentityKind.RID, IdentityKind.UPN, IdentityKind.OTHER))
"""A value of these reads like one of another kind; a directory name is known by its equals sign."""


def identity(text: str) -> Identity:
    """Recognise a DNS name, IP address, e-mail address or URI.

    A prefix `DNS:`, `IP:`, `email:` or `URI:` says which it is meant to be; `rid:1.2.3`, `dir:CN=…`, `upn:user@domain` and
    `other:OID;UTF8:text` are never guessed. International names become A-labels by IDNA 2008 (RFC 5891). Raises NotAnIdentity.
    """
    stripped = text.strip()
    explicit = _EXPLICIT.fullmatch(stripped)
    if explicit:
        return _READERS[IdentityKind(explicit[1].lower().removesuffix("name"))](explicit[2].strip())
    if _is_address(stripped):
        return _address(stripped)
    if "@" in stripped and "://" not in stripped:
        return _mailbox(stripped)
    if _URI.match(stripped):
        return _uri(stripped)
    return _dns_name(stripped)


def is_identity(text: str) -> bool:
    """Say whether `identity` recognises the text."""
    try:
        identity(text)
    except NotAnIdentity:
        return False
    return True


def general_name_text(name: x509.GeneralName) -> str:
    """Return any general name as one line of text; foreign text is not yet made safe for a terminal."""
    if isinstance(name, x509.DNSName | x509.RFC822Name | x509.UniformResourceIdentifier):
        return name.value
    if isinstance(name, x509.IPAddress):
        return str(name.value)
    if isinstance(name, x509.DirectoryName):
        return dn_text(name.value)
    if isinstance(name, x509.RegisteredID):
        return f"rid:{name.value.dotted_string}"
    if isinstance(name, x509.OtherName):
        known_as = principal(name)
        return f"upn:{known_as}" if known_as else f"other:{name.type_id.dotted_string};{name.value.hex()}"
    return repr(name.value)


def identity_of(name: x509.GeneralName) -> Identity:
    """Return the identity that a general name stands for, checked like one that was typed. Raises NotAnIdentity."""
    text = general_name_text(name)
    for kind, prefix in _PREFIXES.items():
        if isinstance(name, kind):
            return identity(prefix + text)
    raise NotAnIdentity(
        f"{quoted(text)} is a name of a kind that certificates of today do not have.", hint="Leave it out."
    )


_PREFIXES: dict[type[x509.GeneralName], str] = {
    x509.DNSName: "dns:",
    x509.IPAddress: "ip:",
    x509.RFC822Name: "email:",
    x509.UniformResourceIdentifier: "uri:",
    x509.DirectoryName: "dir:",
    x509.RegisteredID: "",
    x509.OtherName: "",
}


def _is_address(text: str) -> bool:
    bare = text.removeprefix("[").removesuffix("]")
    # A last label of digits alone is no host name (RFC 3696, 2), so it was meant as an address, right or wrong.
    return (":" in bare and _looks_like_v6(bare)) or bool(re.fullmatch(r"[0-9.]*[0-9]", bare))


def _looks_like_v6(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%.*)?", text))


def _address(text: str) -> Identity:
    try:
        address = ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError as error:
        raise NotAnIdentity(
            f"{quoted(text)} is no IP address.",
            hint="An IPv4 address has four numbers from 0 to 255: 10.0.0.1; an IPv6 address looks like 2001:db8::1.",
        ) from error
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        raise NotAnIdentity(
            f"{quoted(text)} has a zone, which only means something on one machine.",
            hint="Leave out the part from % on.",
        )
    return Identity(IdentityKind.IP, address_text(address))


def _mailbox(text: str) -> Identity:
    local, _, host = text.rpartition("@")
    if not _MAILBOX_LOCAL.fullmatch(local) or len(local) > _LONGEST_MAILBOX_LOCAL or host.startswith("["):
        raise NotAnIdentity(
            f"{quoted(text)} is no e-mail address.",
            hint="It looks like name@example.com, the part before @ in ASCII.",
        )
    return Identity(IdentityKind.EMAIL, f"{local}@{domain(host, text)}")


def _uri(text: str) -> Identity:
    # RFC 5280 4.2.1.6: an absolute URI in ASCII, with a scheme and something after it; one with an authority part has a host.
    try:
        parts = urlsplit(text)
        found = bool(parts.scheme and (parts.hostname or (parts.path and not parts.netloc)))
    except ValueError:
        found = False
    if not found or not re.fullmatch(r"[\x21-\x7e]+", text):
        raise NotAnIdentity(
            f"{quoted(text)} is no URI.",
            hint="It looks like spiffe://example.com/service, in ASCII without spaces.",
        )
    return Identity(IdentityKind.URI, text)


def _dns_name(text: str) -> Identity:
    wildcard = text.startswith("*.")
    host = domain(text.removeprefix("*."), text)
    return Identity(IdentityKind.DNS, f"*.{host}" if wildcard else host)


def _registered_id(text: str) -> Identity:
    try:
        return Identity(IdentityKind.RID, ObjectIdentifier(text).dotted_string)
    except ValueError as error:
        raise NotAnIdentity(f"{quoted(text)} is no OID.", hint="It looks like rid:1.2.3.4.") from error


def _directory_name(text: str) -> Identity:
    try:
        return Identity(IdentityKind.DIR, dn_text(dn(text)))
    except NotAName as error:
        raise NotAnIdentity(error.sentence, hint=error.hint) from error


def _user_principal_name(text: str) -> Identity:
    user, _, domain = text.rpartition("@")
    if not user or not domain or printable(text) != text or re.search(r"\s|@", user):
        raise NotAnIdentity(
            f"{quoted(text)} is no user principal name.", hint="It looks like upn:user@domain."
        )
    return Identity(IdentityKind.UPN, text)


def _other_name(text: str) -> Identity:
    return Identity(IdentityKind.OTHER, other_name_text(text))


_READERS = {
    IdentityKind.DNS: _dns_name,
    IdentityKind.IP: _address,
    IdentityKind.EMAIL: _mailbox,
    IdentityKind.URI: _uri,
    IdentityKind.RID: _registered_id,
    IdentityKind.DIR: _directory_name,
    IdentityKind.UPN: _user_principal_name,
    IdentityKind.OTHER: _other_name,
}

_GENERAL_NAMES: dict[IdentityKind, Callable[[str], x509.GeneralName]] = {
    IdentityKind.DNS: x509.DNSName,
    IdentityKind.IP: lambda value: x509.IPAddress(ipaddress.ip_address(value)),
    IdentityKind.EMAIL: x509.RFC822Name,
    IdentityKind.URI: x509.UniformResourceIdentifier,
    IdentityKind.RID: lambda value: x509.RegisteredID(ObjectIdentifier(value)),
    IdentityKind.DIR: lambda value: x509.DirectoryName(dn(value)),
    IdentityKind.UPN: lambda value: x509.OtherName(USER_PRINCIPAL_NAME, utf8_string(value)),
    IdentityKind.OTHER: other_name,
}
