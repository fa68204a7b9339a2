"""Certificates by the thousand: what one issuer signs, written straight as DER (RFC 5280, 4.1).

`cryptography`'s builder is copied with every word that it is told, and reads back what it made, which takes longer than the
signature. What is written here is the same, octet for octet.
"""

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
            self._extensions(plan, public_key),
        )
        return sequence(signed, self._scheme.algorithm, bit_string(self._scheme.sign(signed)))

    def _extensions(self, plan: Draft, public_key: PublicKey) -> bytes:
        own = x509.SubjectKeyIdentifier.from_public_key(public_key)
        identifier = _encoded(x509.Extension(own.oid, False, own))
        return tagged(0xA3, sequence(identifier, self._above, *map(self._extension, plan.extensions)))

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
