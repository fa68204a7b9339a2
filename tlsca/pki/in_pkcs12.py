"""A PKCS#12 bundle: how it is built, and the certificates and the key inside."""

import contextlib
from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tlsca.errors import DerError, PassphraseError, PassphraseMissing, PassphraseWrong, Unreadable
from tlsca.pki import derivation, keys
from tlsca.pki.found import CLOSED, Found, Kind, Passphrase, Skipped
from tlsca.pki.in_key import STAYS_CLOSED, public_half
from tlsca.pki.quiet import quietly
from tlsca.pki.rows import Row
from tlsca.pki.sealing import pkcs12_rows
from tlsca.text import printable

_HINT = "Take it apart with `openssl pkcs12`, and open the parts."


def bundle(data: bytes, passphrase: Passphrase) -> Iterator[Found | Skipped]:
    """Yield a DER PFX (RFC 7292, 4) itself, then what is in it unless that stays closed. Raises Unreadable, PassphraseMissing, PassphraseWrong."""
    try:
        derivation.check_pkcs12(data)
    except DerError as error:
        raise Unreadable("The PKCS#12 file is damaged or not whole.", hint="Copy it again.") from error
    try:
        loaded = _opened(data, None if passphrase is CLOSED else passphrase)
    except PassphraseMissing:
        if passphrase is not CLOSED:
            raise
        yield Found(Kind.PKCS12, data, facts=(*pkcs12_rows(data), STAYS_CLOSED))
        return
    yield Found(Kind.PKCS12, data, facts=pkcs12_rows(data))
    for entry in (loaded.cert, *loaded.additional_certs):
        if entry:
            facts = _named(entry.friendly_name)
            yield Found(
                Kind.CERTIFICATE, entry.certificate.public_bytes(Encoding.DER), facts=facts, inside=True
            )
    if loaded.key is not None:
        signer = loaded.key if keys.can_sign(loaded.key) else None
        yield Found(Kind.PRIVATE_KEY, b"", signer, spki=public_half(loaded.key), inside=True)


def _named(friendly_name: bytes | None) -> tuple[Row, ...]:
    return (
        (Row("Friendly name", printable(friendly_name.decode("utf-8", "backslashreplace"))),)
        if friendly_name
        else ()
    )


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
