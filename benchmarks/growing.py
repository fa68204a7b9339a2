"""How a store of certificates grows: opening it, finding a certificate by its name, and adding one, at sizes up to 100,000.

Beside tlsca's store stand TinyDB as it comes, which tlsca's store speaks through, and a table of SQLite with an index, which is how XCA
keeps its certificates. All hold the same documents, and all sync what is added to the disk.
"""

import gc
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from bench import Bench
from large import make_store, record
from tinydb import TinyDB, where

from tlsca.store.ledger import Ledger

SIZES = (1_000, 10_000, 100_000)
QUICK_SIZES = (100, 1_000)
ACTS = ("open and find one", "find one more", "add one")
ROUNDS = 3
_REPEATS = 10
_LONG_ENOUGH = 1.0


class Store(Protocol):
    """What is compared."""

    name: str

    @classmethod
    def fill(cls, directory: Path, certificates: int) -> None:
        """Make one of so many certificates."""

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open it as a program does that begins."""

    def find(self, number: int) -> object:
        """Return the certificate of a name."""

    def add(self, number: int) -> None:
        """Add one, and return when it is on the disk."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True)
class Ours:
    """The store of tlsca."""

    ledger: Ledger
    name = "tlsca"

    @classmethod
    def fill(cls, directory: Path, certificates: int) -> None:
        make_store(directory, certificates)

    @classmethod
    def open(cls, directory: Path) -> Self:
        return cls(Ledger.open(directory))

    def find(self, number: int) -> object:
        return self.ledger.by_name(_name(number))[0]

    def add(self, number: int) -> None:
        self.ledger.database.table("certificates").insert(record(number).to_document())

    def close(self) -> None:
        self.ledger.close()


@dataclass(frozen=True)
class Stock:
    """TinyDB as it comes: one JSON file."""

    database: TinyDB
    name = "TinyDB"

    @classmethod
    def fill(cls, directory: Path, certificates: int) -> None:
        directory.mkdir()
        with closing(cls.open(directory)) as store:
            table = store.database.table("certificates")
            table.insert_multiple(record(number).to_document() for number in range(certificates))

    @classmethod
    def open(cls, directory: Path) -> Self:
        return cls(TinyDB(directory / "db.json"))

    def find(self, number: int) -> object:
        return self.database.table("certificates").search(where("names").any([_name(number)]))[0]

    def add(self, number: int) -> None:
        self.database.table("certificates").insert(record(number).to_document())

    def close(self) -> None:
        self.database.close()


@dataclass(frozen=True)
class Sqlite:
    """A table of SQLite: the document as JSON, and an index over its name."""

    connection: sqlite3.Connection
    name = "SQLite"

    @classmethod
    def fill(cls, directory: Path, certificates: int) -> None:
        directory.mkdir()
        with closing(cls.open(directory)) as store, store.connection:
            store.connection.execute(
                "CREATE TABLE certificates (id INTEGER PRIMARY KEY, name TEXT, document TEXT)"
            )
            store.connection.execute("CREATE INDEX by_name ON certificates (name)")
            store.connection.executemany(_INSERT, map(_row, range(certificates)))

    @classmethod
    def open(cls, directory: Path) -> Self:
        return cls(sqlite3.connect(directory / "db.sqlite"))

    def find(self, number: int) -> object:
        question = "SELECT document FROM certificates WHERE name = ?"
        return json.loads(self.connection.execute(question, [_name(number)]).fetchone()[0])

    def add(self, number: int) -> None:
        with self.connection:
            self.connection.execute(_INSERT, _row(number))

    def close(self) -> None:
        self.connection.close()


_INSERT = "INSERT INTO certificates (name, document) VALUES (?, ?)"
STORES: tuple[type[Store], ...] = (Ours, Stock, Sqlite)


def _name(number: int) -> str:
    return f"host{number}.example.com"


def _row(number: int) -> tuple[str, str]:
    return _name(number), json.dumps(record(number).to_document())


@dataclass(slots=True)
class Curves:
    """The least seconds by act, store and size."""

    sizes: tuple[int, ...]
    least: dict[tuple[str, str, int], float] = field(default_factory=dict)

    def note(self, act: str, store: str, size: int, seconds: float) -> None:
        """Keep a time if it is the least so far."""
        key = act, store, size
        self.least[key] = min(seconds, self.least.get(key, seconds))


def measured(bench: Bench) -> Curves:
    """Measure every store at every size, in turns."""
    curves = Curves(QUICK_SIZES if bench.quick else SIZES)
    for size in curves.sizes:
        places = {store: bench.directory / f"{store.name}-{size}" for store in STORES}
        for store, place in places.items():
            store.fill(place, size)
        for turn in range(1 if bench.quick else ROUNDS):
            for store, place in places.items():
                _turn(curves, store, place, size, turn)
    return curves


def _turn(curves: Curves, kind: type[Store], place: Path, size: int, turn: int) -> None:
    """Open one store, ask it, add to it, and close it."""
    gc.collect()
    begun = time.perf_counter()
    store = kind.open(place)
    store.find(turn)
    curves.note(ACTS[0], kind.name, size, time.perf_counter() - begun)
    with closing(store):
        curves.note(ACTS[1], kind.name, size, _least(lambda number: store.find(size // 2 + number)))
        first = size + turn * _REPEATS
        curves.note(ACTS[2], kind.name, size, _least(lambda number: store.add(first + number)))


def _least(act: Callable[[int], object]) -> float:
    """Return the least time of several, or of fewer where they take long."""
    begun, times = time.perf_counter(), []
    for number in range(_REPEATS):
        started = time.perf_counter()
        act(number)
        times.append(time.perf_counter() - started)
        if time.perf_counter() - begun > _LONG_ENOUGH:
            break
    return min(times)
