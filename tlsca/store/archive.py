"""A whole store in one file: a tar of the journal up to one line, and the objects that it names.

    tlsca-backup.json           what is in it
    journal.jsonl               as it stands in the store, sealed keys sealed
    objects/ab/abcdef….pem      likewise

The journal only grows and objects never change, so a store in use is copied without stopping anybody: what stands before one line
belongs together. An archive that is unpacked with any tar is a store.
"""

import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from tlsca.errors import StoreDamaged
from tlsca.store import durable
from tlsca.store.flush import flush
from tlsca.store.lines import START, Entry, Position, decode
from tlsca.store.objects import is_what_was_written
from tlsca.store.records import Document
from tlsca.store.transaction import CERTIFICATES, SETTINGS
from tlsca.text import count

JOURNAL, OBJECTS = "journal.jsonl", "objects"

_ABOUT = "tlsca-backup.json"
_FORMAT = 1
_FILE, _DIRECTORY = 0o600, 0o700
_QUOTED_DIGEST = re.compile(rb'"([0-9a-f]{64})"')
_OBJECT = re.compile(r"objects/([0-9a-f]{2})/((?:\1)[0-9a-f]{62})\.pem")
_LARGEST_ABOUT = 4096
_LARGEST_OBJECT = 64 * 1024 * 1024
_AT_ONCE = 1000
_TOGETHER = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is in an archive."""

    store: str
    """The identity that the store got when it was made."""
    lines: int
    digest: str
    """The hash of the journal's last line, in hexadecimal."""
    at: str
    """When that line was written, RFC 3339."""
    objects: int
    format: int = _FORMAT


def write_archive(file: BinaryIO, directory: Path, head: Position) -> Contents:
    """Write a store's archive as its journal was at `head`; return what is in it. Raises StoreDamaged, OSError."""
    with (directory / JOURNAL).open("rb") as journal, tarfile.open(fileobj=file, mode="w") as archive:
        walk = _Walk()
        named: dict[str, None] = {}
        for raws in _lines(journal, head.offset):
            walk.take(raws)
            found = (name for raw in raws for name in _QUOTED_DIGEST.findall(raw))
            named.update(dict.fromkeys(name.decode("ascii") for name in found))
        objects = [name for name in named if (directory / _path(name)).is_file()]
        contents = walk.contents(len(objects))
        _add(archive, _ABOUT, json.dumps(asdict(contents)).encode("ascii"))
        journal.seek(0)
        archive.addfile(_member(JOURNAL, head.offset), journal)
        for folder in [OBJECTS, *sorted({f"{OBJECTS}/{name[:2]}" for name in objects})]:
            archive.addfile(_member(folder, 0, directory=True))
        for name in objects:
            _add(archive, _path(name), (directory / _path(name)).read_bytes())
    return contents


def check_archive(file: BinaryIO) -> Contents:
    """Read a whole archive and return what is in it.

    Every line of the journal has to follow from the one before it, every object has to be what its name says, and all that the
    journal's certificates and lists need has to be there. Raises StoreDamaged.
    """
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            return _checked(archive)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _damaged(f"it is no tar file, or was cut short ({type(error).__name__})") from error


def unpack_archive(file: BinaryIO, directory: Path) -> None:
    """Make a store in a new directory out of an archive that was checked, durably. Raises OSError."""
    with tarfile.open(fileobj=file, mode="r:") as archive:
        pending: dict[str, bytes] = {}
        for member in archive:
            found = _OBJECT.fullmatch(member.name)
            if member.name == JOURNAL:
                _unpack_journal(_content(archive, member), directory / JOURNAL)
            elif found:
                pending[f"{found[1]}/{found[2]}.pem"] = _content(archive, member).read()
            if len(pending) >= _AT_ONCE:
                durable.write_files(directory / OBJECTS, pending)
                pending = {}
        durable.write_files(directory / OBJECTS, pending)


# Writing


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:

    archive.addfile(_member(name, len(content)), io.BytesIO(content))


def _member(name: str, size: int, *, directory: bool = False) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = _DIRECTORY if directory else _FILE
    member.type = tarfile.DIRTYPE if directory else tarfile.REGTYPE
    return member


def _path(name: str) -> str:
    return f"{OBJECTS}/{name[:2]}/{name}.pem"


def _lines(journal: IO[bytes], length: int) -> Iterator[list[bytes]]:
    """Yield the lines of the first `length` octets, a few dozen at a time. Raises StoreDamaged."""
    left, raws = length, list[bytes]()
    while left > 0:
        raw = journal.readline()
        left -= len(raw)
        if not raw or left < 0:
            raise _damaged("its journal is shorter than it should be")
        raws.append(raw)
        if len(raws) == _TOGETHER or not left:
            yield raws
            raws = []


# Reading


class _Walk:
    """A journal's lines, one after the other, and the objects that what they leave behind needs."""

    def __init__(self) -> None:
        self._position = START
        self._first: Document = {}
        self._at = ""
        self._needed: dict[tuple[str, str], tuple[str, ...]] = {}

    def take(self, raws: list[bytes]) -> None:
        """Follow some lines. Raises StoreDamaged."""
        lines, damage = decode(raws, self._position)
        if damage is not None:
            raise damage
        if self._position == START:
            self._first = lines.entries[0].detail
        self._position, self._at = lines.after, lines.entries[-1].at
        for entry in lines.entries:
            self._follow(entry)

    def _follow(self, entry: Entry) -> None:
        for table in entry.drop:
            for key in [key for key in self._needed if key[0] == table]:
                del self._needed[key]
        for table, ids in entry.remove.items():
            for doc_id in ids:
                self._needed.pop((table, doc_id), None)
        for table, documents in entry.put.items():
            for doc_id, document in documents.items():
                self._needed[table, doc_id] = _objects_of(table, document)

    @property
    def needed(self) -> set[str]:
        """The objects without which a certificate or a list is not whole."""
        return {name for names in self._needed.values() for name in names}

    def contents(self, objects: int) -> Contents:
        """Return what an archive with these lines and so many objects holds."""
        return Contents(
            store=str(self._first.get("store", "")),
            lines=self._position.lines,
            digest=self._position.digest.hex(),
            at=self._at,
            objects=objects,
        )


def _objects_of(table: str, document: Mapping[str, Any]) -> tuple[str, ...]:
    if table == CERTIFICATES:
        return (str(document.get("sha256")),)
    name, value = str(document.get("name", "")), document.get("value")
    if table != SETTINGS or not isinstance(value, dict):
        return ()
    if name.startswith("trash:"):
        return _objects_of(CERTIFICATES, value.get("certificate", {}))
    if name.startswith("crl:") and "sha256" in value:
        return (str(value["sha256"]),)
    return ()


def _checked(archive: tarfile.TarFile) -> Contents:
    about = _about(archive)
    walk = _Walk()
    member = archive.next()
    if member is None or member.name != JOURNAL or not member.isreg():
        raise _damaged("it lacks the journal")
    for raws in _lines(_content(archive, member), member.size):
        walk.take(raws)
    objects = set(_objects(archive))
    if walk.contents(len(objects)) != about:
        raise _damaged("it does not hold what it says that it holds")
    missing = walk.needed - objects
    if missing:
        raise _damaged(f"it lacks {count(len(missing), 'object')}, among them {min(missing)}")
    return about


def _about(archive: tarfile.TarFile) -> Contents:
    member = archive.next()
    if member is None or member.name != _ABOUT or not member.isreg() or member.size > _LARGEST_ABOUT:
        raise _damaged("it is no backup of a tlsca store")
    try:
        document = json.loads(_content(archive, member).read())
        about = Contents(**document)
    except (ValueError, TypeError) as error:
        raise _damaged("what it says of itself cannot be read") from error
    if about.format != _FORMAT:
        raise StoreDamaged(
            f"The backup has the format {about.format!r:.20}, and this tlsca knows {_FORMAT}.",
            hint="It was made by a newer tlsca; use that one.",
        )
    return about


def _objects(archive: tarfile.TarFile) -> Iterator[str]:
    """Yield the names of the objects that follow, each checked. Raises StoreDamaged for anything else."""
    while (member := archive.next()) is not None:
        if member.isdir() and re.fullmatch(r"objects(/[0-9a-f]{2})?", member.name):
            continue
        found = _OBJECT.fullmatch(member.name)
        if found is None or not member.isreg() or member.size > _LARGEST_OBJECT:
            raise _damaged("something is in it that belongs to no store")
        if not is_what_was_written(_content(archive, member).read(), found[2]):
            raise _damaged(f"its object {found[2]} is not what was written")
        yield found[2]


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise _damaged("a member of it is no file")
    return content


def _unpack_journal(content: IO[bytes], path: Path) -> None:
    descriptor = durable.open_file(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        while chunk := content.read(1 << 20):
            durable.write_all(descriptor, chunk)
        flush(descriptor)
    finally:
        os.close(descriptor)
    durable.sync_directory(path.parent)


def _damaged(reason: str) -> StoreDamaged:
    return StoreDamaged(f"The backup is damaged: {reason}.", hint="Take an older one.")
