"""IP addresses as text, the same on every Python.

An address is looked up, compared and kept by this text, and Python's own for an IPv4-mapped address changed in 3.13.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def address_text(address: Address) -> str:
    """Return an address as RFC 5952 writes it; an IPv4-mapped one ends in the IPv4 address (section 5): `::ffff:10.0.0.1`."""
    if isinstance(address, IPv4Address) or address.ipv4_mapped is None:
        return str(address)
    zone = f"%{address.scope_id}" if address.scope_id else ""
    return f"::ffff:{address.ipv4_mapped}{zone}"


def network_text(network: Network) -> str:
    """Return a network as its first address and the length of its prefix: `10.0.0.0/8`."""
    return f"{address_text(network.network_address)}/{network.prefixlen}"


def octets_text(octets: bytes) -> str:
    """Return an address from its 4 or 16 octets. Raises ValueError for another number of them."""
    return address_text(ip_address(octets))
