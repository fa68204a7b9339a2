"""Public keys as facts: kind, size, identifiers; read from a SubjectPublicKeyInfo without loading the key.

A key of a kind, size or curve that no library takes is still named.
"""

import hashlib
from typing import NamedTuple

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.dump import objects
from tlsca.pki.rows import Row
from tlsca.text import hex_colons, printable

_CURVES = {"prime256v1": "ec-p256", "secp384r1": "ec-p384", "secp521r1": "ec-p521"}
_EDWARDS = {"ED25519": "ed25519", "ED448": "ed448", "X25519": "x25519", "X448": "x448"}
_MODULE_LATTICE = {
    f"2.16.840.1.101.3.4.3.{number}": f"ml-dsa-{size}" for number, size in ((17, 44), (18, 65), (19, 87))
}
NOTES: dict[str, str] = {
    "ec-p256": "fast, and accepted everywhere",
    "ec-p384": "stronger curve, accepted nearly everywhere",
    "ec-p521": "strongest NIST curve; some browsers refuse it",
    "ed25519": "modern and small; browsers and NSS refuse it",
    "ed448": "modern and strong; browsers and NSS refuse it",
    "rsa-2048": "for old clients",
    "rsa-3072": "for old clients, until after 2030",
    "rsa-4096": "for old clients; slow to make and to sign with",
    "ml-dsa-44": "post-quantum; needs OpenSSL 3.5 on both sides",
    "ml-dsa-65": "post-quantum; needs OpenSSL 3.5 on both sides",
    "ml-dsa-87": "post-quantum; needs OpenSSL 3.5 on both sides",
}
"""One line for each kind that can be made, which helps to choose."""

_RSA_ENCRYPTION = bytes.fromhex("2a864886f70d010101")
_TEXT_MARGIN = 16
_TEXT_HEAD = 2


class _Key(NamedTuple):
    """A SubjectPublicKeyInfo: the algorithm's content octets, its parameters, and the key's bits still encoded."""

    identifier: bytes
    parameters: der.Tlv | None
    bits: bytes


def _key(spki: bytes) -> _Key:
    fields = der.sequence(der.read(spki))
    algorithm = der.sequence(fields.any())
    identifier = der.object_identifier(algorithm.any())
    parameters = None if algorithm.peek() is None else algorithm.any()
    return _Key(identifier, parameters, der.bit_string(fields.take(der.BIT_STRING)).content)


def spki_kind(spki: bytes) -> str:
    """Name the kind of key in a DER SubjectPublicKeyInfo as `keys.kind_of` does; `unknown (1.2.3)` for what has no name here."""
    try:
        return _kind(_key(spki))
    except DerError:
        return "not readable"


def _kind(key: _Key) -> str:
    name, identifier = objects.known_as(key.identifier) or "", der.dotted(key.identifier)
    if name in {"rsaEncryption", "RSASSA-PSS", "RSA"}:
        return f"rsa-{_first_number(key.bits).bit_length()}"
    if name == "id-ecPublicKey":
        return _curve(key.parameters)
    if name == "DSA" and key.parameters is not None:
        return f"dsa-{_first_number(key.parameters.encoding).bit_length()}"
    return _EDWARDS.get(name) or _MODULE_LATTICE.get(identifier) or f"unknown ({identifier})"


def rsa_numbers(spki: bytes) -> tuple[int, int] | None:
    """Return modulus and exponent of an RSA key, however odd; None if it is none (RFC 8017, A.1.1)."""
    try:
        algorithm, key = der.read(spki).children()
        if der.sequence(algorithm).any().content != _RSA_ENCRYPTION:
            return None
        modulus, exponent = der.read(key.content, 1).children()
        return der.integer(modulus), der.integer(exponent)
    except (DerError, ValueError):
        return None


def _first_number(content: bytes) -> int:
    return der.unsigned_integer(der.sequence(der.read(content)).any())


def _curve(parameters: der.Tlv | None) -> str:
    if parameters is None or parameters.tag != der.OBJECT_IDENTIFIER:
        return "ec with explicit parameters"
    name = objects.short_name(der.object_identifier(parameters)).decode("ascii")
    return _CURVES.get(name, f"ec-{name}")


def key_rows(spki: bytes) -> tuple[Row, ...]:
    """Return what a public key is, and the identifiers by which it is found in certificates; nothing secret is in any of them."""
    kind = spki_kind(spki)
    rows = [
        Row("Key", kind, NOTES.get(kind, "")),
        Row("Key SHA-256", hashlib.sha256(spki).hexdigest(), "of its SubjectPublicKeyInfo"),
    ]
    try:
        bits = _key(spki).bits
    except DerError:
        return tuple(rows)
    digest = hashlib.sha1(bits).hexdigest()  # noqa: S324 -- the identifier that RFC 5280, 4.2.1.2, makes of a key
    return (*rows, Row("Subject key id", hex_colons(digest), "as certificates for it usually have it"))


def key_text(spki: bytes) -> bytes:
    """Return a public key as `openssl pkey -pubin -noout -text` prints it. Raises DerError."""
    from tlsca.pki.dump.keys import print_public_key, public_key  # noqa: PLC0415 -- naming a key does not take its printer
    from tlsca.pki.dump.page import Page  # noqa: PLC0415 -- likewise

    page = Page(safe=True)
    print_public_key(page, public_key(der.read(spki)))
    lines = page.text().split(b"\n")[_TEXT_HEAD:]
    return b"\n".join(line[_TEXT_MARGIN:] for line in lines)


def key_title(spki: bytes) -> str:
    """Return the name by which a key is listed."""
    return printable(spki_kind(spki)) if spki else "a key that X.509 does not know"
