"""A certificate's public key as a JSON Web Key (RFC 7517, 7518, 8037), with its chain beside it."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tlsca.errors import Refused
from tlsca.pki.keys import PublicKey, kind_of

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp256k1": "secp256k1"}


def jwk(chain: Sequence[x509.Certificate]) -> bytes:
    """Return the JWK of a chain's first certificate: key, thumbprint as `kid`, `x5c` and `x5t#S256`. Raises Refused."""
    members = _public_members(chain[0].public_key())
    ders = [certificate.public_bytes(Encoding.DER) for certificate in chain]
    document = {
        **members,
        "kid": thumbprint(members),
        "x5c": [base64.b64encode(der).decode("ascii") for der in ders],
        "x5t#S256": _text(hashlib.sha256(ders[0]).digest()),
    }
    return json.dumps(document, indent=2).encode("ascii") + b"\n"


def thumbprint(members: Mapping[str, str]) -> str:
    """Return the SHA-256 thumbprint of a public key's members (RFC 7638)."""
    canonical = json.dumps(dict(sorted(members.items())), separators=(",", ":"))
    return _text(hashlib.sha256(canonical.encode("ascii")).digest())


def _public_members(key: PublicKey) -> dict[str, str]:
    """Return the members that make a public key, those that its thumbprint is made of. Raises Refused."""
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        point, octets = key.public_numbers(), (key.key_size + 7) // 8
        place = {"x": _number(point.x, octets), "y": _number(point.y, octets)}
        return {"kty": "EC", "crv": _CURVES[key.curve.name], **place}
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        curve = "Ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else "Ed448"
        return {"kty": "OKP", "crv": curve, "x": _text(key.public_bytes(Encoding.Raw, PublicFormat.Raw))}
    raise Refused(f"A JWK cannot hold a key of kind {kind_of(key)} yet.", hint="Export pem instead.")


def _number(value: int, octets: int | None = None) -> str:
    return _text(value.to_bytes(octets or (value.bit_length() + 7) // 8, "big"))


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
