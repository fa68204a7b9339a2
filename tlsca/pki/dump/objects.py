"""Object identifiers as OpenSSL names them: a long name, a short name, or numbers."""

from functools import lru_cache

from tlsca.pki import der
from tlsca.pki.dump.oids import OBJECTS

_LONGEST_IDENTIFIER = 586  # octets; OpenSSL's OBJ_obj2txt gives up beyond (RFC 2578 section 3.5)
_SHORT_BUFFER = 79  # characters that fit OpenSSL's buffer of 80


def dotted(identifier: bytes) -> str:
    """Return content octets of an object identifier as numbers; empty if OpenSSL would give up on them."""
    return der.dotted(identifier) if len(identifier) <= _LONGEST_IDENTIFIER else ""


@lru_cache(maxsize=2048)
def _names(identifier: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the long name, the short name and the numbers; the numbers also stand for names that do not exist."""
    numbers = dotted(identifier)
    short, long = OBJECTS.get(numbers, (numbers, numbers))
    return long.encode(), short.encode(), numbers.encode()


def long_name(identifier: bytes) -> bytes:
    """Return the long name, or the numbers (OpenSSL's `i2a_ASN1_OBJECT`), or a hexadecimal dump of what is too long."""
    if len(identifier) > _LONGEST_IDENTIFIER:
        return b"<INVALID>" + _octet_dump(identifier)
    return _names(identifier)[0]


def short_name(identifier: bytes) -> bytes:
    """Return the short name, or as many of the numbers as OpenSSL's buffer holds."""
    return b"" if len(identifier) > _LONGEST_IDENTIFIER else _names(identifier)[1][:_SHORT_BUFFER]


def buffered_name(identifier: bytes, size: int = _SHORT_BUFFER) -> bytes:
    """Return the long name or the numbers, cut to `size` characters."""
    return b"" if len(identifier) > _LONGEST_IDENTIFIER else _names(identifier)[0][:size]


@lru_cache(maxsize=2048)
def known_as(identifier: bytes) -> str | None:
    """Return the short name if OpenSSL knows the identifier; None otherwise."""
    names = OBJECTS.get(dotted(identifier))
    return names[0] if names else None


def _octet_dump(octets: bytes) -> bytes:
    """Return octets in rows of 16 with offset, hexadecimal and text (OpenSSL's `BIO_dump`)."""
    rows = []
    for start in range(0, len(octets), 16):
        row = octets[start : start + 16]
        pairs = "".join(f"{octet:02x}{'-' if place == 7 else ' '}" for place, octet in enumerate(row))
        text = "".join(chr(octet) if 0x20 <= octet <= 0x7E else "." for octet in row)
        rows.append(f"{start:04x} - {pairs:<48}  {text}\n")
    return "".join(rows).encode()
