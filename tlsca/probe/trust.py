"""What a probe trusts, as a value; and the OpenSSL contexts made from it, kept because making one costs ten handshakes."""

import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tlsca.errors import Unreadable, UsageError
from tlsca.lazy import lazy_property
from tlsca.pki.certificate import Certificate, certificate
from tlsca.pki.quiet import quietly
from tlsca.text import printable

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
"""Protocol versions as an operator writes them."""

# Suites without authentication or encryption would turn "no certificate" into "nothing wrong with the certificate".
_NEVER = "!aNULL:!eNULL"
_EVERYTHING = "ALL"
_LARGEST_STORE_FILE = 16 * 1024 * 1024

MessageCallback = Callable[[Any, str, int, int, int, bytes], None]


@dataclass(frozen=True)
class Trust:
    """Whom to trust: a value, so that equal trusts share one context."""

    system: bool
    """Whether the roots of this machine are trusted."""
    roots: tuple[bytes, ...] = ()
    """Certificates trusted beside them, DER. One that did not sign itself is only known, unless `partial` is set."""
    partial: bool = False
    """Whether a chain may end in a trusted certificate that did not sign itself."""

    @lazy_property
    def anchors(self) -> tuple[bytes, ...]:
        """Every certificate that OpenSSL may end a path in, those of the system apart, DER."""
        return tuple(der for der in self.roots if self.partial or _may_end_a_path(certificate(der)))

    def everything(self) -> tuple[bytes, ...]:
        """Return all trusted certificates, those of the system included, DER."""
        return (*self.roots, *system_roots()) if self.system else self.roots


def _may_end_a_path(root: Certificate) -> bool:
    """Say whether this is a root; one that cannot be read here is left for OpenSSL to judge."""
    return root.content is None or root.is_self_signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a handshake is made, as far as OpenSSL has to know beforehand."""

    min_version: str | None = None
    """`1.0` to `1.3`; None for 1.2, or 1.0 with `legacy`."""
    max_version: str | None = None
    ciphers: str | None = None
    """Suites up to TLS 1.2 in OpenSSL's notation."""
    alpn: tuple[str, ...] = ()
    legacy: bool = False
    """Whether to offer everything that OpenSSL can still speak."""
    verify: bool = True
    """Whether OpenSSL ends the handshake when the chain does not verify."""
    check_name: bool = True
    """Whether OpenSSL holds the certificate against the name in SNI."""


@lru_cache(maxsize=32)
def context(
    trust: Trust, policy: Policy, callback: MessageCallback, object_class: type[ssl.SSLObject]
) -> ssl.SSLContext:
    """Return the context of a trust and a policy, the same one for equal values: it may serve many handshakes at once."""
    return new_context(trust, policy, callback, object_class)


def new_context(
    trust: Trust, policy: Policy, callback: MessageCallback, object_class: type[ssl.SSLObject]
) -> ssl.SSLContext:
    """Return a context of its own, for a handshake that carries a private key.

    Raises UsageError for ciphers that OpenSSL does not know, Unreadable for a trusted certificate that it cannot read.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = policy.verify and policy.check_name
    made.verify_mode = ssl.CERT_REQUIRED if policy.verify else ssl.CERT_NONE
    made.hostname_checks_common_name = False
    # Set, not added: Python 3.13 starts with STRICT and PARTIAL_CHAIN, and the verdict must not depend on the interpreter.
    made.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST
    if trust.partial:
        made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    _set_protocol(made, policy)
    _load_trust(made, trust)
    made.sslobject_class = object_class
    _overhear(made, callback)
    return made


def _overhear(made: ssl.SSLContext, callback: MessageCallback) -> None:
    """Set OpenSSL's message callback on the inner context: the outer setter makes four enumerations of every message."""
    inner: Any = ssl.SSLContext.__base__
    inner._msg_callback.__set__(made, callback)  # noqa: SLF001 -- the only way to see messages


def _set_protocol(made: ssl.SSLContext, policy: Policy) -> None:
    lowest = policy.min_version or ("1.0" if policy.legacy else "1.2")
    with quietly(DeprecationWarning):  # versions before 1.2, which an operator may have to look at
        made.minimum_version = _version(lowest)
        if policy.max_version:
            made.maximum_version = _version(policy.max_version)
    if policy.legacy:
        made.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    suites = policy.ciphers or (_EVERYTHING if policy.legacy else "DEFAULT")
    # OpenSSL 3 speaks TLS 1.0 and 1.1 at level 0 only, because their handshakes sign MD5 and SHA-1.
    level = 0 if policy.legacy or lowest in {"1.0", "1.1"} else 2
    try:
        made.set_ciphers(f"{suites}:{_NEVER}:@SECLEVEL={level}")
    except ssl.SSLError as problem:
        raise UsageError(
            f"OpenSSL knows no cipher suite in “{printable(suites)}”.",
            hint="Write them as `openssl ciphers` does.",
        ) from problem
    if policy.alpn:
        _set_alpn(made, policy.alpn)


def _version(text: str) -> ssl.TLSVersion:
    version = VERSIONS.get(text)
    if version is None:
        raise UsageError(f"“{printable(text)}” is no TLS version.", hint=f"Known are {', '.join(VERSIONS)}.")
    return version


def _set_alpn(made: ssl.SSLContext, names: tuple[str, ...]) -> None:
    try:
        made.set_alpn_protocols(list(names))
    except (ssl.SSLError, UnicodeError) as problem:
        raise UsageError(
            f"“{printable(','.join(names))}” are no ALPN names.",
            hint="Each has 1 to 255 ASCII characters, as h2.",
        ) from problem


def _load_trust(made: ssl.SSLContext, trust: Trust) -> None:
    if trust.system:
        made.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if not trust.anchors:
        return
    try:
        made.load_verify_locations(cadata=b"".join(trust.anchors))
    except ssl.SSLError as problem:
        raise Unreadable(
            "A certificate given as trusted cannot be read.", hint="Give CA certificates."
        ) from problem


@lru_cache(maxsize=1)
def system_roots() -> tuple[bytes, ...]:
    """Return the roots of this machine as DER, for telling why a chain does not lead to one of them.

    OpenSSL reads its directory of hashed names only as it needs them and does not list it, so the files are read here.
    """
    loaded = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    loaded.load_default_certs(ssl.Purpose.SERVER_AUTH)
    found = list(loaded.get_ca_certs(binary_form=True))
    folder = ssl.get_default_verify_paths().capath
    if folder:
        found += _hashed(Path(folder))
    return tuple(dict.fromkeys(found))


def _hashed(folder: Path) -> Iterator[bytes]:
    """Read the files that OpenSSL would look into: eight hexadecimal digits of the subject's hash, a dot and a number."""
    try:
        files = sorted(file for file in folder.iterdir() if re.fullmatch(r"[0-9a-f]{8}\.[0-9]+", file.name))
    except OSError:
        return
    for file in files:
        try:
            if file.stat().st_size <= _LARGEST_STORE_FILE:
                yield ssl.PEM_cert_to_DER_cert(_first_pem(file.read_text("ascii", "replace")))
        except (OSError, ValueError):
            continue


def _first_pem(text: str) -> str:
    begin, end = text.find(ssl.PEM_HEADER), text.find(ssl.PEM_FOOTER)
    return text[begin : end + len(ssl.PEM_FOOTER)] if begin >= 0 else ""
