"""A table of many certificates as people have it, pasted or in a file: told from plain lines, and taken apart into its records.

Each part keeps the number of its row, so that whatever is wrong in it is named as its author sees it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tlsca.authority.bulk import COLUMNS
from tlsca.authority.csv_rows import CsvRow, NoCsv, csv_rows, first_line, table_lines
from tlsca.authority.files import read_file
from tlsca.errors import TlscaError, Unreadable
from tlsca.text import printable

LARGEST_TABLE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it was written."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be issued, and why."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    error: TlscaError


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, or plain lines when `header` is empty. Rows that hold nothing are left out."""

    header: str
    records: tuple[Record, ...]
    broken: Wrong | None = None
    """From where on it is no CSV; no record is known after that."""

    def text_of(self, records: Sequence[Record]) -> str:
        """Return some records as a table of their own, every row of which has the number that it has in the whole."""
        parts, above = [self.header], 1 if self.header else 0
        for record in records:
            parts += ["\n" * (record.number - above - 1), record.text]
            above = record.number
        return "".join(parts)


def text_of_file(path: Path) -> str:
    """Return what a file of rows holds. Raises Unreadable when it cannot be read, is too large, or is no UTF-8."""
    return table_text(read_file(path, most=LARGEST_TABLE), printable(str(path)))


def table_text(data: bytes, source: str) -> str:
    """Return the text of some octets; `source` begins a sentence and is printable. Raises Unreadable as `text_of_file`."""
    if len(data) > LARGEST_TABLE:
        raise Unreadable(f"{source} holds more than {LARGEST_TABLE:,} octets, too many for a table.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{source} is no UTF-8 text.", hint="Save the table as CSV, UTF-8.") from error


def is_table(text: str) -> bool:
    """Say whether a text begins with a header row rather than with the names of a certificate."""
    words = [word.strip(' "').lower() for word in re.split(r"[,;\t]", first_line(text))]
    return "name" in words or (len(words) > 1 and any(word in COLUMNS for word in words))


def table_sheet(text: str) -> Sheet:
    """Take a table apart. One whose header is not right stands in one record, which cannot be read."""
    lines = table_lines(text)
    rows = csv_rows(lines)
    try:
        header = next(rows, None)
    except NoCsv:
        header = None
    names = [name.strip().lower() for name in header.fields] if header else []
    if (
        header is None
        or "name" not in names
        or len(set(names)) < len(names)
        or not set(names) <= set(COLUMNS)
    ):
        return Sheet("", (Record(1, "".join(lines)),))
    records, broken = _records(rows, lines)
    return Sheet(_ended("".join(lines[header.lines])), records, broken)


def line_sheet(text: str) -> Sheet:
    """Take plain lines apart, one certificate each."""
    numbered = enumerate(text.splitlines(), 1)
    return Sheet("", tuple(Record(number, f"{line}\n") for number, line in numbered if line.strip()))


def _records(rows: Iterator[CsvRow], lines: Sequence[str]) -> tuple[tuple[Record, ...], Wrong | None]:
    found: list[Record] = []
    try:
        found.extend(Record(row.number, _ended("".join(lines[row.lines]))) for row in rows if any(row.fields))
    except NoCsv as error:
        return tuple(found), Wrong(error.number, error)
    return tuple(found), None


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
