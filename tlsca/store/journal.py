"""The journal: one line per transaction, chained by hashes, appended and synced; the truth on disk.

Whatever else the store keeps in memory or beside it can be made again from these lines, and is.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Protocol

from tlsca.errors import StoreConflict, StoreDamaged, StoreError, StoreMissing, StoreWriteFailed
from tlsca.store import durable
from tlsca.store.flush import flush
from tlsca.store.lines import START, Entry, Lines, Position, damaged, decode, encode, encode_and_read, is_torn
from tlsca.text import printable

_AT_ONCE = 128
"""Lines that are read together."""


class Journal(Protocol):
    """What the tables need of a journal. One in a file is here; one in a shared database could stand in its place."""

    def append(self, expected: Position, entry: Entry) -> Lines:
        """Add one line durably, if `expected` is the end; return it as it will be read: lists for tuples, text for keys.

        Raises StoreConflict if it is not the end, StoreWriteFailed if it could not be written (and then was not), and
        TypeError or ValueError for what JSON cannot hold.
        """
        ...

    def read(self, position: Position) -> Iterator[Lines]:
        """Yield the lines after `position`, some at a time; raise StoreDamaged, naming the first that is not what was written."""
        ...

    def has_moved(self, position: Position) -> bool:
        """Tell cheaply whether there may be something to read after `position`."""
        ...

    def mend(self, position: Position) -> str | None:
        """Put away what was never acknowledged after `position`, the last line; return a sentence about it."""
        ...


class FileJournal:
    """A journal in one file. Whoever appends or mends holds the store's lock."""

    def __init__(self, path: Path) -> None:
        """Use the journal at `path`; raise StoreMissing if there is none."""
        self._path = path
        self._identity = _identity(self._stat())
        self._in_doubt = False

    @classmethod
    def create(cls, path: Path, entry: Entry) -> "FileJournal":
        """Make a journal whose first line is `entry`; raise StoreWriteFailed."""
        try:
            durable.write_file(path, encode(entry, START)[0])
        except OSError as error:
            raise _write_failed(error) from error
        return cls(path)

    def append(self, expected: Position, entry: Entry) -> Lines:
        """Add one line with one sync; see Journal."""
        if self._in_doubt:
            raise StoreWriteFailed(
                "An earlier write to the journal could not be made durable, so nothing more is written.",
                hint="Check the disk, then open the store again.",
            )
        content, lines = encode_and_read(entry, expected)
        with self._opened(os.O_WRONLY) as descriptor:
            if os.fstat(descriptor).st_size != expected.offset:
                raise StoreConflict("Another program changed the journal without taking its turn.")
            self._write(descriptor, content, expected.offset)
        return lines

    def _write(self, descriptor: int, content: bytes, offset: int) -> None:
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            durable.write_all(descriptor, content)
        except OSError as error:
            self._take_back(descriptor, offset)
            raise _write_failed(error) from error
        try:
            flush(descriptor)
        except OSError as error:
            # The kernel may have dropped the dirty pages: what a later sync says about them means nothing.
            self._in_doubt = True
            self._take_back(descriptor, offset)
            raise _write_failed(error) from error

    def _take_back(self, descriptor: int, offset: int) -> None:
        try:
            os.ftruncate(descriptor, offset)
        except OSError:
            self._in_doubt = True

    def read(self, position: Position) -> Iterator[Lines]:
        """Yield the lines after `position`, and stop before a torn tail; see Journal."""
        with self._opened(os.O_RDONLY) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
            if os.fstat(descriptor).st_size < position.offset:
                raise StoreDamaged(f"The journal was cut short: line {position.lines} is gone.")
            file.seek(position.offset)
            while raws := list(islice(file, _AT_ONCE)):
                if not raws[-1].endswith(b"\n") and is_torn(raws[-1]):
                    del raws[-1]
                lines, damage = decode(raws, position)
                if lines.entries:
                    yield lines
                    position = lines.after
                if damage is not None:
                    raise damage
        if position == START:
            raise damaged(1, "it was never written to its end")

    def has_moved(self, position: Position) -> bool:
        """Tell whether the file's size is another; see Journal."""
        try:
            return self._stat().st_size != position.offset
        except StoreMissing:
            return True

    def mend(self, position: Position) -> str | None:
        """Move a torn tail after `position` into a file of its own; see Journal."""
        try:
            with self._opened(os.O_RDWR) as descriptor:
                os.lseek(descriptor, position.offset, os.SEEK_SET)
                tail = _read_all(descriptor)
                if not tail:
                    return None
                name = self._set_aside(tail)
                os.ftruncate(descriptor, position.offset)
                flush(descriptor)
        except OSError as error:
            raise _write_failed(error) from error
        return (
            f"Line {position.lines + 1} of the journal was torn off while it was being written and had not been "
            f"acknowledged; its {len(tail)} bytes are in {name}."
        )

    def _set_aside(self, tail: bytes) -> str:
        number = 1
        while (path := self._path.with_name(f"journal.torn-{number}")).exists():
            number += 1
        durable.write_file(path, tail)
        return path.name

    @contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        try:
            descriptor = durable.open_file(self._path, flags)
        except FileNotFoundError as error:
            raise _missing(self._path) from error
        except OSError as error:
            raise _not_opened(self._path, error) from error
        try:
            if _identity(os.fstat(descriptor)) != self._identity:
                raise StoreDamaged("The journal was replaced by another file.", hint="Open the store again.")
            yield descriptor
        finally:
            os.close(descriptor)

    def _stat(self) -> os.stat_result:
        try:
            return self._path.stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise _missing(self._path) from error
        except OSError as error:
            raise _not_opened(self._path, error) from error


def _missing(path: Path) -> StoreMissing:
    place = printable(str(path.parent))
    if path.parent.is_file():
        return StoreMissing(f"{place} is a file, and a store is a directory.", hint="Name a directory.")
    return StoreMissing(f"There is no store in {place}.", hint="Make one with `tlsca init`.")


def _not_opened(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The store in {printable(str(path.parent))} cannot be opened: {error.strerror or error}.",
        hint="Its owner alone can read a store." if isinstance(error, PermissionError) else "",
    )


def _write_failed(error: OSError) -> StoreWriteFailed:
    return StoreWriteFailed(
        f"The journal cannot be written: {error.strerror or error}.", hint="Nothing was changed."
    )


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return file.read()
