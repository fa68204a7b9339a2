"""The facts of a certificate as `cryptography` reads it, or as much of them as it does."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import NameOID

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.certificate import Certificate
from tlsca.pki.identity import general_name_text
from tlsca.pki.key_rows import rsa_numbers
from tlsca.pki.keys import kind_of
from tlsca.pki.lint import facts
from tlsca.pki.lint.facts import USAGE_BITS, Facts, Key, Name
from tlsca.pki.names import common_name_of

_BITS = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")  # fmt: skip
"""`USAGE_BITS` as `cryptography` names them."""
_KINDS: tuple[tuple[type[x509.GeneralName], str], ...] = (
    (x509.DNSName, facts.DNS),
    (x509.IPAddress, facts.IP_ADDRESS),
    (x509.RFC822Name, facts.EMAIL),
    (x509.UniformResourceIdentifier, facts.URI),
)


def loaded_facts(one: Certificate) -> Facts:
    """Return the facts of any certificate."""
    written = one.subject_name.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
    usages = one.value(x509.ExtendedKeyUsage) or ()
    return Facts(
        sha256=one.sha256,
        label=one.label,
        is_readable=one.content is not None,
        is_legible=one.flaw is None,
        has_legible_names=one.has_legible_names,
        is_version_3=one.is_version_3,
        serial=one.serial_number,
        not_before=one.not_before,
        not_after=one.not_after,
        weak_hash=one.weak_hash,
        key=_key(one),
        exponent=_exponent(one),
        has_unknown_key=_has_unknown_key(one),
        has_issuer=one.issuer != "",
        subject=tuple(str(attribute.value) for attribute in one.subject_name),
        common_name=common_name_of(one.subject_name) or "",
        mail_addresses=tuple(str(attribute.value) for attribute in written),
        extensions={extension.oid.dotted_string: extension.critical for extension in one.extensions},
        has_key_identifier=one.key_identifier is not None,
        has_authority_key_identifier=one.authority_key_identifier is not None,
        key_usage=_usage_bits(one.value(x509.KeyUsage)),
        usages=frozenset(usage.dotted_string for usage in usages),
        names=tuple(Name(_kind(name), general_name_text(name)) for name in one.general_names),
        is_ca=one.is_ca,
        is_self_issued=one.is_self_issued,
    )


def _usage_bits(usage: x509.KeyUsage | None) -> tuple[str, ...] | None:
    if usage is None:
        return None
    return tuple(name for name, attribute in zip(USAGE_BITS, _BITS, strict=True) if getattr(usage, attribute))


def _kind(name: x509.GeneralName) -> str:
    return next((kind for form, kind in _KINDS if isinstance(name, form)), facts.OTHER)


def _key(one: Certificate) -> Key | None:
    key = one.public_key
    if isinstance(key, ec.EllipticCurvePublicKey):
        return Key(kind_of(key), key.key_size, key.curve.name)
    if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey):
        return Key(kind_of(key), key.key_size)
    return None if key is None else Key(kind_of(key), 0)


def _has_unknown_key(one: Certificate) -> bool:
    """Say whether there is a key that nobody here knows; an RSA key refused for its numbers is known."""
    if one.public_key is not None:
        return kind_of(one.public_key) == "unknown"
    return one.content is not None and rsa_numbers(_spki(one.der)) is None


def _exponent(one: Certificate) -> int | None:
    """Return an RSA key's public exponent; the modulus of one that `cryptography` refuses is never seen, its exponent is."""
    if isinstance(one.public_key, rsa.RSAPublicKey):
        return one.public_key.public_numbers().e
    if one.public_key is not None or one.content is None:
        return None
    numbers = rsa_numbers(_spki(one.der))
    return numbers[1] if numbers else None


def _spki(certificate: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo; empty where there is none at its place."""
    try:
        fields = der.read(certificate).children()[0].children()
        return [field for field in fields if field.tag != der.CONTEXT | 0][5].encoding
    except (DerError, IndexError):
        return b""
