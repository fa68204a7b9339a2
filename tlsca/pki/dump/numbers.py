"""Integers and times as OpenSSL prints them: each place has its own way, and each is reproduced here once."""

from datetime import datetime, timedelta

from tlsca.pki import der
from tlsca.pki.dump.page import hex_rows

_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
BAD_TIME = b"Bad time value"
"""What stands in place of a time that is none."""
_LONG_MAX = 2**63 - 1


def magnitude(number: int) -> bytes:
    """Return the octets of a number without its sign, at least one."""
    absolute = abs(number)
    return absolute.to_bytes(max(1, (absolute.bit_length() + 7) // 8), "big")


def as_long(number: int) -> int:
    """Return a number that fits a C long, and -1 for any other (OpenSSL's `ASN1_INTEGER_get`)."""
    return number if -_LONG_MAX - 1 <= number <= _LONG_MAX else -1


def as_int(number: int) -> int:
    """Return what a C int keeps of a number."""
    return (number + 2**31) % 2**32 - 2**31


def decimal_or_hex(number: int) -> bytes:
    """Return a number as decimal below 128 bits, as hexadecimal above (OpenSSL's `i2s_ASN1_INTEGER`)."""
    if number.bit_length() < 128:
        return b"%d" % number
    sign = b"-" if number < 0 else b""
    return sign + b"0x" + magnitude(number).hex().upper().encode()


def hex_with_breaks(number: int) -> bytes:
    r"""Return a number as hexadecimal, a backslash and newline after each 35 octets (OpenSSL's `i2a_ASN1_INTEGER`)."""
    digits = magnitude(number).hex().upper().encode()
    rows = [digits[start : start + 70] for start in range(0, len(digits), 70)]
    return (b"-" if number < 0 else b"") + b"\\\n".join(rows)


def labelled(label: bytes, number: int, *, indent: int) -> bytes:
    """Return a key's number under its label: in decimal up to eight octets, in rows of hexadecimal beyond."""
    margin = b" " * indent
    if number == 0:
        return b"%s%s 0\n" % (margin, label)
    if number.bit_length() <= 64:
        sign, absolute = b"-" if number < 0 else b"", abs(number)
        return b"%s%s %s%d (%s0x%x)\n" % (margin, label, sign, absolute, sign, absolute)
    octets = magnitude(number)
    if octets[0] >= 0x80:
        octets = b"\0" + octets
    negative = b" (Negative)" if number < 0 else b""
    return b"%s%s%s\n" % (margin, label, negative) + hex_rows(octets, indent=indent + 4, width=15)


def time(element: der.Tlv) -> bytes:
    """Return a UTCTime or GeneralizedTime as `Jan  2 03:04:05 2030 GMT`, or `Bad time value`."""
    return time_text(element.number, der.octets(element))


def time_text(tag: int, text: bytes) -> bytes:
    """Return the text of a time of the given tag as `time` does."""
    parts = time_parts(tag, text)
    if parts is None:
        return BAD_TIME
    year, month, day, hour, minute, second = parts
    return b"%s %2d %02d:%02d:%02d%s %d GMT" % (
        _MONTHS[month - 1],
        day,
        hour,
        minute,
        second,
        _fraction(text) if tag == der.GENERALIZED_TIME else b"",
        year,
    )


_Parts = tuple[int, int, int, int, int, int]


def time_parts(tag: int, text: bytes) -> _Parts | None:
    """Read a time the way OpenSSL's `ossl_asn1_time_to_tm` does: seconds optional, offsets and fractions allowed."""
    year_length = 4 if tag == der.GENERALIZED_TIME else 2
    if len(text) < 9 + year_length:
        return None
    digits, rest = _leading_digits(text, year_length + 10)
    if len(digits) not in {year_length + 8, year_length + 10} or not rest:
        return None
    year = int(digits[:year_length])
    if year_length == 2:
        year += 2000 if year < 50 else 1900
    month, day, hour, minute, second = (
        int(digits[at : at + 2] or b"0") for at in range(year_length, year_length + 10, 2)
    )
    if not _in_calendar(year, month, day) or hour > 23 or minute > 59 or second > 59:
        return None
    if year_length == 4 and rest[:1] == b".":
        if len(digits) != year_length + 10:
            return None
        fraction, rest = _leading_digits(rest[1:], len(rest))
        if not fraction:
            return None
    return _at_greenwich((year, month, day, hour, minute, second), rest)


def _leading_digits(text: bytes, most: int) -> tuple[bytes, bytes]:
    count = 0
    while count < min(most, len(text)) and 0x30 <= text[count] <= 0x39:
        count += 1
    return text[:count], text[count:]


def _in_calendar(year: int, month: int, day: int) -> bool:
    if not 1 <= month <= 12 or day < 1:
        return False
    is_leap = year % 400 == 0 or (year % 100 != 0 and year % 4 == 0)
    return day <= _DAYS[month - 1] + (is_leap and month == 2)


def _at_greenwich(parts: _Parts, zone: bytes) -> _Parts | None:
    """Return the time moved to GMT by its zone; None for a zone that is none, and beyond the years 1900 to 9999."""
    if zone == b"Z":
        return parts
    if len(zone) != 5 or zone[:1] not in {b"+", b"-"} or not zone[1:].isdigit():
        return None
    hours, minutes = int(zone[1:3]), int(zone[3:])
    if hours > 12 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes) * (1 if zone[:1] == b"-" else -1)
    return _moved(parts, offset) if offset else parts


def _moved(parts: _Parts, offset: timedelta) -> _Parts | None:
    try:
        moved = datetime(*parts) + offset  # noqa: DTZ001 -- a calendar calculation, not a moment
    except (OverflowError, ValueError):  # beyond 9999, and the year 0
        return None
    if moved.year < 1900:
        return None
    return moved.year, moved.month, moved.day, moved.hour, moved.minute, moved.second


def _fraction(text: bytes) -> bytes:
    if len(text) > 15 and text[14:15] == b".":
        digits, _ = _leading_digits(text[15:], len(text))
        return b"." + digits if digits else b""
    return b""
