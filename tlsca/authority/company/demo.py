"""The demo: the company in a directory of its own, with its servers, until somebody has played enough."""

import os
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tlsca.authority.company.founding import PASSPHRASE, found_company
from tlsca.authority.company.hosts import open_hosts
from tlsca.authority.desk import Desk
from tlsca.errors import TlscaError


class Demo:
    """A store that is thrown away, and the servers that present its certificates."""

    WORDS = f"This company is thrown away when you leave. Its passphrase is: {PASSPHRASE}"
    """What somebody should know who plays with it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Make a place for it; `environment` says where there is memory to put files into. Raises OSError."""
        self._opened = ExitStack()
        self._at_it = threading.Lock()
        self._over = False
        directory = tempfile.TemporaryDirectory(
            prefix="tlsca-demo-", dir=_memory_of(environment), ignore_cleanup_errors=True
        )
        self.place = Path(self._opened.enter_context(directory)) / "northgate"
        """The directory of the store."""

    def open(self) -> Desk:
        """Found the company and start its servers; takes half a second, so call it in a thread. Raises TlscaError."""
        with self._at_it:
            if self._over:
                raise TlscaError("The demo is over.")
            desk = found_company(self.place)
            desk.hint = f"It guards nothing: {PASSPHRASE}"
            open_hosts(desk, self._opened)
            return desk

    def close(self) -> None:
        """Stop the servers and throw the store away; what is still being made is waited for."""
        self._over = True
        with self._at_it:
            self._opened.close()


def _memory_of(environment: Mapping[str, str]) -> str | None:
    """Return the user's own directory in memory, where a file costs no disk; None for the usual place of temporary files."""
    place = environment.get("XDG_RUNTIME_DIR", "")
    return place if place and os.access(place, os.W_OK | os.X_OK) else None
