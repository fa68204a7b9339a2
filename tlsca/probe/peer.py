"""What Python's `ssl` knows of the peer's chain, also after verification failed.

Public since 3.13 and private before; this is the one place that knows the difference.
"""

import ssl
from typing import Any

_DER = 2  # _ssl.ENCODING_DER


def sent_chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return the certificates as the peer sent them, DER; none before they came."""
    return _chain(connection, "get_unverified_chain")


def verified_chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return the path that OpenSSL built, DER, whatever it thought of it."""
    return _chain(connection, "get_verified_chain")


def peer_dictionary(connection: ssl.SSLObject) -> dict[str, Any] | None:
    """Return what `getpeercert()` would say had verification passed; None where no certificate came."""
    chain = _objects(connection, "get_unverified_chain")
    return dict(chain[0].get_info()) if chain else None


def _chain(connection: ssl.SSLObject, getter: str) -> tuple[bytes, ...]:
    public = getattr(connection, getter, None)
    if public is not None:
        return tuple(public())
    return tuple(certificate.public_bytes(_DER) for certificate in _objects(connection, getter))


def _objects(connection: ssl.SSLObject, getter: str) -> list[Any]:
    """Return OpenSSL's certificate objects, which 3.10 to 3.14 keep on the inner connection."""
    inner = connection._sslobj  # type: ignore[attr-defined]  # noqa: SLF001 -- nothing public gives the dictionary after a failure
    try:
        return list(getattr(inner, getter)() or ())
    except (AttributeError, ValueError):
        return []
