"""How a private key signs what tlsca writes as DER itself: the AlgorithmIdentifier, and what makes the signature."""

from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa

from tlsca.pki.keys import PrivateKey, kind_of, signature_hash
from tlsca.pki.writing import sequence, tagged

_ECDSA = {"sha256": "2a8648ce3d040302", "sha384": "2a8648ce3d040303", "sha512": "2a8648ce3d040304"}
_RSA_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")  # sha256WithRSAEncryption, NULL
# RFC 8410, 3, and RFC 9881, 2.
_OWN_HASH = {
    "ed25519": "2b6570",
    "ed448": "2b6571",
    "ml-dsa-44": "608648016503040311",
    "ml-dsa-65": "608648016503040312",
    "ml-dsa-87": "608648016503040313",
}


class Scheme(NamedTuple):
    """How one private key signs."""

    algorithm: bytes
    """The DER AlgorithmIdentifier."""
    sign: Callable[[bytes], bytes]


def scheme_of(key: PrivateKey) -> Scheme | None:
    """Return how a key signs, with the hash of `signature_hash`; None for DSA, which nobody uses for anything new."""
    digest = signature_hash(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and digest is not None:
        ecdsa = ec.ECDSA(digest)
        return Scheme(_algorithm(_ECDSA[digest.name]), lambda data: key.sign(data, ecdsa))
    if isinstance(key, rsa.RSAPrivateKey):
        return Scheme(_RSA_SHA256, lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    if isinstance(key, dsa.DSAPrivateKey | ec.EllipticCurvePrivateKey):
        return None
    return Scheme(_algorithm(_OWN_HASH[kind_of(key.public_key())]), key.sign)


def _algorithm(oid: str) -> bytes:
    return sequence(tagged(0x06, bytes.fromhex(oid)))
