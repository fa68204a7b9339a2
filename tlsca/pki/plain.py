"""Certificates of the plain form, in which every parser reads the same; told from their DER alone.

Judging a certificate by what `cryptography` makes of it takes as long as everything else that shows a file. Nearly all certificates
are of a few forms that leave nothing to a parser's taste, and those are judged without it. Whatever is in doubt is not plain.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import names
from tlsca.pki.summary import Signed, certificate

_RSA, _EC = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a8648ce3d0201")
_RSA_SIGNATURES = frozenset(
    bytes.fromhex(f"2a864886f70d0101{digits}") for digits in ("04", "05", "0b", "0c", "0d")
)
"""RSA with MD5, SHA-1, SHA-256, SHA-384 and SHA-512."""
_SIGNATURES = frozenset(
    map(bytes.fromhex, ("2a8648ce3d0401", "2a8648ce3d040302", "2a8648ce3d040303", "2a8648ce3d040304", "2b6570", "2b6571"))
)  # fmt: skip
"""ECDSA with SHA-1, SHA-256, SHA-384 and SHA-512, Ed25519 and Ed448."""
_EDWARDS: Mapping[bytes, int] = MappingProxyType({b"\x2b\x65\x70": 32, b"\x2b\x65\x71": 57})
"""Ed25519 and Ed448: how many octets a key has (RFC 8032)."""
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
_EXPONENTS = frozenset({3, 17, 65537})
_RSA_BITS = range(1024, 8193)
_MOST_SERIAL_BITS = 159
_LONGEST_IDENTIFIER = 16
_LONGEST_SMALL = 2

_AUTHORITY = re.compile(rb"(?:\x01\x01\xff(?:\x02\x01[\x00-\x7f])?)?", re.DOTALL)
_UTC_TIME = re.compile(rb"[0-9]{12}Z")
_PRINTABLE = re.compile(rb"[A-Za-z0-9 '()+,./:=?-]{1,64}")
_TEXTS = frozenset({CONTEXT | 1, CONTEXT | 2, CONTEXT | 6})
"""Mail addresses, DNS names and URIs among general names."""


class _Doubt(Exception):
    """Something is not of the plain form."""


def plain_certificate(data: bytes) -> Signed | None:
    """Return what a DER certificate of the plain form holds; None for any other."""
    try:
        _check_encoding(der.read(data), len(data))
        read = certificate(data)
        _check(read, data)
    except (DerError, _Doubt):
        return None
    return read


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


def _exactly(element: Tlv, number: int) -> list[Tlv]:
    children = element.children()
    _insist(element.tag == der.SEQUENCE, len(children) == number)
    return children


def _members(element: Tlv) -> list[Tlv]:
    children = element.children()
    _insist(element.tag == der.SEQUENCE, bool(children))
    return children


def _check(read: Signed, data: bytes) -> None:
    _insist(read.version == 3, read.serial > 0, read.serial.bit_length() <= _MOST_SERIAL_BITS)
    _check_frame(data, read.signature_algorithm)
    _insist(all(moment is not None for moment in read.times))
    _check_name(read.issuer)
    _check_name(read.subject)
    _check_key(read.spki)
    _insist(len({one.identifier for one in read.extensions}) == len(read.extensions))
    for one in read.extensions:
        check = _EXTENSIONS.get(one.identifier)
        content = der.read(one.content)
        _check_encoding(content, len(one.content))
        _insist(check is not None)
        if check is not None:
            check(content)


def _check_frame(data: bytes, algorithm: bytes) -> None:
    signed, outside, signature = _exactly(der.read(data), 3)
    version, _, inside, _, validity, _, _, wrapped = _exactly(signed, 8)
    is_rsa = algorithm in _RSA_SIGNATURES
    _insist(
        is_rsa or algorithm in _SIGNATURES,
        inside.encoding == outside.encoding == _identified(algorithm, b"\x05\x00" if is_rsa else b""),
        version.encoding == b"\xa0\x03\x02\x01\x02",
        signature.tag == der.BIT_STRING,
        signature.content[:1] == b"\0",
        wrapped.tag == CONTEXT | 3,
    )
    for moment in _exactly(validity, 2):
        _insist(moment.tag == der.UTC_TIME, _UTC_TIME.fullmatch(moment.content) is not None)
    for extension in _members(der.explicit(wrapped)):
        _insist(len(extension.children()) == 2 or extension.children()[1].encoding == b"\x01\x01\xff")


def _identified(algorithm: bytes, parameters: bytes) -> bytes:
    content = bytes([der.OBJECT_IDENTIFIER, len(algorithm)]) + algorithm + parameters
    return bytes([0x30, len(content)]) + content


def _check_name(name: names.Name) -> None:
    """Insist on one attribute to an RDN, in letters."""
    _insist(len({one.rdn for one in name}) == len(name))
    for one in name:
        _insist(len(one.identifier) <= _LONGEST_IDENTIFIER)
        if one.tag == der.PRINTABLE_STRING:
            _insist(_PRINTABLE.fullmatch(one.value) is not None)
        elif one.tag == der.IA5_STRING:
            _insist(bool(one.value), one.value.isascii())
        else:
            _insist(one.tag == der.UTF8_STRING, bool(one.value), _is_utf8(one.value))


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_key(spki: bytes) -> None:
    algorithm, bits = _exactly(der.read(spki), 2)
    identifier = der.object_identifier(algorithm.children()[0])
    _insist(bits.tag == der.BIT_STRING, bits.content[:1] == b"\0")
    if identifier == _RSA:
        _insist(algorithm.encoding == _identified(_RSA, b"\x05\x00"))
        _check_rsa(bits.inside(1))
    elif identifier in _EDWARDS:
        _insist(algorithm.encoding == _identified(identifier, b""))
        _insist(len(bits.content) == 1 + _EDWARDS[identifier])
    else:
        curve = der.object_identifier(_exactly(algorithm, 2)[1])
        _insist(curve in _CURVES)
        _insist(algorithm.encoding == _identified(_EC, bytes([der.OBJECT_IDENTIFIER, len(curve)]) + curve))
        _check_point(*_CURVES[curve], bits.content[1:])


def _check_rsa(key: Tlv) -> None:
    _check_encoding(key, key.next_offset)
    modulus, exponent = map(der.integer, _exactly(key, 2))
    _insist(exponent in _EXPONENTS, modulus % 2 == 1, modulus > 0, modulus.bit_length() in _RSA_BITS)


def _check_point(prime: int, b: int, point: bytes) -> None:
    size = (prime.bit_length() + 7) // 8
    _insist(len(point) == 1 + 2 * size, point[:1] == b"\x04")
    x, y = int.from_bytes(point[1 : 1 + size], "big"), int.from_bytes(point[1 + size :], "big")
    _insist(x < prime, y < prime, (y * y - x * x * x + 3 * x - b) % prime == 0)


def _subject_key_id(content: Tlv) -> None:
    _insist(content.tag == der.OCTET_STRING, bool(content.content))


def _authority_key_id(content: Tlv) -> None:
    (identifier,) = _exactly(content, 1)
    _insist(identifier.tag == CONTEXT | 0, not identifier.constructed, bool(identifier.content))


def _key_usage(content: Tlv) -> None:
    _insist(content.tag == der.BIT_STRING, 2 <= len(content.content) <= 1 + _LONGEST_SMALL)
    unused, last = content.content[0], content.content[-1]
    _insist(unused < 8, not last & (1 << unused) - 1)


def _basic_constraints(content: Tlv) -> None:
    _insist(content.tag == der.SEQUENCE, _AUTHORITY.fullmatch(content.content) is not None)


def _purposes(content: Tlv) -> None:
    for one in _members(content):
        _check_identifier(one)


def _check_identifier(element: Tlv) -> None:
    _insist(len(der.object_identifier(element)) <= _LONGEST_IDENTIFIER)


def _alternative_names(content: Tlv) -> None:
    for one in _members(content):
        _check_general_name(one)


def _check_general_name(one: Tlv) -> None:
    is_address = one.tag == CONTEXT | 7 and len(one.content) in {4, 16}
    is_text = one.tag in _TEXTS and bool(one.content) and one.content.isascii()
    _insist(is_text or is_address, not one.constructed)


def _access(content: Tlv) -> None:
    for one in _members(content):
        method, place = _exactly(one, 2)
        _check_identifier(method)
        _check_general_name(place)


def _distribution_points(content: Tlv) -> None:
    """Insist on points that are told by full names alone, as nearly all are."""
    for point in _members(content):
        (place,) = _exactly(point, 1)
        names_in_full = der.explicit(place)
        _insist(place.tag == names_in_full.tag == CONTEXT | 0, names_in_full.constructed)
        _insist(bool(names_in_full.children()))
        for one in names_in_full.children():
            _check_general_name(one)


def _policies(content: Tlv) -> None:
    """Insist on policies without qualifiers, each there once."""
    members = _members(content)
    for one in members:
        _check_identifier(_exactly(one, 1)[0])
    _insist(len({one.encoding for one in members}) == len(members))


def _no_check(content: Tlv) -> None:
    _insist(content.encoding == b"\x05\x00")


def _timestamps(content: Tlv) -> None:
    """Insist on a list whose lengths fit, of timestamps of version 1 (RFC 6962, 3.3)."""
    _insist(content.tag == der.OCTET_STRING)
    listed = content.content
    _insist(int.from_bytes(listed[:2], "big") == len(listed) - 2)
    at = 2
    while at < len(listed):
        length = int.from_bytes(listed[at : at + 2], "big")
        _check_timestamp(listed[at + 2 : at + 2 + length], length)
        at += 2 + length


def _check_timestamp(listed: bytes, length: int) -> None:
    signature = 43 + int.from_bytes(listed[41:43], "big")
    _insist(len(listed) == length >= signature + 4, listed[0] == 0, listed[33:35] == b"\0\0")
    _insist(listed[signature : signature + 2] == b"\x04\x03")  # ECDSA with SHA-256, as every log has it
    _insist(int.from_bytes(listed[signature + 2 : signature + 4], "big") == length - signature - 4)


_EXTENSIONS: Mapping[bytes, Callable[[Tlv], None]] = MappingProxyType(
    {
        b"\x55\x1d\x0e": _subject_key_id,
        b"\x55\x1d\x0f": _key_usage,
        b"\x55\x1d\x11": _alternative_names,
        b"\x55\x1d\x13": _basic_constraints,
        b"\x55\x1d\x1f": _distribution_points,
        b"\x55\x1d\x20": _policies,
        b"\x55\x1d\x23": _authority_key_id,
        b"\x55\x1d\x25": _purposes,
        bytes.fromhex("2b06010505070101"): _access,
        bytes.fromhex("2b0601050507300105"): _no_check,
        bytes.fromhex("2b06010401d679020402"): _timestamps,
    }
)
