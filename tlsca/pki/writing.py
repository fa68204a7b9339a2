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
    return bytes([identifier]) + encoded_length(len(content)) + content
