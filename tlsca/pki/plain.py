"""Certificates of the plain form, of which the linter has nothing to say; told from their DER alone.

Linting loads `cryptography`, which takes as long as everything else that shows a file. Most certificates are of a few forms with
which nothing is wrong, and those are let through here. Whatever is in doubt is not plain: then the linter looks.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import names
from tlsca.pki.lifetime import longest_public_days, soon_over, whole_days
from tlsca.pki.name_text import common_name_of
from tlsca.pki.summary import Signed, certificate

_SHA2 = frozenset(bytes.fromhex(f"2a864886f70d01010{digit}") for digit in "bcd") | frozenset(
    bytes.fromhex(f"2a8648ce3d04030{digit}") for digit in "234"
)
"""RSA and ECDSA with SHA-256, SHA-384 and SHA-512."""
_RSA, _EC = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a8648ce3d0201")
_CURVES: Mapping[bytes, tuple[int, int]] = MappingProxyType(
    {
        bytes.fromhex("2a8648ce3d030107"): (
            2**256 - 2**224 + 2**192 + 2**96 - 1,
            0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        ),
        bytes.fromhex("2b81040022"): (
            2**384 - 2**128 - 2**96 + 2**32 - 1,
            0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        ),
    }
)
"""P-256 and P-384: the prime and the b of y² = x³ - 3x + b (FIPS 186-4, D.1.2)."""
_USUAL_EXPONENT = 65537
_RSA_BITS = range(2048, 8193)
_SERIAL_BITS = range(64, 160)

_KEY_ID, _USAGE, _NAMES, _CONSTRAINTS, _AUTHORITY_KEY_ID, _PURPOSES = (
    bytes([0x55, 0x1D, number]) for number in (14, 15, 17, 19, 35, 37)
)
_NO_AUTHORITY = frozenset({b"\x30\x00"})
_AUTHORITY = re.compile(rb"\x30\x03\x01\x01\xff|\x30\x06\x01\x01\xff\x02\x01[\x00-\x7f]", re.DOTALL)
_SIGNS_CERTIFICATES = frozenset({b"\x03\x02\x01\x06", b"\x03\x02\x01\x86"})
_SIGNS = b"\x03\x02\x07\x80"
_SIGNS_AND_ENCIPHERS = b"\x03\x02\x05\xa0"
_PURPOSE = bytes.fromhex("06082b06010505070301")
_PURPOSE_CLIENT = bytes.fromhex("06082b06010505070302")
_PURPOSE_LISTS = frozenset(
    bytes([0x30, len(listed)]) + listed
    for listed in (_PURPOSE, _PURPOSE_CLIENT, _PURPOSE + _PURPOSE_CLIENT, _PURPOSE_CLIENT + _PURPOSE)
)
_UTC_TIME = re.compile(rb"[0-9]{12}Z")
_PRINTABLE = re.compile(rb"[A-Za-z0-9 '()+,./:=?-]{1,64}")
_VISIBLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,64}")
_ATTRIBUTES = frozenset(bytes([0x55, 0x04, number]) for number in (3, 5, 6, 7, 8, 10, 11))
"""CN, serialNumber, C, L, ST, O and OU."""
_COUNTRY = bytes([0x55, 0x04, 6])
_HOST = re.compile(
    rb"(?:\*\.)?(?=[^.]+\.[^.]|localhost\Z)(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?!xn--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_LONGEST_HOST = 253


class _Doubt(Exception):
    """Something is not of the plain form."""


def is_plain(data: bytes, *, now: datetime) -> bool:
    """Say whether a DER certificate is of the plain form and within its time, so that linting it would find nothing."""
    try:
        _check_encoding(der.read(data), len(data))
        _check(certificate(data), data, now)
    except (DerError, _Doubt):
        return False
    return True


def _insist(*conditions: bool) -> None:
    if not all(conditions):
        raise _Doubt


def _check_encoding(element: Tlv, end: int) -> None:
    """Insist on the one encoding that DER has for everything, and on nothing behind the element."""
    _insist(element.next_offset == end)
    waiting = [element]
    while waiting:
        one = waiting.pop()
        length = der.encoded_length(one.end - one.offset - one.header_length)
        _insist(not one.is_indefinite, one.header_length == 1 + len(length))
        _insist(one.tag_class != 0 or one.constructed == (one.tag in {der.SEQUENCE, der.SET}))
        if one.constructed:
            waiting += one.children()


def _check(read: Signed, data: bytes, now: datetime) -> None:
    _insist(
        read.version == 3, _SERIAL_BITS.start <= read.serial.bit_length() < _SERIAL_BITS.stop, read.serial > 0
    )
    _check_frame(data, read.signature_algorithm)
    _check_name(read.issuer)
    by_identifier = {one.identifier: one for one in read.extensions}
    _insist(len(by_identifier) == len(read.extensions))
    found = {identifier: (one.content, one.is_critical) for identifier, one in by_identifier.items()}
    _check_key_ids(found)
    usage, constraints = found.pop(_USAGE, (b"", False)), found.pop(_CONSTRAINTS, (b"\x30\x00", True))
    _insist(usage[1], constraints[1])
    if _AUTHORITY.fullmatch(constraints[0]):
        _check_name(read.subject)
        _check_key(read.spki)
        _insist(usage[0] in _SIGNS_CERTIFICATES, not found)
    else:
        _insist(constraints[0] in _NO_AUTHORITY)
        _check_leaf(read, found, usage[0])
    _check_time(read, now, is_server=_PURPOSE in found.get(_PURPOSES, (b"", False))[0])


def _check_leaf(read: Signed, found: dict[bytes, tuple[bytes, bool]], usage: bytes) -> None:
    _insist(found.keys() == {_NAMES, _PURPOSES})
    (listed, names_critical), (purposes, purposes_critical) = found[_NAMES], found[_PURPOSES]
    _insist(purposes in _PURPOSE_LISTS, not purposes_critical, names_critical == (not read.subject))
    if read.subject:
        _check_name(read.subject)
    _check_names(der.read(listed), len(listed), common_name_of(read.subject))
    enciphers = _check_key(read.spki) == _RSA
    _insist(usage == _SIGNS or (enciphers and usage == _SIGNS_AND_ENCIPHERS))


def _check_frame(data: bytes, algorithm: bytes) -> None:
    signed, outside, signature = _exactly(der.read(data), 3)
    version, _, inside, _, validity, _, _, wrapped = _exactly(signed, 8)
    parameters = b"\x05\x00" if algorithm.startswith(_RSA[:-1]) else b""
    _insist(
        algorithm in _SHA2,
        inside.encoding == outside.encoding == _identified(algorithm, parameters),
        version.encoding == b"\xa0\x03\x02\x01\x02",
        signature.tag == der.BIT_STRING,
        signature.content[:1] == b"\0",
    )
    for moment in _exactly(validity, 2):
        _insist(moment.tag == der.UTC_TIME, _UTC_TIME.fullmatch(moment.content) is not None)
    for extension in der.explicit(wrapped).children():
        _insist(len(extension.children()) == 2 or extension.children()[1].encoding == b"\x01\x01\xff")


def _exactly(element: Tlv, number: int) -> list[Tlv]:
    children = element.children()
    _insist(element.tag == der.SEQUENCE, len(children) == number)
    return children


def _identified(algorithm: bytes, parameters: bytes) -> bytes:
    content = bytes([der.OBJECT_IDENTIFIER, len(algorithm)]) + algorithm + parameters
    return bytes([0x30, len(content)]) + content


def _check_name(name: names.Name) -> None:
    """Insist on a name of usual attributes, one to an RDN, in letters that show."""
    _insist(bool(name), len({one.rdn for one in name}) == len(name))
    for one in name:
        _insist(one.identifier in _ATTRIBUTES)
        if one.tag == der.PRINTABLE_STRING:
            _insist(_PRINTABLE.fullmatch(one.value) is not None)
        else:
            shown = one.value.decode("utf-8", "replace") if one.tag == der.UTF8_STRING else ""
            _insist(_VISIBLE.fullmatch(shown) is not None)
        _insist(one.identifier != _COUNTRY or len(one.value) == 2)


def _check_key_ids(found: dict[bytes, tuple[bytes, bool]]) -> None:
    """Take both key identifiers out, insisting that they are there and of the common form."""
    (own, own_critical), (above, above_critical) = (
        found.pop(identifier, (b"", True)) for identifier in (_KEY_ID, _AUTHORITY_KEY_ID)
    )
    _insist(not own_critical, not above_critical)
    _insist(
        own[:2] == bytes([0x04, len(own) - 2]),
        above[:1] == b"\x30",
        above[2:4] == bytes([0x80, len(above) - 4]),
    )
    _insist(2 < len(own) < 0x80, 4 < len(above) < 0x80, above[1] == len(above) - 2)


def _check_key(spki: bytes) -> bytes:
    """Return the algorithm of a key that is sound, as far as this can be seen of its public half."""
    algorithm, bits = _exactly(der.read(spki), 2)
    identifier = der.object_identifier(algorithm.children()[0])
    _insist(bits.tag == der.BIT_STRING, bits.content[:1] == b"\0")
    if identifier == _RSA:
        _insist(algorithm.encoding == _identified(_RSA, b"\x05\x00"))
        _check_rsa(bits.inside(1))
    else:
        curve = der.object_identifier(_exactly(algorithm, 2)[1])
        _insist(curve in _CURVES)
        _insist(algorithm.encoding == _identified(_EC, bytes([der.OBJECT_IDENTIFIER, len(curve)]) + curve))
        _check_point(*_CURVES[curve], bits.content[1:])
    return identifier


def _check_rsa(key: Tlv) -> None:
    _check_encoding(key, key.next_offset)
    modulus, exponent = map(der.integer, _exactly(key, 2))
    _insist(
        key.tag == der.SEQUENCE,
        exponent == _USUAL_EXPONENT,
        modulus % 2 == 1,
        modulus > 0,
        modulus.bit_length() in _RSA_BITS,
    )


def _check_point(prime: int, b: int, point: bytes) -> None:
    size = (prime.bit_length() + 7) // 8
    _insist(len(point) == 1 + 2 * size, point[:1] == b"\x04")
    x, y = int.from_bytes(point[1 : 1 + size], "big"), int.from_bytes(point[1 + size :], "big")
    _insist(x < prime, y < prime, (y * y - x * x * x + 3 * x - b) % prime == 0)


def _check_names(listed: Tlv, end: int, common_name: str) -> None:
    """Insist on hosts and addresses, each once, among which the common name is if it could be a host."""
    _check_encoding(listed, end)
    _insist(listed.tag == der.SEQUENCE)
    seen: set[bytes] = set()
    for one in listed.children():
        host = one.tag == CONTEXT | 2 and _HOST.fullmatch(one.content.lower()) is not None
        address = one.tag == CONTEXT | 7 and len(one.content) in {4, 16}
        _insist(host or address, not one.constructed, len(one.content) <= _LONGEST_HOST)
        seen.add(one.content.lower())
    _insist(0 < len(listed.children()) == len(seen))
    _insist("." not in common_name or common_name.lower().encode() in seen)


def _check_time(read: Signed, now: datetime, *, is_server: bool) -> None:
    start, end = read.times
    if start is None or end is None:
        raise _Doubt
    _insist(start <= now, now + soon_over(start, end) <= end)
    most = longest_public_days(start)
    _insist(not is_server or (most is not None and whole_days(start, end) <= most))
