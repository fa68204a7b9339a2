"""The extensions of what was signed, read with one kind of error for a value that is not understood.

`cryptography` raises a KeyError for a TLS feature (RFC 7633) that it has no name for, where it raises ValueError for any other nonsense.
"""

from typing import Protocol

from cryptography import x509


class Extended(Protocol):
    """A certificate, a request or a CRL."""

    @property
    def extensions(self) -> x509.Extensions:
        """Its extensions, parsed when they are asked for."""


def extensions_of(signed: Extended) -> x509.Extensions:
    """Return the extensions. Raises ValueError where a value is nonsense, and what else `cryptography` raises."""
    try:
        return signed.extensions
    except KeyError as error:
        raise ValueError(f"TLS feature {error} is unknown (RFC 7633, 3)") from error
