"""Whether a key or a signature can be broken, or is of a kind that clients do not know."""

from collections.abc import Iterator

from tlsca.pki.lint.facts import Key
from tlsca.pki.lint.remark import Remark
from tlsca.pki.lint.subject import REKEY, Rule, Subject
from tlsca.pki.weakness import LEAST_EC_BITS, LEAST_RSA_BITS

_USUAL_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_KEY = "subjectPublicKeyInfo"
_NEW_KEY = "Renew it with a new key: EC P-256, or RSA of at least 2048 bits."


def _weak_key(subject: Subject) -> Iterator[Remark]:
    weakness = _weakness(subject.facts.key) if subject.facts.key else ""
    if weakness:
        source = "NIST SP 800-131A, 3; CA/B BR 6.1.5"
        yield subject.error("weak-key", _KEY, weakness, fix=_NEW_KEY, source=source, act=REKEY)


def _weakness(key: Key) -> str:
    match key.family:
        case "dsa":
            return f"The key is of DSA, {key.bits} bits, which FIPS 186-5 gave up and TLS 1.3 does not know."
        case "rsa" if key.bits < LEAST_RSA_BITS:
            return f"The RSA key has {key.bits} bits, fewer than {LEAST_RSA_BITS}."
        case "ec" if key.bits < LEAST_EC_BITS:
            return f"The key's curve {key.curve} has {key.bits} bits, fewer than {LEAST_EC_BITS}."
        case _:
            return ""


def _unusual_key(subject: Subject) -> Iterator[Remark]:
    key = subject.facts.key
    if key is not None and key.family == "ec":
        if key.bits >= LEAST_EC_BITS and key.curve not in _USUAL_CURVES:
            message = f"The key's curve {key.curve} is unknown to browsers and to most TLS clients."
            yield subject.warning(
                "unusual-curve",
                _KEY,
                message,
                fix=_NEW_KEY,
                source="RFC 8422, 5.1.1; CA/B BR 6.1.5",
                act=REKEY,
            )
    elif subject.facts.has_unknown_key:
        message = "The key is of a kind that is not known here, or cannot be read."
        yield subject.warning(
            "unknown-key", _KEY, message, fix=_NEW_KEY, source="RFC 5280, 4.1.2.7", act=REKEY
        )


def _rsa_exponent(subject: Subject) -> Iterator[Remark]:
    exponent = subject.facts.exponent
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


def _weak_signature(subject: Subject) -> Iterator[Remark]:
    digest = subject.facts.weak_hash
    if digest is None:
        return
    source = "RFC 9155, 2; CA/B BR 7.1.3.2"
    message = f"It is signed with {digest}, for which two certificates with one signature can be made."
    if subject.is_ca and subject.is_self_signed:
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
