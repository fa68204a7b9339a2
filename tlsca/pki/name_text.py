"""Names in DER as one line of text each: distinguished names by RFC 4514, general names as people write them.

What `names` and `identity` do for names that are typed, this does for names that are met, however odd: it never refuses one that
OpenSSL reads. The text is foreign: it is not yet safe for a terminal.
"""

import ipaddress
import re

from tlsca.pki import der
from tlsca.pki.addresses import network_text, octets_text
from tlsca.pki.dump import general_names, names, objects
from tlsca.text import printable, shorten

_ATTRIBUTES = {
    # RFC 4514, 3
    "2.5.4.3": "CN", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.6": "C", "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
    # as OpenSSL spells them
    "1.2.840.113549.1.9.1": "emailAddress", "2.5.4.5": "serialNumber", "2.5.4.42": "GN", "2.5.4.4": "SN", "2.5.4.12": "title",
    "2.5.4.97": "organizationIdentifier", "2.5.4.17": "postalCode",
}  # fmt: skip
_ENCODINGS = {der.UTF8_STRING: "utf-8", der.BMP_STRING: "utf-16-be", der.UNIVERSAL_STRING: "utf-32-be"}
_BINARY = {der.BIT_STRING, der.OCTET_STRING, der.SEQUENCE}
_ESCAPED = re.compile(r'[\\"+,;<>]')
_LONGEST_LABEL = 80
_USER_PRINCIPAL_NAME = "1.3.6.1.4.1.311.20.2.3"
_TITLES = {
    general_names.OTHER_NAME: "other name",
    general_names.EMAIL: "e-mail",
    general_names.DNS: "DNS",
    general_names.DIRECTORY: "directory",
    general_names.URI: "URI",
    general_names.IP_ADDRESS: "IP",
    general_names.REGISTERED_ID: "registered id",
}


def dn_text(name: names.Name) -> str:
    """Return a distinguished name, most specific first: `CN=Alice,O=Example,C=SE`."""
    parts: dict[int, list[str]] = {}
    for attribute in name:
        parts.setdefault(attribute.rdn, []).append(_attribute(attribute))
    return ",".join("+".join(attributes) for attributes in reversed(parts.values()))


def common_name_of(name: names.Name) -> str:
    """Return the most specific common name; empty if there is none."""
    values = [text(one) for one in name if der.dotted(one.identifier) == "2.5.4.3"]
    return values[-1] if values else ""


def certificate_label(name: str, serial: str) -> str:
    """Return what sentences call a certificate, safe for a terminal: its foreign name, else its serial number in hexadecimal."""
    return shorten(printable(name), _LONGEST_LABEL) or f"with serial number {serial}"


def _attribute(attribute: names.Attribute) -> str:
    identifier = der.dotted(attribute.identifier)
    shown = "#" + attribute.value.hex() if attribute.tag in _BINARY else _escaped(text(attribute))
    return f"{_ATTRIBUTES.get(identifier, identifier)}={shown}"


def text(attribute: names.Attribute) -> str:
    """Return an attribute's value as text; octets that are none become escapes."""
    return attribute.value.decode(_ENCODINGS.get(attribute.tag, "latin-1"), "backslashreplace")


def _escaped(value: str) -> str:
    """Escape what RFC 4514, 2.4, has escaped."""
    shown = _ESCAPED.sub(r"\\\g<0>", value).replace("\0", "\\00")
    if shown[:1] == "#" or (shown[:1] == " " and len(shown) > 1):
        shown = "\\" + shown
    return shown[:-1] + "\\ " if shown[-1:] == " " else shown


def general_name_title(one: general_names.GeneralName) -> str:
    """Return what kind of name this is, in a word."""
    return _TITLES.get(one.kind, "name")


def general_name_text(one: general_names.GeneralName) -> str:
    """Return any general name (RFC 5280, 4.2.1.6)."""
    match one.kind:
        case general_names.IP_ADDRESS:
            return _address(one.value)
        case general_names.DIRECTORY:
            return dn_text(one.directory)
        case general_names.REGISTERED_ID:
            return f"rid:{der.dotted(one.value)}"
        case general_names.OTHER_NAME:
            return _other_name(one)
        case general_names.X400 | general_names.EDI_PARTY:
            return "of a kind that nobody uses"
        case _:
            return one.value.decode("utf-8", "backslashreplace")


def _address(octets: bytes) -> str:
    """Return an address, or as name constraints have it an address with its mask (RFC 5280, 4.2.1.10)."""
    half = len(octets) // 2
    if len(octets) in {4, 16}:
        return octets_text(octets)
    if len(octets) not in {8, 32}:
        return f"an address of {len(octets)} octets"
    try:
        mask = int.from_bytes(octets[half:], "big")
        prefix = mask.bit_count()
        return network_text(ipaddress.ip_network((octets[:half], prefix), strict=False))
    except ValueError:
        return octets.hex()


def _other_name(one: general_names.GeneralName) -> str:
    identifier = der.dotted(one.identifier)
    if identifier == _USER_PRINCIPAL_NAME and one.tag == der.UTF8_STRING:
        return "upn:" + one.value.decode("utf-8", "backslashreplace")
    known = objects.known_as(one.identifier)
    if known and one.tag in {der.UTF8_STRING, der.IA5_STRING}:
        return f"other:{known};{one.value.decode('utf-8', 'backslashreplace')}"
    encoded = (
        one.value
        if one.tag in {der.SEQUENCE, der.SET}
        else bytes([one.tag]) + der.encoded_length(len(one.value)) + one.value
    )
    return f"other:{identifier};{encoded.hex()}"
