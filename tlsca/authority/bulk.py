"""Issue many certificates at once, from a table: every row is right before the first is made, and all are kept or none.

The table is CSV with a header row (RFC 4180): `name`, several names separated by spaces, and, each optional, `profile` `san` `key`
`days` `until` `issuer` `subject`. What is wrong is named by row and column, as a spreadsheet counts them.
"""

import gc
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType

from tlsca.authority.batches import Issuing, Made, batches, make
from tlsca.authority.carrying import parse_until
from tlsca.authority.csv_rows import CsvRow, csv_rows, table_lines
from tlsca.authority.desk import Desk
from tlsca.authority.issuers import chosen_issuer
from tlsca.authority.issuing import CertificateForm, Issued, order_of
from tlsca.authority.partitions import in_partition
from tlsca.authority.profiling import find_profile
from tlsca.errors import Refused, TlscaError
from tlsca.pki import identity as identities
from tlsca.pki import keys
from tlsca.pki.issue import Draft, draft
from tlsca.pki.names import dn
from tlsca.store.records import CertificateRecord
from tlsca.text import printable

COLUMNS = ("name", "profile", "san", "key", "days", "until", "issuer", "subject")
MOST_ROWS = 100_000
_MOST_WITHOUT_COLLECTION = 5000

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: where it stands, and what it asks for."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    form: CertificateForm


@dataclass(frozen=True, slots=True)
class Planned:
    """One row and the certificate that will come of it."""

    row: Row
    draft: Draft
    issuer: CertificateRecord


def read_table(text: str, *, usual: CertificateForm) -> tuple[Row, ...]:
    """Read CSV into rows; a field that is empty or whose column is missing is as in `usual`. Raises Refused, naming the place."""
    table = csv_rows(table_lines(text))
    header = next((row.fields for row in table), [])
    _check_header(header)
    rows = tuple(
        Row(row.number, _form(row.number, _by_column(row, header), usual)) for row in table if any(row.fields)
    )
    if not rows:
        raise Refused("The table has no rows.", hint="Below the header, give one certificate a row.")
    if len(rows) > MOST_ROWS:
        raise Refused(f"The table has {len(rows):,} rows, and at most {MOST_ROWS:,} are issued at once.")
    return rows


def read_lines(text: str, *, usual: CertificateForm) -> tuple[Row, ...]:
    """Read pasted lines, one certificate each, names separated by spaces or commas. Raises Refused when there is none."""
    lines = [(number, line.replace(",", " ").split()) for number, line in enumerate(text.splitlines(), 1)]
    rows = tuple(Row(number, replace(usual, names=tuple(names))) for number, names in lines if names)
    if not rows:
        raise Refused("There is no line with a name.", hint="Give one certificate a line.")
    return rows


def plan_many(desk: Desk, rows: Sequence[Row]) -> tuple[Planned, ...]:
    """Return what would be issued; needs no passphrase. Raises Refused naming the first row and column that is wrong."""
    issuers = _Issuers(desk)
    return tuple(_planned(desk, row, issuers) for row in rows)


def issue_many(
    desk: Desk,
    rows: Sequence[Row],
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> tuple[Issued, ...]:
    """Issue every row with a new key each, in one transaction.

    `progress` is called from this thread after each certificate; once `cancelled` is set, Refused is raised and nothing was
    changed. Raises as `plan_many`, and PassphraseMissing.
    """
    with _no_collection(len(rows)):
        return _issue_all(desk, rows, progress, cancelled)


def _issue_all(
    desk: Desk, rows: Sequence[Row], progress: Progress | None, cancelled: threading.Event | None
) -> tuple[Issued, ...]:
    issuers = _Issuers(desk)
    plans: list[Planned] = []
    for row in rows:
        _check_goes_on(cancelled, 0, len(rows))
        plans.append(_planned(desk, row, issuers))
    desk.open_vault()
    made: list[Made] = []
    for batch in batches([(plan.draft, issuers.of(plan.issuer)) for plan in plans]):
        _check_goes_on(cancelled, len(made), len(plans))
        for one in make(desk, batch):
            _check_goes_on(cancelled, len(made), len(plans))
            made.append(one)
            if progress is not None:
                progress(len(made), len(plans))
    return _keep(desk, made)


@contextmanager
def _no_collection(rows: int) -> Iterator[None]:
    """Keep Python from looking for garbage among what is being made: there is none, and it would look sixty times.

    A table of very many rows is left to it, in case somebody else makes some meanwhile.
    """
    pausing = gc.isenabled() and rows <= _MOST_WITHOUT_COLLECTION
    if pausing:
        gc.disable()
    try:
        yield
    finally:
        if pausing:
            gc.enable()


def _check_goes_on(cancelled: threading.Event | None, done: int, of: int) -> None:
    if cancelled is not None and cancelled.is_set():
        raise Refused(f"Stopped after {done} of {of}; none was kept.")


def _keep(desk: Desk, made: Sequence[Made]) -> tuple[Issued, ...]:
    detail = {"certificates": len(made), "first": made[0].record.subject, "last": made[-1].record.subject}
    with desk.ledger.transaction(act="issue-many", at=desk.now(), detail=detail) as change:
        for one in made:
            change.add_key(one.key)
        kept = change.add_certificates([(one.record, one.der) for one in made])
    return tuple(Issued(record, one.notes) for record, one in zip(kept, made, strict=True))


class _Issuers:
    """The issuers of a table, each found and read once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._records: dict[str | None, CertificateRecord] = {}
        self._issuing: dict[str, Issuing] = {}

    def named(self, reference: str | None) -> CertificateRecord:
        if reference not in self._records:
            self._records[reference] = chosen_issuer(self._desk, reference)
        return self._records[reference]

    def of(self, record: CertificateRecord) -> Issuing:
        if record.id not in self._issuing:
            self._issuing[record.id] = Issuing(self._desk, record)
        return self._issuing[record.id]


def _planned(desk: Desk, row: Row, issuers: _Issuers) -> Planned:
    form = row.form
    with _Column(row.number, "profile"):
        profile = find_profile(desk, form.profile)
        if profile.authority:
            raise Refused(f"{profile.name} is the profile of an authority.")
    with _Column(row.number, "issuer"):
        record = issuers.named(form.issuer)
    with _Column(row.number, "name"):
        by = issuers.of(record)
        order = order_of(desk, form)
        order = in_partition(desk, record, order) if by.parted else order
        return Planned(row, draft(order, by.issuer, now=desk.now()), record)


def _check_header(header: Sequence[str]) -> None:
    names = [name.strip().lower() for name in header]
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise Refused(
            f"Row 1 names a column “{printable(unknown[0])}”, which is none.",
            hint="Columns: " + ", ".join(COLUMNS) + ".",
        )
    if "name" not in names:
        raise Refused(
            "Row 1 names no column “name”.", hint="The first row is the header: name,profile,days …"
        )
    if len(set(names)) != len(names):
        raise Refused("Row 1 names a column twice.")


def _by_column(row: CsvRow, header: Sequence[str]) -> dict[str, str]:
    if len(row.fields) > len(header):
        raise Refused(
            f"Row {row.number} has more fields than the header.", hint="Put a field with commas in quotes."
        )
    return {name.strip().lower(): value.strip() for name, value in zip(header, row.fields, strict=False)}


def _form(number: int, given: Mapping[str, str], usual: CertificateForm) -> CertificateForm:
    names = tuple(given.get("name", "").split())
    with _Column(number, "name"):
        if not names:
            raise Refused("there is no name.")
    return replace(
        usual,
        names=names,
        sans=_sans(number, given.get("san", "")) or usual.sans,
        profile=given.get("profile") or usual.profile,
        key=_key(number, given.get("key", "")) or usual.key,
        days=_days(number, given.get("days", "")) if given.get("days") or given.get("until") else usual.days,
        until=_until(number, given.get("until", "")) or (None if given.get("days") else usual.until),
        until_issuer_ends=usual.until_issuer_ends and not (given.get("days") or given.get("until")),
        issuer=given.get("issuer") or usual.issuer,
        subject=_subject(number, given.get("subject", "")) or usual.subject,
    )


def _sans(number: int, text: str) -> tuple[str, ...]:
    with _Column(number, "san"):
        for name in text.split():
            identities.identity(name)
    return tuple(text.split())


def _key(number: int, text: str) -> str:
    with _Column(number, "key"):
        if text and text not in keys.KINDS:
            raise Refused(
                f"there is no kind of key called “{printable(text)}”.",
                hint="Kinds: " + ", ".join(keys.KINDS) + ".",
            )
    return text


def _days(number: int, text: str) -> int | None:
    with _Column(number, "days"):
        if text and not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 9):
            raise Refused(f"“{printable(text)}” is no number of days.", hint="Write a whole number from 1.")
    return int(text) if text else None


def _until(number: int, text: str) -> str | None:
    with _Column(number, "until"):
        if text:
            parse_until(text)
    return text or None


def _subject(number: int, text: str) -> str | None:
    with _Column(number, "subject"):
        if text:
            dn(text)
    return text or None


class _Column:
    """Say of an error inside where in the table it stands."""

    __slots__ = ("_name", "_number")

    def __init__(self, number: int, name: str) -> None:
        self._number = number
        self._name = name

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, TlscaError):
            place = f"Row {self._number}, column {self._name}"
            raise Refused(f"{place}: {error.sentence}", hint=error.hint) from error
