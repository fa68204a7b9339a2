"""The kinds of key: generate one, load one, say which it is.

The names are the command line's: `ec-p256`, `ed25519`, `rsa-3072`, `ml-dsa-65`. A foreign key of a kind that tlsca does not make
is still named (`rsa-1024`, `ec-secp256k1`), because certificates from elsewhere are looked at too.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import TypeAlias, TypeGuard, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, mldsa, rsa
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificateIssuerPrivateKeyTypes,
    CertificatePublicKeyTypes,
)

from tlsca.errors import PassphraseMissing, PassphraseWrong, Unreadable, UsageError
from tlsca.pki.derivation import check_sealed_key, is_sealed
from tlsca.text import printable

PrivateKey: TypeAlias = CertificateIssuerPrivateKeyTypes
PublicKey: TypeAlias = CertificatePublicKeyTypes

_PRIVATE_KEY_TYPES: tuple[type[PrivateKey], ...] = get_args(PrivateKey)

DEFAULT_KIND = "ec-p256"

_GENERATORS: dict[str, Callable[[], PrivateKey]] = {
    "ec-p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec-p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ec-p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ed448": ed448.Ed448PrivateKey.generate,
    "rsa-2048": lambda: rsa.generate_private_key(65537, 2048),
    "rsa-3072": lambda: rsa.generate_private_key(65537, 3072),
    "rsa-4096": lambda: rsa.generate_private_key(65537, 4096),
    "ml-dsa-44": mldsa.MLDSA44PrivateKey.generate,
    "ml-dsa-65": mldsa.MLDSA65PrivateKey.generate,
    "ml-dsa-87": mldsa.MLDSA87PrivateKey.generate,
}

KINDS: tuple[str, ...] = tuple(_GENERATORS)
"""The kinds of key that can be made, in the order in which they are offered."""

_NIST_CURVES = {"secp256r1": "ec-p256", "secp384r1": "ec-p384", "secp521r1": "ec-p521"}
_EDWARDS = {ed25519.Ed25519PublicKey: "ed25519", ed448.Ed448PublicKey: "ed448"}
_MODULE_LATTICE = {
    mldsa.MLDSA44PublicKey: "ml-dsa-44",
    mldsa.MLDSA65PublicKey: "ml-dsa-65",
    mldsa.MLDSA87PublicKey: "ml-dsa-87",
}


def generate(kind: str) -> PrivateKey:
    """Make a private key of one of `KINDS`; RSA takes up to seconds, so call it in a thread. Raises UsageError."""
    try:
        generator = _GENERATORS[kind]
    except KeyError:
        raise UsageError(
            f"There is no kind of key called “{printable(kind)}”.", hint="Kinds: " + ", ".join(KINDS) + "."
        ) from None
    return generator()


def kind_of(public_key: object) -> str:
    """Name the kind of a public key, also of kinds that tlsca does not make; `unknown` for what has no name here."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return f"rsa-{public_key.key_size}"
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        return _NIST_CURVES.get(public_key.curve.name, f"ec-{public_key.curve.name}")
    if isinstance(public_key, dsa.DSAPublicKey):
        return f"dsa-{public_key.key_size}"
    for kinds in (_EDWARDS, _MODULE_LATTICE):
        for public_type, name in kinds.items():
            if isinstance(public_key, public_type):
                return name
    return "unknown"


def is_rsa(kind: str) -> bool:
    """Say whether the kind can encipher keys, which decides the keyEncipherment bit (RFC 5280, 4.2.1.3)."""
    return kind.startswith("rsa-")


def is_ec(kind: str) -> bool:
    """Say whether the kind can agree on keys (ECDH), which decides the keyAgreement bit (RFC 5480, 3)."""
    return kind.startswith("ec-")


def spki(public_key: PublicKey) -> bytes:
    """Return the DER SubjectPublicKeyInfo."""
    return public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def key_id(public_key: PublicKey) -> str:
    """Return the SHA-256 of the SubjectPublicKeyInfo as hexadecimal: what certificate and private key have in common."""
    return hashlib.sha256(spki(public_key)).hexdigest()


def pkcs8(private_key: PrivateKey) -> bytes:
    """Return the private key as PKCS#8 DER in the clear (RFC 5958)."""
    return private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def from_pkcs8(der: bytes) -> PrivateKey:
    """Load what `pkcs8` returned. Raises Unreadable."""
    return _signing(_loaded(lambda: serialization.load_der_private_key(der, None)))


def load_private(data: bytes, passphrase: bytes | None) -> PrivateKey:
    """Load a private key from PEM or DER, PKCS#8 or traditional; an empty passphrase counts as none.

    Raises Unreadable, also for a key whose derivation would keep the machine busy, PassphraseMissing, PassphraseWrong.
    """
    return _signing(load_any(data, passphrase))


def load_any(data: bytes, passphrase: bytes | None) -> object:
    """Load a private key of any kind, also one that cannot sign certificates; otherwise as `load_private`."""
    secret = passphrase or None
    plain = sealed_der(data)
    check_sealed_key(plain)
    load = (
        serialization.load_pem_private_key if b"-----BEGIN " in plain else serialization.load_der_private_key
    )
    try:
        return _loaded(lambda: load(plain, secret))
    except Unreadable:
        if secret and is_sealed(plain):
            # One wrong passphrase in 256 leaves padding that looks right, and then what was deciphered is no key.
            raise PassphraseWrong(
                "The passphrase does not open this private key, or it is damaged.", hint="Try again."
            ) from None
        raise
    except TypeError as error:
        if secret is None:
            raise PassphraseMissing("The private key is encrypted.", hint="Give its passphrase.") from error
        return _loaded(lambda: load(plain, None))


_SEALED_PEM = re.compile(rb"-----BEGIN ENCRYPTED PRIVATE KEY-----([^-]*)-----END ENCRYPTED PRIVATE KEY-----")


def sealed_der(data: bytes) -> bytes:
    """Return the DER of a sealed key in PEM armour, so that what is checked is what is loaded; anything else as it is."""
    found = _SEALED_PEM.search(data)
    if not found:
        return data
    try:
        return base64.b64decode(b"".join(line for line in found[1].splitlines() if b":" not in line))
    except binascii.Error:
        return b""


def _loaded(load: Callable[[], object]) -> object:
    try:
        return load()
    except (UnsupportedAlgorithm, ValueError) as error:
        if "password" in str(error).lower():
            raise PassphraseWrong(
                "The passphrase does not open this private key.", hint="Try again."
            ) from None
        raise Unreadable(
            "These bytes are no private key that can be read.", hint="PEM or DER, PKCS#8 or traditional."
        ) from None


def _signing(key: object) -> PrivateKey:
    if not can_sign(key):
        raise Unreadable(
            "This private key cannot sign certificates.", hint="RSA, EC, Ed25519, Ed448 and ML-DSA can."
        )
    return key


def can_sign(key: object) -> TypeGuard[PrivateKey]:
    """Say whether this is a private key of a kind that signs certificates."""
    return isinstance(key, _PRIVATE_KEY_TYPES)


def signature_hash(key: PrivateKey | PublicKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    """Return the hash that a key signs, or is verified, with: as strong as its curve, SHA-256 for RSA, None where the scheme has its own."""
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey):
        if key.curve.key_size > 384:
            return hashes.SHA512()
        return hashes.SHA384() if key.curve.key_size > 256 else hashes.SHA256()
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey | dsa.DSAPrivateKey | dsa.DSAPublicKey):
        return hashes.SHA256()
    return None
