"""What the linter remarks upon in a certificate, as rows for its summary.

Apart from the summary itself, because linting loads `cryptography`, and a summary is had without it.
"""

from datetime import datetime

from tlsca.pki.certificate import Certificate
from tlsca.pki.lint import lint
from tlsca.pki.rows import Row
from tlsca.text import printable


def remark_rows(der: bytes, *, now: datetime) -> tuple[Row, ...]:
    """Return a row for each remark on a DER certificate, gravest first: what is wrong, and what mends it by which rule."""
    return tuple(
        Row(remark.level.value.capitalize(), printable(remark.message), printable(f"{remark.fix} ({remark.source})"))
        for remark in lint(Certificate(der), now=now)
    )  # fmt: skip
