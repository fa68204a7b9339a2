"""A table of many certificates as people have it, pasted or in a file: told from plain lines, and taken apart into its records.

A spreadsheet saves semicolons where its owner's comma is decimal, and copies tabs; each part keeps the numbers of its lines, so
that whatever is wrong in it is named by the row that its author sees.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tlsca.authority.bulk import COLUMNS
from tlsca.authority.files import read_file
from tlsca.errors import Refused, TlscaError, Unreadable
from tlsca.text import printable

_OTHER_DELIMITERS = "\t;"
_LARGEST_TABLE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it was written."""

    first: int
    """The number of its first line, counted from 1."""
    last: int
    """Likewise; a quoted field may hold line breaks."""
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
        """Return some records as a table of their own, every line of which has the number that it has in the whole."""
        parts, line = [self.header], self.header.count("\n") + 1
        for record in records:
            parts += ["\n" * (record.first - line), record.text]
            line = record.first + record.text.count("\n")
        return "".join(parts)


def text_of_file(path: Path) -> str:
    """Return what a file of rows holds. Raises Unreadable when it cannot be read, is too large, or is no UTF-8."""
    try:
        return read_file(path, most=_LARGEST_TABLE).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{printable(str(path))} is no UTF-8 text.", hint="Save the table as CSV, UTF-8."
        ) from error


def is_table(text: str) -> bool:
    """Say whether a text begins with a header row rather than with the names of a certificate."""
    words = [word.strip(' "').lower() for word in re.split(r"[,;\t]", _first_line(text))]
    return "name" in words or (len(words) > 1 and any(word in COLUMNS for word in words))


def table_sheet(text: str) -> Sheet:
    """Take a table apart. One whose header is not right stands in one record, which cannot be read."""
    lines = list(io.StringIO(_header_first(_with_commas(text.removeprefix("\ufeff")))))
    reader = csv.reader(lines, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
    except csv.Error:
        names = []
    if "name" not in names or len(set(names)) < len(names) or not set(names) <= set(COLUMNS):
        return Sheet("", (Record(1, 1, "".join(lines)),))
    below = reader.line_num
    records, broken = _records(lines, below)
    return Sheet(_ended("".join(lines[:below])), records, broken)


def line_sheet(text: str) -> Sheet:
    """Take plain lines apart, one certificate each."""
    numbered = enumerate(text.splitlines(), 1)
    return Sheet("", tuple(Record(number, number, f"{line}\n") for number, line in numbered if line.strip()))


def _records(lines: Sequence[str], below: int) -> tuple[tuple[Record, ...], Wrong | None]:
    reader, begin = csv.reader(lines[below:], strict=True), below
    found: list[Record] = []
    try:
        for fields in reader:
            end = below + reader.line_num
            if any(fields):
                found.append(Record(begin + 1, end, _ended("".join(lines[begin:end]))))
            begin = end
    except csv.Error as error:
        hint = "Put a field with commas or quotes in quotes, and end each quote."
        return tuple(found), Wrong(begin + 1, Refused(f"Row {begin + 1} is no CSV: {error}.", hint=hint))
    return tuple(found), None


def _first_line(text: str) -> str:
    return text.removeprefix("\ufeff").lstrip().partition("\n")[0]


def _header_first(text: str) -> str:
    """Put empty lines that stand before the header below it, which changes no other number."""
    empty = len(text) - len(text.lstrip("\r\n"))
    header, _, rest = text[empty:].partition("\n")
    return f"{header}\n{text[:empty]}{rest}" if empty else text


def _with_commas(text: str) -> str:
    header = _first_line(text)
    delimiter = next((mark for mark in _OTHER_DELIMITERS if mark in header), None)
    if "," in header or delimiter is None:
        return text
    table = io.StringIO()
    try:
        csv.writer(table, lineterminator="\n").writerows(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return text
    return table.getvalue()


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
