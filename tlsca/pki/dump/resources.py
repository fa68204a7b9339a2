"""Internet number resources: IP address blocks and autonomous systems (RFC 3779)."""

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, BitString, Tlv
from tlsca.pki.dump import numbers
from tlsca.pki.dump.basic import Printer, tagged
from tlsca.pki.dump.page import Page

_FAMILIES = {1: b"IPv4", 2: b"IPv6"}
_ADDRESS_LENGTHS = {1: 4, 2: 16}
_SUBSEQUENT_FAMILIES = {
    1: b"Unicast",
    2: b"Multicast",
    3: b"Unicast/Multicast",
    4: b"MPLS",
    64: b"Tunnel",
    65: b"VPLS",
    66: b"BGP MDT",
    128: b"MPLS-labeled VPN",
}

_AddressRange = tuple[BitString, BitString | None]
"""A prefix alone, or the lowest and the highest address."""
_Blocks = tuple[bytes, list[_AddressRange] | None]
"""The octets of an address family, and its ranges; None stands for those of the issuer."""


def _blocks(element: Tlv) -> _Blocks:
    fields = der.sequence(element)
    family = der.octets(fields.take(der.OCTET_STRING))
    choice = fields.take(der.NULL, der.SEQUENCE)
    fields.end()
    if choice.tag == der.NULL:
        der.null(choice)
        return family, None
    return family, [_address_range(child) for child in choice.children()]


def _address_range(element: Tlv) -> _AddressRange:
    if element.tag == der.BIT_STRING:
        return der.bit_string(element), None
    fields = der.sequence(element)
    lowest, highest = (der.bit_string(fields.take(der.BIT_STRING)) for _ in range(2))
    fields.end()
    return lowest, highest


def _address_blocks(page: Page, content: bytes, indent: int) -> bool:
    listed = [_blocks(element) for element in tagged(content, der.SEQUENCE).children()]
    return all(_print_blocks(page, blocks, indent) for blocks in listed)


def _print_blocks(page: Page, blocks: _Blocks, indent: int) -> bool:
    octets, ranges = blocks
    family = int.from_bytes(octets[:2], "big") if len(octets) >= 2 else 0
    title = _FAMILIES.get(family, b"Unknown AFI %d" % family)
    if len(octets) > 2:
        title += b" (%s)" % _SUBSEQUENT_FAMILIES.get(octets[2], b"Unknown SAFI %d" % octets[2])
    page.line(indent, title + (b": inherit" if ranges is None else b":"))
    return all(_print_range(page, one, family, indent + 2) for one in ranges or [])


def _print_range(page: Page, one: _AddressRange, family: int, indent: int) -> bool:
    lowest, highest = one
    page.write(b" " * indent)
    shown = _address(lowest, family, fill=0)
    if shown is None:
        return False
    if highest is None:
        page.write(b"%s/%d\n" % (shown, 8 * len(lowest.content) - lowest.unused))
        return True
    page.write(shown + b"-")
    shown = _address(highest, family, fill=0xFF)
    if shown is None:
        return False
    page.write(shown + b"\n")
    return True


def _address(bits: BitString, family: int, *, fill: int) -> bytes | None:
    """Return an address whose missing bits are filled with zeros or ones; None for one that is too long."""
    length = _ADDRESS_LENGTHS.get(family)
    if length is None:
        return bits.content.hex(":").encode() + b"[%d]" % bits.unused
    if len(bits.content) > length:
        return None
    octets = bytearray(bits.content)
    if octets and fill:
        octets[-1] |= fill >> (8 - bits.unused)
    address = bytes(octets) + bytes([fill]) * (length - len(octets))
    return b"%d.%d.%d.%d" % tuple(address) if length == 4 else _ipv6(address)


def _ipv6(address: bytes) -> bytes:
    """Return an IPv6 address without the groups of zeros it ends in, `::` in their place."""
    groups = [int.from_bytes(address[at : at + 2], "big") for at in range(0, 16, 2)]
    while groups and groups[-1] == 0:
        groups.pop()
    text = b"".join(b"%x%s" % (group, b":" if place < 7 else b"") for place, group in enumerate(groups))
    return text + (b":" if len(groups) < 8 else b"") + (b"" if groups else b":")


_SystemRange = tuple[int, int | None]


def _systems(element: Tlv | None) -> list[_SystemRange] | str | None:
    """Return ranges of autonomous systems, `inherit`, or None if there is nothing."""
    if element is None:
        return None
    choice = der.explicit(element)
    if choice.tag == der.NULL:
        der.null(choice)
        return "inherit"
    if choice.tag != der.SEQUENCE:
        raise DerError("autonomous systems of another type", offset=choice.offset)
    return [_system_range(child) for child in choice.children()]


def _system_range(element: Tlv) -> _SystemRange:
    if element.tag == der.INTEGER:
        return der.integer(element), None
    fields = der.sequence(element)
    lowest, highest = (der.integer(fields.any()) for _ in range(2))
    fields.end()
    return lowest, highest


def _autonomous_systems(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    wrapped = [fields.maybe(CONTEXT | 0), fields.maybe(CONTEXT | 1)]
    fields.end()
    choices = [_systems(element) for element in wrapped]
    titles = (b"Autonomous System Numbers:", b"Routing Domain Identifiers:")
    for title, choice in zip(titles, choices, strict=True):
        if choice is None:
            continue
        page.line(indent, title)
        if isinstance(choice, str):
            page.line(indent + 2, choice.encode())
            continue
        for lowest, highest in choice:
            upper = b"" if highest is None else b"-" + numbers.decimal_or_hex(highest)
            page.line(indent + 2, numbers.decimal_or_hex(lowest) + upper)
    return True


PRINTERS: dict[str, Printer] = {
    "sbgp-autonomousSysNum": _autonomous_systems,
    "sbgp-ipAddrBlock": _address_blocks,
}
"""Printers by the extension's short name."""
