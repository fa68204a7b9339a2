"""Addresses as text: one spelling of each on every Python."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.pki.addresses import address_text, network_text, octets_text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:a00:1", "::ffff:10.0.0.1"),
        ("::FFFF:10.0.0.1", "::ffff:10.0.0.1"),
        ("::ffff:10.0.0.1%eth0", "::ffff:10.0.0.1%eth0"),
        ("::fffe:a00:1", "::fffe:a00:1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
    ],
)
def test_an_address_has_one_spelling(typed, text):
    assert address_text(ip_address(typed)) == text


@pytest.mark.parametrize("typed", ["10.0.0.0/8", "2001:db8::/32", "::ffff:10.0.0.0/104", "::/0"])
def test_a_network_has_one_spelling(typed):
    assert network_text(ip_network(typed)) == typed


@given(st.ip_addresses())
def test_what_is_written_is_that_address(address):
    assert ip_address(address_text(address)) == address
    assert octets_text(address.packed) == address_text(address)
