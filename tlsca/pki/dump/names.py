"""Distinguished names: read as OpenSSL reads them, printed in the two ways its text has."""

import re
from typing import NamedTuple

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Tlv
from tlsca.pki.dump import objects

_VALUE_TAGS = frozenset({3, 7, 8, 9, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 28, 29, 30})
_LONGEST_NAME = 1024 * 1024
_ONELINE_BUFFER = 255
_NEEDS_QUOTES = re.compile(rb"[,+;<>]|\A#(?!\Z)|\A | \Z")
_SPECIAL = re.compile(rb'[\x00-\x1f\x7f-\xff"\\]')
_CHARACTER_SETS = {
    der.UTF8_STRING: "utf-8",
    der.BMP_STRING: "utf-16-be",
    der.UNIVERSAL_STRING: "utf-32-be",
    der.NUMERIC_STRING: "latin-1",
    der.PRINTABLE_STRING: "latin-1",
    der.T61_STRING: "latin-1",
    der.IA5_STRING: "latin-1",
}


class Attribute(NamedTuple):
    """One attribute of a name; those of one multi-valued RDN share `rdn`."""

    identifier: bytes
    tag: int
    value: bytes
    rdn: int


Name = tuple[Attribute, ...]


def name(element: Tlv) -> Name:
    """Return the attributes of a Name. Raises `DerError` for whatever OpenSSL does not load."""
    if element.tag != der.SEQUENCE or element.next_offset - element.offset > _LONGEST_NAME:
        raise DerError("a Name was expected", offset=element.offset)
    attributes = []
    for rdn, entries in enumerate(element.children()):
        if entries.tag != der.SET:
            raise DerError("a relative name that is no SET", offset=entries.offset)
        attributes += relative_name(entries, rdn)
    if any(attribute.tag in _CHARACTER_SETS and _utf8(attribute) is None for attribute in attributes):
        raise DerError("an attribute of a name that is no text", offset=element.offset)
    return tuple(attributes)


def relative_name(entries: Tlv, rdn: int = 0) -> list[Attribute]:
    """Return the attributes of one RDN, whatever its own tag. Raises `DerError`."""
    return [_attribute(entry, rdn) for entry in entries.children()]


def _attribute(entry: Tlv, rdn: int) -> Attribute:
    fields = der.sequence(entry)
    identifier = der.object_identifier(fields.any())
    element = fields.any()
    fields.end()
    if element.tag not in _VALUE_TAGS:
        raise DerError("an attribute of a name that is no string", offset=element.offset)
    return Attribute(identifier, element.tag, der.any_content(element), rdn)


def _utf8(attribute: Attribute) -> bytes | None:
    """Return the value of a string as UTF-8; None if it holds what is no character."""
    character_set, value = _CHARACTER_SETS[attribute.tag], attribute.value
    if character_set == "latin-1" and value.isascii():
        return value
    if character_set == "utf-16-be" and any(0xD8 <= octet <= 0xDF for octet in value[::2]):
        return None  # a BMPString has no surrogate pairs
    try:
        return value.decode(character_set).encode()
    except UnicodeDecodeError:
        return None


def readable(attributes: Name) -> bytes:
    """Return a name as Issuer and Subject show it: `C = CH, O = "Example, Ltd."` (OpenSSL's `XN_FLAG_ONELINE`).

    The result is printable ASCII whatever the name holds. It ends at a value that is no text, which only a relative name
    can have.
    """
    pieces: list[bytes] = []
    rdn = -1
    for attribute in attributes:
        if rdn != -1:
            pieces.append(b" + " if attribute.rdn == rdn else b", ")
        rdn = attribute.rdn
        pieces += (objects.short_name(attribute.identifier), b" = ")
        value = _readable_value(attribute)
        if value is None:
            break
        pieces.append(value)
    return b"".join(pieces)


def _readable_value(attribute: Attribute) -> bytes | None:
    if attribute.tag not in _CHARACTER_SETS:
        return b"#" + _re_encoded(attribute).hex().upper().encode()
    text = attribute.value if attribute.tag == der.UTF8_STRING else _utf8(attribute)
    if text is None:
        return None
    escaped = _SPECIAL.sub(_escape, text)
    return b'"%s"' % escaped if _NEEDS_QUOTES.search(text) else escaped


def _escape(match: re.Match[bytes]) -> bytes:
    character = match[0]
    return b"\\" + character if character in b'"\\' else b"\\%02X" % character[0]


def _re_encoded(attribute: Attribute) -> bytes:
    if attribute.tag == der.SEQUENCE:
        return attribute.value
    return bytes([attribute.tag]) + der.encoded_length(len(attribute.value)) + attribute.value


def oneline(attributes: Name) -> bytes:
    """Return a name as directory names in alternative names show it: `/C=CH/O=Example` (OpenSSL's `X509_NAME_oneline`).

    Attributes that do not fit OpenSSL's buffer of 256 characters are left out. The result is printable ASCII.
    """
    text = b""
    rdn = -1
    for attribute in attributes:
        separator = b"+" if attribute.rdn == rdn else b"/"
        more = separator + objects.short_name(attribute.identifier) + b"=" + _oneline_value(attribute)
        if len(text) + len(more) > _ONELINE_BUFFER:
            break
        text += more
        rdn = attribute.rdn
    return text


def _oneline_value(attribute: Attribute) -> bytes:
    content = attribute.value[1:] if attribute.tag == der.BIT_STRING else attribute.value
    return re.sub(rb"[^\x20-\x7e]|[/+]", _oneline_escape, content[: _ONELINE_BUFFER + 1])


def _oneline_escape(match: re.Match[bytes]) -> bytes:
    character = match[0]
    return b"\\" + character if character in b"/+" else b"\\x%02X" % character[0]
