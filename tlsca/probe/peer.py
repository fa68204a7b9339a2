"""What Python's `ssl` knows of the peer's chain, also after verification failed.

Public since 3.13 and private before; this is the one place that knows the difference.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tlsca.pki.path import LONGEST_CHAIN

_DER = 2  # _ssl.ENCODING_DER


@dataclass(frozen=True, slots=True)
class Peer:
    """The peer as OpenSSL saw it."""

    sent: tuple[bytes, ...] = ()
    """The certificates as the peer sent them, DER, a hundred at most; none before they came."""
    path: tuple[bytes, ...] = ()
    """The path that OpenSSL built, DER, whatever it thought of it."""
    dictionary: dict[str, Any] | None = None
    """What `getpeercert()` says, or would say had verification passed."""


def peer_of(connection: ssl.SSLObject) -> Peer:
    """Return what is known of the peer by now."""
    inner: Any = connection._sslobj  # type: ignore[attr-defined]  # noqa: SLF001 -- nothing public gives the dictionary after a failure
    try:
        sent: Sequence[Any] = inner.get_unverified_chain() or ()
        path: Sequence[Any] = inner.get_verified_chain() or ()
    except (AttributeError, ValueError):
        return _public(connection)
    return Peer(
        sent=tuple(certificate.public_bytes(_DER) for certificate in sent[:LONGEST_CHAIN]),
        path=tuple(certificate.public_bytes(_DER) for certificate in path),
        dictionary=_dictionary(sent[0]) if sent else None,
    )


def _dictionary(leaf: Any) -> dict[str, Any] | None:  # noqa: ANN401 -- _ssl.Certificate has no name in typeshed
    """Return the dictionary of a certificate; None where its text cannot be decoded."""
    try:
        found: dict[str, Any] = leaf.get_info()
    except (ValueError, ssl.SSLError):
        return None
    return found


def _public(connection: ssl.SSLObject) -> Peer:
    """Return what an interpreter without those inner objects says: both chains from 3.13 on, and no dictionary."""
    sent: Sequence[bytes] = getattr(connection, "get_unverified_chain", list)()
    path: Sequence[bytes] = getattr(connection, "get_verified_chain", list)()
    return Peer(tuple(sent[:LONGEST_CHAIN]), tuple(path))
