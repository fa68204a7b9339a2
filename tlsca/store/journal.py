"""The journal: one line per transaction, chained by hashes, appended and synced; the truth on disk.

    <8 hex digits: length of the body> <64 hex digits: SHA-256 of the previous line's hash and the body> <body>

The body is compact JSON. The length tells a line that was being written when the power failed (nobody was told that it is
there) from one that was changed afterwards; the chain makes any other change visible, and names the line.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from tlsca.errors import StoreConflict, StoreDamaged, StoreError, StoreMissing, StoreWriteFailed
from tlsca.store import durable
from tlsca.store.records import Document
from tlsca.text import from_rfc3339, printable

_parse = json.JSONDecoder().decode
_HEADER = re.compile(rb"[0-9a-f]{8} [0-9a-f]{64} ")
_HEADER_LENGTH = 74
_LONGEST_BODY = 0xFFFF_FFFF


class Position(NamedTuple):
    """A border between two lines: what a reader knows of everything before it."""

    lines: int = 0
    """How many lines stand before it."""
    offset: int = 0
    """How many bytes they have."""
    digest: bytes = bytes(32)
    """The last one's hash."""


START = Position()


class Entry(NamedTuple):
    """What one transaction did, and who did it."""

    act: str
    at: str
    """RFC 3339."""
    who: str
    """The operating system's name of the user."""
    host: str
    detail: Document
    """A few words about the act, for the audit log."""
    put: dict[str, dict[str, Document]]
    """Documents that are new or changed: table, then document id; a table named here exists from now on."""
    remove: dict[str, list[str]]
    """Documents that are gone; applied before `put`."""
    drop: list[str]
    """Tables that are gone; applied before `remove`."""


class Line(NamedTuple):
    """One line of the journal: `after.lines` is its number, `after.digest` its hash."""

    entry: Entry
    after: Position


class Journal(Protocol):
    """What the tables need of a journal. One in a file is here; one in a shared database could stand in its place."""

    def append(self, expected: Position, entry: Entry) -> Line:
        """Add one line durably, if `expected` is the end; return it as it will be read: lists for tuples, text for keys.

        Raises StoreConflict if it is not the end, StoreWriteFailed if it could not be written (and then was not), and
        TypeError or ValueError for what JSON cannot hold.
        """
        ...

    def read(self, position: Position) -> Iterator[Line]:
        """Yield the lines after `position`; raise StoreDamaged, naming the first that is not what was written."""
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

    def append(self, expected: Position, entry: Entry) -> Line:
        """Add one line with one sync; see Journal."""
        if self._in_doubt:
            raise StoreWriteFailed(
                "An earlier write to the journal could not be made durable, so nothing more is written.",
                hint="Check the disk, then open the store again.",
            )
        content, after = encode(entry, expected)
        line = Line(_entry(_said(content)), after)
        with self._opened(os.O_WRONLY) as descriptor:
            if os.fstat(descriptor).st_size != expected.offset:
                raise StoreConflict("Another program changed the journal without taking its turn.")
            self._write(descriptor, content, expected.offset)
        return line

    def _write(self, descriptor: int, content: bytes, offset: int) -> None:
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            durable.write_all(descriptor, content)
        except OSError as error:
            self._take_back(descriptor, offset)
            raise _write_failed(error) from error
        try:
            os.fsync(descriptor)
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

    def read(self, position: Position) -> Iterator[Line]:
        """Yield the lines after `position`, and stop before a torn tail; see Journal."""
        with self._opened(os.O_RDONLY) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
            if os.fstat(descriptor).st_size < position.offset:
                raise StoreDamaged(f"The journal was cut short: line {position.lines} is gone.")
            file.seek(position.offset)
            for raw in file:
                if not raw.endswith(b"\n") and is_torn(raw):
                    _insist_on_a_first_line(position)
                    return
                line = decode(raw, position)
                position = line.after
                yield line
            _insist_on_a_first_line(position)

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
                os.fsync(descriptor)
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
            raise _not_opened(error) from error
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
            raise _not_opened(error) from error


def encode(entry: Entry, before: Position) -> tuple[bytes, Position]:
    """Return the line that says `entry` after `before`, and the border behind it.

    Raises TypeError or ValueError for documents that JSON cannot hold.
    """
    number = before.lines + 1
    said = {name: value for name, value in entry._asdict().items() if value or isinstance(value, str)}
    body = json.dumps({"seq": number, **said}, separators=(",", ":")).encode("ascii")
    if len(body) > _LONGEST_BODY:
        raise StoreWriteFailed(f"One transaction cannot hold {len(body)} bytes.")
    digest = hashlib.sha256(before.digest + body)
    raw = b"%08x %s %s\n" % (len(body), digest.hexdigest().encode("ascii"), body)
    return raw, Position(number, before.offset + len(raw), digest.digest())


def decode(raw: bytes, before: Position) -> Line:
    """Return the line that `encode` wrote after `before`; raise StoreDamaged, with its number, for any other bytes."""
    number = before.lines + 1
    body = raw[_HEADER_LENGTH:-1]
    digest = hashlib.sha256(before.digest + body)
    header = b"%08x %s " % (len(body), digest.hexdigest().encode("ascii"))
    if raw[:_HEADER_LENGTH] != header or not raw.endswith(b"\n"):
        raise _damaged(number, _what_differs(raw, header))
    try:
        said = _said(raw)
        entry = _entry(said)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(number, "its text is not that of a transaction") from error
    if said["seq"] != number:
        raise _damaged(number, f"it says that it is line {said['seq']!r:.20}")
    return Line(entry, Position(number, before.offset + len(raw), digest.digest()))


def is_torn(tail: bytes) -> bool:
    """Tell whether bytes without a newline at the journal's end are a line that was never written to its end.

    That is so if they are fewer than their header declares, or end in zeros: a file system may have made the file longer
    and lost the power before it wrote what belongs there.
    """
    if len(tail) < _HEADER_LENGTH or tail.endswith(b"\0"):
        return True
    return bool(_HEADER.match(tail)) and len(tail) <= _HEADER_LENGTH + int(tail[:8], 16)


def _said(raw: bytes) -> Document:
    return cast("Document", _parse(raw[_HEADER_LENGTH:-1].decode("ascii")))


def _entry(said: Document) -> Entry:
    """Return what a line says; raise ValueError, KeyError, TypeError or AttributeError if it is no transaction."""
    put, remove = said.get("put", {}), said.get("remove", {})
    detail, drop = said.get("detail", {}), said.get("drop", [])
    act, at, who, host = said["act"], said["at"], said["who"], said["host"]
    from_rfc3339(at)
    sound = (
        all(type(word) is str for word in (act, who, host, *drop))
        and type(detail) is dict
        and type(drop) is list
        and all(_are_documents(documents) for documents in put.values())
        and all(type(keys) is list and all(map(str.isdigit, keys)) for keys in remove.values())
    )
    if not sound:
        raise ValueError
    return Entry(act, at, who, host, detail, put, remove, drop)


def _are_documents(documents: Document) -> bool:
    return all(key.isdigit() and type(document) is dict for key, document in documents.items())


def _what_differs(raw: bytes, header: bytes) -> str:
    if not raw.endswith(b"\n"):
        return "it does not end where it should"
    if raw[:9] != header[:9]:
        return "it has not the length that it declares"
    return "its hash does not follow from the line before it"


def _insist_on_a_first_line(position: Position) -> None:
    if position == START:
        raise _damaged(1, "it was never written to its end")


def _damaged(number: int, reason: str) -> StoreDamaged:
    return StoreDamaged(
        f"Line {number} of the journal is damaged: {reason}.",
        hint="What stands before it can still be read; restore the store from a backup to change it again.",
    )


def _missing(path: Path) -> StoreMissing:
    return StoreMissing(
        f"There is no store in {printable(str(path.parent))}.", hint="Make one with `tlsca init`."
    )


def _not_opened(error: OSError) -> StoreError:
    return StoreError(f"The journal cannot be opened: {error.strerror or error}.")


def _write_failed(error: OSError) -> StoreWriteFailed:
    return StoreWriteFailed(
        f"The journal cannot be written: {error.strerror or error}.", hint="Nothing was changed."
    )


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return file.read()
