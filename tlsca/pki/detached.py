"""A signature beside what it signs: made with an authority's key, and checked with its certificate by tlsca or OpenSSL."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, padding, rsa

from tlsca.errors import Refused
from tlsca.pki.keys import PrivateKey, PublicKey, kind_of, signature_hash
from tlsca.pki.scheme import scheme_of

_WITH_A_HASH_OF_THEIR_OWN = (
    ed25519.Ed25519PublicKey
    | ed448.Ed448PublicKey
    | mldsa.MLDSA44PublicKey
    | mldsa.MLDSA65PublicKey
    | mldsa.MLDSA87PublicKey
)


def sign_detached(key: PrivateKey, data: bytes) -> bytes:
    """Return the signature: ECDSA with the hash of its curve, RSA as PKCS#1 v1.5 with SHA-256, others as their scheme says.

    Raises Refused for a key of a kind that nobody should sign with any more.
    """
    scheme = scheme_of(key)
    if scheme is None:
        raise Refused(
            f"A key of the kind {kind_of(key.public_key())} signs nothing new.",
            hint="Sign with another authority.",
        )
    return scheme.sign(data)


def is_signed_by(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Tell whether `sign_detached` made the signature of these octets with the private key of this public one."""
    digest = signature_hash(key)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and digest is not None:
            key.verify(signature, data, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey) and digest is not None:
            key.verify(signature, data, padding.PKCS1v15(), digest)
        elif isinstance(key, _WITH_A_HASH_OF_THEIR_OWN):
            key.verify(signature, data)
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True
