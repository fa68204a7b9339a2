"""TinyDB over the journal: a Storage and a Table that write what changed, not everything.

Stock TinyDB hands its storage the whole database at each change. Here an update runs on a draft, the draft's differences
become one line of the journal, and the tables in memory follow. All of TinyDB's own interface keeps its meaning.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from tlsca.store.documents import Draft, EditableTable, TableDraft, copied, is_same
from tlsca.store.records import Document
from tlsca.store.replica import Replica


class JournalStorage(Storage):
    """TinyDB's storage, on a replica of the journal."""

    def __init__(self, replica: Replica) -> None:
        super().__init__()
        self.replica = replica

    def transaction(self) -> AbstractContextManager[Draft]:
        """Make one line of the journal of everything that this thread changes in the `with` block, or a part of one.

        Raises StoreReadOnly, StoreWriteFailed, and StoreError if another process keeps the lock.
        """
        return self.replica.transaction()

    def read(self) -> dict[str, dict[str, Any]]:
        """Return every table; their documents are copied as they are looked at."""
        with self.replica.reading:
            return {
                name: cast("dict[str, Any]", _Copies(self.replica.documents(name)))
                for name in self.replica.names()
            }

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
        self.replica.close()


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

    # The cache of queries is good for one version of the table, which other processes and threads may change too.
    _seen_version: int | None = None

    @property
    def _replica(self) -> Replica:
        return cast("JournalStorage", self._storage).replica

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert one document; see TinyDB. The id is chosen within the transaction, where nobody else can take it."""
        draft = self._replica.own_draft()
        if draft is None or type(document) is not dict:
            with self._replica.transaction():
                return super().insert(document)
        doc_id = self._get_next_id()
        draft.make(self.name)
        draft.table(self.name)[str(doc_id)] = copied(document)
        return doc_id

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update or insert, as one transaction; see TinyDB."""
        with self._replica.transaction():
            return super().upsert(document, cond)

    def search(self, cond: QueryLike) -> list[TinyDocument]:
        """Return copies of the documents that match; see TinyDB."""
        with self._replica.reading:
            self._forget_stale_results()
            return [_copy(document) for document in super().search(cond)]

    def get(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- one, several or none, as TinyDB overloads it
        """Return a copy of one document, or a list of several; see TinyDB."""
        with self._replica.reading:
            found = super().get(*args, **kwargs)
            if isinstance(found, list):
                return [_copy(document) for document in found]
            return None if found is None else _copy(found)

    def __iter__(self) -> Iterator[TinyDocument]:
        with self._replica.reading:
            return iter([_copy(document) for document in super().__iter__()])

    def _forget_stale_results(self) -> None:
        version = self._replica.version(self.name)
        if version is None or version != self._seen_version:
            self.clear_cache()
        self._seen_version = version

    def _get_next_id(self) -> int:
        following: int = max(self._next_id or 1, self._replica.highest_id(self.name) + 1)
        self._next_id = following + 1  # type: ignore[assignment]  # TinyDB declares it by its first value, None
        return following

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return cast("dict[str, Mapping[str, Any]]", self._replica.documents(self.name))

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        with self._replica.transaction() as draft:
            later = TableDraft(draft.table(self.name))
            editable = EditableTable(later)
            updater(cast("dict[int, Mapping[str, Any]]", editable))
            editable.settle()
            draft.make(self.name)
            draft.table(self.name).absorb(later)


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
