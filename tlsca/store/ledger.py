"""The ledger: the repository that everything above the store finds, adds and changes through.

It joins the journal, TinyDB's tables and the holdings behind typed records, so that nobody above has to know any of them, and
holds what they promise together: a change is whole and durable, or it never was.
"""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tlsca.errors import StoreExists, StoreWriteFailed
from tlsca.store import account, durable
from tlsca.store.exposure import exposure
from tlsca.store.holdings import Holdings
from tlsca.store.journal import FileJournal
from tlsca.store.lines import Entry, Line, Position
from tlsca.store.lock import StoreLock
from tlsca.store.objects import Objects
from tlsca.store.records import SCHEMA_VERSION, Document
from tlsca.store.replica import Operator, Replica
from tlsca.store.tables import JournalDatabase, JournalStorage
from tlsca.store.transaction import Change
from tlsca.text import from_rfc3339, printable, rfc3339

JOURNAL = "journal.jsonl"
LOCK = "lock"
OBJECTS = "objects"
UNFINISHED = "unfinished"

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of the audit log."""

    seq: int
    """Its number in the journal, from 1."""
    at: datetime
    who: str
    host: str
    act: str
    detail: Document
    digest: str
    """The line's hash, in hexadecimal; the next line's follows from it."""


class Ledger(Holdings):
    """An open store. Made by `create` or `open`; may be used from several threads, and its records are values."""

    def __init__(self, directory: Path, journal: FileJournal, clock: Clock) -> None:
        """Use `create` or `open` instead."""
        self.directory = directory
        self._clock = clock
        objects = Objects(directory / OBJECTS, directory / UNFINISHED)
        self._replica = Replica(
            journal,
            StoreLock(directory / LOCK),
            Operator(account.user(), platform.node(), clock),
            objects,
            observer=self,
        )
        super().__init__(self._replica, objects)
        self.database = JournalDatabase(JournalStorage(self._replica))
        """TinyDB over the same tables; what it changes outside a transaction is an act of its own, called `edit`."""

    @classmethod
    def create(
        cls, directory: Path, *, at: datetime, random: Callable[[int], bytes], clock: Clock = system_clock
    ) -> Self:
        """Make an empty store in `directory`, which may exist already, and open it.

        Raises StoreExists if there is a store, StoreWriteFailed if the operating system refuses.
        """
        try:
            durable.make_directory(directory)
        except OSError as error:
            raise StoreWriteFailed(
                f"The directory {printable(str(directory))} cannot be made: {error.strerror or error}.",
                hint="Say with --store or TLSCA_STORE where else the store is to be.",
            ) from error
        with StoreLock(directory / LOCK).held():
            if (directory / JOURNAL).exists():
                raise StoreExists(f"There is a store in {printable(str(directory))} already.")
            first = {"schema": SCHEMA_VERSION, "store": random(16).hex()}
            entry = Entry("init", rfc3339(at), account.user(), platform.node(), first, {}, {}, [])
            FileJournal.create(directory / JOURNAL, entry)
        return cls.open(directory, clock=clock)

    @classmethod
    def open(cls, directory: Path, *, read_only: bool = False, clock: Clock = system_clock) -> Self:
        """Open the store in `directory`.

        A torn last line, never acknowledged, is set aside and told in `notices`. A store that is damaged further on, or may
        not be written, is opened for reading what is sound, and `read_only` says why. Raises StoreMissing, StoreDamaged if
        nothing can be read, and StoreError if another process keeps the lock.
        """
        ledger = cls(directory, FileJournal(directory / JOURNAL), clock)
        ledger._replica.load(
            read_only="It was opened for reading only." if read_only else _why_not_writable(directory)
        )
        return ledger

    def close(self) -> None:
        """Write no more. Nothing is waiting to be written: each transaction was durable when it ended."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def position(self) -> int:
        """How many lines of the journal the ledger knows."""
        return self._replica.position.lines

    @property
    def head(self) -> Position:
        """The end of the journal as the ledger knows it: how many lines and bytes it has, and the last one's hash."""
        return self._replica.position

    @property
    def identity(self) -> str:
        """What the store was called when it was made, and every copy of it is: 32 hexadecimal digits. Raises StoreDamaged."""
        first = next(self.history(1), None)
        return str(first.detail.get("store", "")) if first else ""

    @property
    def schema(self) -> int:
        """The version of the schema that the store was made with, or last carried forward to."""
        return self._replica.schema

    @property
    def read_only(self) -> str | None:
        """Why nothing can be written, as a sentence; None if it can."""
        return self._replica.read_only

    @property
    def notices(self) -> tuple[str, ...]:
        """What whoever opens the store is to be told, as sentences."""
        return (*self.repairs, *exposure(self.directory), *filter(None, (self.clock_set_back,)))

    @property
    def repairs(self) -> tuple[str, ...]:
        """What was found on disk and put right, as sentences."""
        return self._replica.notices

    @property
    def clock_set_back(self) -> str | None:
        """A sentence about a clock that stands before the last change of the store; None where it does not."""
        now = self._clock()
        before = self._replica.set_back_from(now)
        if before is None:
            return None
        return (
            f"The clock says {rfc3339(now)}, but the store was last changed at {rfc3339(before)}: one of them is wrong, and so are "
            "the times of what is issued now or was then."
        )

    # Following what others do

    def refresh(self) -> bool:
        """Take in what other processes wrote since; return whether there was anything. Cheap when there was not."""
        return self._replica.catch_up()

    # Writing

    @contextmanager
    def transaction(self, act: str, *, at: datetime, detail: Document | None = None) -> Iterator[Change]:
        """Make changes in the `with` block that become durable together when it ends, as one line of the journal.

        `act` and `detail` are for the audit log; a transaction that changes nothing is written all the same. The block sees
        what other processes wrote before it, and they wait until it ends: slow work, such as making keys, belongs before it.
        If it raises, nothing happened. The first one in a store of an older schema says that it has the present one from here on,
        so that an older tlsca changes it no more. Raises StoreReadOnly, StoreWriteFailed, and StoreError if another process keeps
        the lock.
        """
        change = Change(self.database, self._objects, self._lookup)
        if self.schema < SCHEMA_VERSION:
            detail = {**(detail or {}), "schema": SCHEMA_VERSION}
        with self._replica.transaction(act, at=at, detail=detail, always=True):
            yield change
            change.write_objects()

    # The audit log

    def history(self, first: int = 1) -> Iterator[Act]:
        """Yield what was done, from line `first` (1 is the oldest) to the present; raise StoreDamaged."""
        return map(_act, self._replica.lines(first))

    def verify(self) -> int:
        """Walk the hash chain of the journal on disk; return its number of lines, or raise StoreDamaged naming one."""
        return self._replica.verify()


def _act(line: Line) -> Act:
    entry = line.entry
    return Act(
        seq=line.number,
        at=from_rfc3339(entry.at),
        who=entry.who,
        host=entry.host,
        act=entry.act,
        detail=entry.detail,
        digest=line.digest.hex(),
    )


def _why_not_writable(directory: Path) -> str | None:
    if os.access(directory / JOURNAL, os.W_OK) and os.access(directory, os.W_OK):
        return None
    return f"{account.user()} may not write to {printable(str(directory))}."
