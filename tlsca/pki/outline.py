"""The ASN.1 skeleton of anything in DER, line by line as `openssl asn1parse` draws it.

Where a certificate is so broken that no field can be named, this still shows what is there and where.
"""

from collections.abc import Iterator
from itertools import islice

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.dump.objects import long_name
from tlsca.text import printable, shorten

_UNIVERSAL = (
    "EOC", "BOOLEAN", "INTEGER", "BIT STRING", "OCTET STRING", "NULL", "OBJECT", "OBJECT DESCRIPTOR", "EXTERNAL", "REAL",
    "ENUMERATED", "<ASN1 11>", "UTF8STRING", "<ASN1 13>", "<ASN1 14>", "<ASN1 15>", "SEQUENCE", "SET", "NUMERICSTRING",
    "PRINTABLESTRING", "T61STRING", "VIDEOTEXSTRING", "IA5STRING", "UTCTIME", "GENERALIZEDTIME", "GRAPHICSTRING",
    "VISIBLESTRING", "GENERALSTRING", "UNIVERSALSTRING", "<ASN1 29>", "BMPSTRING",
)  # fmt: skip
_CLASSES = {der.APPLICATION: "appl", der.CONTEXT: "cont", der.PRIVATE: "priv"}
_BOOLEAN, _INTEGER, _OCTET_STRING, _OBJECT, _ENUMERATED = 1, 2, 4, 6, 10
_TEXTS = frozenset(
    {12, 18, 19, 20, 22, 23, 24, 26}
)  # the string and time types that OpenSSL prints as they are
_LONGEST_LINE = 200
_PRINTABLE_OCTETS = frozenset(b"\n\r\t" + bytes(range(0x20, 0x7F)))


def outline(data: bytes) -> str:
    """Return the elements in the octets, one a line, each with its offset, depth and lengths; safe for a terminal.

    Raises DerError where the octets are no BER at all; damage further in is named in the line where it is met.
    """
    return "".join(f"{line}\n" for line in _lines(der.read(data)))


def outline_lines(data: bytes, offset: int, *, most: int) -> list[str]:
    """Return the first lines of the outline of the element at `offset`, safe for a terminal; an ellipsis stands for what is left out.

    Raises DerError where there is no element at all.
    """
    lines = (shorten(line, _LONGEST_LINE) for line in _lines(der.read(data, offset)))
    found = list(islice(lines, most + 1))
    return [*found[:most], "…"] if len(found) > most else found


def _lines(element: der.Tlv) -> Iterator[str]:
    """Yield the line of an element and those of everything inside it; nothing is read before its line is asked for."""
    waiting: list[Iterator[der.Tlv | str]] = [iter((element,))]
    while waiting:
        current = next(waiting[-1], None)
        if current is None:
            waiting.pop()
        elif isinstance(current, str):
            yield current
        else:
            yield _line(current)
            if current.constructed:
                waiting.append(_inside(current))


def _inside(element: der.Tlv) -> Iterator[der.Tlv | str]:
    """Yield the elements inside another one, and the line that tells of damage where there is some."""
    try:
        yield from element.walk()
    except DerError as error:
        yield f"{element.offset:5}:d={element.depth + 1:<2} {printable(str(error))}"


def _line(element: der.Tlv) -> str:
    length = "inf " if element.is_indefinite else f"{len(element.content):4}"
    form = "cons" if element.constructed else "prim"
    head = f"{element.offset:5}:d={element.depth:<2} hl={element.header_length} l={length} {form}: {_tag(element):<18}"
    return head if element.constructed else head + _value(element)


def _tag(element: der.Tlv) -> str:
    if element.tag_class:
        return f"{_CLASSES[element.tag_class]} [ {element.number} ]"
    return _UNIVERSAL[element.number] if element.number < len(_UNIVERSAL) else f"<ASN1 {element.number}>"


def _value(element: der.Tlv) -> str:
    content = element.content
    if element.tag_class:
        return ""
    if element.number in _TEXTS:
        return ":" + printable(
            content.decode("utf-8" if element.number == 12 else "latin-1", "backslashreplace")
        )
    if element.number == _OBJECT:
        return ":" + printable(long_name(content).decode("utf-8", "backslashreplace"))
    if element.number in {_INTEGER, _ENUMERATED}:
        return ":" + _hex_number(content)
    if element.number == _BOOLEAN:
        return f":{content[0]}" if content else ":BAD BOOLEAN"
    return _octets(content) if element.number == _OCTET_STRING and content else ""


def _hex_number(content: bytes) -> str:
    number = int.from_bytes(content, "big", signed=True)
    digits = f"{abs(number):X}"
    return ("-" if number < 0 else "") + (digits if len(digits) % 2 == 0 else "0" + digits)


def _octets(content: bytes) -> str:
    if all(octet in _PRINTABLE_OCTETS for octet in content):
        return ":" + printable(content.decode("ascii"))
    return "[HEX DUMP]:" + content.hex().upper()
