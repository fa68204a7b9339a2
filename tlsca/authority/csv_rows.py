"""CSV as people have it, row by row, each under the number that a spreadsheet gives it.

A spreadsheet saves semicolons where its owner's comma is decimal, and copies tabs. It counts rows, not lines: a field in quotes may
hold line breaks, and an empty line is a row.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tlsca.errors import Refused

_OTHER_DELIMITERS = "\t;"
_LARGEST_FIELD = 1_000_000
_HINT = "Put a field with commas or quotes in quotes, and end each quote."


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a table, the header among them."""

    number: int
    """Counted from 1, which is the header."""
    fields: list[str]
    lines: slice
    """Where its lines stand among all."""


class NoCsv(Refused):
    """From this row on it is no CSV."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"Row {number} is no CSV: {why}.", hint=_HINT)
        self.number = number


def table_lines(text: str) -> list[str]:
    """Return the lines of a table with its header first and with commas between the fields, whatever stood there."""
    return list(io.StringIO(_header_first(_with_commas(text.removeprefix("\ufeff")))))


def csv_rows(lines: Iterable[str]) -> Iterator[CsvRow]:
    """Yield the rows of CSV (RFC 4180), also those that hold nothing. Raises NoCsv."""
    csv.field_size_limit(_LARGEST_FIELD)
    reader = csv.reader(lines, strict=True)
    number = begin = 0
    try:
        for number, fields in enumerate(reader, 1):
            yield CsvRow(number, fields, slice(begin, reader.line_num))
            begin = reader.line_num
    except csv.Error as error:
        raise NoCsv(number + 1, str(error)) from error


def first_line(text: str) -> str:
    """Return the first line that is not empty."""
    return text.removeprefix("\ufeff").lstrip().partition("\n")[0]


def _header_first(text: str) -> str:
    """Put empty lines that stand before the header below it, which changes no other number."""
    empty = len(text) - len(text.lstrip("\r\n"))
    header, _, rest = text[empty:].partition("\n")
    return f"{header}\n{text[:empty]}{rest}" if empty else text


def _with_commas(text: str) -> str:
    header = first_line(text)
    delimiter = next((mark for mark in _OTHER_DELIMITERS if mark in header), None)
    if "," in header or delimiter is None:
        return text
    table = io.StringIO()
    try:
        csv.writer(table, lineterminator="\n").writerows(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return text
    return table.getvalue()
