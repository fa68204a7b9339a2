"""Look a whole table over before anything is issued: what each right row would become, and what is wrong in each other one.

The acts of `bulk` refuse a table at its first wrong row, which is right for issuing it; who is still writing it wants to know about
the others too, and to be heard when they type on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tlsca.authority.bulk import MOST_ROWS, Planned, Row, plan_many, read_lines, read_table
from tlsca.authority.desk import Desk
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.sheet import Record, Sheet, Wrong, is_table, line_sheet, table_sheet
from tlsca.errors import Refused, TlscaError

MOST_WRONG = 100
"""After so many wrong rows the others are not looked at: it is the table that is wrong then."""
_AT_ONCE = 256
"""Rows that are planned together; each wrong one among them costs about as much as all of them."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would be issued of a table. Nothing is, unless all of it can be."""

    rows: int
    """How many there are."""
    planned: tuple[Planned, ...]
    wrong: tuple[Wrong, ...]

    @property
    def right(self) -> bool:
        """Whether there is something to issue, and every row of it can be."""
        return 0 < self.rows == len(self.planned)

    @property
    def unread(self) -> int:
        """How many rows were not looked at."""
        return self.rows - len(self.planned) - len(self.wrong)


def dry_run(
    desk: Desk,
    text: str,
    *,
    usual: CertificateForm,
    table: bool | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> DryRun:
    """Look over CSV with a header row, or lines of names; `usual` holds what a row that leaves something empty gets.

    `table` says which of the two it is; None means that its first line says it. Needs no passphrase and raises nothing: what is
    wrong is in the answer. Once `stopped` answers True, the rest is left unread.
    """
    table = is_table(text) if table is None else table
    sheet = table_sheet(text) if table else line_sheet(text)
    if len(sheet.records) > MOST_ROWS:
        return DryRun(len(sheet.records), (), (Wrong(MOST_ROWS + 1, _too_many(len(sheet.records))),))
    look = _Look(desk, sheet, usual, read_table if table else read_lines)
    planned: list[Planned] = []
    wrong: list[Wrong] = []
    for begin in range(0, len(sheet.records), _AT_ONCE):
        if stopped() or len(wrong) >= MOST_WRONG:
            break
        look.over(sheet.records[begin : begin + _AT_ONCE], planned, wrong)
    broken = [sheet.broken] if sheet.broken else []
    return DryRun(len(sheet.records) + len(broken), tuple(_repeats_noted(planned)), (*wrong, *broken))


@dataclass(frozen=True, slots=True)
class _Look:
    desk: Desk
    sheet: Sheet
    usual: CertificateForm
    read: Callable[..., tuple[Row, ...]]

    def over(self, records: Sequence[Record], planned: list[Planned], wrong: list[Wrong]) -> None:
        """Plan records all together; where one is wrong, each half by itself, until it is found."""
        try:
            planned += plan_many(self.desk, self._rows(records))
        except TlscaError as error:
            if len(records) == 1:
                wrong.append(Wrong(records[0].number, error))
                return
            middle = len(records) // 2
            self.over(records[:middle], planned, wrong)
            if len(wrong) < MOST_WRONG:
                self.over(records[middle:], planned, wrong)

    def _rows(self, records: Sequence[Record]) -> tuple[Row, ...]:
        return self.read(self.sheet.text_of(records), usual=self.usual)


def _repeats_noted(planned: Iterable[Planned]) -> Iterator[Planned]:
    """Say of each row that names what one before it names: it may be meant, and more often it was pasted twice."""
    seen: dict[tuple[object, ...], int] = {}
    for one in planned:
        named = frozenset(one.draft.names) or one.draft.subject
        same = (named, one.draft.profile.name, one.issuer.id)
        first = seen.setdefault(same, one.row.number)
        if first == one.row.number:
            yield one
        else:
            notes = (f"The same names as row {first}.", *one.draft.notes)
            yield replace(one, draft=replace(one.draft, notes=notes))


def _too_many(rows: int) -> Refused:
    return Refused(
        f"There are {rows:,} rows, and at most {MOST_ROWS:,} are issued at once.", hint="Issue them in parts."
    )
