"""TinyDB over the journal: a Storage and a Table that write what changed, not everything.

Stock TinyDB hands its storage the whole database at each change. Here an update runs on a draft, the draft's differences
become one line of the journal, and the tables in memory follow. All of TinyDB's own interface keeps its meaning.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from tlsca.errors import StoreDamaged, StoreError, StoreMissing, StoreReadOnly
from tlsca.store.documents import Draft, EditableTable, Observer, TableDraft, Tables, copied, is_same
from tlsca.store.journal import START, Document, Entry, Journal, Line
from tlsca.store.lock import StoreLock
from tlsca.store.records import SCHEMA_VERSION
from tlsca.text import rfc3339

_LINES_BETWEEN_MARKS = 1000


class Operator(NamedTuple):
    """Who changes the store, for the audit log; `clock` dates what is changed through TinyDB itself."""

    name: str
    host: str
    clock: Callable[[], datetime]


def _nothing() -> None:
    """Undo nothing."""


class JournalStorage(Storage):
    """TinyDB's storage: tables in memory that follow a journal, and transactions that each append one line to it.

    `observer` is told of each document's change, `announce` once whenever the position has moved. Threads may call in any
    order: one writes at a time, and the others see nothing of a transaction until it is durable.
    """

    def __init__(
        self,
        journal: Journal,
        lock: StoreLock,
        operator: Operator,
        *,
        observer: Observer,
        announce: Callable[[], None],
    ) -> None:
        super().__init__()
        self._journal = journal
        self._lock = lock
        self._operator = operator
        self._announce = announce
        self._tables = Tables(observer)
        self._turn = threading.RLock()
        self._draft: Draft | None = None
        self._drafter = 0
        self._damage: StoreDamaged | StoreMissing | None = None
        self._marks = [START]
        self.reading = threading.RLock()
        """Held while somebody looks at the tables, and while a line is applied to them."""
        self.position = START
        self.read_only: str | None = None
        """Why nothing can be written, as a sentence."""
        self.notices: tuple[str, ...] = ()
        """What was found and put right, as sentences."""

    # Following the journal

    def load(self, *, read_only: str | None = None) -> None:
        """Read the whole journal and put away a torn tail; `read_only` is a reason for not writing.

        Damage behind the first line makes the storage read-only as well. Raises StoreDamaged for a damaged first line.
        """
        self.read_only = read_only
        with self._turn, self._lock.held(shared=True):
            self._catch_up()
        if self._damage is not None and self.position == START:
            raise self._damage
        if self._damage is None and self._journal.has_moved(self.position):
            self._mend_now()

    def _mend_now(self) -> None:
        if self.read_only is not None:
            self.notices += ("The journal ends in a line that was never written to its end.",)
            return
        with self._turn, self._lock.held():
            self._prepare_to_write()

    def catch_up(self) -> bool:
        """Read what other processes appended; return whether there was anything.

        Never waits: while another process or thread is writing, there is nothing new to be seen yet.
        """
        if self._damage is not None or not self._journal.has_moved(self.position):
            return False
        if not self._turn.acquire(blocking=False):
            return False
        try:
            with self._lock.held(shared=True, patience=0):
                moved = self._catch_up()
        except StoreError:
            return False
        finally:
            self._turn.release()
        if moved:
            self._announce()
        return moved

    def _catch_up(self) -> bool:
        before = self.position
        try:
            for line in self._journal.read(self.position):
                self._take(line)
        except (StoreDamaged, StoreMissing) as error:
            self._damage = error
            self.read_only = error.sentence
        return self.position != before

    def _take(self, line: Line) -> None:
        with self.reading:
            self._tables.apply(line.entry)
            self.position = line.after
        if self.position.lines % _LINES_BETWEEN_MARKS == 0:
            self._marks.append(self.position)
        schema = line.entry.detail.get("schema")
        if isinstance(schema, int) and schema > SCHEMA_VERSION:
            self.read_only = f"The store was written by a newer tlsca: its schema is {schema}, this one knows {SCHEMA_VERSION}."

    def lines(self, first: int) -> Iterator[Line]:
        """Yield the journal's lines from number `first` (1 is the oldest) to the present position, each checked."""
        end = self.position.lines
        mark = self._marks[min(max(first - 1, 0) // _LINES_BETWEEN_MARKS, len(self._marks) - 1)]
        for line in self._journal.read(mark):
            if line.after.lines > end:
                return
            if line.after.lines >= first:
                yield line

    def verify(self) -> int:
        """Read the journal from its first line as it is on disk; return the number of lines or raise StoreDamaged."""
        number = 0
        with self._lock.held(shared=True):
            for line in self._journal.read(START):
                number = line.after.lines
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
        undo: Callable[[], None] = _nothing,
    ) -> Iterator[Draft]:
        """Gather every change that this thread makes in the `with` block into one line of the journal.

        Within another transaction it is a part of that one, unless it is to be written `always`. Otherwise nothing is written
        if the block raises, or if nothing changed. `undo` is called, under the lock, when it comes to nothing. Raises
        StoreReadOnly, StoreWriteFailed, and StoreError if another process keeps the lock.
        """
        before = self.position
        try:
            with self._turn:
                if self._draft is not None:
                    if always:
                        raise RuntimeError("this thread is in a transaction already")
                    yield self._draft
                    return
                with self._lock.held():
                    self._prepare_to_write()
                    with self._drafting(undo) as draft:
                        yield draft
                    if always or draft:
                        self._commit(draft, act, at or self._operator.clock(), detail or {}, undo)
        finally:
            if self.position != before:
                self._announce()

    def _prepare_to_write(self) -> None:
        if self.read_only is None:
            self._catch_up()
        if self.read_only is not None:
            raise StoreReadOnly(self.read_only, hint="Nothing was changed.")
        if self._journal.has_moved(self.position):
            notice = self._journal.mend(self.position)
            self.notices += (notice,) if notice else ()

    @contextmanager
    def _drafting(self, undo: Callable[[], None]) -> Iterator[Draft]:
        self._draft, self._drafter = Draft(self._tables), threading.get_ident()
        try:
            yield self._draft
        except BaseException:
            undo()
            raise
        finally:
            self._draft, self._drafter = None, 0

    def _commit(
        self, draft: Draft, act: str, at: datetime, detail: Document, undo: Callable[[], None]
    ) -> None:
        try:
            # Through JSON and back, so that memory holds what a later start will read: lists for tuples, text for keys.
            plain = json.loads(json.dumps([detail, draft.put(), draft.removed(), draft.dropped()]))
            entry = Entry(act, rfc3339(at), self._operator.name, self._operator.host, *plain)
            after = self._journal.append(self.position, entry)
        except (StoreError, TypeError, ValueError):
            undo()
            raise
        self._take(Line(entry, after))

    # What a table looks at

    def own_draft(self) -> Draft | None:
        """Return the draft of the transaction that this thread is in."""
        return self._draft if self._drafter == threading.get_ident() else None

    def committed(self, name: str) -> Mapping[str, Document]:
        """Return a table's documents by id as the journal tells them; they are not to be changed."""
        return self._tables.table(name)

    def documents(self, name: str) -> Mapping[str, Document]:
        """Return a table's documents by id, as this thread sees them; they are not to be changed."""
        return (self.own_draft() or self._tables).table(name)

    def version(self, name: str) -> int | None:
        """Return a number that is another one after each change to the table; None amid a transaction of this thread."""
        return self._tables.version(name) if self.own_draft() is None else None

    def highest_id(self, name: str) -> int:
        """Return the highest document id in a table, as this thread sees it; 0 in an empty one."""
        return (self.own_draft() or self._tables).highest_id(name)

    # TinyDB's interface

    def read(self) -> dict[str, dict[str, Any]]:
        """Return every table; their documents are copied as they are looked at."""
        with self.reading:
            names = (self.own_draft() or self._tables).names()
            return {name: cast("dict[str, Any]", _Copies(self.documents(name))) for name in names}

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the database hold `data` and nothing else, by writing the differences; tables just read stay as they are."""
        with self.transaction() as draft:
            for name in draft.names():
                if name not in data:
                    draft.drop(name)
            for name, table in data.items():
                draft.make(name)
                if not isinstance(table, _Copies):
                    _replace(draft.table(name), table)

    def close(self) -> None:
        """Write no more; what is in memory stays readable."""
        self.read_only = "The store was closed."


class _Copies(Mapping[str, Document]):
    """A table that gives away copies."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents

    def __getitem__(self, key: str) -> Document:
        return copied(self._documents[key])

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._documents))

    def __len__(self) -> int:
        return len(self._documents)


def _replace(draft: TableDraft, documents: Mapping[str, Any]) -> None:
    for key in [key for key in draft if key not in documents]:
        del draft[key]
    for key, document in documents.items():
        if not is_same(draft.get(key), document):
            draft[key] = document


class JournalTable(Table):
    """TinyDB's table, with updates that cost what they change and reads that hand out copies."""

    _seen_version: int | None = None

    @property
    def _journalled(self) -> JournalStorage:
        return cast("JournalStorage", self._storage)

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert one document; see TinyDB. The id is chosen within the transaction, where nobody else can take it."""
        with self._journalled.transaction():
            return super().insert(document)

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update or insert, as one transaction; see TinyDB."""
        with self._journalled.transaction():
            return super().upsert(document, cond)

    def search(self, cond: QueryLike) -> list[TinyDocument]:
        """Return copies of the documents that match; see TinyDB."""
        with self._journalled.reading:
            self._forget_stale_results()
            return [_copy(document) for document in super().search(cond)]

    def get(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- one, several or none, as TinyDB overloads it
        """Return a copy of one document, or a list of several; see TinyDB."""
        with self._journalled.reading:
            found = super().get(*args, **kwargs)
            return (
                [_copy(document) for document in found] if isinstance(found, list) else found and _copy(found)
            )

    def __iter__(self) -> Iterator[TinyDocument]:
        with self._journalled.reading:
            return iter([_copy(document) for document in super().__iter__()])

    def _forget_stale_results(self) -> None:
        version = self._journalled.version(self.name)
        if version is None or version != self._seen_version:
            self.clear_cache()
        self._seen_version = version

    def _get_next_id(self) -> int:
        following: int = max(self._next_id or 1, self._journalled.highest_id(self.name) + 1)
        self._next_id = following + 1  # type: ignore[assignment]  # TinyDB declares it by its first value, None
        return following

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return cast("dict[str, Mapping[str, Any]]", self._journalled.documents(self.name))

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        with self._journalled.transaction() as draft:
            later = TableDraft(draft.table(self.name))
            editable = EditableTable(later)
            updater(cast("dict[int, Mapping[str, Any]]", editable))
            editable.settle()
            draft.make(self.name)
            draft.table(self.name).absorb(later)
        self.clear_cache()


def _copy(document: TinyDocument) -> TinyDocument:
    return TinyDocument(copied(dict(document)), document.doc_id)


class JournalDatabase(TinyDB):
    """TinyDB itself, over a JournalStorage."""

    table_class = JournalTable

    def __init__(self, storage: JournalStorage) -> None:
        super().__init__(storage=lambda: storage)

    def drop_table(self, name: str) -> None:
        """Drop one table; see TinyDB. What it reads and what it writes belong to one transaction."""
        with cast("JournalStorage", self.storage).transaction():
            super().drop_table(name)
