"""Warnings that libraries address to programmers, kept away from the operator's terminal.

`cryptography` warns of old roots' serial numbers, `ssl` of old TLS versions: here those are data, and are reported as such.
"""

import contextlib
import threading
import warnings
from collections.abc import Iterator

# warnings.catch_warnings() changes the whole process; taking turns keeps it from being undone in the wrong order. One thread may
# be in several blocks at once: what reads a file calls what loads a certificate.
_TURNS = threading.RLock()


@contextlib.contextmanager
def quietly(category: type[Warning]) -> Iterator[None]:
    """Drop warnings of a category while the block runs; short blocks only, since threads take turns."""
    with _TURNS, warnings.catch_warnings():
        warnings.simplefilter("ignore", category)
        yield
