"""An XCA database: SQLite, read as a file that anybody may have made.

Opened read-only and immutable, and only the rows of plain tables are read: an authorizer refuses everything else, so that no view,
trigger or virtual table of the file does anything. Tables as XCA's lib/database_schema.cpp makes them, schema 1 to 8.
"""

import os
import sqlite3
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from cryptography.x509 import ReasonFlags

from tlsca.authority.foreign.gathered import (
    CrlNumber,
    ForeignRevocation,
    Gathered,
    Item,
    Tree,
    fingerprint_of,
)
from tlsca.authority.foreign.keyring import LOCKED, Keyring
from tlsca.errors import PassphraseError, Unreadable
from tlsca.pki.moment import moment
from tlsca.pki.read import Found, Kind
from tlsca.pki.revoke import Revocation
from tlsca.pki.xca_key import open_xca_key, open_xca_key_without_passphrase
from tlsca.text import printable

MAGIC = b"SQLite format 3\0"
OLD_MAGIC = bytes.fromhex("cadb1969")
"""How a database of XCA before 2.0 begins, which is no SQLite."""

LARGEST = 256 * 1024 * 1024
"""A larger database, in octets, is not opened."""

_MOST_ROWS = 100_000
_LONGEST_VALUE = 16 * 1024 * 1024
_MOST_STEPS = 2_000
_INSTRUCTIONS_PER_STEP = 100_000
_TABLES = {
    "items",
    "certs",
    "requests",
    "crls",
    "private_keys",
    "tokens",
    "revocations",
    "authority",
    "sqlite_master",
}
_NO_DATE = "99991231235959Z"  # an undefined time, as XCA writes it
_OWN_PASSPHRASE, _NO_PASSPHRASE = 1, 2  # enum passType: of the key alone; none at all

_REASONS: dict[object, ReasonFlags] = {
    1: ReasonFlags.key_compromise,
    2: ReasonFlags.ca_compromise,
    3: ReasonFlags.affiliation_changed,
    4: ReasonFlags.superseded,
    5: ReasonFlags.cessation_of_operation,
    6: ReasonFlags.certificate_hold,
    8: ReasonFlags.remove_from_crl,
    9: ReasonFlags.privilege_withdrawn,
    10: ReasonFlags.aa_compromise,
}
"""CRLReason (RFC 5280, 5.3.1), which is what `reasonBit` holds; 0, unspecified, says as much as none."""

Row = tuple[object, ...]


def read_xca(path: Path, keyring: Keyring, gathered: Gathered) -> None:
    """Gather what an XCA database holds. Raises Unreadable, PassphraseError."""
    shown = printable(str(path))
    _check_file(path, shown)
    try:
        with closing(_connected(path)) as connection:
            tables = _Tables(connection, shown)
            names = {row[0]: str(row[1]) for row in tables.rows("items", "id", "name")}
            _certificates(tables, path, names, gathered)
            _others(tables, path, names, gathered)
            _keys(tables, path, names, keyring, gathered)
    except sqlite3.Error as error:
        raise Unreadable(f"{shown} is no XCA database that can be read: {printable(str(error))}.") from None
    gathered.trees.append(Tree("XCA", shown))


def _check_file(path: Path, shown: str) -> None:
    try:
        size = path.stat().st_size
        waiting = [path.with_name(path.name + suffix) for suffix in ("-journal", "-wal")]
        open_elsewhere = any(other.exists() and other.stat().st_size for other in waiting)
    except OSError as error:
        raise Unreadable(f"{shown} cannot be read: {error.strerror}.") from None
    if size > LARGEST:
        raise Unreadable(f"{shown} is larger than the {LARGEST:,} octets of a database that are looked at.")
    if open_elsewhere:
        raise Unreadable(
            f"{shown} has changes that are not in it yet.", hint="Open it in XCA, close it, then import it."
        )


def _connected(path: Path) -> sqlite3.Connection:
    """Open the file so that nothing is written beside it, nothing waits for a lock, and nothing in it is executed."""
    address = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.set_authorizer(_allowed)
    steps = iter(range(_MOST_STEPS))
    connection.set_progress_handler(lambda: next(steps, None) is None, _INSTRUCTIONS_PER_STEP)
    return connection


def _allowed(
    action: int, table: str | None, _column: str | None, _database: str | None, through: str | None
) -> int:
    """Allow to read the tables by name; `through` is the view or trigger by which SQLite came to one."""
    reading = action == sqlite3.SQLITE_READ and table in _TABLES and through is None
    return sqlite3.SQLITE_OK if reading or action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY


class _Tables:
    """The plain tables of a database."""

    def __init__(self, connection: sqlite3.Connection, shown: str) -> None:
        self._connection = connection
        self._shown = shown
        # Views and virtual tables have no page of their own.
        plain = connection.execute("SELECT name FROM sqlite_master WHERE type='table' AND rootpage>0")
        self._names = {name for (name,) in plain}
        if not {"items", "certs", "private_keys"} <= self._names:
            raise Unreadable(f"{shown} is a database, but not one of XCA's.")

    def rows(self, table: str, *columns: str) -> Iterator[Row]:
        """Yield the rows of a table, none if there is none of this name. Raises Unreadable beyond the bound."""
        if table not in self._names:
            return
        query = f"SELECT {', '.join(columns)} FROM {table} LIMIT {_MOST_ROWS + 1}"  # noqa: S608 -- our own words
        for number, row in enumerate(self._connection.execute(query)):
            if number >= _MOST_ROWS:
                raise Unreadable(f"{self._shown} has more than {_MOST_ROWS:,} rows in its table {table}.")
            yield row


def _certificates(tables: _Tables, path: Path, names: dict[object, str], gathered: Gathered) -> None:
    """Gather the certificates, and what their authorities know of revocations and CRLs."""
    fingerprints: dict[object, str] = {}
    for item, value in tables.rows("certs", "item", "cert"):
        der = _octets(value)
        source = _source(path, names, item)
        if der is None:
            gathered.skip(source, "the certificate is not in base64")
            continue
        fingerprints[item] = fingerprint_of(der)
        gathered.items.append(Item(Found(Kind.CERTIFICATE, der), source, path))
    for authority, *values in tables.rows("revocations", "caId", "serial", "date", "invaldate", "reasonBit"):
        if (issuer := fingerprints.get(authority)) is None:
            gathered.skip(_source(path, names, authority), "a revocation by an authority that is not there")
        elif (revocation := _revocation(values)) is None:
            gathered.skip(_source(path, names, authority), "a revocation whose number or time is none")
        else:
            gathered.revocations.append(ForeignRevocation(revocation, issuer))
    for item, number in tables.rows("authority", "item", "crlNo"):
        if item in fingerprints and isinstance(number, int) and number > 0:
            gathered.crl_numbers.append(CrlNumber(fingerprints[item], number))


def _others(tables: _Tables, path: Path, names: dict[object, str], gathered: Gathered) -> None:
    for kind, table, column in ((Kind.REQUEST, "requests", "request"), (Kind.CRL, "crls", "crl")):
        for item, value in tables.rows(table, "item", column):
            der = _octets(value)
            if der is None:
                gathered.skip(_source(path, names, item), f"the {kind.value} is not in base64")
            else:
                gathered.items.append(Item(Found(kind, der), _source(path, names, item), path))
    for (item,) in tables.rows("tokens", "item"):
        gathered.skip(_source(path, names, item), "its private key is on a smart card")


def _keys(
    tables: _Tables, path: Path, names: dict[object, str], keyring: Keyring, gathered: Gathered
) -> None:
    for item, kind, value in tables.rows("private_keys", "item", "ownPass", "private"):
        source = _source(path, names, item)
        data = _octets(value)
        if data is None:
            gathered.skip(source, "the private key is not in base64")
            continue
        try:
            found = _key(data, kind, source if kind == _OWN_PASSPHRASE else printable(str(path)), keyring)
        except Unreadable as error:
            gathered.skip(source, error.sentence)
        except PassphraseError:
            if not keyring.leave_locked:
                raise
            gathered.skip(source, LOCKED)
        else:
            gathered.items.append(Item(found, source, path))


def _key(data: bytes, kind: object, what: str, keyring: Keyring) -> Found:
    if kind == _NO_PASSPHRASE:
        return Found(Kind.PRIVATE_KEY, b"", open_xca_key_without_passphrase(data))
    return Found(Kind.PRIVATE_KEY, b"", keyring.open(what, lambda secret: open_xca_key(data, secret)))


def _revocation(values: list[object]) -> Revocation | None:
    serial, date, invalid_since, bit = values
    try:
        return Revocation(
            int(str(serial), 16), moment(str(date)), _REASONS.get(bit), _date_or_none(invalid_since)
        )
    except ValueError:
        return None


def _date_or_none(value: object) -> datetime | None:
    return None if value in {None, "", _NO_DATE} else moment(str(value))


def _octets(value: object) -> bytes | None:
    try:
        return (b64decode(value, validate=True) or None) if isinstance(value, str) else None
    except ValueError:
        return None


def _source(path: Path, names: dict[object, str], item: object) -> str:
    return printable(f"“{names.get(item, 'without a name')}” in {path}")
