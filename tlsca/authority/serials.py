"""Serial numbers as people have them, copied from OpenSSL, a browser, a database or a log.

Hexadecimal is what nearly everything shows, so it is what digits mean wherever they can; the ways to be sure are told apart here.
"""

import re

from tlsca.pki.revoke import LARGEST_SERIAL
from tlsca.store.references import hex_digits
from tlsca.text import serial_hex

_SAID = re.compile(r"serial(\s*number)?\s*[:=]\s*", re.IGNORECASE)
_BOTH = re.compile(r"(\d+)\s*\(0x([0-9a-f]+)\)", re.IGNORECASE)
_PREFIX = "0x"
_MOST_DECIMAL = len(str(LARGEST_SERIAL))


def serial_of(text: str) -> str | None:
    """Return the serial number that somebody typed, as lower-case hexadecimal of whole octets; None if it is none.

    `0x1000`, `10:00`, `10 00` and `1000` are all 0x1000, and so are `serial=1000` and `4096 (0x1000)`, which OpenSSL prints. Digits
    are decimal only where they cannot be hexadecimal, because 20 octets (RFC 5280, 4.1.2.2) do not hold them: Go and Python print
    long numbers so.
    """
    bare = _SAID.sub("", text.strip(), count=1)
    both = _BOTH.fullmatch(bare)
    digits = both.group(2).lower() if both else hex_digits(bare.lower().removeprefix(_PREFIX))
    if digits is None:
        return None
    number = int(digits, 16)
    if number > LARGEST_SERIAL and digits.isdecimal() and len(digits) <= _MOST_DECIMAL:
        number = int(digits)
    return serial_hex(number)


def is_serial_only(text: str) -> bool:
    """Say whether somebody made sure that a serial number is meant, not a name nor the beginning of another number: by `0x`."""
    return text.strip().lower().startswith(_PREFIX)
