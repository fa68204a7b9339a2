"""The tables in memory as a replica of the journal: following what others wrote, and writing in turn.

Processes take turns by the store's lock, threads by a lock of this process; what a transaction changes is a draft that only
its own thread sees, until its line is durable and the tables follow it like anybody else's.
"""

import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from tlsca.errors import StoreDamaged, StoreError, StoreMissing, StoreReadOnly
from tlsca.store.documents import Draft, Observer, Tables
from tlsca.store.journal import Journal
from tlsca.store.lines import START, Entry, Line, Lines
from tlsca.store.lock import StoreLock
from tlsca.store.records import SCHEMA_VERSION, Document
from tlsca.text import from_rfc3339, rfc3339

_LINES_BETWEEN_MARKS = 1000
_GLANCE = 0.25
"""Seconds that whoever only looks waits for those who write."""
_AS_CLOCKS_DIFFER = timedelta(minutes=5)
"""So much may the clocks of two machines differ over one store, and nobody is told."""


class Operator(NamedTuple):
    """Who changes the store, for the audit log; `clock` dates what is changed through TinyDB itself."""

    name: str
    host: str
    clock: Callable[[], datetime]


class Companion(Protocol):
    """What a transaction writes besides its line of the journal, before that; it stands or falls with the line.

    Each is called by whoever holds the store's lock.
    """

    def begin(self, after: int) -> None:
        """Begin after so many lines, and put away what is left of a transaction that was killed; raise StoreWriteFailed."""
        ...

    def is_left_over(self) -> bool:
        """Tell whether there may be something to put away."""
        ...

    def keep(self) -> None:
        """End: the line is durable."""
        ...

    def undo(self) -> None:
        """End: there is no line."""
        ...


@contextmanager
def _without_collection() -> Iterator[None]:
    """Let the collector of garbage rest: of what is read from the journal nothing is any, and to look takes a tenth as long again."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


class Replica:
    """Tables in memory that follow a journal, and transactions that each append one line to it.

    `observer` is told of each document that is read, and of each change after that. Threads may call in any order: one writes at a time, and the others see nothing of a transaction until it is durable.
    """

    def __init__(
        self,
        journal: Journal,
        lock: StoreLock,
        operator: Operator,
        companion: Companion,
        *,
        observer: Observer,
    ) -> None:
        self._journal = journal
        self._lock = lock
        self._operator = operator
        self._companion = companion
        self._tables = Tables(observer)
        self._turn = threading.RLock()
        self._draft: Draft | None = None
        self._drafter = 0
        self._damage: StoreDamaged | StoreMissing | None = None
        self._marks = [START]
        """For each so many lines, a border that is not behind them."""
        self.reading = threading.RLock()
        """Held while somebody looks at the tables, and while a line is applied to them."""
        self.position = START
        self.read_only: str | None = None
        """Why nothing can be written, as a sentence."""
        self.last_at = ""
        """When the last line was written, as it says (RFC 3339)."""
        self.schema = 1
        """The newest that a line of the journal names."""
        self.notices: tuple[str, ...] = ()
        """What was found and put right, as sentences."""

    # Following the journal

    def load(self, *, read_only: str | None = None) -> None:
        """Read the whole journal and put away a torn tail; `read_only` is a reason for not writing.

        Damage behind the first line makes the replica read-only as well. Raises StoreDamaged for a damaged first line.
        """
        self.read_only = read_only
        with self._turn, self._lock.held(shared=True):
            with _without_collection():
                self._catch_up()
            self._tables.are_read = True
            is_torn = self._damage is None and self._journal.has_moved(self.position)
            is_untidy = is_torn or self._companion.is_left_over()
        if self._damage is not None and self.position == START:
            raise self._damage
        if is_untidy and self.read_only is None:
            with self._turn, self._lock.held():
                self._prepare_to_write()
        elif is_torn:
            self.notices += ("The journal ends in a line that was never written to its end.",)

    def catch_up(self) -> bool:
        """Read what other processes appended; return whether there was anything.

        Hardly waits: while another process or thread is writing, there is nothing new to be seen yet; but where many take turns,
        a look now and then would always find somebody writing.
        """
        if self._damage is not None or not self._journal.has_moved(self.position):
            return False
        if not self._turn.acquire(timeout=_GLANCE):
            return False
        try:
            with self._lock.held(shared=True, patience=_GLANCE):
                return self._catch_up()
        except StoreError:
            return False
        finally:
            self._turn.release()

    def _catch_up(self) -> bool:
        before = self.position
        try:
            for lines in self._journal.read(self.position):
                self._take(lines)
        except (StoreDamaged, StoreMissing) as error:
            self._damage = error
            self.read_only = error.sentence
        return self.position != before

    def _take(self, lines: Lines) -> None:
        before = self.position
        with self.reading:
            self._tables.apply(lines.entries)
            self.position = lines.after
            self.last_at = lines.entries[-1].at
        for _ in range(before.lines // _LINES_BETWEEN_MARKS, lines.after.lines // _LINES_BETWEEN_MARKS):
            self._marks.append(before)
        schemas = [entry.detail["schema"] for entry in lines.entries if "schema" in entry.detail]
        self.schema = max([self.schema, *(schema for schema in schemas if isinstance(schema, int))])
        if self.schema > SCHEMA_VERSION and self.read_only is None:
            self.read_only = f"The store was written by a newer tlsca: its schema is {self.schema}, this one knows {SCHEMA_VERSION}."

    def lines(self, first: int) -> Iterator[Line]:
        """Yield the journal's lines from number `first` (1 is the oldest) to the present position, each checked."""
        end = self.position.lines
        mark = self._marks[min(max(first - 1, 0) // _LINES_BETWEEN_MARKS, len(self._marks) - 1)]
        for lines in self._journal.read(mark):
            for line in lines.each():
                if line.number > end:
                    return
                if line.number >= first:
                    yield line

    def verify(self) -> int:
        """Read the journal from its first line as it is on disk; return the number of lines or raise StoreDamaged."""
        number = 0
        with self._lock.held(shared=True):
            for lines in self._journal.read(START):
                number = lines.after.lines
        return number

    # Changing it

    @contextmanager
    def transaction(
        self,
        act: str = "edit",
        *,
        at: datetime | None = None,
        detail: Document | None = None,
        always: bool = False,
    ) -> Iterator[Draft]:
        """Gather every change that this thread makes in the `with` block into one line of the journal.

        Within another transaction it is a part of that one, unless it is to be written `always`. Otherwise nothing is written
        if the block raises, or if nothing changed. Raises StoreReadOnly, StoreWriteFailed, and StoreError if another process
        keeps the lock.
        """
        with self._turn:
            if self._draft is not None:
                if always:
                    raise RuntimeError("this thread is in a transaction already")
                yield self._draft
                return
            with self._lock.held():
                self._prepare_to_write()
                with self._drafting() as draft:
                    yield draft
                if always or not draft.is_empty():
                    self._commit(draft, act, at or self._operator.clock(), detail or {})
                self._companion.keep()

    def _prepare_to_write(self) -> None:
        if self.read_only is None:
            self._catch_up()
        if self.read_only is not None:
            raise StoreReadOnly(self.read_only, hint="Nothing was changed.")
        if self._journal.has_moved(self.position):
            notice = self._journal.mend(self.position)
            self.notices += (notice,) if notice else ()
        self._companion.begin(self.position.lines)

    @contextmanager
    def _drafting(self) -> Iterator[Draft]:
        self._draft, self._drafter = Draft(self._tables), threading.get_ident()
        try:
            yield self._draft
        except BaseException:
            self._companion.undo()
            raise
        finally:
            self._draft, self._drafter = None, 0

    def _commit(self, draft: Draft, act: str, at: datetime, detail: Document) -> None:
        try:
            if (before := self.set_back_from(at)) is not None:
                detail = {**detail, "clock_set_back_from": rfc3339(before)}
            changes = draft.put(), draft.removed(), draft.dropped()
            entry = Entry(act, rfc3339(at), self._operator.name, self._operator.host, detail, *changes)
            lines = self._journal.append(self.position, entry)
        except (StoreError, TypeError, ValueError):
            self._companion.undo()
            raise
        self._take(lines)

    def set_back_from(self, now: datetime) -> datetime | None:
        """Return when the last line was written, if that is so far ahead of `now` that a clock was set back since."""
        last = from_rfc3339(self.last_at) if self.last_at else now
        return last if last - now > _AS_CLOCKS_DIFFER else None

    # What a table looks at

    def own_draft(self) -> Draft | None:
        """Return the draft of the transaction that this thread is in."""
        return self._draft if self._drafter == threading.get_ident() else None

    def committed(self, name: str) -> Mapping[str, Document]:
        """Return a table's documents by id as the journal tells them; they are not to be changed."""
        return self._tables.table(name)

    def _seen(self) -> Draft | Tables:
        draft = self.own_draft()
        return self._tables if draft is None else draft

    def documents(self, name: str) -> Mapping[str, Document]:
        """Return a table's documents by id, as this thread sees them; they are not to be changed."""
        return self._seen().table(name)

    def names(self) -> list[str]:
        """Return the names of all tables, as this thread sees them."""
        return self._seen().names()

    def version(self, name: str) -> int | None:
        """Return a number that is another one after each change to the table; None amid a transaction of this thread."""
        return self._tables.version(name) if self.own_draft() is None else None

    def highest_id(self, name: str) -> int:
        """Return the highest document id in a table, as this thread sees it; 0 in an empty one."""
        return self._seen().highest_id(name)

    def close(self) -> None:
        """Write no more; what is in memory stays readable."""
        self.read_only = "The store was closed."
