"""What a line of the journal says, and the form in which it stands there: a length, a hash and compact JSON.

    <8 hex digits: length of the body> <64 hex digits: SHA-256 of the previous line's hash and the body> <body>

The length tells a line that was being written when the power failed (nobody was told that it is there) from one that was
changed afterwards; the chain makes any other change visible, and names the line.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from tlsca.errors import StoreDamaged, StoreWriteFailed
from tlsca.store.records import Document
from tlsca.text import from_rfc3339

_scan = json.JSONDecoder().decode
_HEADER = re.compile(rb"[0-9a-f]{8} [0-9a-f]{64} ")
_HEADER_LENGTH = 74
_LONGEST_BODY = 0xFFFF_FFFF
_NO_TRANSACTION = "its text is not that of a transaction"
_DICTS = {dict}
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
    """One line of the journal: `after.lines` is its number, `after.digest` its hash."""

    entry: Entry
    after: Position


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
    raw = b"%b%b\n" % (_header(body, digest), body)
    return raw, Position(number, before.offset + len(raw), digest)


def encode_and_read(entry: Entry, before: Position) -> tuple[bytes, Line]:
    """Return the line that says `entry`, and what a reader will make of it: lists for tuples, text for keys.

    Raises as `encode`, and ValueError where a reader would refuse it.
    """
    raw, after = encode(entry, before)
    said = _scan(raw[_HEADER_LENGTH:-1].decode("ascii"))
    return raw, Line(_whole(said)[0], after)


def decode(raws: Sequence[bytes], before: Position) -> tuple[list[Line], StoreDamaged | None]:
    """Return the lines that `encode` wrote after `before`, up to the first that it did not, and an error that names that one.

    A few dozen at once take a third less time than one by one, and have one copy of their field names among them.
    """
    borders, damage = _borders(raws, before)
    bodies = [raw[_HEADER_LENGTH:-1] for raw in raws[: len(borders)]]
    lines: list[Line] = []
    try:
        for said, border in zip(_said(bodies, borders), borders, strict=True):
            lines.append(Line(_entry(said, border.lines), border))
    except StoreDamaged as error:
        return lines, error
    return lines, damage


def _borders(raws: Sequence[bytes], before: Position) -> tuple[list[Position], StoreDamaged | None]:
    """Return the border behind each line up to the first that does not follow from those before it, and what is wrong there."""
    number, offset, digest = before
    borders: list[Position] = []
    for raw in raws:
        number += 1
        body = raw[_HEADER_LENGTH:-1]
        digest = hashlib.sha256(digest + body).digest()
        header = _header(body, digest)
        if raw[:_HEADER_LENGTH] != header or raw[-1:] != b"\n":
            return borders, damaged(number, _what_differs(raw, header))
        offset += len(raw)
        borders.append(Position(number, offset, digest))
    return borders, None


def _said(bodies: Sequence[bytes], borders: Sequence[Position]) -> Iterable[object]:
    """Return what each body says, in turn; raises StoreDamaged, when its turn comes, for one that is no JSON."""
    together = _parsed_together(bodies, borders[-1].digest.hex()) if len(bodies) > 1 else None
    return _parsed(bodies, borders) if together is None else together


def _parsed(bodies: Sequence[bytes], borders: Sequence[Position]) -> Iterator[object]:
    for body, border in zip(bodies, borders, strict=True):
        try:
            yield _scan(body.decode("ascii"))
        except (ValueError, RecursionError) as error:
            raise damaged(border.lines, _NO_TRANSACTION) from error


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


def _header(body: bytes, digest: bytes) -> bytes:
    return b"%08x %b " % (len(body), digest.hex().encode())


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
    if not (sound and all(map(_are_documents, put.values())) and _are_removals(remove, drop)):
        raise ValueError
    return entry, said["seq"]


def _are_documents(documents: Document) -> bool:
    return all(map(_is_id, documents)) and set(map(type, documents.values())) <= _DICTS


def _are_removals(remove: Mapping[str, object], drop: object) -> bool:
    if not remove and drop == []:
        return True
    ids = all(isinstance(keys, list) and all(map(_is_id, keys)) for keys in remove.values())
    return ids and isinstance(drop, list) and all(isinstance(name, str) for name in drop)


def _what_differs(raw: bytes, header: bytes) -> str:
    if not raw.endswith(b"\n"):
        return "it does not end where it should"
    if raw[:9] != header[:9]:
        return "it has not the length that it declares"
    return "its hash does not follow from the line before it"
