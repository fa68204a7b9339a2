"""One run of handing certificates out, in a thread: what it has reached can be looked at, and it can be told to stop, from any other."""

import threading
import time
from collections.abc import Callable

from tlsca.authority.desk import Desk
from tlsca.authority.outgoing import HandedOut, Outgoing, hand_out
from tlsca.text import count
from tlsca.tui.jobs import Way
from tlsca.tui.widgets.run_progress import Progress


class ExportRun:
    """Writes files; of several certificates one after the other."""

    def __init__(
        self, desk: Desk, form: Outgoing, total: int, heard: Callable[[int, int], object], *, force: bool
    ) -> None:
        """`heard` is told in the run's own thread how many of the `total` are written; `force` replaces files that are there."""
        self._desk = desk
        self._form = form
        self._force = force
        self._heard = heard
        self._stop = threading.Event()
        self._begun = time.monotonic()
        self._written = (0, total)

    def __call__(self) -> HandedOut:
        """Do it. Raises TlscaError; having been stopped is no error."""
        return hand_out(self._desk, self._form, force=self._force, progress=self._hear, cancelled=self._stop)

    def stop(self) -> None:
        """Have it end after the certificate that is being written."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress("Writing", *self._written, time.monotonic() - self._begun)

    @property
    def way(self) -> Way:
        """How it is followed and stopped; one certificate is written before anybody could."""
        if not self._form.several:
            return Way(signs=True)
        return Way(progress=lambda: self.progress, stop=self.stop, signs=True)

    def _hear(self, done: int, total: int) -> None:
        self._written = (done, total)
        self._heard(done, total)


def handed_out(done: HandedOut) -> str:
    """Return in a sentence what was written."""
    return f"Exported {count(done.certificates, 'certificate')}: {count(len(done.files), 'file')} written and read back."
