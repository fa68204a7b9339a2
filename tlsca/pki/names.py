"""Distinguished names: RFC 4514 text as an operator types it, read into an X.501 name, and written back.

What is no name is refused here, in a sentence, before it can stand in a certificate that clients read differently.
"""

import re

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from tlsca.errors import NotAName
from tlsca.pki.domain import quoted
from tlsca.text import printable

_LONGEST_COMMON_NAME = 64  # RFC 5280 appendix A, ub-common-name

# RFC 4514 names nine attribute types; these are the other ones that people type, as OpenSSL spells them.
_MORE_ATTRIBUTES: dict[ObjectIdentifier, str] = {
    NameOID.EMAIL_ADDRESS: "emailAddress",
    NameOID.SERIAL_NUMBER: "serialNumber",
    NameOID.GIVEN_NAME: "GN",
    NameOID.SURNAME: "SN",
    NameOID.TITLE: "title",
    NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
    NameOID.POSTAL_CODE: "postalCode",
}
_MORE_ATTRIBUTE_NAMES = {name: oid for oid, name in _MORE_ATTRIBUTES.items()} | {"E": NameOID.EMAIL_ADDRESS}
_RFC4514_ATTRIBUTES = ("CN", "L", "ST", "O", "OU", "C", "STREET", "DC", "UID")
_SPELLINGS = {name.lower(): name for name in (*_RFC4514_ATTRIBUTES, *_MORE_ATTRIBUTE_NAMES)}
_DN = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=")
_DN_PART = re.compile(r"((?:\\.|[^\\,+])*)([,+]?)", re.DOTALL)
_DN_HINT = 'Write it like CN=Alice,O=Example,C=SE; a comma inside a value is written "\\,".'
# RFC 5280, appendix A.1: the upper bounds of the attributes that people fill in.
_LONGEST_VALUE = {
    NameOID.COMMON_NAME: _LONGEST_COMMON_NAME,
    NameOID.ORGANIZATION_NAME: 64,
    NameOID.ORGANIZATIONAL_UNIT_NAME: 64,
    NameOID.LOCALITY_NAME: 128,
    NameOID.STATE_OR_PROVINCE_NAME: 128,
    NameOID.TITLE: 64,
    NameOID.SERIAL_NUMBER: 64,
    NameOID.EMAIL_ADDRESS: 255,
}
# RFC 5280, appendix A.1: most values may be any text; these are IA5String or PrintableString.
_ALPHABETS = {
    NameOID.COUNTRY_NAME: re.compile(r"[A-Za-z]{2}"),
    NameOID.SERIAL_NUMBER: re.compile(r"[A-Za-z0-9 '()+,./:=?-]+"),
    NameOID.EMAIL_ADDRESS: re.compile(r"[\x21-\x7e]+"),
    NameOID.DOMAIN_COMPONENT: re.compile(r"[\x21-\x7e]+"),
}


def dn_text(name: x509.Name) -> str:
    """Return a distinguished name as RFC 4514 text, most specific first: `CN=Alice,O=Example,C=SE`."""
    return name.rfc4514_string(attr_name_overrides=_MORE_ATTRIBUTES)


def is_dn(text: str) -> bool:
    """Say whether the text is meant as a distinguished name (`TYPE=value`) rather than a bare common name."""
    return bool(_DN.match(text))


def dn(text: str) -> x509.Name:
    """Read RFC 4514 text, `CN=Alice,O=Example,C=SE`, or a bare common name. Raises NotAName."""
    if not is_dn(text):
        return common_name(text)
    try:
        name = x509.Name.from_rfc4514_string(
            _canonical_types(text), attr_name_overrides=_MORE_ATTRIBUTE_NAMES
        )
    except ValueError as error:
        raise NotAName(
            f"{quoted(text)} is no distinguished name: {_why_no_dn(error)}.", hint=_DN_HINT
        ) from error
    check_name(name)
    return name


def check_name(name: x509.Name) -> None:
    """Raise NotAName for an attribute that is empty, too long, or not of the alphabet that it has (RFC 5280, appendix A.1)."""
    for attribute in name:
        _check_attribute(attribute)


def _why_no_dn(error: ValueError) -> str:
    """Return the parser's complaint in words; it has none for a character that should not stand where it does."""
    complaint = printable(str(error)).rstrip(".")
    if "length" in complaint:
        return f"a common name has 1 to {_LONGEST_COMMON_NAME} octets of UTF-8, and a country two letters"
    return complaint or "a character in it would need a backslash before it"


def common_name(text: str) -> x509.Name:
    """Return the name that has this common name and nothing else. Raises NotAName when it is empty or too long."""
    stripped = text.strip()
    if not fits_common_name(stripped):
        raise NotAName(
            f"A common name has 1 to {_LONGEST_COMMON_NAME} octets of UTF-8; {quoted(text)} has {_octets(stripped)}.",
            hint="Shorten it, or give a distinguished name: CN=…,O=….",
        )
    attribute = x509.NameAttribute(NameOID.COMMON_NAME, stripped)
    _check_attribute(attribute)
    return x509.Name([attribute])


def attribute_type(attribute: x509.NameAttribute[str | bytes]) -> str:
    """Return what an attribute of a name is called, as `dn_text` writes it: `CN`, `emailAddress`, or its OID."""
    return _MORE_ATTRIBUTES.get(attribute.oid, attribute.rfc4514_attribute_name)


def common_name_of(name: x509.Name) -> str | None:
    """Return the most specific common name, or None."""
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[-1].value) if values else None


def fits_common_name(text: str) -> bool:
    """Say whether the text is short enough to be a common name.

    RFC 5280's ub-common-name counts characters; octets are counted here, as programs do that hold them in a buffer.
    """
    return 0 < _octets(text) <= _LONGEST_COMMON_NAME


def _octets(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _canonical_types(text: str) -> str:
    """Return the text with each attribute type as RFC 4514 spells it, and no spaces around separators.

    RFC 4514 has no such spaces, and people type them. Raises NotAName for an unknown type, or a part that has none.
    """
    parts: list[str] = []
    position, separator = 0, ","
    while separator:
        found = _DN_PART.match(text, position)
        if found is None:
            break
        separator, position = found[2], found.end()
        parts += [_canonical_part(found[1], text), separator]
    return "".join(parts) + text[position:]


def _canonical_part(part: str, whole: str) -> str:
    name, equals, value = part.partition("=")
    if not equals:
        raise NotAName(
            f"{quoted(whole)} is no distinguished name: nothing says what {quoted(part.strip())} is.",
            hint=_DN_HINT,
        )
    value = value.lstrip(" ")
    bare = value.rstrip(" ")
    if bare != value and (len(bare) - len(bare.rstrip("\\"))) % 2:
        bare += " "  # a backslash before it makes the space part of the value
    return f"{_canonical_type(name.strip())}={bare}"


def _canonical_type(name: str) -> str:
    if re.fullmatch(r"\d+(\.\d+)+", name):
        return name
    spelling = _SPELLINGS.get(name.lower())
    if spelling is None:
        known = (*_RFC4514_ATTRIBUTES, *_MORE_ATTRIBUTE_NAMES)
        raise NotAName(
            f"{quoted(name)} is no attribute of a name.",
            hint="Known are " + ", ".join(known) + ", and OIDs.",
        )
    return spelling


def _check_attribute(attribute: x509.NameAttribute[str | bytes]) -> None:
    value = str(attribute.value)
    if isinstance(attribute.value, bytes) or printable(value) != value or not value.strip():
        raise NotAName(
            f"{quoted(value)} holds characters that have no place in a name.",
            hint="Use letters, digits, spaces and punctuation.",
        )
    longest = _LONGEST_VALUE.get(attribute.oid)
    if longest is not None and len(value) > longest:
        raise NotAName(
            f"{quoted(value)} has {len(value)} characters; {longest} are the most here.",
            hint="RFC 5280, appendix A.1, sets the limits; shorten it.",
        )
    alphabet = _ALPHABETS.get(attribute.oid)
    if alphabet is not None and not alphabet.fullmatch(value):
        raise NotAName(
            f"{quoted(value)} cannot stand in {attribute_type(attribute)}.",
            hint="A country is two letters; serial numbers, domains and addresses are ASCII.",
        )
