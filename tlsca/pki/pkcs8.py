"""Private keys under a passphrase of their own: PKCS#8 EncryptedPrivateKeyInfo with a derivation that costs something.

`cryptography` writes PKCS#8 with 2,048 PBKDF2 rounds and offers no choice. Here it is PBES2 (RFC 8018) with PBKDF2-HMAC-SHA256
at 600,000 rounds and AES-256-CBC, which OpenSSL, GnuTLS, Java and NSS all read.
"""

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from tlsca.pki.armour import pem
from tlsca.pki.writing import integer, octet_string, sequence

__all__ = ["ROUNDS", "encrypted", "pem"]

ROUNDS = 600_000
"""PBKDF2 rounds, as OWASP recommends for HMAC-SHA256."""

_PBES2 = bytes.fromhex("06092a864886f70d01050d")  # 1.2.840.113549.1.5.13
_PBKDF2 = bytes.fromhex("06092a864886f70d01050c")  # 1.2.840.113549.1.5.12
_HMAC_SHA256 = bytes.fromhex("300c06082a864886f70d02090500")  # 1.2.840.113549.2.9, NULL
_AES256_CBC = bytes.fromhex("060960864801650304012a")  # 2.16.840.1.101.3.4.1.42


def encrypted(der: bytes, passphrase: bytes, *, salt: bytes, vector: bytes) -> bytes:
    """Return PKCS#8 DER sealed under the passphrase, as DER EncryptedPrivateKeyInfo (RFC 5958, 3).

    `salt` is 16 random octets; `vector`, the initialisation vector, is another 16. Neither may be used twice.
    """
    key = PBKDF2HMAC(hashes.SHA256(), 32, salt, ROUNDS).derive(passphrase)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(AES256(key), CBC(vector)).encryptor()
    ciphertext = encryptor.update(padder.update(der) + padder.finalize()) + encryptor.finalize()
    derivation = sequence(_PBKDF2, sequence(octet_string(salt), integer(ROUNDS), _HMAC_SHA256))
    scheme = sequence(_AES256_CBC, octet_string(vector))
    return sequence(sequence(_PBES2, sequence(derivation, scheme)), octet_string(ciphertext))
