"""tlsca: a certificate authority that fits in a terminal.

Issue, deploy, prove: the rooms of this package are described in each one's own docstring, lowest first in
`errors`, `text`, `settings`, `pki`, `store`, `probe`, `authority`, `cli` and `tui`.

For programs there are `open`, `create` and `temporary`, each of which returns a `tlsca.api.Store`:

    with tlsca.temporary() as ca:
        context = ca.issue("localhost").server_context()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from tlsca.api import Store

__version__ = "0.1.0"
__all__ = ["__version__", "create", "open", "temporary"]


def open(  # noqa: A001 -- tlsca.open reads as gzip.open and shelve.open do
    directory: str | Path, passphrase: str | None = None, *, read_only: bool = False
) -> Store:
    """Open the store in a directory; without a passphrase it is locked, and everything works that needs no private key.

    Raises StoreMissing, StoreError, PassphraseWrong (all of `tlsca.errors`).
    """
    from tlsca.api import Store  # noqa: PLC0415 -- `tlsca --version` loads no cryptography

    return Store.open(directory, passphrase, read_only=read_only)


def create(directory: str | Path, passphrase: str) -> Store:
    """Make a store in a directory that holds none, and return it unlocked. Raises StoreExists, PassphraseWeak, StoreError."""
    from tlsca.api import Store  # noqa: PLC0415 -- likewise

    return Store.create(directory, passphrase)


def temporary(name: str = "tlsca temporary root", *, clock: Callable[[], datetime] | None = None) -> Store:
    """Return a store with one root, for a test suite; its directory, which nobody else may enter, is removed when it is closed.

    `clock` returns the time at which it issues and revokes, aware; without one it is the machine's. An authority of the day before
    yesterday issues for one day what every client takes for expired.
    """
    from tlsca.api import Store  # noqa: PLC0415 -- likewise

    return Store.temporary(name, clock) if clock else Store.temporary(name)
