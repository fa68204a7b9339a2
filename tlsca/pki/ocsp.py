"""OCSP: read a request, and answer it (RFC 6960).

`cryptography` reads and answers requests about one certificate alone, and dates its answers by a clock of its own; so the few
elements of both are read and written here.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.errors import DerError, Refused, Unreadable
from tlsca.pki import der
from tlsca.pki.keys import PrivateKey, PublicKey, spki
from tlsca.pki.revoke import Revocation
from tlsca.pki.scheme import scheme_of
from tlsca.pki.writing import octet_string, sequence, tagged

LARGEST = 1024 * 1024
"""A request of more octets is not looked at."""
MOST_ASKED = 1000
"""A request about more certificates than these is not answered."""
LONGEST_NONCE = 128
"""RFC 9654, 2.1."""

_NONCE = bytes.fromhex("2b0601050507300102")  # 1.3.6.1.5.5.7.48.1.2
_BASIC = bytes.fromhex("06092b0601050507300101")  # 1.3.6.1.5.5.7.48.1.1
_HASHES: dict[bytes, Callable[[bytes], bytes]] = {
    bytes.fromhex("2b0e03021a"): lambda data: hashlib.sha1(data).digest(),  # noqa: S324 -- RFC 6960's own identifiers
    bytes.fromhex("608648016503040201"): lambda data: hashlib.sha256(data).digest(),
    bytes.fromhex("608648016503040202"): lambda data: hashlib.sha384(data).digest(),
    bytes.fromhex("608648016503040203"): lambda data: hashlib.sha512(data).digest(),
}
_HINT = "Make one with openssl ocsp -issuer ISSUER -cert CERTIFICATE -reqout FILE."


@dataclass(frozen=True, slots=True)
class Asked:
    """One certificate that a request is about: its serial number, and its issuer as two hashes."""

    identifier: bytes
    """The CertID as it was sent: the answer repeats it."""
    hash_oid: bytes
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: int

    def is_of(self, issuer: x509.Certificate) -> bool:
        """Say whether this is the issuer that is meant; never with a hash that is unknown here."""
        digest = _HASHES.get(self.hash_oid)
        return (
            digest is not None
            and digest(issuer.subject.public_bytes()) == self.issuer_name_hash
            and digest(_key_bits(issuer.public_key())) == self.issuer_key_hash
        )


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks."""

    asked: tuple[Asked, ...]
    nonce: bytes | None = None
    """The whole nonce extension as it was sent: the answer repeats it."""


@dataclass(frozen=True, slots=True)
class Status:
    """The answer for one certificate: revoked if there is a revocation, else good or, when it is not known, unknown."""

    asked: Asked
    known: bool
    revocation: Revocation | None = None

    @property
    def word(self) -> str:
        """`good`, `revoked` or `unknown`."""
        return "revoked" if self.revocation else "good" if self.known else "unknown"


def read_request(data: bytes) -> Request:
    """Read a DER OCSPRequest (RFC 6960, 4.1.1); a signature on it is not looked at.

    Raises Unreadable for anything else, for a nonce that is no nonce (RFC 9654, 2.1), and for a critical extension besides it.
    """
    try:
        return _request(data)
    except DerError as error:
        raise Unreadable(f"This is no OCSP request: {error.sentence}.", hint=_HINT) from None


def answer(
    statuses: Sequence[Status],
    responder: x509.Certificate,
    key: PrivateKey,
    *,
    nonce: bytes | None,
    this_update: datetime,
    next_update: datetime,
) -> bytes:
    """Return the DER OCSPResponse, successful and signed (RFC 6960, 4.2.1), with the responder's certificate in it.

    The responder is named by its key; `nonce` is the request's, whole; times in whole seconds. Raises Refused for a key of a
    kind that signs no answers.
    """
    scheme = scheme_of(key)
    if scheme is None:
        raise Refused(
            "A DSA key signs no OCSP answers.",
            hint="Issue a certificate with the profile ocsp; it answers instead.",
        )
    times = _time(this_update) + tagged(0xA0, _time(next_update))
    parts = [
        tagged(0xA2, octet_string(_HASHES[bytes.fromhex("2b0e03021a")](_key_bits(responder.public_key())))),
        _time(this_update),
        sequence(*(sequence(status.asked.identifier, _status(status), times) for status in statuses)),
    ]
    if nonce is not None:
        parts.append(tagged(0xA1, sequence(nonce)))
    data = sequence(*parts)
    certificates = tagged(0xA0, sequence(responder.public_bytes(Encoding.DER)))
    basic = sequence(data, scheme.algorithm, tagged(0x03, b"\0" + scheme.sign(data)), certificates)
    return sequence(tagged(0x0A, b"\0"), tagged(0xA0, sequence(_BASIC, octet_string(basic))))


def _request(data: bytes) -> Request:
    whole = der.read(data)
    if whole.next_offset != len(data):
        raise DerError("there is more behind it", offset=whole.next_offset)
    body = der.sequence(der.sequence(whole).take(der.SEQUENCE))
    body.maybe(der.CONTEXT | 0)
    body.maybe(der.CONTEXT | 1)
    listed = body.take(der.SEQUENCE)
    extensions = body.maybe(der.CONTEXT | 2)
    body.end()
    asked = tuple(_asked(one) for one in listed.children())
    if not 0 < len(asked) <= MOST_ASKED:
        raise DerError(f"it asks about {len(asked)} certificates", offset=listed.offset)
    return Request(asked, _nonce(extensions) if extensions else None)


def _asked(one: der.Tlv) -> Asked:
    fields = der.sequence(one)
    identifier = fields.take(der.SEQUENCE)
    extensions = fields.maybe(der.CONTEXT | 0)
    fields.end()
    if extensions:
        _nonce(extensions)
    parts = der.sequence(identifier)
    algorithm = der.sequence(parts.take(der.SEQUENCE))
    asked = Asked(
        identifier.encoding,
        der.object_identifier(algorithm.any()),
        parts.take(der.OCTET_STRING).content,
        parts.take(der.OCTET_STRING).content,
        der.integer(parts.take(der.INTEGER)),
    )
    parts.end()
    return asked


def _nonce(extensions: der.Tlv) -> bytes | None:
    """Return the nonce extension, whole, if there is one; any other counts only if it is critical, and is then one too many."""
    found = None
    for extension in der.explicit(extensions).children():
        fields = der.sequence(extension)
        identifier = der.object_identifier(fields.any())
        critical = fields.maybe(der.BOOLEAN)
        value = der.octets(fields.take(der.OCTET_STRING))
        if identifier == _NONCE:
            if not 0 < len(der.octets(der.read(value))) <= LONGEST_NONCE:
                raise DerError("its nonce has a length that none may have", offset=extension.offset)
            found = extension.encoding
        elif critical is not None and der.boolean(critical):
            raise DerError(
                f"it has a critical extension {der.dotted(identifier)} that is not known here",
                offset=extension.offset,
            )
    return found


def _status(status: Status) -> bytes:
    revocation = status.revocation
    if revocation is None:
        return tagged(0x80, b"") if status.known else tagged(0x82, b"")
    reason = revocation.reason
    if reason in {None, x509.ReasonFlags.unspecified}:
        return tagged(0xA1, _time(revocation.revoked_at))
    return tagged(0xA1, _time(revocation.revoked_at) + tagged(0xA0, tagged(0x0A, bytes([_CODES[reason]]))))


# RFC 5280, 5.3.1.
_CODES: dict[x509.ReasonFlags | None, int] = {
    x509.ReasonFlags.key_compromise: 1,
    x509.ReasonFlags.ca_compromise: 2,
    x509.ReasonFlags.affiliation_changed: 3,
    x509.ReasonFlags.superseded: 4,
    x509.ReasonFlags.cessation_of_operation: 5,
    x509.ReasonFlags.certificate_hold: 6,
    x509.ReasonFlags.privilege_withdrawn: 9,
    x509.ReasonFlags.aa_compromise: 10,
}


def _time(moment: datetime) -> bytes:
    return tagged(0x18, moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def _key_bits(public_key: PublicKey) -> bytes:
    """Return the public key as it stands in its SubjectPublicKeyInfo, which is what key hashes are made of."""
    fields = der.sequence(der.read(spki(public_key)))
    fields.any()
    return der.bit_string(fields.take(der.BIT_STRING)).content
