"""Which public keys are certified: those that nobody is known to be able to break, and that clients can use.

A request brings whatever key its maker had. What is refused here would be a certificate that anybody can impersonate (RSA below
2,048 bits, small curves) or that clients refuse (DSA, curves that TLS does not name).
"""

from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from tlsca.errors import Refused
from tlsca.pki.keys import KINDS, kind_of

SMALLEST_RSA = 2048
"""Bits; NIST SP 800-57 part 1, table 2: 112 bits of security."""

LARGEST_RSA = 16384
"""Bits; OpenSSL verifies no larger ones (OPENSSL_RSA_MAX_MODULUS_BITS)."""

_CURVES = frozenset(
    (
        "secp256r1",
        "secp384r1",
        "secp521r1",
        "secp256k1",
        "brainpoolP256r1",
        "brainpoolP384r1",
        "brainpoolP512r1",
    )
)
_HINT = f"Make one of these kinds: {', '.join(KINDS)}."


def check_public_key(public_key: object) -> None:
    """Raise Refused, in one sentence, when a key is too weak to be certified, or of a kind that clients do not know."""
    if isinstance(public_key, rsa.RSAPublicKey):
        _check_rsa(public_key)
    elif isinstance(public_key, ec.EllipticCurvePublicKey):
        if public_key.curve.name not in _CURVES:
            raise Refused(
                f"The key lies on the curve {public_key.curve.name}, which is too small or known to few clients.",
                hint=_HINT,
            )
    elif isinstance(public_key, dsa.DSAPublicKey):
        raise Refused("The key is a DSA key, which no TLS client accepts any more (RFC 8446).", hint=_HINT)
    elif kind_of(public_key) == "unknown":
        raise Refused("The key is of a kind that cannot be certified here.", hint=_HINT)


def _check_rsa(key: rsa.RSAPublicKey) -> None:
    exponent = key.public_numbers().e
    if key.key_size < SMALLEST_RSA:
        raise Refused(
            f"The RSA key has {key.key_size:,} bits; {SMALLEST_RSA:,} are the fewest that are certified.",
            hint=_HINT,
        )
    if key.key_size > LARGEST_RSA:
        raise Refused(
            f"The RSA key has {key.key_size:,} bits; clients verify at most {LARGEST_RSA:,}.", hint=_HINT
        )
    if exponent < 3 or exponent % 2 == 0:
        raise Refused(
            f"The RSA key's public exponent is {exponent}; it has to be odd and at least 3.", hint=_HINT
        )
