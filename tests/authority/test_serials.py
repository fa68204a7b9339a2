"""Serial numbers as people copy them: hexadecimal unless they cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority.serials import is_serial_only, serial_of
from tlsca.pki.revoke import LARGEST_SERIAL
from tlsca.text import hex_colons, serial_hex


@pytest.mark.parametrize(
    "typed",
    ["1000", "0x1000", "10:00", "10 00", " 0X1000 ", "serial=1000", "Serial Number: 4096 (0x1000)"],
)
def test_what_tools_print_is_one_number(typed):
    assert serial_of(typed) == "1000"


@given(st.integers(1, LARGEST_SERIAL))
def test_every_serial_number_is_read_in_hexadecimal_with_and_without_colons(number):
    digits = serial_hex(number)
    for typed in (digits, digits.upper(), hex_colons(digits), f"0x{number:x}"):
        assert serial_of(typed) == digits


@given(st.integers(10**40, LARGEST_SERIAL))
def test_a_number_too_long_for_hexadecimal_is_decimal(number):
    assert serial_of(str(number)) == serial_hex(number)


@pytest.mark.parametrize("typed", ["", "0x", "mail.example", "-5", "12g4", "(0x1000)"])
def test_what_is_no_number_is_none(typed):
    assert serial_of(typed) is None


def test_0x_makes_sure_that_no_name_and_no_beginning_is_meant():
    assert is_serial_only("0x1000")
    assert not is_serial_only("1000")
