"""The MAC of a PKCS#12 file, made as costly to guess a passphrase by as the keys inside.

`cryptography` always derives it with 2,048 rounds, so whoever wants the passphrase would try the MAC and not the cipher.
"""

import hashlib
import hmac

from tlsca.pki import der
from tlsca.pki.writing import integer, octet_string, sequence

_SHA256 = bytes.fromhex("300d06096086480165030402010500")  # 2.16.840.1.101.3.4.2.1, NULL
_BLOCK = 64  # octets that SHA-256 hashes at a time
_MAC_KEY = 3  # RFC 7292, B.3: what the derived octets are for


def with_rounds(pfx: bytes, passphrase: bytes, *, salt: bytes, rounds: int) -> bytes:
    """Return a PFX (RFC 7292, 4) with a new MAC: HMAC-SHA256, its key derived with this salt and so many rounds."""
    version, safe = der.read(pfx).children()[:2]
    content = der.octets(der.explicit(safe.children()[1]))
    mac = hmac.digest(_derived(passphrase, salt, rounds), content, "sha256")
    mac_data = sequence(sequence(_SHA256, octet_string(mac)), octet_string(salt), integer(rounds))
    return sequence(version.encoding, safe.encoding, mac_data)


def _derived(passphrase: bytes, salt: bytes, rounds: int) -> bytes:
    """Derive 32 octets as RFC 7292, B.2 does; one output block of SHA-256 is enough, so its step 6C falls away."""
    password = passphrase.decode("utf-8").encode("utf-16-be") + b"\0\0"
    digest = bytes([_MAC_KEY]) * _BLOCK + _filled(salt) + _filled(password)
    for _ in range(rounds):
        digest = hashlib.sha256(digest).digest()
    return digest


def _filled(octets: bytes) -> bytes:
    """Repeat octets until they fill whole blocks."""
    length = -(-len(octets) // _BLOCK) * _BLOCK
    return (octets * (length // max(len(octets), 1) + 1))[:length]
