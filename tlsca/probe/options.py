"""How to probe: everything an operator may choose and everything we know beforehand, as values."""

from dataclasses import dataclass, field
from datetime import timedelta

from tlsca.pki.chain import WARN_WITHIN
from tlsca.probe.proxy import Proxy
from tlsca.probe.trust import Policy, Trust

DEFAULT_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class ClientCredential:
    """A client certificate with its key, in memory."""

    chain: bytes
    """PEM, leaf first."""
    key: bytes = field(repr=False)
    """The private key, PEM, not encrypted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one target is probed."""

    trust: Trust = field(default_factory=lambda: Trust(system=True))
    known: tuple[bytes, ...] = ()
    """Certificates that we happen to know, DER: they explain a gap in a chain and never fill it."""
    client: ClientCredential | None = None
    send_cert_unverified: bool = False
    """Whether a server that could not be verified gets to see the client certificate."""
    min_version: str | None = None
    max_version: str | None = None
    ciphers: str | None = None
    alpn: tuple[str, ...] = ()
    legacy: bool = False
    crls: tuple[bytes, ...] = ()
    """Revocation lists, DER; any asks for revocation checking."""
    proxy: Proxy | None = None
    """The proxy that dials for us and looks names up; None to dial ourselves."""
    timeout: float = DEFAULT_TIMEOUT
    """Seconds for the whole target, all stages together."""
    warn_within: timedelta = WARN_WITHIN
    """How long before its end a certificate is reported as expiring soon."""

    @property
    def verifies(self) -> bool:
        """Whether OpenSSL ends the handshake when the chain does not verify; if not, only our own walk judges it."""
        return not (self.client and self.send_cert_unverified)

    def policy(self, *, check_name: bool) -> Policy:
        """Return what OpenSSL has to know; `check_name` when the name in SNI is the one to verify."""
        return Policy(
            min_version=self.min_version,
            max_version=self.max_version,
            ciphers=self.ciphers,
            alpn=self.alpn,
            legacy=self.legacy,
            verify=self.verifies,
            check_name=check_name,
        )
