"""Any bytes, and the certificates, requests, lists and keys inside them.

PEM with text around it, bare DER, base64 without armour, PKCS#7, PKCS#8, PKCS#12: an operator hands over a file and should not
have to know which it is.
"""

import base64
import binascii
import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12

from tlsca.errors import DerError, PassphraseError, PassphraseMissing, PassphraseWrong, Unreadable
from tlsca.pki import der, derivation
from tlsca.pki.keys import PrivateKey, can_sign, load_private
from tlsca.pki.quiet import quietly

LARGEST = 64 * 1024 * 1024
"""More octets than this are not looked at."""


class Kind(StrEnum):
    """What an object is; each value is a word for a person."""

    CERTIFICATE = "certificate"
    REQUEST = "certificate request"
    CRL = "certificate revocation list"
    PRIVATE_KEY = "private key"


@dataclass(frozen=True, slots=True)
class Found:
    """One object that was found in a file."""

    kind: Kind
    der: bytes = field(repr=False)
    """The DER of a certificate, request or list; empty for a private key, which only `key` holds."""
    key: PrivateKey | None = field(default=None, repr=False)


_PEM_END = re.compile(rb"-----END ([A-Z0-9 ]{1,64})-----")
_KIND_OF_LABEL = {
    b"CERTIFICATE": Kind.CERTIFICATE,
    b"X509 CERTIFICATE": Kind.CERTIFICATE,
    b"CERTIFICATE REQUEST": Kind.REQUEST,
    b"NEW CERTIFICATE REQUEST": Kind.REQUEST,
    b"X509 CRL": Kind.CRL,
}
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_HINT = "Certificates, requests, CRLs, keys, PKCS#7 and PKCS#12 can be read, as PEM or DER."


def read(data: bytes, *, passphrase: bytes | None = None, name: str = "This file") -> tuple[Found, ...]:
    """Return every object in the bytes, in their order; `name` says in errors what they came from.

    `passphrase` opens an encrypted key or a PKCS#12. Raises Unreadable, PassphraseMissing, PassphraseWrong.
    """
    if len(data) > LARGEST:
        raise Unreadable(
            f"{name} has {len(data):,} octets, more than the {LARGEST:,} that are looked at.", hint=_HINT
        )
    found = tuple(_in_pem(data, passphrase)) if b"-----BEGIN " in data else _in_der(data, passphrase)
    if not found and _BASE64.fullmatch(data):
        found = _in_base64(data, passphrase)
    if not found:
        raise Unreadable(f"{name} holds nothing that tlsca knows.", hint=_HINT)
    return found


def certificates(data: bytes, *, name: str = "This file") -> tuple[x509.Certificate, ...]:
    """Return the certificates among what `read` finds. Raises Unreadable when there is none, or one cannot be loaded."""
    ders = [found.der for found in read(data, name=name) if found.kind is Kind.CERTIFICATE]
    if not ders:
        raise Unreadable(f"{name} holds no certificate.", hint=_HINT)
    return tuple(load_certificate(der) for der in ders)


def load_certificate(der: bytes) -> x509.Certificate:
    """Load a DER certificate. Raises Unreadable."""
    try:
        with quietly(UserWarning):
            return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion) as error:
        raise Unreadable("These bytes are no certificate that can be read.", hint=_HINT) from error


def _in_pem(data: bytes, passphrase: bytes | None) -> Iterator[Found]:
    for label, body in _pem_blocks(data):
        kind = _KIND_OF_LABEL.get(label)
        if kind is not None:
            yield Found(kind, _unarmoured(body))
        elif label.endswith(b"PRIVATE KEY"):
            block = b"-----BEGIN %s-----%s-----END %s-----\n" % (label, body, label)
            yield Found(Kind.PRIVATE_KEY, b"", load_private(block, passphrase))
        elif label == b"TRUSTED CERTIFICATE":
            # What follows the certificate is OpenSSL's own trust settings.
            yield Found(Kind.CERTIFICATE, der.read(_unarmoured(body)).encoding)
        elif label in {b"PKCS7", b"CMS"}:
            yield from _pkcs7(_unarmoured(body), passphrase)


def _pem_blocks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield label and body of each PEM block (RFC 7468); a BEGIN without its END is text like any other.

    Goes from END to END, so that a file of nothing but BEGINs costs one pass and not one for each of them.
    """
    start = 0
    for end in _PEM_END.finditer(data):
        opening = b"-----BEGIN %s-----" % end[1]
        begin = data.rfind(opening, start, end.start())
        if begin >= 0:
            yield end[1], data[begin + len(opening) : end.start()]
        start = end.end()


def _unarmoured(body: bytes) -> bytes:
    # RFC 1421 headers, as some tools still write.
    lines = [line for line in body.splitlines() if b":" not in line]
    try:
        return base64.b64decode(b"".join(lines))
    except binascii.Error as error:
        raise Unreadable("A PEM block does not hold base64.", hint="Copy it again, whole.") from error


def _in_base64(data: bytes, passphrase: bytes | None) -> tuple[Found, ...]:
    try:
        return _in_der(base64.b64decode(b"".join(data.split()), validate=True), passphrase)
    except binascii.Error:
        return ()


def _in_der(data: bytes, passphrase: bytes | None) -> tuple[Found, ...]:
    if data[:1] != b"\x30":
        return ()
    for reader in (_pkcs12, _plain, _private_key, _pkcs7, _misshapen):
        found = reader(data, passphrase)
        if found:
            return found
    return ()


_LOADERS: tuple[tuple[Kind, Callable[[bytes], object]], ...] = (
    (Kind.CERTIFICATE, x509.load_der_x509_certificate),
    (Kind.REQUEST, x509.load_der_x509_csr),
    (Kind.CRL, x509.load_der_x509_crl),
)


def _plain(data: bytes, _passphrase: bytes | None) -> tuple[Found, ...]:
    for kind, load in _LOADERS:
        try:
            with quietly(UserWarning):  # serial numbers below one, which old roots have
                load(data)
        except (ValueError, x509.InvalidVersion):
            continue
        return (Found(kind, data),)
    return ()


def _private_key(data: bytes, passphrase: bytes | None) -> tuple[Found, ...]:
    try:
        return (Found(Kind.PRIVATE_KEY, b"", load_private(data, passphrase)),)
    except PassphraseError:
        raise
    except Unreadable:
        if len(data) <= derivation.LARGEST and derivation.is_sealed(data):
            raise
        return ()


def _is_pkcs12(data: bytes) -> bool:
    """Say whether the bytes begin as a PFX does: SEQUENCE { INTEGER 3 … (RFC 7292, 4)."""
    header = 2 + (data[1] & 0x7F if len(data) > 1 and data[1] & 0x80 else 0)
    return data[header : header + 3] == b"\x02\x01\x03"


def _pkcs12(data: bytes, passphrase: bytes | None) -> tuple[Found, ...]:
    if not _is_pkcs12(data):
        return ()
    try:
        derivation.check_pkcs12(data)
    except DerError as error:
        raise Unreadable("The PKCS#12 file is damaged or not whole.", hint="Copy it again.") from error
    bundle = _opened(data, passphrase)
    loaded = [entry.certificate for entry in (bundle.cert, *bundle.additional_certs) if entry]
    found = [Found(Kind.CERTIFICATE, certificate.public_bytes(Encoding.DER)) for certificate in loaded]
    if can_sign(bundle.key):
        found.append(Found(Kind.PRIVATE_KEY, b"", bundle.key))
    return tuple(found)


def _opened(data: bytes, passphrase: bytes | None) -> pkcs12.PKCS12KeyAndCertificates:
    """Open a PKCS#12 file; without a passphrase the empty one is tried too, which many trust stores have."""
    try:
        with quietly(UserWarning):  # BER, as NSS and Windows write it, is no news for an operator
            return pkcs12.load_pkcs12(data, passphrase)
    except (UnsupportedAlgorithm, ValueError, TypeError) as error:
        refused = "password" in str(error).lower() or "mac" in str(error).lower()
    if not refused:
        raise Unreadable("The PKCS#12 file cannot be read.", hint=_HINT)
    if passphrase:
        raise PassphraseWrong("The passphrase does not open this PKCS#12 file.", hint="Try again.")
    if passphrase is None:
        with contextlib.suppress(PassphraseError):
            return _opened(data, b"")
    raise PassphraseMissing("The PKCS#12 file is under a passphrase.", hint="Give its passphrase.")


def _pkcs7(data: bytes, _passphrase: bytes | None) -> tuple[Found, ...]:
    try:
        with quietly(UserWarning):
            loaded = pkcs7.load_der_pkcs7_certificates(data)
    except (UnsupportedAlgorithm, ValueError, x509.InvalidVersion):
        return ()
    return tuple(Found(Kind.CERTIFICATE, certificate.public_bytes(Encoding.DER)) for certificate in loaded)


def _misshapen(data: bytes, _passphrase: bytes | None) -> tuple[Found, ...]:
    """Recognise what `cryptography` does not load by its shape alone, so that it can still be looked at."""
    if _tags(data) != [der.SEQUENCE, der.SEQUENCE, der.BIT_STRING]:
        return ()
    inside = _tags(der.read(data).children()[0].encoding)
    times = {der.UTC_TIME, der.GENERALIZED_TIME}
    if der.CONTEXT | 0 in inside[:1] or inside.count(der.SEQUENCE) >= 4:
        kind = Kind.CERTIFICATE
    else:
        kind = Kind.CRL if times & set(inside) else Kind.REQUEST
    return (Found(kind, data),)


def _tags(data: bytes) -> list[int]:
    """Return the tags of the elements in the outermost one; none if it is no DER, or too much to be taken apart."""
    if len(data) > derivation.LARGEST:
        return []
    try:
        return [element.tag for element in der.read(data).children()]
    except DerError:
        return []
