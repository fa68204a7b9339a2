"""Certificates by the thousand: what one issuer signs, written straight as DER (RFC 5280, 4.1).

`cryptography`'s builder is copied with every word that it is told, and reads back what it made, which takes longer than the
signature. What is written here is the same, octet for octet.
"""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.pki.issue import Draft, Issuer, check_is_key_of, key_identifier_of, key_identifiers, sign
from tlsca.pki.keys import PrivateKey, PublicKey, spki
from tlsca.pki.scheme import scheme_of
from tlsca.pki.writing import bit_string, integer, object_identifier, octet_string, sequence, tagged

_VERSION_3 = tagged(0xA0, integer(2))
_CRITICAL = bytes.fromhex("0101ff")
_MOST_COMMON = 64
_SUBJECT_KEY_IDENTIFIER = x509.SubjectKeyIdentifier.oid

Extension: TypeAlias = x509.Extension[x509.ExtensionType]


class Series:
    """An issuer with its private key, about to sign many certificates."""

    def __init__(self, issuer: Issuer, key: PrivateKey) -> None:
        """Take an issuer and its key. Raises Refused when the private key is another one's."""
        check_is_key_of(issuer.certificate.public_key(), key)
        self._issuer = issuer
        self._key = key
        self._scheme = scheme_of(key)
        self._above = _encoded(_authority_key_identifier(issuer))
        self._common: dict[int, tuple[Extension, bytes]] = {}

    def sign(self, plan: Draft, public_key: PublicKey, *, serial: int, info: bytes | None = None) -> bytes:
        """Return, as DER, the certificate that the function `sign` makes; `info` is the key's SubjectPublicKeyInfo, if known.

        Raises Refused as `sign` does.
        """
        if self._scheme is None or plan.has_octets:
            certificate = sign(plan, public_key, self._issuer, self._key, serial=serial)
            return certificate.public_bytes(Encoding.DER)
        signed = sequence(
            _VERSION_3,
            integer(serial),
            self._scheme.algorithm,
            plan.issuer.public_bytes(),
            _validity(plan.not_before, plan.not_after),
            plan.subject.public_bytes(),
            info or spki(public_key),
            self._extensions(plan, info or spki(public_key)),
        )
        return sequence(signed, self._scheme.algorithm, bit_string(self._scheme.sign(signed)))

    def _extensions(self, plan: Draft, info: bytes) -> bytes:
        own = sequence(_identifier(_SUBJECT_KEY_IDENTIFIER), octet_string(octet_string(_digest(info))))
        return tagged(0xA3, sequence(own, self._above, *map(self._extension, plan.extensions)))

    def _extension(self, extension: Extension) -> bytes:
        """Return an extension's DER; one that many drafts share, the very same object, is encoded once."""
        known = self._common.get(id(extension))
        if known is not None:
            return known[1]
        encoded = _encoded(extension)
        if extension.oid != x509.SubjectAlternativeName.oid and len(self._common) < _MOST_COMMON:
            self._common[id(extension)] = extension, encoded  # held, so that no other takes its id
        return encoded


def _authority_key_identifier(issuer: Issuer) -> Extension:
    identifier = key_identifier_of(issuer.certificate)
    return key_identifiers(identifier, identifier)[1]


def _digest(info: bytes) -> bytes:
    """Return the SHA-1 of a SubjectPublicKeyInfo's key, without its tag, length and unused bits (RFC 5280, 4.2.1.2 (1))."""
    algorithm, _ = _content(info, 0)
    _, key = _content(info, algorithm)
    begin, end = _content(info, key)
    return hashlib.sha1(info[begin + 1 : end]).digest()  # noqa: S324 -- a name for the key, not a proof


def _content(data: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the element at a place begins and ends; the octets are DER that `cryptography` wrote."""
    length, begin = data[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        length, begin = int.from_bytes(data[begin : begin + octets], "big"), begin + octets
    return begin, begin + length


@lru_cache(maxsize=64)
def _validity(not_before: datetime, not_after: datetime) -> bytes:
    return sequence(_time(not_before), _time(not_after))


def _time(moment: datetime) -> bytes:
    """Return a time as RFC 5280, 4.1.2.5, wants it: UTCTime through 2049, GeneralizedTime from then on."""
    if moment.year < 2050:
        return tagged(0x17, f"{moment.astimezone(UTC):%y%m%d%H%M%SZ}".encode("ascii"))
    return tagged(0x18, f"{moment.astimezone(UTC):%Y%m%d%H%M%SZ}".encode("ascii"))


def _encoded(extension: Extension) -> bytes:
    return sequence(
        _identifier(extension.oid),
        _CRITICAL if extension.critical else b"",
        octet_string(extension.value.public_bytes()),
    )


@lru_cache(maxsize=256)
def _identifier(oid: x509.ObjectIdentifier) -> bytes:
    return object_identifier(oid.dotted_string)
