"""PKCS#7 and CMS messages (RFC 2315, RFC 5652): the certificates and CRLs they carry, and what they say of themselves.

`cryptography` reads the certificates of a message and nothing else, and refuses those it does not like.
"""

from dataclasses import dataclass
from typing import Final

from tlsca.errors import DerError, Unreadable
from tlsca.pki import der
from tlsca.pki.der import CONTEXT
from tlsca.pki.dump import names, numbers, objects
from tlsca.pki.rows import Row
from tlsca.text import count, hex_colons, printable, serial_hex

_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_TITLES = {
    "1.2.840.113549.1.7.1": "data",
    _SIGNED_DATA: "signed data",
    "1.2.840.113549.1.7.3": "enveloped data, for whoever has a recipient's private key",
    "1.2.840.113549.1.7.4": "signed and enveloped data",
    "1.2.840.113549.1.7.5": "digested data",
    "1.2.840.113549.1.7.6": "encrypted data",
    "1.2.840.113549.1.9.16.1.2": "authenticated data",
    "1.2.840.113549.1.9.16.1.9": "compressed data",
    "1.2.840.113549.1.9.16.1.23": "authenticated and enveloped data",
}
TYPES = frozenset(_TITLES)
"""The content types of CMS, by which a message is known."""

_SIGNING_TIME = "1.2.840.113549.1.9.5"
_MOST_SIGNERS = 50


@dataclass(frozen=True, slots=True)
class Message:
    """What a message holds: each certificate and CRL as DER, in the order of the message."""

    rows: tuple[Row, ...]
    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    others: int = 0
    """Certificates and revocations of other kinds, which are left alone."""


def message(data: bytes) -> Message:
    """Read a DER or BER ContentInfo. Raises Unreadable."""
    try:
        fields = der.sequence(der.read(data))
        kind = der.dotted(der.object_identifier(fields.any()))
        content = fields.maybe(CONTEXT | 0)
        if kind == _SIGNED_DATA and content is not None:
            return _signed(der.sequence(der.explicit(content)))
    except DerError as error:
        raise Unreadable(f"The PKCS#7 message is damaged: {error}.", hint="Copy it again.") from error
    return Message((Row("Message", _TITLES.get(kind, kind)),))


def _signed(fields: der.Fields) -> Message:
    """Read a SignedData (RFC 5652, 5.1)."""
    der.integer(fields.any())
    fields.take(der.SET)
    about = der.sequence(fields.any())
    kind = _known(about.any())
    inside = about.maybe(CONTEXT | 0)
    certificates = _ders(fields.maybe(CONTEXT | 0))
    crls = _ders(fields.maybe(CONTEXT | 1))
    signers = fields.take(der.SET).children()
    rows = (
        Row("Message", "signed data" if signers else "certificates, signed by nobody"),
        Row("Signed content", "elsewhere" if inside is None else _size(inside), kind if signers else ""),
        Row("Certificates", str(len(certificates[0]))),
        Row("CRLs", str(len(crls[0]))),
        *map(_signer, signers[:_MOST_SIGNERS]),
    )
    return Message(
        tuple(row for row in rows if signers or row.title != "Signed content"),
        certificates[0],
        crls[0],
        certificates[1] + crls[1],
    )


def _ders(element: der.Tlv | None) -> tuple[tuple[bytes, ...], int]:
    """Return the SEQUENCEs of a SET, and how many other elements are in it: attribute certificates, other formats."""
    inside = [] if element is None else element.children()
    plain = tuple(child.encoding for child in inside if child.tag == der.SEQUENCE)
    return plain, len(inside) - len(plain)


def _size(wrapped: der.Tlv) -> str:
    return count(len(der.octets(der.explicit(wrapped))), "octet")


def _known(element: der.Tlv) -> str:
    return printable(objects.long_name(der.object_identifier(element)).decode("utf-8", "backslashreplace"))


def _signer(element: der.Tlv) -> Row:
    """Describe a SignerInfo (RFC 5652, 5.3)."""
    fields = der.sequence(element)
    der.integer(fields.any())
    who = _who(fields.any())
    digest = _known(der.sequence(fields.any()).any())
    attributes = fields.maybe(CONTEXT | 0)
    algorithm = _known(der.sequence(fields.any()).any())
    when = _signing_time(attributes)
    return Row("Signer", who, ", ".join(filter(None, (f"{digest} and {algorithm}", when))))


def _who(element: der.Tlv) -> str:
    if element.tag == CONTEXT | 0:
        return f"key id {hex_colons(der.octets(element).hex())}"
    fields = der.sequence(element)
    issuer = names.readable(names.name(fields.any())).decode("ascii")
    return f"serial {serial_hex(der.integer(fields.any()))} of {issuer}"


def _signing_time(attributes: der.Tlv | None) -> str:
    for attribute in [] if attributes is None else attributes.children():
        fields = der.sequence(attribute)
        if der.dotted(der.object_identifier(fields.any())) == _SIGNING_TIME:
            values = fields.take(der.SET).children()
            return f"at {numbers.time(values[0]).decode('ascii')}" if values else ""
    return ""
