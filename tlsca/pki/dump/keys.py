"""Public keys: RSA, DSA, elliptic curves, Edwards and Montgomery curves, Diffie-Hellman."""

from collections.abc import Callable
from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import BitString, Tlv
from tlsca.pki.dump import finite_fields, numbers, objects
from tlsca.pki.dump.algorithms import Algorithm, PssParameters, algorithm, pss_parameters
from tlsca.pki.dump.curves import print_point
from tlsca.pki.dump.page import Page, hex_rows

_INDENT = 16
_ROW = 15
_OCTET_KEYS = {"X25519": 32, "X448": 56, "ED25519": 32, "ED448": 57}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A SubjectPublicKeyInfo: the algorithm, and the key's bits still encoded."""

    algorithm: Algorithm
    bits: BitString


def public_key(element: Tlv) -> PublicKey:
    """Return a SubjectPublicKeyInfo. Raises `DerError`."""
    fields = der.sequence(element)
    found = algorithm(fields.any())
    bits = der.bit_string(fields.take(der.BIT_STRING))
    fields.end()
    return PublicKey(found, bits)


def print_public_key(page: Page, key: PublicKey) -> None:
    """Write a public key, or that OpenSSL is unable to load it."""
    page.write(b"        Subject Public Key Info:\n            Public Key Algorithm: ")
    page.write(objects.long_name(key.algorithm.identifier) + b"\n")
    printer = _PRINTERS.get(key.algorithm.name or "", _unknown)
    try:
        lines = printer(key)
    except DerError:
        page.line(12, b"Unable to load Public Key")
    else:
        page.write(lines)


def _unknown(_key: PublicKey) -> bytes:
    raise DerError("a key of an unknown kind", offset=0)


def _rsa(key: PublicKey) -> bytes:
    fields = der.sequence(der.read(key.bits.content))
    modulus, exponent = (der.unsigned_integer(fields.any()) for _ in range(2))
    fields.end()
    return (
        _title(b"Public-Key", modulus.bit_length())
        + numbers.labelled(b"Modulus:", modulus, indent=_INDENT)
        + numbers.labelled(b"Exponent:", exponent, indent=_INDENT)
    )


def _title(label: bytes, bits: int) -> bytes:
    return b"%*s%s: (%d bit)\n" % (_INDENT, b"", label, bits)


def _rsa_pss(key: PublicKey) -> bytes:
    margin = b" " * _INDENT
    shown = _rsa(key)
    if key.algorithm.parameters is None:
        return shown + margin + b"No PSS parameter restrictions\n"
    parameters = pss_parameters(key.algorithm.parameters)
    if parameters is None:
        raise DerError("RSASSA-PSS parameters that cannot be read", offset=0)
    return shown + b"".join(margin + line + b"\n" for line in _restrictions(parameters))


_PSS_DIGESTS = {
    "SHA1": b"SHA1",
    "SHA224": b"SHA2-224",
    "SHA256": b"SHA2-256",
    "SHA384": b"SHA2-384",
    "SHA512": b"SHA2-512",
    "SHA512-224": b"SHA2-512/224",
    "SHA512-256": b"SHA2-512/256",
}


def _restrictions(parameters: PssParameters) -> list[bytes]:
    digest = _pss_digest(parameters.digest)
    mask_digest = _pss_digest(parameters.mask_digest)
    salt = 20 if parameters.salt_length is None else numbers.as_int(numbers.as_long(parameters.salt_length))
    trailer = 1 if parameters.trailer is None else numbers.as_int(numbers.as_long(parameters.trailer))
    return [
        b"PSS parameter restrictions:",
        b"  Hash Algorithm: %s%s" % (digest, _default(digest == b"SHA1")),
        b"  Mask Algorithm: MGF1 with %s%s" % (mask_digest, _default(mask_digest == b"SHA1")),
        b"  Minimum Salt Length: %d%s" % (salt, _default(salt == 20)),
        b"  Trailer Field: 0x%x%s" % (trailer & 0xFFFFFFFF, _default(trailer == 1)),
    ]


def _pss_digest(identifier: bytes | None) -> bytes:
    if identifier is None:
        return b"SHA1"
    name = _PSS_DIGESTS.get(objects.known_as(identifier) or "")
    if name is None:
        raise DerError("a digest that RSASSA-PSS does not take", offset=0)
    return name


def _default(is_default: bool) -> bytes:
    return b" (default)" if is_default else b""


_WithParameters = Callable[..., bytes]


def _with_parameters(print_key: _WithParameters) -> Callable[[PublicKey], bytes]:
    def print_public(key: PublicKey) -> bytes:
        return print_key(key.algorithm.parameters, key.bits.content, indent=_INDENT)

    return print_public


def _octet_key(key: PublicKey) -> bytes:
    name = key.algorithm.name or ""
    if key.algorithm.parameters is not None or len(key.bits.content) != _OCTET_KEYS[name]:
        raise DerError("a key of another length", offset=0)
    margin = b" " * _INDENT
    return b"%s%s Public-Key:\n%spub:\n" % (margin, name.encode(), margin) + hex_rows(
        key.bits.content, indent=_INDENT + 4, width=_ROW
    )


_PRINTERS: dict[str, Callable[[PublicKey], bytes]] = {
    "DSA": _with_parameters(finite_fields.dsa),
    "ED25519": _octet_key,
    "ED448": _octet_key,
    "RSASSA-PSS": _rsa_pss,
    "X25519": _octet_key,
    "X448": _octet_key,
    "dhKeyAgreement": _with_parameters(finite_fields.diffie_hellman),
    "dhpublicnumber": _with_parameters(finite_fields.diffie_hellman_x942),
    "id-ecPublicKey": _with_parameters(print_point),
    "rsaEncryption": _rsa,
}
# Other identifiers that OpenSSL takes for the same kinds of key.
_PRINTERS |= {"RSA": _rsa} | dict.fromkeys(
    ("DSA-old", "DSA-SHA", "DSA-SHA1", "DSA-SHA1-old"), _PRINTERS["DSA"]
)
