"""Private keys as XCA's database holds them: PKCS#8 under a passphrase, and before XCA 2.0 a form of its own.

The old form (pki_evp.cpp, `legacyDecryptKey`) is a salt of eight octets and the traditional key under Triple-DES, whose key comes of
one round of OpenSSL's EVP_BytesToKey with SHA-1, and whose initialisation vector is the salt.
"""

import hashlib

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from tlsca.errors import PassphraseMissing, PassphraseWrong, Unreadable
from tlsca.pki.derivation import is_sealed
from tlsca.pki.keys import PrivateKey, load_private

_NO_PASSPHRASE = b"Bogus"  # what XCA 2 seals a key under that it shall ask no passphrase for

_SALT = 8
_TRIPLE_DES_KEY = 24
_BLOCK = 8


def open_xca_key(data: bytes, passphrase: bytes | None) -> PrivateKey:
    """Open a private key of an XCA database. Raises PassphraseMissing, PassphraseWrong, Unreadable."""
    if is_sealed(data):
        return load_private(data, passphrase)
    if len(data) <= _SALT or len(data) % _BLOCK:
        raise Unreadable("This is no private key of an XCA database.")
    if passphrase is None:
        raise PassphraseMissing("The private key is encrypted.", hint="Give the database's passphrase.")
    try:
        return load_private(_deciphered(data[:_SALT], data[_SALT:], passphrase), None)
    except (ValueError, Unreadable):
        raise PassphraseWrong("The passphrase does not open this private key.", hint="Try again.") from None


def open_xca_key_without_passphrase(data: bytes) -> PrivateKey:
    """Open a key that XCA asks no passphrase for. Raises Unreadable."""
    try:
        return open_xca_key(data, _NO_PASSPHRASE if is_sealed(data) else b"")
    except PassphraseWrong:
        raise Unreadable(
            "This private key was to need no passphrase, and does not open without one."
        ) from None


def _deciphered(salt: bytes, sealed: bytes, passphrase: bytes) -> bytes:
    key, block = b"", b""
    while len(key) < _TRIPLE_DES_KEY:
        block = hashlib.sha1(block + passphrase + salt).digest()  # noqa: S324 -- what the file was sealed with
        key += block
    decryptor = Cipher(TripleDES(key[:_TRIPLE_DES_KEY]), CBC(salt)).decryptor()
    unpadder = PKCS7(_BLOCK * 8).unpadder()
    return unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
