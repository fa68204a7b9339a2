"""A certificate as a chain sees it: each field read once, leniently, and remembered by the certificate's bytes.

Peers send what they like. A certificate in which something cannot be read still has a fingerprint and a place in the chain,
so reading never raises: what is unreadable is None, and `flaw` says why.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import SignatureAlgorithmOID

from tlsca.lazy import lazy_property
from tlsca.pki.legible import extensions_of
from tlsca.pki.name_text import certificate_label
from tlsca.pki.names import common_name_of, dn_text
from tlsca.pki.quiet import quietly
from tlsca.pki.weakness import WEAK_SIGNATURES
from tlsca.text import rfc3339, serial_hex

_UNREADABLE = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
)

_NO_NAME = x509.Name([])
_CHECKABLE = frozenset(
    oid for oid in vars(SignatureAlgorithmOID).values() if isinstance(oid, x509.ObjectIdentifier)
)

ExtensionT = TypeVar("ExtensionT", bound=x509.ExtensionType)


@dataclass(frozen=True)
class Certificate:
    """One certificate, given as DER."""

    der: bytes

    def __hash__(self) -> int:
        return hash(self.der)

    @lazy_property
    def sha256(self) -> str:
        """Fingerprint of the DER bytes, lower-case hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @lazy_property
    def _loaded(self) -> x509.Certificate | str:
        try:
            with quietly(UserWarning):  # serial numbers below one: old roots have them
                return x509.load_der_x509_certificate(self.der)
        except _UNREADABLE as error:
            return str(error)

    @property
    def content(self) -> x509.Certificate | None:
        """The certificate as `cryptography` reads it; None if it refuses to."""
        return None if isinstance(self._loaded, str) else self._loaded

    @lazy_property
    def flaw(self) -> str | None:
        """Why this certificate or its extensions cannot be read, as foreign text; None if they can."""
        if isinstance(self._loaded, str):
            return self._loaded
        return self._extensions if isinstance(self._extensions, str) else None

    @lazy_property
    def _legible_names(self) -> tuple[x509.Name, x509.Name] | None:
        try:
            with quietly(UserWarning):  # countries that are not two letters
                return (self.content.subject, self.content.issuer) if self.content else None
        except _UNREADABLE:
            return None

    @property
    def has_legible_names(self) -> bool:
        """Whether subject and issuer can be read, so that an empty one is empty."""
        return self._legible_names is not None

    @property
    def _names(self) -> tuple[x509.Name, x509.Name]:
        return self._legible_names or (_NO_NAME, _NO_NAME)

    @property
    def subject_name(self) -> x509.Name:
        """The subject; empty if it cannot be read."""
        return self._names[0]

    @lazy_property
    def subject(self) -> str:
        """The subject as RFC 4514 text, foreign."""
        return dn_text(self._names[0])

    @lazy_property
    def issuer(self) -> str:
        """The issuer as RFC 4514 text, foreign."""
        return dn_text(self._names[1])

    @lazy_property
    def subject_der(self) -> bytes:
        """The subject's encoding: chains are linked by it."""
        return self._names[0].public_bytes()

    @lazy_property
    def issuer_der(self) -> bytes:
        """The issuer's encoding."""
        return self._names[1].public_bytes()

    @lazy_property
    def label(self) -> str:
        """A short name for sentences, safe for a terminal: the common name, else the subject, else a name, else the serial."""
        name = common_name_of(self.subject_name) or self.subject or next(iter(self.dns_names), "")
        return certificate_label(name, self.serial)

    @lazy_property
    def serial_number(self) -> int | None:
        """The serial number; None if it cannot be read."""
        with quietly(UserWarning):
            return self.content.serial_number if self.content else None

    @property
    def serial(self) -> str:
        """The serial number as lower-case hexadecimal; empty if it cannot be read."""
        return "" if self.serial_number is None else serial_hex(self.serial_number)

    @lazy_property
    def _validity(self) -> tuple[datetime, datetime] | None:
        try:
            return (
                (self.content.not_valid_before_utc, self.content.not_valid_after_utc)
                if self.content
                else None
            )
        except _UNREADABLE:
            return None

    @property
    def not_before(self) -> datetime | None:
        """The first moment of validity, aware; None if it cannot be read."""
        return self._validity[0] if self._validity else None

    @property
    def not_after(self) -> datetime | None:
        """The last moment of validity, aware; None if it cannot be read."""
        return self._validity[1] if self._validity else None

    @lazy_property
    def public_key(self) -> CertificatePublicKeyTypes | None:
        """The public key; None if it is of a kind unknown here."""
        try:
            return self.content.public_key() if self.content else None
        except _UNREADABLE:
            return None

    @lazy_property
    def _extensions(self) -> x509.Extensions | str:
        try:
            with quietly(UserWarning):
                return extensions_of(self.content) if self.content else x509.Extensions([])
        except _UNREADABLE as error:
            return str(error)

    @property
    def extensions(self) -> x509.Extensions:
        """The extensions; none if any of them cannot be read."""
        return x509.Extensions([]) if isinstance(self._extensions, str) else self._extensions

    @lazy_property
    def _by_oid(self) -> MappingProxyType[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]:
        return MappingProxyType({extension.oid: extension for extension in self.extensions})

    def extension(self, kind: type[ExtensionT]) -> x509.Extension[ExtensionT] | None:
        """Return one extension with its critical flag; None if there is none."""
        found = self._by_oid.get(kind.oid)
        return found if found is not None and isinstance(found.value, kind) else None  # type: ignore[return-value]

    def value(self, kind: type[ExtensionT]) -> ExtensionT | None:
        """Return one extension's value; None if there is none."""
        found = self.extension(kind)
        return found.value if found else None

    @lazy_property
    def key_identifier(self) -> bytes | None:
        """The subject key identifier."""
        found = self.value(x509.SubjectKeyIdentifier)
        return found.digest if found else None

    @lazy_property
    def authority_key_identifier(self) -> bytes | None:
        """The key identifier of the authority that is said to have signed this."""
        found = self.value(x509.AuthorityKeyIdentifier)
        return found.key_identifier if found else None

    @lazy_property
    def general_names(self) -> tuple[x509.GeneralName, ...]:
        """The subject alternative names."""
        return tuple(self.value(x509.SubjectAlternativeName) or ())

    @lazy_property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS names among the subject alternative names, foreign text."""
        return tuple(name.value for name in self.general_names if isinstance(name, x509.DNSName))

    @lazy_property
    def is_version_3(self) -> bool:
        """Whether this certificate can have extensions at all."""
        return self.content is not None and self.content.version is x509.Version.v3

    @lazy_property
    def is_ca(self) -> bool:
        """Whether basicConstraints says CA:TRUE, or this is a version 1 certificate that signed itself, as old roots did."""
        constraints = self.value(x509.BasicConstraints)
        if constraints is None:
            return not self.is_version_3 and self.is_self_signed
        return constraints.ca

    @lazy_property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name (RFC 5280, 3.2)."""
        return bool(self.subject_name.rdns) and self.subject_der == self.issuer_der

    @lazy_property
    def is_self_signed(self) -> bool:
        """Whether this certificate's own key signed it, as far as that can be checked."""
        return self.is_self_issued and signed_by(self, self)

    @lazy_property
    def weak_hash(self) -> str | None:
        """The hash of the signature, if forging one is within reach: `SHA-1`, `MD5`, `MD2`."""
        if self.content is None:
            return None
        named = WEAK_SIGNATURES.get(self.content.signature_algorithm_oid.dotted_string)
        if named is not None or self.content.signature_algorithm_oid != SignatureAlgorithmOID.RSASSA_PSS:
            return named
        try:
            return "SHA-1" if isinstance(self.content.signature_hash_algorithm, hashes.SHA1) else None
        except _UNREADABLE:
            return None

    @lazy_property
    def pem(self) -> str:
        """The certificate in PEM."""
        if self.content is not None:
            return self.content.public_bytes(Encoding.PEM).decode()
        return _armoured(self.der)

    def to_json(self) -> dict[str, str | None]:
        """Return what names the certificate, and when it is valid, as JSON holds it; all but the digits is foreign text."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "serial": self.serial,
            "sha256": self.sha256,
            "not_before": rfc3339(self.not_before) if self.not_before else None,
            "not_after": rfc3339(self.not_after) if self.not_after else None,
        }


@lru_cache(maxsize=1024)
def certificate(der: bytes) -> Certificate:
    """Return the certificate of these DER bytes; the same bytes give the same object, so that each is read once."""
    return Certificate(der)


def certificates(ders: Iterable[bytes]) -> tuple[Certificate, ...]:
    """Return the certificates of many DER bytes, in order."""
    return tuple(certificate(der) for der in ders)


class Signature(Enum):
    """What is known of one certificate's signature on another."""

    GOOD = "good"
    BAD = "bad"
    UNCHECKED = "of an algorithm that cannot be checked here"


@lru_cache(maxsize=4096)
def signature(child: Certificate, issuer: Certificate) -> Signature:
    """Say whether the issuer's key made the child's signature, and the issuer's subject is the child's issuer.

    `cryptography` checks no SHA-1, MD5 or unknown signatures; those are told apart from bad ones, because a path over them is
    still the path that the operator has to repair.
    """
    if child.content is None or issuer.content is None or child.issuer_der != issuer.subject_der:
        return Signature.BAD
    if child.weak_hash is not None or child.content.signature_algorithm_oid not in _CHECKABLE:
        return Signature.UNCHECKED
    try:
        child.content.verify_directly_issued_by(issuer.content)
    except (*_UNREADABLE, InvalidSignature):
        return Signature.BAD
    return Signature.GOOD


def signed_by(child: Certificate, issuer: Certificate) -> bool:
    """Say whether the issuer signed the child; where that cannot be checked, whether the key identifiers allow it."""
    match signature(child, issuer):
        case Signature.GOOD:
            return True
        case Signature.BAD:
            return False
        case Signature.UNCHECKED:
            pair = (child.authority_key_identifier, issuer.key_identifier)
            return None in pair or pair[0] == pair[1]


def _armoured(der: bytes) -> str:
    body = b64encode(der).decode()
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
