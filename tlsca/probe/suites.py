"""What a cipher suite is worth: whether it keeps the past secret once a key is lost, and what is known to break it."""

import ssl
from dataclasses import dataclass
from functools import lru_cache

from tlsca.probe.suite_names import CIPHER_SUITES

# What is in a suite's name, and why it is weak; the first that is found tells.
_WEAKNESSES = (
    ("_anon_", "no authentication: anybody can stand in between"),
    ("_NULL_", "no encryption"),
    ("_EXPORT_", "40-bit keys, broken by hand-held devices"),
    ("_DES40_", "40-bit keys, broken by hand-held devices"),
    ("_RC4_", "RC4 leaks plaintext (RFC 7465)"),
    ("_RC2_", "RC2 has 64-bit blocks and is retired"),
    ("_DES_", "56-bit keys"),
    ("_3DES_", "64-bit blocks: Sweet32 (CVE-2016-2183)"),
    ("_IDEA_", "IDEA has 64-bit blocks and is retired (RFC 5469)"),
    ("_28147_", "GOST 28147 has 64-bit blocks"),
)
_EPHEMERAL = ("TLS_ECDHE_", "TLS_DHE_", "TLS_PSK_DHE_")
_AEAD = ("_GCM_", "_CCM", "_POLY1305_")


@dataclass(frozen=True, slots=True)
class Suite:
    """One cipher suite."""

    number: int
    name: str
    """IANA's name: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`."""
    openssl: str
    """OpenSSL's name: `ECDHE-RSA-AES128-GCM-SHA256`; empty for one that this OpenSSL does not know."""

    @property
    def is_tls13(self) -> bool:
        """Whether it names a cipher alone, as those of TLS 1.3 do."""
        return self.name.startswith("TLS_") and "_WITH_" not in self.name

    @property
    def forward_secrecy(self) -> bool:
        """Whether what is recorded today stays secret when the server's key is stolen tomorrow."""
        return self.is_tls13 or self.name.startswith(_EPHEMERAL) or "_anon_" in self.name

    @property
    def is_aead(self) -> bool:
        """Whether it encrypts and authenticates in one (RFC 5116), which no padding attack meets."""
        return any(mark in self.name for mark in _AEAD) or self.is_tls13

    @property
    def weakness(self) -> str:
        """Why nobody should accept it any more; empty where nothing is known against it."""
        for mark, why in _WEAKNESSES:
            if mark in f"{self.name}_":
                return why
        return "MD5 authenticates it" if self.name.endswith("_MD5") else ""


def suite(number: int) -> Suite:
    """Return the suite of a number; one that has no name is called by it."""
    name = CIPHER_SUITES.get(number) or f"0x{number:04X}"
    return Suite(number, name, _openssl_names().get(number, ""))


@lru_cache(maxsize=1)
def all_suites() -> tuple[Suite, ...]:
    """Return every suite, those that nobody should take last: a host that takes the client's first choice gets a good one."""
    return tuple(sorted(map(suite, CIPHER_SUITES), key=_worth))


def _worth(one: Suite) -> tuple[bool, bool, bool, bool, int]:
    return (bool(one.weakness), "PSK" in one.name, not one.forward_secrecy, not one.is_aead, one.number)


@lru_cache(maxsize=1)
def _openssl_names() -> dict[int, str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return {one["id"] & 0xFFFF: one["name"] for one in context.get_ciphers()}
