"""The primitive values: strings, numbers, identifiers, bits; each checked as strictly as OpenSSL checks it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from tlsca.errors import DerError
from tlsca.pki.der.element import Tlv
from tlsca.pki.der.tags import (
    BIT_STRING,
    BMP_STRING,
    BOOLEAN,
    ENUMERATED,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    SET,
    UNIVERSAL_STRING,
)

_MAXIMUM_STRING_DEPTH = 5  # ASN1_MAX_STRING_NEST in OpenSSL: string segments within string segments


def octets(element: Tlv) -> bytes:
    """Return the octets of a string; the segments of a constructed one are joined (BER, X.690 section 8.21).

    Like OpenSSL, any tag does for a segment, and segments nest five deep at most. Raises `DerError`.
    """
    if not element.constructed:
        return element.content
    joined: list[bytes] = []
    waiting = [(child, 0) for child in reversed(element.children())]
    while waiting:
        segment, depth = waiting.pop()
        if not segment.constructed:
            joined.append(segment.content)
            continue
        if depth == _MAXIMUM_STRING_DEPTH:
            raise DerError("a string whose segments nest too deep", offset=segment.offset)
        waiting.extend((child, depth + 1) for child in reversed(segment.children()))
    return b"".join(joined)


def _primitive(element: Tlv) -> bytes:
    if element.constructed:
        raise DerError("a value in constructed form that has none", offset=element.offset)
    return element.content


def integer(element: Tlv, *, tag: int = INTEGER) -> int:
    """Return the value of an INTEGER, or of another `tag` that holds one; of any size and sign.

    Raises `DerError` for another tag, for no content and for superfluous leading octets (X.690 section 8.3.2), as OpenSSL
    does.
    """
    if element.tag != tag:
        raise DerError("an INTEGER was expected", offset=element.offset)
    content = _primitive(element)
    if not content:
        raise DerError("an INTEGER without content", offset=element.offset)
    if len(content) > 1 and (content[0] == 0xFF) == (content[1] >= 0x80) and content[0] in {0x00, 0xFF}:
        raise DerError("an INTEGER with superfluous leading octets", offset=element.offset)
    return int.from_bytes(content, "big", signed=True)


def unsigned_integer(element: Tlv) -> int:
    """Return an INTEGER's content as a number without a sign: how OpenSSL reads RSA and DSA parameters.

    Raises `DerError` for another tag.
    """
    if element.tag != INTEGER:
        raise DerError("an INTEGER was expected", offset=element.offset)
    return int.from_bytes(_primitive(element), "big")


def boolean(element: Tlv) -> bool:
    """Return a BOOLEAN; any octet but zero is true. Raises `DerError` unless it is one octet."""
    content = _primitive(element)
    if len(content) != 1:
        raise DerError("a BOOLEAN that is not one octet", offset=element.offset)
    return content != b"\0"


def null(element: Tlv) -> None:
    """Raise `DerError` unless the element is a NULL without content."""
    if element.tag != NULL or _primitive(element):
        raise DerError("a NULL was expected", offset=element.offset)


class BitString(NamedTuple):
    """The octets of a BIT STRING, in which the `unused` lowest bits of the last one are zero."""

    unused: int
    content: bytes

    def has(self, bit: int) -> bool:
        """Whether a named bit is set; bit 0 is the highest of the first octet (X.680 section 22)."""
        octet, place = divmod(bit, 8)
        return octet < len(self.content) and bool(self.content[octet] & 0x80 >> place)


def bit_string(element: Tlv) -> BitString:
    """Return a BIT STRING; unused bits that were set are cleared. Raises `DerError` for none or more than seven of them."""
    content = octets(element)
    if not content or content[0] > 7:
        raise DerError("a BIT STRING without a valid count of unused bits", offset=element.offset)
    unused = content[0]
    if unused and len(content) > 1:
        return BitString(unused, content[1:-1] + bytes([content[-1] & 0xFF << unused & 0xFF]))
    return BitString(unused, content[1:])


_OBJECT_IDENTIFIER = re.compile(rb"(?:(?:[\x81-\xff][\x80-\xff]*)?[\x00-\x7f])+", re.DOTALL)


def object_identifier(element: Tlv, *, tag: int = OBJECT_IDENTIFIER) -> bytes:
    """Return the content octets of an OBJECT IDENTIFIER, which compare and look up faster than numbers.

    `dotted` turns them into text. Raises `DerError` for another `tag` and for octets that are no identifier (X.690 section
    8.19).
    """
    content = _primitive(element)
    if element.tag != tag:
        raise DerError("an OBJECT IDENTIFIER was expected", offset=element.offset)
    if not _OBJECT_IDENTIFIER.fullmatch(content):
        raise DerError("an OBJECT IDENTIFIER that cannot be read", offset=element.offset)
    return content


def dotted(content: bytes) -> str:
    """Return the content octets of an OBJECT IDENTIFIER as `1.2.840.113549`; octets that end early end the text early."""
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        return ""
    root = min(numbers[0] // 40, 2)
    return ".".join(map(str, [root, numbers[0] - 40 * root, *numbers[1:]]))


def any_content(element: Tlv) -> bytes:
    """Return what an element of any type holds, after the checks that OpenSSL makes of its type.

    Strings are joined, a BIT STRING keeps its first octet, and SEQUENCE, SET and everything outside the universal class
    stay encoded. Raises `DerError`.
    """
    if element.tag_class or element.tag in {SEQUENCE, SET}:
        if not element.constructed and not element.tag_class:
            raise DerError("a SEQUENCE or SET in primitive form", offset=element.offset)
        return element.encoding
    if element.tag == ENUMERATED:
        integer(element, tag=ENUMERATED)
        return element.content
    if element.tag in _CHECKED:
        _CHECKED[element.tag](element)
        return element.content
    if element.tag == BIT_STRING:
        bits = bit_string(element)
        return bytes([bits.unused]) + bits.content
    content = octets(element)
    if len(content) % _CHARACTER_WIDTH.get(element.tag, 1):
        raise DerError("a string that ends inside a character", offset=element.offset)
    return content


_CHARACTER_WIDTH = {BMP_STRING: 2, UNIVERSAL_STRING: 4}
_CHECKED: dict[int, Callable[[Tlv], object]] = {
    OBJECT_IDENTIFIER: object_identifier,
    NULL: null,
    BOOLEAN: boolean,
    INTEGER: integer,
}
