"""From bytes to the tree: which document it is, and what to do where it is none."""

from collections.abc import Callable
from dataclasses import replace

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.explanations import fields
from tlsca.pki.explanations.explanation import Explanation
from tlsca.pki.found import Kind
from tlsca.pki.structure import documents
from tlsca.pki.structure.algorithms import public_key_info
from tlsca.pki.structure.node import Node, Shape, look, piece, plain
from tlsca.text import count

_DOCUMENTS: dict[Kind, tuple[Explanation, Shape]] = {
    Kind.CERTIFICATE: (fields.CERTIFICATE, documents.CERTIFICATE),
    Kind.REQUEST: (fields.REQUEST, documents.REQUEST),
    Kind.CRL: (fields.CRL, documents.CRL),
}
_PUBLIC_KEY = Explanation("Public key", "A key and the algorithm that it is for.", "RFC 5280, 4.1.2.7")
_PKCS7 = Explanation("PKCS#7", "A container that certificates travel in.", "RFC 5652; RFC 2315")
_PKCS12 = Explanation("PKCS#12", "A key with its certificates, under a passphrase.", "RFC 7292")
_SEALED_KEY = Explanation("Private key, encrypted", "A private key under a passphrase.", "RFC 5958, 3")
_PRIVATE_KEY_NOTE = "Whoever reads a private key has it; tlsca shows none."
# keyBag (RFC 7292, 4.2.1): a private key without encryption.
_PLAIN_KEY_BAG = bytes.fromhex("060b2a864886f70d010c0a0101")


def structure(data: bytes, kind: Kind | None = None) -> Node:
    """Return the tree of one document; `kind` says which, if it is known. Never raises: what cannot be read says so.

    A private key that is not encrypted is named and not shown.
    """
    if kind is Kind.PRIVATE_KEY:
        return _withheld()
    try:
        element = der.read(data)
    except DerError as error:
        return piece("Octets", data, 0, len(data), value=count(len(data), "octet"), flaw=error.sentence)
    root = _root(element, kind)
    left = len(data) - element.next_offset
    if not left or not root.source:
        return root
    trailing = f"{count(left, 'octet')} follow the end."
    return replace(root, flaw=f"{root.flaw} {trailing}".strip())


def _withheld() -> Node:
    return piece("Private key", b"", 0, 0, value="not shown", note=_PRIVATE_KEY_NOTE)


def _root(element: Tlv, kind: Kind | None) -> Node:
    if _is_private_key(element):
        return _withheld()
    if kind in _DOCUMENTS:
        about, shape = _DOCUMENTS[kind]
        return look(element, shape, about)
    for about, shape, fits in _RECOGNISED:
        if fits(element):
            return look(element, shape, about)
    return plain(element)


def _tags(element: Tlv, most: int = 12) -> tuple[int, ...]:
    """Return the tags of the first elements inside; none where no element can be."""
    if not element.constructed:
        return ()
    places = element.places(most)
    return tuple(places[at].tag for at in range(len(places)))


def _first(element: Tlv) -> Tlv:
    return element.places(1)[0]


def _is_private_key(element: Tlv) -> bool:
    """Say whether this is PKCS#8 (RFC 5958), PKCS#1 (RFC 8017, A.1.2), SEC 1 (RFC 5915) or DSA's own form, or a PKCS#12 with a plain key."""
    tags = _tags(element)
    if tags[:1] != (der.INTEGER,):
        return False
    is_numbers = len(tags) >= 6 and set(tags[:6]) == {der.INTEGER}
    is_sec1 = tags[1:2] == (der.OCTET_STRING,)
    is_pkcs8 = tags[1:3] == (der.SEQUENCE, der.OCTET_STRING)
    return is_numbers or is_sec1 or is_pkcs8 or (_is_pkcs12(element) and _PLAIN_KEY_BAG in element.encoding)


def _is_signed(element: Tlv) -> bool:
    return _tags(element, 4) == (der.SEQUENCE, der.SEQUENCE, der.BIT_STRING)


def _is_request(element: Tlv) -> bool:
    return _is_signed(element) and _tags(_first(element))[:3] == (der.INTEGER, der.SEQUENCE, der.SEQUENCE) and _tags(_first(element))[3:4] in {(), (CONTEXT | 0,)}  # fmt: skip


def _is_crl(element: Tlv) -> bool:
    times = {der.UTC_TIME, der.GENERALIZED_TIME}
    return _is_signed(element) and bool(times & set(_tags(_first(element))[:5]))


def _is_public_key(element: Tlv) -> bool:
    return _tags(element, 3) == (der.SEQUENCE, der.BIT_STRING)


def _is_sealed_key(element: Tlv) -> bool:
    return _tags(element, 3) == (der.SEQUENCE, der.OCTET_STRING)


def _is_content(element: Tlv) -> bool:
    return _tags(element, 3) == (der.OBJECT_IDENTIFIER, CONTEXT | 0)


def _is_pkcs12(element: Tlv) -> bool:
    tags = _tags(element, 4)
    return tags[:2] == (der.INTEGER, der.SEQUENCE) and _is_content(element.places(2)[1])


_RECOGNISED: tuple[tuple[Explanation, Shape, Callable[[Tlv], bool]], ...] = (
    (fields.REQUEST, documents.REQUEST, _is_request),
    (fields.CRL, documents.CRL, _is_crl),
    (fields.CERTIFICATE, documents.CERTIFICATE, _is_signed),
    (_PUBLIC_KEY, public_key_info, _is_public_key),
    (_SEALED_KEY, documents.ENCRYPTED_KEY, _is_sealed_key),
    (_PKCS7, documents.content_info, _is_content),
    (_PKCS12, documents.PKCS12, _is_pkcs12),
)
