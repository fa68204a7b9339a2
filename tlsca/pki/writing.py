"""The few elements of DER that tlsca writes itself, where `cryptography` leaves no choice of what goes into a file."""

from tlsca.pki.der import encoded_length


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE of these elements."""
    return tagged(0x30, b"".join(parts))


def octet_string(content: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tagged(0x04, content)


def integer(number: int) -> bytes:
    """Return an INTEGER, which is not negative."""
    return tagged(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def tagged(identifier: int, content: bytes) -> bytes:
    """Return an element with this identifier octet."""
    if len(content) < 0x80:
        return bytes((identifier, len(content))) + content
    return bytes([identifier]) + encoded_length(len(content)) + content


def bit_string(content: bytes) -> bytes:
    """Return a BIT STRING of whole octets."""
    return tagged(0x03, b"\0" + content)


def object_identifier(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER, given as `1.2.840.113549`."""
    first, second, *rest = map(int, dotted.split("."))
    return tagged(0x06, b"".join(map(_base128, [40 * first + second, *rest])))


def _base128(number: int) -> bytes:
    octets = [number & 0x7F]
    while number := number >> 7:
        octets.append(number & 0x7F | 0x80)
    return bytes(reversed(octets))
