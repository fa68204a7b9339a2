"""What a dry run comes to, in words: how many rows are right, what is wrong first, and what the row under the cursor will be."""

from textual.content import Content

from tlsca.authority.dry_run import DryRun
from tlsca.authority.sheet import Wrong
from tlsca.tui.widgets.dry_run_table import Judged, cells_of
from tlsca.tui.work import sentence

NOTHING_YET = Content.assemble(
    ("Nothing to issue yet. ", "bold"),
    ("Rows are only looked at until ctrl+s.", "$foreground-muted"),
)
LOOKING = Content.styled("Looking at the rows …", "$foreground-muted")


def summary(found: DryRun) -> Content:
    """Return in one line how the rows are, and where the first wrong one stands."""
    if not found.rows:
        return NOTHING_YET
    right, rows = len(found.planned), "1 row" if found.rows == 1 else f"{found.rows:,} rows"
    if found.right:
        noted = sum(bool(one.draft.notes) for one in found.planned)
        notes = f", {noted:,} with a note" if noted else ""
        return Content.assemble(
            ("✔ ", "$text-success"),
            (f"{right:,} of {rows} right{notes}.", "bold"),
            (" None is issued before ctrl+s.", "$foreground-muted"),
        )
    first = found.wrong[0].number if found.wrong else 0
    wrong = f"{len(found.wrong):,}{' or more' if found.unread else ''} wrong"
    return Content.assemble(
        ("✕ ", "$text-error"),
        (f"{right:,} of {rows} right, {wrong}.", "bold"),
        (f" The first wrong one is row {first}.", "$foreground-muted"),
    )


def row_told(row: Judged) -> Content:
    """Return what is wrong with a row and what to do about it; or of a right one what its columns may have cut off."""
    if isinstance(row, Wrong):
        return sentence(row.error)
    cells = cells_of(row)
    told = f"Row {row.row.number}: {cells['NAMES']}, from {cells['ISSUER']}."
    notes = f" ! {cells['NOTES']}" if cells["NOTES"] else ""
    return Content.assemble((told, "$foreground-muted"), (notes, "$text-warning"))
