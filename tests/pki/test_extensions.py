"""Which fields of an order decide its extensions."""

from dataclasses import fields

from tlsca.pki.extensions import DECIDING
from tlsca.pki.order import Order


def test_every_field_of_an_order_either_decides_the_extensions_or_is_looked_at_for_each_certificate():
    looked_at = {"subject", "common_name", "names", "lifetime", "taken", "extensions"}
    assert {field.name for field in fields(Order)} == looked_at | set(DECIDING)
