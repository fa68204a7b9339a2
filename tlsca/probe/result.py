"""What a probe found out: frozen values, and the JSON form that scripts depend on.

The panel, the command line and the store's last-seen marks all read this one value, so what it says is said everywhere alike.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tlsca.pki.certificate import Certificate
from tlsca.pki.finding import Finding
from tlsca.probe.deep import Depth
from tlsca.probe.enumeration import Capabilities
from tlsca.probe.messages import Direction, Message
from tlsca.probe.target import Target

__all__ = [
    "ClientAuth",
    "Direction",
    "Inventory",
    "Message",
    "Outcome",
    "Problem",
    "Result",
    "Timings",
    "Tls",
]

Problem = Finding
"""One thing that is wrong, with its culprit and its fix."""


class Outcome(StrEnum):
    """What became of a probe as a whole."""

    TRUSTED = "trusted"
    """Handshake done, chain and name verified, any demanded client certificate accepted."""
    UNTRUSTED = "untrusted"
    """TLS was spoken, but verification or client authentication failed."""
    FAILED = "failed"
    """No TLS session came about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What was negotiated."""

    version: str | None
    """`TLSv1.3`, as `SSLSocket.version()` names it."""
    cipher: tuple[str, str, int] | None
    """Name, protocol and secret bits, as `SSLSocket.cipher()`."""
    group: str | None
    """The key-exchange group: `x25519`; None for RSA key transport."""
    signature: str | None
    """The scheme of the server's signature in the handshake: `ecdsa_secp256r1_sha256`."""
    alpn: str | None
    peercert: dict[str, Any] | None
    """The `getpeercert()` dictionary, also when verification failed; its text is foreign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAuth:
    """What the server wants to know of us; None stands for what cannot be told."""

    requested: bool | None = None
    required: bool | None = None
    accepted: bool | None = None
    acceptable_cas: tuple[str, ...] = ()
    """The authorities that the server says it accepts, RFC 4514, safe for a terminal."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What our own store knows of the leaf."""

    state: str
    """`current`, `superseded`, `revoked` or `unknown`."""
    ref: str | None
    newer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds that each stage took; None for a stage not reached."""

    dns: float | None = None
    tcp: float | None = None
    starttls: float | None = None
    tls: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything that one probe found out."""

    target: Target
    address: str | None
    """The IP address really dialled."""
    verdict: Outcome
    problems: tuple[Finding, ...]
    """Gravest first."""
    tls: Tls | None
    chain_sent: tuple[Certificate, ...]
    """As the peer sent it."""
    chain_verified: tuple[Certificate, ...]
    """The path from the leaf to something trusted; empty where there is none."""
    client_auth: ClientAuth
    inventory: Inventory | None = None
    strict: tuple[str, ...] = ()
    """Codes of what a strict client would refuse, though this probe accepted."""
    timings_ms: Timings = field(default_factory=Timings)
    transcript: tuple[Message, ...] = ()
    accepts: Capabilities | None = None
    """What else the host would accept; None where nobody asked."""
    depth: Depth | None = None
    """What a modern client learns; None where nobody asked."""

    def to_json(self) -> dict[str, Any]:
        """Return the public JSON object; keys and codes only ever get added."""
        return {
            "target": _target_json(self),
            "verdict": self.verdict.value,
            "problems": [problem.to_json() for problem in self.problems],
            "tls": _tls_json(self.tls),
            "chain_sent": [one.to_json() | {"pem": one.pem} for one in self.chain_sent],
            "chain_verified": [one.to_json() | {"pem": one.pem} for one in self.chain_verified],
            "client_auth": _client_auth_json(self.client_auth),
            "inventory": _inventory_json(self.inventory),
            "strict": list(self.strict),
            "timings_ms": _timings_json(self.timings_ms),
            "transcript": [_message_json(message) for message in self.transcript],
            **({"accepts": self.accepts.to_json()} if self.accepts else {}),
            **({"deep": self.depth.to_json()} if self.depth else {}),
        }


def _target_json(result: Result) -> dict[str, Any]:
    target = result.target
    return {
        "host": target.host,
        "port": target.port or None,
        "address": result.address,
        "server_name": target.server_name,
        "starttls": target.starttls,
    }


def _tls_json(tls: Tls | None) -> dict[str, Any] | None:
    if tls is None:
        return None
    return {
        "version": tls.version,
        "cipher": list(tls.cipher) if tls.cipher else None,
        "group": tls.group,
        "signature": tls.signature,
        "alpn": tls.alpn,
        "peercert": tls.peercert,
    }


def _client_auth_json(auth: ClientAuth) -> dict[str, Any]:
    return {
        "requested": auth.requested,
        "required": auth.required,
        "accepted": auth.accepted,
        "acceptable_cas": list(auth.acceptable_cas),
    }


def _inventory_json(inventory: Inventory | None) -> dict[str, Any] | None:
    if inventory is None:
        return None
    return {"state": inventory.state, "ref": inventory.ref, "newer": inventory.newer}


def _timings_json(timings: Timings) -> dict[str, float | None]:
    stages = {
        "dns": timings.dns,
        "tcp": timings.tcp,
        "starttls": timings.starttls,
        "tls": timings.tls,
        "total": timings.total,
    }
    return {stage: None if took is None else round(took, 3) for stage, took in stages.items()}


def _message_json(message: Message) -> dict[str, Any]:
    return {
        "at_ms": round(message.at_ms, 3),
        "direction": message.direction.value,
        "message": message.message,
        "detail": message.detail,
    }
