"""Certificates and keys, turned into the file that a program reads."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)

from tlsca.errors import Refused, UsageError
from tlsca.pki import pfx_mac, pkcs8
from tlsca.pki.dump import certificate_text
from tlsca.pki.jwk import jwk
from tlsca.pki.keys import PrivateKey, kind_of
from tlsca.pki.keys import pkcs8 as clear_pkcs8
from tlsca.pki.names import common_name_of
from tlsca.text import printable

PKCS12_ROUNDS = 300_000
"""For certificates, key and MAC each: the most that .NET 9 loads (300,000 for one, 1,000,000 over all; Pkcs12LoaderLimits)."""

COMPATIBLE_ROUNDS = 2048  # what the programs that need 3DES were tested with; more makes old phones time out


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a bundle is made of. `chain` begins with the certificate itself and ends with the root, as far as it is known."""

    chain: tuple[x509.Certificate, ...]
    key: PrivateKey | None = field(default=None, repr=False)
    passphrase: bytes | None = field(default=None, repr=False)
    """What protects a key in the file; None for a key in the clear."""
    friendly_name: str = ""
    crls: tuple[bytes, ...] = ()
    """The newest revocation lists of the authority, DER; only where the format wants them."""
    request: bytes | None = None
    """The certificate's request, PEM; only where the format wants it."""


@dataclass(frozen=True, slots=True)
class Format:
    """One form of file. `build(material, random)` returns its octets; `random` draws salts."""

    name: str
    title: str
    suffix: str
    has_key: bool
    build: Callable[[Material, Callable[[int], bytes]], bytes] = field(repr=False)

    @property
    def binary(self) -> bool:
        """Whether the file holds octets that no terminal can show."""
        return self.suffix in {".der", ".p12", ".truststore.p12"}

    @property
    def takes_passphrase(self) -> bool:
        """Whether a passphrase goes into the file; one that holds no key has a well-known one if none is given."""
        return self.has_key or self.name == "truststore"


def bundle(form: Format, material: Material, *, random: Callable[[int], bytes]) -> bytes:
    """Return the file's octets. Raises Refused when the format cannot hold what there is."""
    if form.has_key and material.key is None:
        raise Refused(
            f"The private key is not in the store, and {form.title} holds one.",
            hint="Export the certificate or its chain instead.",
        )
    return form.build(material, random)


def format_named(name: str) -> Format:
    """Return the format of this name. Raises UsageError."""
    try:
        return FORMATS[name]
    except KeyError:
        raise UsageError(
            f"There is no format called “{printable(name)}”.", hint="Formats: " + ", ".join(FORMATS) + "."
        ) from None


def chain_pem(certificates: tuple[x509.Certificate, ...]) -> bytes:
    """Return certificates as PEM, one after the other."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def without_root(chain: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...]:
    """Return what a server sends: the chain without the root, which its clients have (RFC 8446, 4.4.2)."""
    last = chain[-1]
    return chain[:-1] if len(chain) > 1 and last.subject == last.issuer else chain


def _key_pem(material: Material, random: Callable[[int], bytes]) -> bytes:
    if material.key is None:
        raise Refused("The private key is not in the store.", hint="Only its owner has it.")
    der = clear_pkcs8(material.key)
    if material.passphrase is None:
        return pkcs8.pem("PRIVATE KEY", der)
    sealed = pkcs8.encrypted(der, material.passphrase, salt=random(16), vector=random(16))
    return pkcs8.pem("ENCRYPTED PRIVATE KEY", sealed)


_IN_PKCS12 = (
    rsa.RSAPrivateKey
    | dsa.DSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)


def _pkcs12(material: Material, protection: KeySerializationEncryption) -> bytes:
    key = material.key
    if not isinstance(key, _IN_PKCS12):
        kind = kind_of(key.public_key()) if key else "missing"
        raise Refused(f"PKCS#12 cannot hold a key of kind {kind} yet.", hint="Export pem-all instead.")
    name = material.friendly_name.encode() or None
    return pkcs12.serialize_key_and_certificates(name, key, material.chain[0], material.chain[1:], protection)


def _modern(material: Material, random: Callable[[int], bytes]) -> bytes:
    secret = material.passphrase
    if secret is None:
        return _pkcs12(material, NoEncryption())
    _check_text(secret)
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(PKCS12_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(secret)
    )
    return pfx_mac.with_rounds(_pkcs12(material, protection), secret, salt=random(16), rounds=PKCS12_ROUNDS)


def _check_text(passphrase: bytes) -> None:
    """Refuse a passphrase that is no text: PKCS#12 hashes its characters, not its octets (RFC 7292, B.1)."""
    try:
        passphrase.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(
            "The passphrase is no UTF-8, and PKCS#12 needs one that is text.", hint="Choose another."
        ) from None


def _compatible(material: Material, _random: Callable[[int], bytes]) -> bytes:
    if material.passphrase is None:
        return _pkcs12(material, NoEncryption())
    _check_text(material.passphrase)
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(COMPATIBLE_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303 -- what the programs that this format is for can read
        .build(material.passphrase)
    )
    return _pkcs12(material, protection)


TRUSTSTORE_PASSPHRASE = b"changeit"
"""What Java takes where nothing is said: it protects nothing, since what is inside is public."""

_TRUSTSTORE_ROUNDS = 10_000  # as keytool writes them


def _truststore(material: Material, random: Callable[[int], bytes]) -> bytes:
    """Return the highest authority that is known, marked as trusted in the way that Java asks for."""
    secret = material.passphrase or TRUSTSTORE_PASSPHRASE
    _check_text(secret)
    top = material.chain[-1]
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_TRUSTSTORE_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(secret)
    )
    name = (common_name_of(top.subject) or "authority").lower()
    plain = pkcs12.serialize_java_truststore([pkcs12.PKCS12Certificate(top, name.encode())], protection)
    return pfx_mac.with_rounds(plain, secret, salt=random(16), rounds=_TRUSTSTORE_ROUNDS)


def _crls(material: Material, _random: Callable[[int], bytes]) -> bytes:
    if not material.crls:
        raise Refused("No revocation list was published.", hint="Publish one first, then export it.")
    return b"".join(pkcs8.pem("X509 CRL", der) for der in material.crls)


def _request(material: Material, _random: Callable[[int], bytes]) -> bytes:
    if material.request is None:
        raise Refused(
            "There is no request for this certificate, and no key here to make one with.",
            hint="Whoever has the private key makes it.",
        )
    return material.request


def _text(material: Material, _random: Callable[[int], bytes]) -> bytes:
    return certificate_text(material.chain[0].public_bytes(Encoding.DER), safe=False)


def _ssh_public(material: Material, _random: Callable[[int], bytes]) -> bytes:
    key = material.chain[0].public_key()
    try:
        line = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused(f"OpenSSH has no keys of kind {kind_of(key)}.", hint="Export pem instead.") from None
    comment = re.sub(r"[^!-~]+", "-", material.friendly_name)
    return line + (b" " + comment.encode("ascii") if comment else b"") + b"\n"


_ALL = (
    Format("pem", "the certificate as PEM", ".pem", False, lambda it, _: chain_pem(it.chain[:1])),
    Format(
        "chain",
        "certificate and intermediates as PEM, what a server sends",
        ".chain.pem",
        False,
        lambda it, _: chain_pem(without_root(it.chain)),
    ),
    Format(
        "fullchain",
        "certificate, intermediates and root as PEM",
        ".fullchain.pem",
        False,
        lambda it, _: chain_pem(it.chain),
    ),
    Format("key", "the private key as PKCS#8 PEM", ".key.pem", True, _key_pem),
    Format(
        "pem-all",
        "private key and chain in one PEM",
        ".all.pem",
        True,
        lambda it, random: _key_pem(it, random) + chain_pem(without_root(it.chain)),
    ),
    Format(
        "der",
        "the certificate as DER",
        ".der",
        False,
        lambda it, _: it.chain[0].public_bytes(Encoding.DER),
    ),
    Format(
        "pkcs7",
        "the whole chain as PKCS#7 PEM",
        ".p7b",
        False,
        lambda it, _: pkcs7.serialize_certificates(list(it.chain), Encoding.PEM),
    ),
    Format("pkcs12", "key and chain as PKCS#12, AES-256 (browsers, Windows, Java)", ".p12", True, _modern),
    Format(
        "pkcs12-compatible",
        "key and chain as PKCS#12, 3DES (older phones and macOS)",
        ".p12",
        True,
        _compatible,
    ),
    Format(
        "truststore",
        "the root as PKCS#12, trusted by Java",
        ".truststore.p12",
        False,
        _truststore,
    ),
    Format("crl", "the authority's newest revocation list as PEM", ".crl.pem", False, _crls),
    Format("csr", "a request for the same names and key as PEM", ".csr.pem", False, _request),
    Format("text", "the certificate as OpenSSL prints it", ".txt", False, _text),
    Format(
        "jwk",
        "the public key as JSON Web Key, with its chain",
        ".jwk.json",
        False,
        lambda it, _: jwk(it.chain),
    ),
    Format("ssh-public", "the public key as OpenSSH writes it", ".pub", False, _ssh_public),
)

FORMATS: dict[str, Format] = {form.name: form for form in _ALL}
"""The formats by name, in the order in which they are offered."""
