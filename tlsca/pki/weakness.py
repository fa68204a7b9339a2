"""From where on a key or a signature is weak: the numbers that a chain and a single certificate are judged by.

Apart from both, because they are wanted also where nothing is loaded that could use a key.
"""

from collections.abc import Mapping
from types import MappingProxyType

LEAST_RSA_BITS = 2048
"""112 bits of security, OpenSSL's level 2 (NIST SP 800-57 part 1, table 2)."""
LEAST_EC_BITS = 224
"""The same of elliptic curves."""

WEAK_SIGNATURES: Mapping[str, str] = MappingProxyType(
    {
        "1.2.840.113549.1.1.2": "MD2",
        "1.2.840.113549.1.1.4": "MD5",
        "1.2.840.113549.1.1.5": "SHA-1",
        "1.3.14.3.2.29": "SHA-1",
        "1.3.14.3.2.27": "SHA-1",
        "1.2.840.10040.4.3": "SHA-1",
        "1.2.840.10045.4.1": "SHA-1",
    }
)
"""Signature algorithms by OID (RFC 3279 and older) whose hash has known collisions."""
