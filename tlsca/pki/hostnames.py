"""Whether a certificate is for the name that was asked for: RFC 9525, as browsers, Go and OpenSSL apply it.

The common name does not count: Python's `ssl` may still accept it, browsers and Go have not for years.
"""

import ipaddress
import re

from cryptography import x509

from tlsca.pki.addresses import Address, address_text
from tlsca.pki.certificate import Certificate
from tlsca.pki.finding import Finding, error
from tlsca.pki.identity import general_name_text
from tlsca.pki.names import common_name_of
from tlsca.text import listing, printable, shorten

CONNECT_AS = "connect-as"
"""The remedy of a name that is not in the certificate: `connect-as:NAME`, one that is."""

_PLAIN_NAME = re.compile(
    r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE
)
_LONGEST_NAME = 253


def name_defect(certificate: Certificate, name: str) -> Finding | None:
    """Return why the certificate is not for this DNS name (A-labels) or IP address; None if it is.

    Also None where the names cannot be read: that the certificate is malformed is a finding of its own.
    """
    if certificate.flaw is not None:
        return None
    address = _address(name)
    if address is not None:
        return (
            None if _has_address(certificate, address) else _ip_mismatch(certificate, address_text(address))
        )
    wanted = name.lower()
    if any(_dns_match(pattern, wanted) for pattern in certificate.dns_names):
        return None
    return _host_mismatch(certificate, wanted)


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None


def _has_address(certificate: Certificate, address: Address) -> bool:
    return any(
        isinstance(name, x509.IPAddress) and name.value == address for name in certificate.general_names
    )


def _dns_match(pattern: str, wanted: str) -> bool:
    """Match one DNS name: `*` stands for exactly one whole label, the leftmost, and only below at least two others."""
    pattern = pattern.lower().removesuffix(".")
    if not pattern.startswith("*."):
        return pattern == wanted
    label, _, parent = wanted.partition(".")
    return bool(label) and parent == pattern[2:] and "." in parent


def _names(certificate: Certificate) -> str:
    names = [shorten(printable(general_name_text(name)), 80) for name in certificate.general_names]
    return f"it is for {listing(names)}" if names else "it has no subject alternative names"


def _own_name(certificate: Certificate) -> str:
    """Return a name by which a client may call whoever has the certificate; empty where it holds none that can be typed.

    A wildcard stands for `www` below it.
    """
    plain = sorted(certificate.dns_names, key=lambda name: name.startswith("*."))
    dns = [f"www{name[1:]}" if name.startswith("*.") else name for name in plain]
    addresses = [
        address_text(name.value)
        for name in certificate.general_names
        if isinstance(name, x509.IPAddress) and isinstance(name.value, Address)
    ]
    typed = (name for name in dns if len(name) <= _LONGEST_NAME and _PLAIN_NAME.fullmatch(name))
    return next(iter((*typed, *addresses)), "")


def _or_by_its_name(certificate: Certificate) -> tuple[str, str]:
    """Return the end of a fix, and the remedy."""
    name = _own_name(certificate)
    return (f", or connect by a name that it holds: {name}", f"{CONNECT_AS}:{name}") if name else ("", "")


def _ip_mismatch(certificate: Certificate, address: str) -> Finding:
    misplaced = address in certificate.dns_names or common_name_of(certificate.subject_name) == address
    otherwise, remedy = _or_by_its_name(certificate)
    need = "; an address needs an IP SAN, not a DNS name or common name" if misplaced else ""
    return error(
        "ip-mismatch",
        f"The certificate is not for the address {address}: {_names(certificate)}{need}.",
        f"Issue the certificate anew with the IP SAN {address}{otherwise}.",
        certificate=certificate.sha256,
        remedy=remedy,
    )


def _host_mismatch(certificate: Certificate, wanted: str) -> Finding:
    shown = printable(wanted)
    common_name = (common_name_of(certificate.subject_name) or "").lower()
    if not certificate.dns_names and common_name and _dns_match(common_name, wanted):
        return error(
            "common-name-only",
            f"The certificate names {shown} only as its common name, which browsers and Go do not look at.",
            f"Issue the certificate anew with {shown} as a DNS SAN.",
            certificate=certificate.sha256,
        )
    otherwise, remedy = _or_by_its_name(certificate)
    return error(
        "hostname-mismatch",
        f"The certificate is not for {shown}: {_names(certificate)}{_wildcard_rule(certificate, wanted)}.",
        f"Issue the certificate anew with {shown} as a DNS SAN{otherwise}.",
        certificate=certificate.sha256,
        remedy=remedy,
    )


def _wildcard_rule(certificate: Certificate, wanted: str) -> str:
    """Say why a wildcard that looks as if it matched does not."""
    domains = [name[2:].lower() for name in certificate.dns_names if name.startswith("*.")]
    if any(wanted == domain for domain in domains):
        return "; a wildcard does not stand for the bare domain"
    if any(wanted.endswith("." + domain) for domain in domains):
        return "; a wildcard stands for one label only"
    return ""
