"""TinyDB's documented operations, run on stock TinyDB and on the journal side by side."""

import json
import re
import shutil
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tinydb import Query, TinyDB, where
from tinydb.operations import add, decrement, delete, increment, subtract
from tinydb.operations import set as put
from tinydb.storages import JSONStorage, MemoryStorage
from tinydb.table import Document

from tlsca.store.ledger import Ledger

NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)

PEOPLE = [
    {"name": "Ada", "age": 36, "likes": ["engines", "poems"], "home": {"town": "London", "no": 12}},
    {"name": "Blaise", "age": 39, "likes": [], "home": {"town": "Paris"}},
    {"name": "Carl", "age": 77, "likes": ["numbers"], "home": {"town": "Göttingen", "no": 3}},
    {"name": "Daniel", "age": 82},
]

User = Query()


@pytest.fixture
def pair(ledger, tmp_path):
    """Stock TinyDB and ours, with the same four people in the default table."""
    stock = TinyDB(tmp_path / "stock.json", storage=JSONStorage)
    for database in (stock, ledger.database):
        database.insert_multiple(PEOPLE)
    return stock, ledger.database


def seen(database) -> dict:
    """Everything in a database, order and ids included."""
    tables = {
        name: [(document.doc_id, dict(document)) for document in database.table(name)]
        for name in database.tables()
    }
    return {name: json.dumps(rows) for name, rows in tables.items()}


def outcome(operation, database):
    try:
        result = operation(database)
    except (KeyError, ValueError, RuntimeError, TypeError, AttributeError) as error:
        return type(error), str(error)
    if isinstance(result, list) and result and isinstance(result[0], Document):
        return [(document.doc_id, document) for document in result]
    return (result.doc_id, result) if isinstance(result, Document) else result


def shout(document):
    document["name"] = document["name"].upper()
    document.setdefault("likes", []).append("noise")


READS = {
    "all": lambda db: db.all(),
    "len": len,
    "iteration": list,
    "equal": lambda db: db.search(User.name == "Ada"),
    "not equal": lambda db: db.search(User.name != "Ada"),
    "less": lambda db: db.search(User.age < 39),
    "at most": lambda db: db.search(User.age <= 39),
    "greater": lambda db: db.search(User["age"] > 39),
    "at least": lambda db: db.search(where("age") >= 39),
    "nested": lambda db: db.search(User.home.town == "Paris"),
    "exists": lambda db: db.search(User.home.no.exists()),
    "matches": lambda db: db.search(User.name.matches("[A-C]", flags=re.IGNORECASE)),
    "search": lambda db: db.search(User.name.search("a+")),
    "test": lambda db: db.search(User.age.test(lambda age, least: age > least, 70)),
    "fragment": lambda db: db.search(User.fragment({"name": "Carl", "age": 77})),
    "nested fragment": lambda db: db.search(User.home.fragment({"no": 12})),
    "any of": lambda db: db.search(User.likes.any(["numbers", "poems"])),
    "all of": lambda db: db.search(User.likes.all(["engines", "poems"])),
    "one of": lambda db: db.search(User.name.one_of(["Ada", "Carl"])),
    "map": lambda db: db.search(User.name.map(str.lower) == "ada"),
    "noop": lambda db: db.search(User.noop()),
    "not": lambda db: db.search(~(User.name == "Ada")),
    "and": lambda db: db.search((User.age > 36) & (User.age < 80)),
    "or": lambda db: db.search((User.age < 37) | (User.age > 80)),
    "own function": lambda db: db.search(lambda document: "home" in document),
    "get": lambda db: db.get(User.age > 36),
    "get by id": lambda db: db.get(doc_id=3),
    "get by ids": lambda db: db.get(doc_ids=[3, 1, 99]),
    "get nobody": lambda db: db.get(User.age > 100),
    "get without a condition": lambda db: db.get(),
    "contains": lambda db: db.contains(User.age > 80),
    "contains id": lambda db: (db.contains(doc_id=4), db.contains(doc_id=5)),
    "contains without a condition": lambda db: db.contains(),
    "count": lambda db: db.count(User.age > 38),
    "tables": lambda db: db.tables(),
    "repr": repr,
}

WRITES = {
    "insert": lambda db: db.insert({"name": "Emmy", "age": 53}),
    "insert no mapping": lambda db: db.insert([1]),
    "insert with an id": lambda db: (db.insert(Document({"name": "E"}, doc_id=12)), db.insert({"name": "F"})),
    "insert with an id that is taken": lambda db: db.insert(Document({}, doc_id=2)),
    "insert what JSON turns": lambda db: db.insert({"pair": (1, 2), "keys": {1: None}}),
    "insert many": lambda db: db.insert_multiple({"number": number} for number in range(3)),
    "insert many with ids": lambda db: db.insert_multiple([Document({"a": 1}, 8), Document({"a": 2}, 7)]),
    "insert many with an id that is taken": lambda db: db.insert_multiple([{"a": 1}, Document({}, 2)]),
    "update fields": lambda db: db.update({"age": 1, "new": [1]}, User.name == "Ada"),
    "update all": lambda db: db.update({"seen": True}),
    "update by ids": lambda db: db.update({"age": 2}, doc_ids=[4, 2, 99]),
    "update nothing": lambda db: db.update({"age": 3}, User.name == "Nobody"),
    "update 1 to True": lambda db: (db.insert({"age": 1}), db.update({"age": True}, User.age == 1)),
    "update 1 to 1.0": lambda db: (
        db.insert({"in": [{"a": 1}]}),
        db.update({"in": [{"a": 1.0}]}, doc_ids=[5]),
    ),
    "delete": lambda db: db.update(delete("age"), User.name == "Ada"),
    "delete what is not there": lambda db: db.update(delete("home")),
    "increment": lambda db: db.update(increment("age"), User.age > 70),
    "decrement": lambda db: db.update(decrement("age"), User.age > 70),
    "add": lambda db: db.update(add("age", 10), User.age < 40),
    "subtract": lambda db: db.update(subtract("age", 0.5), User.age < 40),
    "set": lambda db: db.update(put("home", None), doc_ids=[1]),
    "transform": lambda db: db.update(shout, User.likes.exists()),
    "transform nested": lambda db: db.update(lambda document: document["home"].pop("town"), doc_ids=[1, 2]),
    "update several": lambda db: db.update_multiple(
        [({"young": True}, User.age < 40), (delete("home"), User.name == "Carl")]
    ),
    "upsert one that is there": lambda db: db.upsert({"name": "Ada", "age": 37}, User.name == "Ada"),
    "upsert one that is not": lambda db: db.upsert({"name": "Emmy"}, User.name == "Emmy"),
    "upsert by id": lambda db: db.upsert(Document({"name": "Adele"}, doc_id=1)),
    "upsert by a new id": lambda db: db.upsert(Document({"name": "Adele"}, doc_id=31)),
    "upsert without a condition": lambda db: db.upsert({"name": "Ada"}),
    "remove": lambda db: db.remove(User.age > 70),
    "remove by ids": lambda db: db.remove(doc_ids=[3, 1, 99]),
    "remove without a condition": lambda db: db.remove(),
    "remove the last and insert": lambda db: (db.remove(doc_ids=[4]), db.insert({"name": "E"})),
    "remove an id that was given and insert": lambda db: (
        db.insert(Document({}, doc_id=9)),
        db.remove(doc_ids=[9]),
        db.insert({}),
    ),
    "truncate": lambda db: (db.truncate(), db.insert({"name": "F"})),
    "another table": lambda db: db.table("pets").insert({"name": "Rex"}),
    "an empty table": lambda db: db.table("void", persist_empty=True).all(),
    "a table that nothing was removed from": lambda db: db.table("void").remove(User.name == "x"),
    "drop a table": lambda db: (db.table("pets").insert({}), db.drop_table("pets"), db.tables()),
    "drop no table": lambda db: db.drop_table("pets"),
    "drop the default table": lambda db: (db.drop_table("_default"), db.insert({"name": "G"})),
    "drop tables": lambda db: (db.drop_tables(), db.tables()),
    "search, change, search": lambda db: (
        db.count(User.age > 70),
        db.update({"age": 71}, User.name == "Ada"),
        db.count(User.age > 70),
    ),
    "no cache": lambda db: (
        db.table("pets", cache_size=0).insert({}),
        db.table("pets").count(User.noop()),
        db.table("pets").clear_cache(),
    ),
}


@pytest.mark.parametrize("operation", READS.values(), ids=READS)
def test_reading_gives_what_stock_tinydb_gives(pair, operation):
    stock, ours = pair
    expected = outcome(operation, stock)
    if operation is READS["repr"]:
        expected = expected.replace("TinyDB", "JournalDatabase")
    assert outcome(operation, ours) == expected
    assert outcome(operation, ours) == expected


@pytest.mark.parametrize("operation", WRITES.values(), ids=WRITES)
def test_writing_does_what_stock_tinydb_does_also_after_the_next_start(pair, directory, operation):
    stock, ours = pair
    assert outcome(operation, ours) == outcome(operation, stock)
    assert seen(ours) == seen(stock)
    with Ledger.open(directory) as again:
        assert seen(again.database) == seen(stock)


@pytest.mark.parametrize("operation", WRITES.values(), ids=WRITES)
def test_writing_does_the_same_within_a_transaction(pair, directory, operation):
    stock, ours = pair
    with ours.storage.transaction():
        assert outcome(operation, ours) == outcome(operation, stock)
        assert seen(ours) == seen(stock)
    assert seen(ours) == seen(stock)
    with Ledger.open(directory) as again:
        assert seen(again.database) == seen(stock)


def last_line(directory: Path) -> dict:
    return json.loads((directory / "journal.jsonl").read_bytes().splitlines()[-1][74:])


def test_a_line_holds_only_the_document_that_changed(pair, directory):
    _, ours = pair
    ours.insert({"name": "Emmy"})
    assert last_line(directory)["put"] == {"_default": {"5": {"name": "Emmy"}}}
    ours.update(increment("age"), User.name == "Daniel")
    assert last_line(directory)["put"] == {"_default": {"4": {"name": "Daniel", "age": 83}}}
    ours.remove(User.name == "Daniel")
    assert last_line(directory)["remove"] == {"_default": ["4"]}
    assert "put" not in last_line(directory)


def test_what_changes_nothing_writes_nothing(pair, ledger):
    _, ours = pair
    before = ledger.position
    ours.update({"age": 36}, User.name == "Ada")
    ours.remove(User.name == "Nobody")
    ours.update_multiple([])
    assert ledger.position == before


def test_a_transaction_over_several_tables_is_one_line(ledger, directory):
    database = ledger.database
    before = ledger.position
    with database.storage.transaction():
        first = database.table("people").insert({"name": "Ada"})
        database.table("people").update({"age": 36}, doc_ids=[first])
        database.table("pets").insert_multiple([{"name": "Rex"}, {"name": "Tom"}])
        database.table("pets").remove(User.name == "Tom")
        assert database.table("pets").count(User.name == "Rex") == 1
        database.table("pets").update({"age": 3}, User.name == "Rex")
        database.table("pets").remove(User.age == 3)
        assert database.table("pets").count(User.name == "Rex") == 0
        database.table("pets").insert({"name": "Rex"})
        assert database.tables() == {"people", "pets"}
    assert ledger.position == before + 1
    assert last_line(directory)["put"] == {
        "people": {"1": {"name": "Ada", "age": 36}},
        "pets": {"3": {"name": "Rex"}},
    }


def test_a_transaction_that_raises_leaves_no_trace(pair, ledger):
    stock, ours = pair
    before = ledger.position

    def fail():
        with ours.storage.transaction():
            ours.truncate()
            ours.table("pets").insert({})
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert seen(ours) == seen(stock)
    assert ledger.position == before


def test_an_operation_that_fails_within_a_transaction_is_undone_alone(pair):
    _, ours = pair
    with ours.storage.transaction():
        ours.insert({"name": "Emmy"})
        with pytest.raises(KeyError):
            ours.update(delete("home"))
    assert ours.count(User.home.exists()) == 3
    assert ours.contains(User.name == "Emmy")


def test_other_threads_see_a_transaction_only_once_it_is_over(pair):
    _, ours = pair
    counted = []

    def count():
        counted.append((ours.count(User.noop()), len(ours)))

    def count_elsewhere():
        thread = threading.Thread(target=count)
        thread.start()
        thread.join()

    with ours.storage.transaction():
        ours.insert({"name": "Emmy"})
        count()
        count_elsewhere()
    count_elsewhere()
    assert counted == [(5, 5), (4, 4), (5, 5)]


def test_threads_that_insert_at_once_lose_nothing_and_share_no_id(ledger):
    ids = []
    threads = [
        threading.Thread(target=lambda: ids.extend(ledger.database.insert({}) for _ in range(25)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ids) == list(range(1, 101))
    assert len(ledger.database) == 100


def test_what_a_caller_does_to_a_document_does_not_reach_the_store(pair):
    stock, ours = pair
    given = {"likes": ["cats"]}
    ours.insert(given)
    stock.insert(given)
    given["likes"].append("dogs")
    for document in [*ours.all(), *ours.search(User.noop()), ours.get(doc_id=1), *ours.get(doc_ids=[1])]:
        document.setdefault("likes", []).append("everything")
        document["name"] = "Nobody"
    assert seen(ours) == seen(stock)


def test_a_document_that_json_cannot_hold_is_refused_and_nothing_is_written(pair, ledger):
    stock, ours = pair
    before = ledger.position
    with pytest.raises(TypeError):
        ours.insert({"when": NOW})
    assert seen(ours) == seen(stock)
    assert ledger.position == before


def test_a_table_of_stock_tinydb_over_our_storage_writes_only_differences(pair, directory):
    _, ours = pair
    stock_database = TinyDB(storage=lambda: ours.storage)
    assert stock_database.update({"age": 40}, User.name == "Ada") == [1]
    assert list(last_line(directory)["put"]["_default"]) == ["1"]
    stock_database.remove(doc_ids=[2, 3])
    assert last_line(directory)["remove"] == {"_default": ["2", "3"]}
    assert [document["name"] for document in ours] == ["Ada", "Daniel"]


def test_an_update_of_many_documents_lends_one_copy_at_a_time(ledger):
    ledger.database.insert_multiple({"number": number} for number in range(50))
    lent = []
    ledger.database.update(lambda document: lent.append(document) or document.update(done=True))
    assert ledger.database.count(User.done == True) == 50  # noqa: E712 -- a query, not a comparison
    lent[0]["number"] = "changed after it was given back"
    assert ledger.database.get(doc_id=1)["number"] == 0


names = st.sampled_from("abcd")
values = st.one_of(
    st.integers(0, 3), st.booleans(), st.none(), st.sampled_from([1.0, "x", [], [1, {"a": 1}]])
)
documents = st.dictionaries(names, values, max_size=3)
doc_ids = st.integers(1, 6)
conditions = st.one_of(
    st.builds(lambda name, value: where(name) == value, names, values),
    st.builds(lambda name: where(name).exists(), names),
    st.builds(lambda name: ~where(name).exists(), names),
)
tables = st.sampled_from(["one", "two"])


class SideBySide(RuleBasedStateMachine):
    """Any sequence of operations leaves stock TinyDB and ours alike, whenever ours is closed and opened again."""

    @initialize()
    def start(self):
        self.directory = Path(tempfile.mkdtemp())
        self.ledger = Ledger.create(self.directory / "store", at=NOW, random=bytes, clock=lambda: NOW)
        self.stock = TinyDB(self.directory / "stock.json", storage=JSONStorage)

    def both(self, operation):
        assert outcome(operation, self.ledger.database) == outcome(operation, self.stock)

    @rule(table=tables, document=documents)
    def insert(self, table, document):
        self.both(lambda db: db.table(table).insert(document))

    @rule(table=tables, document=documents, doc_id=doc_ids)
    def insert_with_id(self, table, document, doc_id):
        self.both(lambda db: db.table(table).insert(Document(document, doc_id)))

    @rule(table=tables, many=st.lists(documents, max_size=3))
    def insert_multiple(self, table, many):
        self.both(lambda db: db.table(table).insert_multiple(many))

    @rule(table=tables, document=documents, condition=conditions)
    def update(self, table, document, condition):
        self.both(lambda db: db.table(table).update(document, condition))

    @rule(table=tables, document=documents, ids=st.lists(doc_ids, max_size=3, unique=True))
    def update_by_ids(self, table, document, ids):
        self.both(lambda db: db.table(table).update(document, doc_ids=ids))

    @rule(table=tables, name=names, condition=conditions)
    def delete_field(self, table, name, condition):
        self.both(lambda db: db.table(table).update(delete(name), condition))

    @rule(table=tables, document=documents, condition=conditions)
    def upsert(self, table, document, condition):
        self.both(lambda db: db.table(table).upsert(document, condition))

    @rule(table=tables, condition=conditions)
    def remove(self, table, condition):
        self.both(lambda db: db.table(table).remove(condition))

    @rule(table=tables, condition=conditions)
    def search(self, table, condition):
        self.both(lambda db: db.table(table).search(condition))

    @rule(table=tables)
    def truncate(self, table):
        self.both(lambda db: db.table(table).truncate())

    @rule(table=tables)
    def drop_table(self, table):
        self.both(lambda db: db.drop_table(table))

    @rule()
    def drop_tables(self):
        self.both(lambda db: db.drop_tables())

    @rule(
        table=tables,
        removed=conditions,
        many=st.lists(documents, max_size=2),
        asked=conditions,
        dropped=st.booleans(),
    )
    def transaction(self, table, removed, many, asked, dropped):
        with self.ledger.database.storage.transaction():
            self.search(table, asked)
            self.remove(table, removed)
            self.search(table, asked)
            if dropped:
                self.drop_table(table)
            self.insert_multiple(table, many)
            self.search(table, asked)
            self.they_are_alike()

    @rule()
    def open_again(self):
        self.ledger.close()
        self.ledger = Ledger.open(self.directory / "store", clock=lambda: NOW)
        self.stock.close()
        self.stock = TinyDB(self.directory / "stock.json", storage=JSONStorage)

    @precondition(lambda self: hasattr(self, "ledger"))
    @invariant()
    def they_are_alike(self):
        assert seen(self.ledger.database) == seen(self.stock)

    def teardown(self):
        self.stock.close()
        shutil.rmtree(self.directory)


TestSideBySide = SideBySide.TestCase
TestSideBySide.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_memory_storage_agrees_too(ledger):
    stock = TinyDB(storage=MemoryStorage)
    for database in (stock, ledger.database):
        database.insert_multiple(PEOPLE)
        database.update(increment("age"), User.age > 36)
        database.remove(User.name == "Carl")
        database.upsert({"name": "Emmy", "age": 53}, User.name == "Emmy")
    assert seen(ledger.database) == seen(stock)
