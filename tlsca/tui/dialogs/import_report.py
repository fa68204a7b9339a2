"""What an import did, and everything that it left out with the reason: a page that stays until it is closed."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button

from tlsca.authority.importing import ImportReport
from tlsca.text import count, listing
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.result_page import ResultPage
from tlsca.tui.widgets.setting import BLANK, CAREFUL, QUIET, heading, paragraph


class ImportReportDialog(Dialog[None]):
    """One page to scroll through."""

    TITLE_TEXT = "What was imported"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", show=False),
        Binding("q,enter", "leave", "Close", show=False),
    ]

    DEFAULT_CSS = """
    ImportReportDialog {
        & > Vertical { width: 100; height: 100%; max-height: 36; }
        & .dialog-body { height: 1fr; }
        & ResultPage { background: $surface; padding: 0; }
    }
    """

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self._report = report

    def compose_body(self) -> ComposeResult:
        """Lay out the page."""
        yield ResultPage()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: to copy it, and to close it."""
        yield Button("Copy (y)", id="copy", compact=True)
        yield Button("Close", id="leave", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Show it."""
        page = self.query_one(ResultPage)
        page.show(lambda width: list(_lines(self._report, width)))
        page.focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Copy it, or close."""
        if event.button.id == "copy":
            event.stop()
            self.action_copy()
        else:
            super().on_button_pressed(event)

    def action_copy(self) -> None:
        """Copy the page."""
        copy_text(self.app, self.query_one(ResultPage).text(), "Copied what was imported and what was not.")


def imported(report: ImportReport) -> str:
    """Return what an import did, and how much it left out, as lines for a notification."""
    left_out = [f"Skipped {_things(len(report.skipped))}."] if report.skipped else []
    return "\n".join([*_did(report), *left_out])


def _did(report: ImportReport) -> Iterator[str]:
    yield from (f"Found {tree.tool} in {tree.path}." for tree in report.trees)
    counts = [count(len(report.certificates), "certificate"), count(len(report.keys), "key")]
    counts += [count(len(report.requests), "request")] if report.requests else []
    yield f"Imported {listing(counts)}."
    if report.revoked:
        yield f"Revoked {count(len(report.revoked), 'certificate')}, as they were there."
    if report.unseen:
        yield f"Took over {count(len(report.unseen), 'revocation')} of certificates that are not there."


def _lines(report: ImportReport, width: int) -> Iterator[Content]:
    for sentence in _did(report):
        yield from paragraph(sentence, width)
    yield BLANK
    yield heading(f"{_things(len(report.skipped))} skipped, and why", width)
    for left in report.skipped:
        yield from paragraph(left.what, width, CAREFUL)
        why = f"{left.why[:1].upper()}{left.why[1:]}."
        yield from paragraph(f"{why} In {left.where}." if left.where else why, width, QUIET, margin="  ")


def _things(number: int) -> str:
    return count(number, "item")
