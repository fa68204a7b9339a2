"""Other names (RFC 5280, 4.2.1.6, otherName): a type by OID and a value in DER; among them the user principal name.

Windows and smart cards know people by their user principal name, `user@domain`, which is no e-mail address though it looks like one.
"""

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from tlsca.errors import DerError, NotAnIdentity
from tlsca.pki import der
from tlsca.text import printable

USER_PRINCIPAL_NAME = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")

_STRINGS = {"UTF8": (der.UTF8_STRING, "utf-8"), "IA5": (der.IA5_STRING, "ascii")}
_HINT = "Write other:OID;UTF8:text, other:OID;IA5:text, or other:OID;DER-HEX."


def utf8_string(text: str) -> bytes:
    """Return text as a DER UTF8String."""
    return _string(der.UTF8_STRING, text.encode("utf-8"))


def principal(name: x509.OtherName) -> str | None:
    """Return the user principal name, as foreign text; None if this other name is none."""
    if name.type_id != USER_PRINCIPAL_NAME:
        return None
    try:
        value = der.read(name.value)
        if value.tag != der.UTF8_STRING or value.next_offset != len(name.value):
            return None
        return value.content.decode("utf-8")
    except (DerError, UnicodeDecodeError):
        return None


def other_name_text(text: str) -> str:
    """Return `OID;UTF8:text`, `OID;IA5:text` or `OID;DER-HEX` as `OID;der-hex`. Raises NotAnIdentity."""
    oid, _, value = text.partition(";")
    try:
        dotted = ObjectIdentifier(oid.strip()).dotted_string
        octets = _value(value.strip())
        whole = der.read(octets).next_offset == len(octets)
    except (ValueError, DerError) as error:
        raise _no_other_name(text) from error
    if not whole:
        raise _no_other_name(text)
    return f"{dotted};{octets.hex()}"


def other_name(text: str) -> x509.OtherName:
    """Return the general name of what `other_name_text` returned."""
    oid, _, value = text.partition(";")
    return x509.OtherName(ObjectIdentifier(oid), bytes.fromhex(value))


def _no_other_name(text: str) -> NotAnIdentity:
    return NotAnIdentity(f"“{printable(text[:80])}” is no other name: an OID, and one value.", hint=_HINT)


def _value(text: str) -> bytes:
    kind, colon, rest = text.partition(":")
    if not colon:
        return bytes.fromhex(text)
    tag, encoding = _STRINGS.get(kind.upper(), (0, "ascii"))
    if not tag:
        raise ValueError("an unknown kind of string")
    return _string(tag, rest.encode(encoding))


def _string(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + der.encoded_length(len(content)) + content
