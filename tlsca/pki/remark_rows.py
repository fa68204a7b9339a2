"""What the linter remarks upon in a certificate, as rows for its summary.

Apart from the summary itself, which says what a certificate is; of many in a file, only those that are looked at are judged.
"""

from datetime import datetime

from tlsca.pki.lint import lint_der
from tlsca.pki.rows import Row
from tlsca.text import printable

LARGEST_JUDGED = 512 * 1024
"""A certificate of more octets is not judged: loading it holds everything else up for half a second."""

_NOTICE = "Notice"


def remark_rows(der: bytes, *, now: datetime) -> tuple[Row, ...]:
    """Return a row for each remark on a DER certificate, gravest first: what is wrong, and what mends it by which rule."""
    if len(der) > LARGEST_JUDGED:
        return (Row("Remarks", f"none made of more than {LARGEST_JUDGED:,} octets", "tlsca lint makes them"),)
    return tuple(
        Row(remark.level.value.capitalize(), printable(remark.message), printable(f"{remark.fix} ({remark.source})"), code=remark.code)
        for remark in lint_der(der, now=now)
    )  # fmt: skip


def with_remarks(rows: tuple[Row, ...], remarks: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return what is wrong with a certificate, what it is, and what else is only worth knowing."""
    grave = tuple(row for row in remarks if row.title != _NOTICE)
    return (*grave, *rows, *(row for row in remarks if row.title == _NOTICE))
