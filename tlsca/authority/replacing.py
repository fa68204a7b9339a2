"""A store that takes the place of another, so that under its name there is always one of the two; and what is said where there is not.

Where the system can exchange two names, that is one step. Elsewhere the old store is moved away first: whoever is killed between that
and the next step leaves both under names of their own, by which they are known again.
"""

from pathlib import Path

from tlsca.authority.interrupted import waiting_name
from tlsca.store import durable
from tlsca.store.exchange import exchange
from tlsca.store.ledger import LOCK
from tlsca.store.lock import StoreLock


def replace_store(new: Path, directory: Path, kept: Path) -> None:
    """Put a new store in the place of the one in `directory`, which is then in `kept`, a name that `kept_name` returned.

    Raises OSError, and the old one is in its place then, and StoreError if another process keeps its lock.
    """
    with StoreLock(directory / LOCK).held():  # nobody is in the middle of a line
        new.rename(kept)
        try:
            if not exchange(kept, directory):
                _replace_in_steps(kept, directory, waiting_name(directory, kept))
        except OSError:
            kept.rename(new)
            raise
    durable.sync_directory(directory.parent)


def _replace_in_steps(kept: Path, directory: Path, waiting: Path) -> None:
    """Do in two steps what cannot be done in one, each store under a name that says which it is."""
    kept.rename(waiting)
    try:
        directory.rename(kept)
        try:
            waiting.rename(directory)
        except OSError:
            kept.rename(directory)
            raise
    except OSError:
        waiting.rename(kept)
        raise
