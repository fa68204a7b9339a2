"""One run of bulk issuing, in a thread: what it has reached can be looked at, and it can be told to stop, from any other."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tlsca.authority.bulk import Planned, issue_many
from tlsca.authority.bulk_files import FilesForm, check_files, write_files
from tlsca.authority.desk import Desk
from tlsca.authority.issuing import Issued
from tlsca.errors import Refused, TlscaError
from tlsca.tui.widgets.run_progress import Progress


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a run."""

    issued: tuple[Issued, ...]
    seconds: float
    """How long it took."""
    files: int = 0
    directory: Path | None = None
    """Where the files are, if any were asked for."""
    trouble: TlscaError | None = None
    """Why not all files were written; the certificates are in the store all the same."""


def counted(certificates: int) -> str:
    """Return how many certificates there are, in words."""
    return "1 certificate" if certificates == 1 else f"{certificates:,} certificates"


class BulkRun:
    """Issues rows, and writes their files if that is wanted."""

    def __init__(self, desk: Desk, plans: Sequence[Planned], files: FilesForm | None) -> None:
        self._desk = desk
        self._plans = plans
        self._files = files
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._doing = "Getting ready …"
        self._done = (0, 0)
        self._keeping = False
        self._kept = False

    def __call__(self) -> Made:
        """Do it. Raises TlscaError, and then no certificate was kept."""
        if self.stopping:
            raise Refused("Stopped before the first; none was kept.")
        return self._issue()

    def stop(self) -> None:
        """Have it end soon: before the certificates are kept, none is; after that, the remaining files are not written."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    @property
    def kept(self) -> bool:
        """Whether the certificates are in the store, and only files are left to write."""
        return self._kept

    @property
    def keeping(self) -> bool:
        """Whether the certificates are on their way into the store, which nothing stops."""
        return self._keeping

    @property
    def progress(self) -> Progress:
        """How far it is."""
        done, total = self._done
        return Progress(self._doing, done, total, time.monotonic() - self._began)

    def _issue(self) -> Made:
        began = time.monotonic()
        if self._files is not None:
            check_files(self._files, self._plans)
        issued = issue_many(
            self._desk, [plan.row for plan in self._plans], progress=self._made, cancelled=self._stop
        )
        if self._files is None:
            return Made(issued, time.monotonic() - began)
        return self._write(issued, self._files, began)

    def _write(self, issued: tuple[Issued, ...], form: FilesForm, began: float) -> Made:
        self._keeping, self._kept = False, True
        self._begin(f"Writing the files of {counted(len(issued))}", len(issued))
        trouble = None
        try:
            write_files(self._desk, issued, form, progress=self._step, cancelled=self._stop)
        except TlscaError as error:
            trouble = error
        files = self._done[0] * len(form.formats)
        return Made(issued, time.monotonic() - began, files, form.directory, trouble)

    def _made(self, done: int, total: int) -> None:
        if done == 1:
            self._begin(f"Issuing {counted(total)}", total)
        self._done = (done, total)
        if done == total:
            self._keeping = True
            self._doing = "Keeping them in the store …"

    def _step(self, done: int, total: int) -> None:
        self._done = (done, total)

    def _begin(self, doing: str, total: int) -> None:
        self._doing, self._done, self._began = doing, (0, total), time.monotonic()
