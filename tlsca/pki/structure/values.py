"""The value of an element as a person reads it: numbers, times, text, identifiers, octets."""

import re

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Tlv
from tlsca.pki.dump import numbers, objects
from tlsca.text import count, hex_colons, printable, serial_hex

_UNIVERSAL = (
    "End of contents", "BOOLEAN", "INTEGER", "BIT STRING", "OCTET STRING", "NULL", "OBJECT IDENTIFIER", "ObjectDescriptor",
    "EXTERNAL", "REAL", "ENUMERATED", "EMBEDDED PDV", "UTF8String", "RELATIVE-OID", "TIME", "Universal 15", "SEQUENCE", "SET",
    "NumericString", "PrintableString", "T61String", "VideotexString", "IA5String", "UTCTime", "GeneralizedTime",
    "GraphicString", "VisibleString", "GeneralString", "UniversalString", "CHARACTER STRING", "BMPString",
)  # fmt: skip
_CLASSES = {der.APPLICATION: "APPLICATION ", der.CONTEXT: "", der.PRIVATE: "PRIVATE "}
_CHARACTER_SETS = {
    **dict.fromkeys((18, 19, 20, 21, 22, 25, 26, 27), "latin-1"),
    der.UTF8_STRING: "utf-8",
    der.BMP_STRING: "utf-16-be",
    der.UNIVERSAL_STRING: "utf-32-be",
}
_TIMES = (der.UTC_TIME, der.GENERALIZED_TIME)
_MOST_OCTETS = 8192
_STRICT_TIME = {
    der.UTC_TIME: re.compile(rb"[0-9]{12}Z"),
    der.GENERALIZED_TIME: re.compile(rb"[0-9]{14}Z"),
}


def form(element: Tlv) -> str:
    """Return the type of an element in ASN.1: `SEQUENCE`, `[0]`."""
    if element.tag_class:
        return f"[{_CLASSES[element.tag_class]}{element.number}]"
    return _UNIVERSAL[element.number] if element.number < len(_UNIVERSAL) else f"Universal {element.number}"


def counted(element: Tlv) -> str:
    """Return how many elements are in a constructed one, if they are few enough to count at once."""
    found = element.places(1000)
    return f"{count(len(found), 'element')}" if found.flaw is None else ""


def primitive(element: Tlv) -> str:
    """Return the value of an element of any type, by its tag; octets where it is none."""
    reader = _READERS.get(element.tag)
    if reader is None:
        return text(element) if element.tag in _CHARACTER_SETS else octets(element.content)
    try:
        return reader(element)
    except DerError:
        return octets(element.content)


def octets(content: bytes) -> str:
    """Return octets as `AB:CD`; of very many, only how many there are."""
    return hex_colons(content.hex()) if len(content) <= _MOST_OCTETS else f"{count(len(content), 'octet')}"


def octet_string(element: Tlv) -> str:
    """Return the octets of a string of any tag. Raises `DerError`."""
    return octets(der.octets(element))


def bits(element: Tlv) -> str:
    """Return a BIT STRING as octets. Raises `DerError`."""
    return octets(der.bit_string(element).content)


def boolean(element: Tlv) -> str:
    """Return `true` or `false`. Raises `DerError`."""
    return "true" if der.boolean(element) else "false"


def number(element: Tlv) -> str:
    """Return an INTEGER or ENUMERATED of any tag: in decimal, and in hexadecimal where it is long. Raises `DerError`."""
    return shown_number(der.integer(element, tag=element.tag))


def shown_number(value: int) -> str:
    """Return a number: in decimal up to 64 bits, in hexadecimal beyond."""
    return str(value) if value.bit_length() <= 64 else f"0x{serial_hex(value)}".replace("0x-", "-0x")


def text(element: Tlv) -> str:
    """Return the text of a string by the character set of its tag; what is no character shows as an escape. Raises `DerError`."""
    found = der.octets(element)
    return printable(found.decode(_CHARACTER_SETS.get(element.tag, "utf-8"), "backslashreplace"))


def ia5(element: Tlv) -> str:
    """Return the text of an IA5String under an implicit tag. Raises `DerError`."""
    return printable(der.octets(element).decode("ascii", "backslashreplace"))


def moment(element: Tlv, *, tag: int = 0) -> str:
    """Return a time as RFC 3339 in UTC; `tag` says which type stands under an implicit one. Raises `DerError` for no time."""
    written = der.octets(element)
    parts = numbers.time_parts(tag or element.tag, written)
    if parts is None:
        shown = printable(written[:40].decode("latin-1"))
        raise DerError(f"“{shown}” is no time", offset=element.offset)
    year, month, day, hour, minute, second = parts
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}Z"


def is_strict(element: Tlv) -> bool:
    """Say whether a time is written as RFC 5280, 4.1.2.5, wants it: with seconds, in UTC, without fractions."""
    return bool(_STRICT_TIME[element.tag].fullmatch(der.octets(element)))


def identifier(element: Tlv) -> str:
    """Return the numbers of an OBJECT IDENTIFIER; empty for an element of another type, or one that is damaged."""
    if element.tag != der.OBJECT_IDENTIFIER:
        return ""
    try:
        return objects.dotted(der.object_identifier(element))
    except DerError:
        return ""


def object_name(element: Tlv) -> str:
    """Return the name that OpenSSL has for an OBJECT IDENTIFIER, or its numbers. Raises `DerError`."""
    return printable(objects.long_name(der.object_identifier(element)).decode("utf-8", "backslashreplace"))


_READERS = {
    der.BOOLEAN: boolean,
    der.INTEGER: number,
    der.ENUMERATED: number,
    der.BIT_STRING: bits,
    der.NULL: lambda _: "",
    der.OBJECT_IDENTIFIER: object_name,
    **dict.fromkeys(_TIMES, moment),
}
