"""Octets as rows of hexadecimal and text, as every hex dump since the seventies shows them."""

from collections.abc import Iterator

from tlsca.text import count


def hex_dump(octets: bytes, *, first: int, width: int, most: int) -> Iterator[tuple[str, str, str]]:
    """Yield the place, the pairs and the characters of each row of `width` octets; at most so many rows, and then what is left.

    `first` is the place of the first octet in the whole document.
    """
    for at in range(0, min(len(octets), most * width), width):
        row = octets[at : at + width]
        pairs = " ".join(f"{octet:02x}" for octet in row)
        yield f"{first + at:06x}", pairs.ljust(3 * width - 1), "".join(map(_character, row))
    left = len(octets) - most * width
    if left > 0:
        yield "", f"… {count(left, 'octet')} more", ""


def _character(octet: int) -> str:
    return chr(octet) if 0x20 <= octet <= 0x7E else "."
