"""Tables of plain documents in memory: as the journal tells them, and as one transaction is about to change them.

The committed tables change only by applying a line of the journal, whether it was read from disk or has just been written
there. So what a program sees after a commit is what it will see after the next start.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Protocol, TypeVar, cast

from tlsca.store.lines import Entry
from tlsca.store.records import Document

T = TypeVar("T")


class Observer(Protocol):
    """Who wants to know what becomes of the documents."""

    def read(self, table: str, documents: Mapping[str, Document]) -> None:
        """Take in documents of the journal's first reading, by their ids: new ones, or others than before; some may be gone again."""
        ...

    def follow(self, table: str, key: str, old: Document | None, new: Document | None) -> None:
        """Take in the change of one document after that; None stands for its absence."""
        ...


class Tables:
    """The committed tables, and who wants to know of each change to them."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self.are_read = False
        """Whether the first reading is over."""
        self._tables: dict[str, dict[str, Document]] = {}
        self._highest: dict[str, int] = {}
        self._versions: Counter[str] = Counter()

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def names(self) -> list[str]:
        """Return the names of all tables, in the order of their making."""
        return list(self._tables)

    def table(self, name: str) -> dict[str, Document]:
        """Return a table's documents by id; nobody changes them but `apply`."""
        return self._tables.get(name, {})

    def version(self, name: str) -> int:
        """Return a number that is another one after each change to the table."""
        return self._versions[name]

    def highest_id(self, name: str) -> int:
        """Return the highest document id in the table, 0 in an empty one."""
        highest = self._highest.get(name)
        if highest is None:
            highest = max(map(int, self.table(name)), default=0)
            self._highest[name] = highest
        return highest

    def apply(self, entries: Iterable[Entry]) -> None:
        """Make the changes that lines of the journal tell, one after the other."""
        together: dict[str, dict[str, Document]] = {}
        for entry in entries:
            if entry.drop or entry.remove:
                self._put(together)
                together.clear()
                self._take_away(entry)
            for name, documents in entry.put.items():
                together.setdefault(name, {}).update(documents)
        self._put(together)

    def _take_away(self, entry: Entry) -> None:
        for name in entry.drop:
            self._remove(name, list(self.table(name)))
            self._tables.pop(name, None)
        for name, keys in entry.remove.items():
            self._remove(name, keys)

    def _remove(self, name: str, keys: list[str]) -> None:
        table = self.table(name)
        for key in keys:
            old = table.pop(key, None)
            if old is not None and self.are_read:
                self._observer.follow(name, key, old, None)
            if int(key) == self._highest.get(name):
                del self._highest[name]
        self._versions[name] += 1

    def _put(self, changed: Mapping[str, Mapping[str, Document]]) -> None:
        for name, documents in changed.items():
            table = self._tables.setdefault(name, {})
            if self.are_read:
                for key, document in documents.items():
                    old, table[key] = table.get(key), document
                    self._observer.follow(name, key, old, document)
            else:
                table.update(documents)
                self._observer.read(name, documents)
            if name in self._highest:
                self._highest[name] = max(self._highest[name], *map(int, documents), 0)
            self._versions[name] += 1


class TableDraft(MutableMapping[str, Document]):
    """A table with changes that are not made yet, over a base that stays as it is.

    Documents that are read from it belong to the base: `editable` gives one that may be changed.
    """

    def __init__(self, base: Mapping[str, Document]) -> None:
        self._base = base
        self._highest_put = 0
        self.put: dict[str, Document] = {}
        self.removed: dict[str, None] = {}
        """Ids of the base that are gone; one that is in `put` as well has come again, and stands at the end."""

    def __getitem__(self, key: str) -> Document:
        if key in self.put:
            return self.put[key]
        if key in self.removed:
            raise KeyError(key)
        return self._base[key]

    def __setitem__(self, key: str, document: Document) -> None:
        self.put[key] = document
        self._highest_put = max(self._highest_put, int(key))

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        if self.put.pop(key, None) is not None and int(key) == self._highest_put:
            self._highest_put = max(map(int, self.put), default=0)
        if key in self._base:
            self.removed[key] = None

    def __contains__(self, key: object) -> bool:
        return key in self.put or (key not in self.removed and key in self._base)

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self._base if key not in self.removed)
        yield from (key for key in self.put if self._is_at_the_end(key))

    def __len__(self) -> int:
        return len(self._base) - len(self.removed) + sum(map(self._is_at_the_end, self.put))

    def _is_at_the_end(self, key: str) -> bool:
        return key in self.removed or key not in self._base

    def clear(self) -> None:
        """Remove every document, in one pass."""
        self.put.clear()
        self._highest_put = 0
        self.removed = dict.fromkeys(self._base)

    def highest_id(self, in_base: int) -> int:
        """Return the highest document id, 0 in an empty table; `in_base` is the highest of the base."""
        if self._highest_put >= in_base or str(in_base) not in self.removed:
            return max(self._highest_put, in_base)
        return max(map(int, self), default=0)

    def absorb(self, later: "TableDraft") -> None:
        """Take over the changes of a draft whose base this one is."""
        for key in later.removed:
            del self[key]
        for key, document in later.put.items():
            self[key] = document


class Draft:
    """What one transaction is about to change, in any number of tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._drafts: dict[str, TableDraft] = {}
        self._dropped: dict[str, None] = {}
        self._made: dict[str, None] = {}

    def names(self) -> list[str]:
        """Return the names of all tables as they will be."""
        kept = [name for name in self._tables.names() if name not in self._dropped]
        return [*kept, *self._made]

    def table(self, name: str) -> TableDraft:
        """Return the draft of one table; one that does not exist reads as empty."""
        draft = self._drafts.get(name)
        if draft is None:
            draft = self._drafts[name] = TableDraft(self._tables.table(name))
        return draft

    def make(self, name: str) -> None:
        """Let the table exist, with or without documents."""
        if name not in self._tables or name in self._dropped:
            self._made[name] = None

    def drop(self, name: str) -> None:
        """Let the table not exist."""
        self._made.pop(name, None)
        self._drafts[name] = TableDraft({})
        if name in self._tables:
            self._dropped[name] = None

    def highest_id(self, name: str) -> int:
        """Return the highest document id in the table, 0 in an empty one."""
        in_base = 0 if name in self._dropped else self._tables.highest_id(name)
        return self.table(name).highest_id(in_base)

    def put(self) -> dict[str, dict[str, Document]]:
        """Return the documents that are new or changed, by table and id; a new table is named even if it is empty."""
        changed = {name: draft.put for name, draft in self._drafts.items() if draft.put}
        return {name: changed.get(name, {}) for name in [*self._made, *changed]}

    def removed(self) -> dict[str, list[str]]:
        """Return the ids of the documents that are gone, by table."""
        return {name: list(draft.removed) for name, draft in self._drafts.items() if draft.removed}

    def dropped(self) -> list[str]:
        """Return the names of the tables that are gone."""
        return list(self._dropped)

    def is_empty(self) -> bool:
        """Tell whether nothing would change."""
        touched = any(draft.put or draft.removed for draft in self._drafts.values())
        return not (touched or self._made or self._dropped)


class EditableTable(MutableMapping[int, Document]):
    """A draft as TinyDB's updaters want it: whole numbers for keys, and documents that may be changed where they stand.

    Each document is lent as a copy; what differs when it comes back is a change. One at a time is out, so that an update
    over 100,000 documents holds one copy and not 100,000.
    """

    def __init__(self, draft: TableDraft) -> None:
        self._draft = draft
        self._lent: tuple[str, Document] | None = None

    def settle(self) -> None:
        """Take back what was lent: a changed document goes into the draft."""
        if self._lent is not None:
            key, document = self._lent
            if not is_same(document, self._draft[key]):
                self._draft[key] = document
            self._lent = None

    def __getitem__(self, doc_id: int) -> Document:
        key = str(doc_id)
        if self._lent is None or self._lent[0] != key:
            self.settle()
            self._lent = key, copied(self._draft[key])
        return self._lent[1]

    def __setitem__(self, doc_id: int, document: Document) -> None:
        self.settle()
        self._draft[str(doc_id)] = copied(document)

    def __delitem__(self, doc_id: int) -> None:
        key = str(doc_id)
        if self._lent is not None and self._lent[0] == key:
            self._lent = None
        del self._draft[key]

    def __contains__(self, doc_id: object) -> bool:
        return str(doc_id) in self._draft

    def __iter__(self) -> Iterator[int]:
        return map(int, self._draft)

    def __len__(self) -> int:
        return len(self._draft)

    def clear(self) -> None:
        """Remove every document, in one pass."""
        self._lent = None
        self._draft.clear()


def copied(value: T) -> T:
    """Return a value of JSON that shares nothing changeable with `value`."""
    if isinstance(value, dict):
        return cast("T", {key: item if type(item) in _ATOMS else copied(item) for key, item in value.items()})
    return cast("T", [copied(item) for item in value]) if isinstance(value, list) else value


_ATOMS = frozenset((str, int, float, bool, type(None)))


def is_same(one: object, other: object) -> bool:
    """Tell whether two values are written alike in JSON: unlike `==`, 1, 1.0 and True differ."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other
