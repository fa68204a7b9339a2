"""What a line of the journal says, and the form in which it stands there: a length, a hash and compact JSON.

    <8 hex digits: length of the body> <64 hex digits: SHA-256 of the previous line's hash and the body> <body>

The length tells a line that was being written when the power failed (nobody was told that it is there) from one that was
changed afterwards; the chain makes any other change visible, and names the line.
"""

import hashlib
import json
import re
from binascii import hexlify
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple, cast

from tlsca.errors import StoreDamaged, StoreWriteFailed
from tlsca.store.records import Document
from tlsca.text import from_rfc3339

_scan = json.JSONDecoder().decode
_HEADER = re.compile(rb"[0-9a-f]{8} [0-9a-f]{64} ")
_HEADER_LENGTH = 74
_LONGEST_BODY = 0xFFFF_FFFF
_NO_TRANSACTION = "its text is not that of a transaction"
_is_id = re.compile(r"0|[1-9][0-9]{0,17}").fullmatch


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
    """One line of the journal."""

    entry: Entry
    number: int
    """The first line has 1."""
    digest: bytes
    """Its hash; the next line's follows from it."""


class Lines(NamedTuple):
    """Some lines of the journal in a row, or none; a reader of many is told of them together, since each takes microseconds."""

    entries: list[Entry]
    digests: list[bytes]
    """The hash of each."""
    after: Position
    """The border behind the last one."""

    def each(self) -> Iterator[Line]:
        """Yield one line after the other."""
        first = self.after.lines - len(self.entries) + 1
        return map(Line, self.entries, count(first), self.digests)


def encode(entry: Entry, before: Position) -> tuple[bytes, Position]:
    """Return the line that says `entry` after `before`, and the border behind it.

    Raises TypeError or ValueError for documents that JSON cannot hold.
    """
    number = before.lines + 1
    said = {name: value for name, value in entry._asdict().items() if value or isinstance(value, str)}
    body = json.dumps({"seq": number, **said}, separators=(",", ":")).encode("ascii")
    if len(body) > _LONGEST_BODY:
        raise StoreWriteFailed(f"One transaction cannot hold {len(body)} bytes.")
    digest = hashlib.sha256(before.digest + body).digest()
    raw = _raw(body, digest)
    return raw, Position(number, before.offset + len(raw), digest)


def encode_and_read(entry: Entry, before: Position) -> tuple[bytes, Lines]:
    """Return the line that says `entry`, and what a reader will make of it: lists for tuples, text for keys.

    Raises as `encode`, and ValueError where a reader would refuse it.
    """
    raw, after = encode(entry, before)
    said = _scan(raw[_HEADER_LENGTH:-1].decode("ascii"))
    return raw, Lines([_whole(said)[0]], [after.digest], after)


def decode(raws: Sequence[bytes], before: Position) -> tuple[Lines, StoreDamaged | None]:
    """Return the lines that `encode` wrote after `before`, up to the first that it did not, and an error that names that one.

    Some dozens at once take a third less time than one by one, and have one copy of their field names among them.
    """
    bodies, digests, damage = _chained(raws, before)
    entries: list[Entry] = []
    try:
        for number, said in enumerate(_said(bodies, digests, before.lines + 1), before.lines + 1):
            entries.append(_entry(said, number))
    except StoreDamaged as error:
        damage = error
    if not entries:
        return Lines([], [], before), damage
    end = len(entries)
    offset = before.offset + sum(map(len, raws[:end]))
    return Lines(entries, digests[:end], Position(before.lines + end, offset, digests[end - 1])), damage


def _chained(raws: Sequence[bytes], before: Position) -> tuple[list[bytes], list[bytes], StoreDamaged | None]:
    """Return body and hash of each line up to the first that does not follow from those before it, and what is wrong there."""
    digest = before.digest
    bodies: list[bytes] = []
    digests: list[bytes] = []
    for raw in raws:
        body = raw[_HEADER_LENGTH:-1]
        digest = hashlib.sha256(digest + body).digest()
        if raw != _raw(body, digest):
            number = before.lines + len(bodies) + 1
            return bodies, digests, damaged(number, _what_differs(raw, len(body)))
        bodies.append(body)
        digests.append(digest)
    return bodies, digests, None


def _said(bodies: Sequence[bytes], digests: Sequence[bytes], first: int) -> Iterable[object]:
    """Return what each body says, in turn; raises StoreDamaged, when its turn comes, for one that is no JSON."""
    together = _parsed_together(bodies, digests[-1].hex()) if len(bodies) > 1 else None
    return _parsed(bodies, first) if together is None else together


def _parsed(bodies: Sequence[bytes], first: int) -> Iterator[object]:
    for number, body in enumerate(bodies, first):
        try:
            yield _scan(body.decode("ascii"))
        except (ValueError, RecursionError) as error:
            raise damaged(number, _NO_TRANSACTION) from error


def _parsed_together(bodies: Sequence[bytes], comma: str) -> list[object] | None:
    """Parse bodies as one list; return None where they have to be parsed one by one.

    Between them stands a word that none of them can hold, since it is a hash of all: so no body can reach into the next.
    """
    between = f',"{comma}",'.encode()
    try:
        found = _scan((b"[" + between.join(bodies) + b"]").decode("ascii"))
    except (ValueError, RecursionError):
        return None
    said: list[object] = found[::2]
    return said if len(said) == len(bodies) and found[1::2] == [comma] * (len(bodies) - 1) else None


def damaged(number: int, reason: str) -> StoreDamaged:
    """Return the error for a line that is not what was written."""
    return StoreDamaged(
        f"Line {number} of the journal is damaged: {reason}.",
        hint="What stands before it can still be read; restore the store from a backup to change it again.",
    )


def is_torn(tail: bytes) -> bool:
    """Tell whether bytes without a newline at the journal's end are a line that was never written to its end.

    That is so if they are fewer than their header declares, or end in zeros: a file system may have made the file longer
    and lost the power before it wrote what belongs there.
    """
    if len(tail) < _HEADER_LENGTH or tail.endswith(b"\0"):
        return True
    return bool(_HEADER.match(tail)) and len(tail) <= _HEADER_LENGTH + int(tail[:8], 16)


def _raw(body: bytes, digest: bytes) -> bytes:
    """Return the whole line of a body."""
    return b"%08x %b %b\n" % (len(body), hexlify(digest), body)


def _entry(said: object, number: int) -> Entry:
    """Return the transaction that line `number` tells; raise StoreDamaged if it is none, or that of another line."""
    try:
        entry, declared = _whole(cast("Document", said))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(number, _NO_TRANSACTION) from error
    if declared != number:
        raise damaged(number, f"it says that it is line {declared!r:.20}")
    return entry


def _whole(said: Document) -> tuple[Entry, object]:
    """Return what a line says, and its number; raise ValueError, KeyError, TypeError or AttributeError if it is no transaction."""
    detail, drop = said.get("detail", {}), said.get("drop", [])
    put, remove = said.get("put", {}), said.get("remove", {})
    entry = Entry(said["act"], said["at"], said["who"], said["host"], detail, put, remove, drop)
    from_rfc3339(entry.at)
    sound = type(entry.act) is type(entry.who) is type(entry.host) is str and type(detail) is dict
    if not (sound and _are_documents(put) and _are_removals(remove, drop)):
        raise ValueError
    return entry, said["seq"]


def _are_documents(put: Mapping[str, Document]) -> bool:
    for documents in put.values():
        for key, document in documents.items():
            if type(document) is not dict or not _is_id(key):
                return False
    return True


def _are_removals(remove: Mapping[str, object], drop: object) -> bool:
    if not remove and drop == []:
        return True
    ids = all(isinstance(keys, list) and all(map(_is_id, keys)) for keys in remove.values())
    return ids and isinstance(drop, list) and all(isinstance(name, str) for name in drop)


def _what_differs(raw: bytes, length: int) -> str:
    if not raw.endswith(b"\n"):
        return "it does not end where it should"
    if raw[:9] != b"%08x " % length:
        return "it has not the length that it declares"
    return "its hash does not follow from the line before it"
