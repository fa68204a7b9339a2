"""Whatever paths an operator names, read: a file has to be readable, a directory is searched and what is no use is skipped."""

from collections.abc import Sequence
from pathlib import Path

from tlsca.authority.files import is_readable_file, read_file
from tlsca.authority.foreign import recognising
from tlsca.authority.foreign.books import Books, read_books, settle
from tlsca.authority.foreign.gathered import Gathered, Tree
from tlsca.authority.foreign.keyring import LOCKED, Keyring
from tlsca.authority.foreign.pem_in_json import is_json, pem_in_json
from tlsca.authority.foreign.walking import Directory, walk
from tlsca.authority.foreign.xca import MAGIC, OLD_MAGIC, read_xca
from tlsca.errors import NotFound, PassphraseError, Unreadable
from tlsca.pki.index_txt import is_index
from tlsca.pki.read import LARGEST, read
from tlsca.text import printable

LARGEST_IN_DIRECTORY = 4 * 1024 * 1024
"""A larger file of a directory is skipped, in octets: no certificate is."""

MOST_OCTETS = 512 * 1024 * 1024
"""More than these are not read of one directory."""

_MOST_BOOKS = 100

_STEP_REVOKED = "what step revoked is in {}, which was not read: revoke it here too, with tlsca revoke SERIAL --issuer REF"


def gather(paths: Sequence[Path], keyring: Keyring) -> Gathered:
    """Read files and directories; `keyring` opens what is under a passphrase.

    Raises NotFound, Unreadable for a named file in which nothing is found and for a directory beyond its bounds, PassphraseError.
    """
    gathered = Gathered()
    books: list[Books] = []
    for path in paths:
        if _is_directory(path):
            _gather_directory(path, keyring, gathered, books)
        elif is_readable_file(path):
            _gather_file(path, keyring, gathered, books)
        else:
            raise NotFound(f"There is no file {printable(str(path))}.", hint="Check the path.")
    settle(books, gathered)
    return gathered


def _gather_file(path: Path, keyring: Keyring, gathered: Gathered, books: list[Books]) -> None:
    try:
        if _begins(path, MAGIC):
            read_xca(path, keyring, gathered)
        else:
            _take(path, read_file(path, most=LARGEST), keyring, gathered, books)
    except PassphraseError:
        if not keyring.leave_locked:
            raise
        gathered.skip(printable(str(path)), LOCKED)


def _gather_directory(root: Path, keyring: Keyring, gathered: Gathered, books: list[Books]) -> None:
    left = MOST_OCTETS
    found = walk(root, gathered)
    databases = [one for one in found if recognising.is_badger(one.names)]
    for directory in databases:
        gathered.skip(printable(str(directory.path)), _STEP_REVOKED.format("a Badger database"))
    for directory in (one for one in found if one not in databases):
        tool = _recognise(directory, gathered)
        if tool == recognising.STEP and not databases:
            gathered.skip(printable(str(directory.path)), _STEP_REVOKED.format("a database elsewhere"))
        for path in directory.files:
            left -= _gather_leniently(path, keyring, gathered, books)
            if left < 0:
                raise Unreadable(
                    f"{printable(str(root))} holds more than the {MOST_OCTETS:,} octets that are read at once.",
                    hint="Import its directories one by one.",
                )


def _recognise(directory: Directory, gathered: Gathered) -> str | None:
    tool = recognising.tool_of(directory.names)
    if tool is not None:
        gathered.trees.append(Tree(tool, printable(str(directory.path))))
    return tool


def _gather_leniently(path: Path, keyring: Keyring, gathered: Gathered, books: list[Books]) -> int:
    """Read one file of a directory; say why if it is skipped. Return the octets that were read."""
    data = b""
    try:
        if _begins(path, MAGIC):
            read_xca(path, keyring, gathered)
            return 0  # it has a bound of its own
        data = read_file(path, most=LARGEST_IN_DIRECTORY)
        _take(path, data, keyring, gathered, books)
    except PassphraseError:
        if not keyring.leave_locked:
            raise
        gathered.skip(printable(str(path)), LOCKED)
    except Unreadable as error:
        gathered.skip(printable(str(path)), _reason(path, error))
    return len(data)


def _take(path: Path, data: bytes, keyring: Keyring, gathered: Gathered, books: list[Books]) -> None:
    """Take in what one file holds. Raises Unreadable, PassphraseError."""
    shown = printable(str(path))
    if data.startswith(OLD_MAGIC):
        raise Unreadable(f"{shown} is a database of XCA before 2.0.", hint="Open it once with XCA 2.")
    if is_index(data) and not path.name.endswith(".old"):
        if len(books) >= _MOST_BOOKS:
            raise Unreadable(f"{shown} is one index.txt more than the {_MOST_BOOKS} that are read at once.")
        books.append(read_books(path, data, _beside(path), gathered))
        return
    text = pem_in_json(data, name=shown) if is_json(data) else data
    found = keyring.open(shown, lambda secret: read(text, passphrase=secret, name=shown))
    gathered.add(found, shown, path)


def _reason(path: Path, error: Unreadable) -> str:
    if recognising.is_bookkeeping(path.name):
        return "it is bookkeeping of openssl ca"
    return error.sentence.replace(f"{printable(str(path))} ", "it ", 1)


def _beside(index: Path) -> bytes | None:
    """Return what crlnumber beside an index.txt holds, if there is one."""
    path = index.with_name("crlnumber")
    try:
        return read_file(path, most=1024) if path.is_file() and not path.is_symlink() else None
    except Unreadable:
        return None


def _begins(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(magic)) == magic
    except (OSError, ValueError):
        return False


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
