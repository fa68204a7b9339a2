"""Whether a key or a signature can be broken, or is of a kind that clients do not know."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.certificate import Certificate
from tlsca.pki.keys import kind_of
from tlsca.pki.lint.remark import Remark
from tlsca.pki.lint.subject import REKEY, Rule, Subject

_LEAST_RSA_BITS = 2048
_LEAST_EC_BITS = 224  # 112 bits of security, as RSA-2048 (NIST SP 800-57 part 1, table 2)
_USUAL_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_RSA_ENCRYPTION = bytes.fromhex("2a864886f70d010101")
_KEY = "subjectPublicKeyInfo"
_NEW_KEY = "Renew it with a new key: EC P-256, or RSA of at least 2048 bits."


def _weak_key(subject: Subject) -> Iterator[Remark]:
    weakness = _weakness(subject.certificate.public_key)
    if weakness:
        source = "NIST SP 800-131A, 3; CA/B BR 6.1.5"
        yield subject.error("weak-key", _KEY, weakness, fix=_NEW_KEY, source=source, act=REKEY)


def _weakness(key: CertificatePublicKeyTypes | None) -> str:
    if isinstance(key, dsa.DSAPublicKey):
        return f"The key is of DSA, {key.key_size} bits, which FIPS 186-5 gave up and TLS 1.3 does not know."
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        return f"The RSA key has {key.key_size} bits, fewer than {_LEAST_RSA_BITS}."
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < _LEAST_EC_BITS:
        return f"The key's curve {key.curve.name} has {key.key_size} bits, fewer than {_LEAST_EC_BITS}."
    return ""


def _unusual_key(subject: Subject) -> Iterator[Remark]:
    key = subject.certificate.public_key
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.key_size >= _LEAST_EC_BITS and key.curve.name not in _USUAL_CURVES:
            message = f"The key's curve {key.curve.name} is unknown to browsers and to most TLS clients."
            yield subject.warning(
                "unusual-curve",
                _KEY,
                message,
                fix=_NEW_KEY,
                source="RFC 8422, 5.1.1; CA/B BR 6.1.5",
                act=REKEY,
            )
    elif _is_unknown(subject.certificate):
        yield _unknown_key(subject)


def _is_unknown(certificate: Certificate) -> bool:
    """Say whether there is a key that nobody here knows; an RSA key refused for its numbers is known."""
    if certificate.public_key is not None:
        return kind_of(certificate.public_key) == "unknown"
    return certificate.content is not None and _rsa_numbers(certificate) is None


def _unknown_key(subject: Subject) -> Remark:
    message = "The key is of a kind that is not known here, or cannot be read."
    return subject.warning("unknown-key", _KEY, message, fix=_NEW_KEY, source="RFC 5280, 4.1.2.7", act=REKEY)


def _rsa_exponent(subject: Subject) -> Iterator[Remark]:
    """Look at the public exponent; the modulus of a key that `cryptography` refuses is never seen, its exponent is."""
    exponent = _exponent(subject.certificate)
    if exponent is None:
        return
    source = "RFC 8017, 3.1; CA/B BR 6.1.6"
    if exponent < 3 or exponent % 2 == 0:
        message = f"The RSA key's public exponent is {_short(exponent)}, with which nothing is kept secret."
        yield subject.error("rsa-exponent", _KEY, message, fix=_NEW_KEY, source=source, act=REKEY)
    elif exponent < 65537:
        message = f"The RSA key's public exponent is {exponent}, smaller than the usual 65537."
        yield subject.notice("rsa-exponent", _KEY, message, fix=_NEW_KEY, source=source, act=REKEY)


def _short(number: int) -> str:
    return str(number) if number.bit_length() <= 64 else f"an even number of {number.bit_length()} bits"


def _exponent(certificate: Certificate) -> int | None:
    key = certificate.public_key
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_numbers().e
    if key is not None or certificate.content is None:
        return None
    numbers = _rsa_numbers(certificate)
    return numbers[1] if numbers else None


def _rsa_numbers(certificate: Certificate) -> tuple[int, int] | None:
    """Return modulus and exponent of an RSA key, however odd; None if it is none (RFC 8017, A.1.1)."""
    try:
        fields = [
            item for item in der.read(certificate.der).children()[0].children() if item.tag != der.CONTEXT | 0
        ]
        algorithm, key = fields[5].children()
        if algorithm.children()[0].content != _RSA_ENCRYPTION:
            return None
        modulus, exponent = der.read(key.content, 1).children()
        return der.integer(modulus), der.integer(exponent)
    except (DerError, IndexError, ValueError):
        return None


def _weak_signature(subject: Subject) -> Iterator[Remark]:
    digest = subject.certificate.weak_hash
    if digest is None:
        return
    source = "RFC 9155, 2; CA/B BR 7.1.3.2"
    message = f"It is signed with {digest}, for which two certificates with one signature can be made."
    if subject.certificate.is_self_signed and subject.is_ca:
        message = (
            f"The root signed itself with {digest}; it is trusted for its key, so this alone harms nobody."
        )
        yield subject.notice(
            "weak-signature",
            "signatureAlgorithm",
            message,
            fix="Renew it with the same key when it suits.",
            source=source,
        )
    else:
        yield subject.error(
            "weak-signature",
            "signatureAlgorithm",
            message,
            fix="Have it issued anew, signed with SHA-256.",
            source=source,
        )


RULES: tuple[Rule, ...] = (_weak_key, _unusual_key, _rsa_exponent, _weak_signature)
