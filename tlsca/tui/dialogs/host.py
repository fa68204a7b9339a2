"""Everything about one watched host: each problem with its fix, what it serves, how it is looked at, and what changed when."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button

from tlsca import pages
from tlsca.authority.desk import Desk
from tlsca.authority.watch_reports import report_of
from tlsca.authority.watched import Watched
from tlsca.errors import TlscaError
from tlsca.store.records import WatchRecord, WatchReport
from tlsca.text import printable
from tlsca.tui.bindings import bindings
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.explain import ExplainDialog
from tlsca.tui.moving_acts import EXPLAIN
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.host_facts import facts_text, full_facts, headline
from tlsca.tui.work import work


class Wish(Enum):
    """What is to be done with the host next."""

    LOOK = auto()
    TEST = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """A host, and what is to be done with it."""

    record: WatchRecord
    wish: Wish


class HostDialog(Dialog[Answer]):
    """One page to scroll through."""

    TITLE_TEXT = "Host"
    CONFIRM = "Test (t)"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings([EXPLAIN]),
        Binding("y", "copy", "Copy", show=False),
        Binding("R,f5", "look", "Look again", show=False),
        Binding("t", "confirm", "Test", show=False),
        Binding("q", "leave", "Close", show=False),
    ]

    DEFAULT_CSS = """
    HostDialog {
        & > Vertical { width: 100%; height: 100%; }
        & .dialog-body { height: 1fr; }
        & #preview-box { height: 1fr; background: $background; padding: 0 1; scrollbar-size-vertical: 1; }
    }
    """

    def __init__(self, desk: Desk, one: Watched) -> None:
        super().__init__()
        self._desk = desk
        self._one = one
        self._report = WatchReport(id=one.record.id)
        # Another version of tlsca may have written down others.
        self._codes = [code for code in one.codes if code in pages.codes()]

    def compose_body(self) -> ComposeResult:
        """Lay out one page."""
        with VerticalScroll(id="preview-box", can_focus=True):
            yield Facts()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons, each with its key."""
        yield Button("Close", id="leave", compact=True)
        if self._codes:
            yield Button("Explain (?)", id="explain", compact=True)
        yield Button("Copy (y)", id="copy", compact=True)
        yield Button("Look again (R)", id="look", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read what is kept of it, in a thread."""
        self.query_one("#preview-box").focus()
        self.query_one(Facts).show((), head=[headline(self._one)])
        desk, name = self._desk, self._one.record.id
        work(self, lambda: report_of(desk, name), self._show, failed=self._explain)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Explain, copy, look again, or what every dialog does."""
        if event.button.id == "explain":
            self.action_explain()
        elif event.button.id == "copy":
            self.action_copy()
        elif event.button.id == "look":
            self.action_look()
        else:
            super().on_button_pressed(event)

    def action_explain(self) -> None:
        """Say what each problem of the host means."""
        if self._codes:
            self.app.push_screen(ExplainDialog(self._codes))

    def action_copy(self) -> None:
        """Copy the page."""
        copy_text(self.app, facts_text(self._one, self._report), "Copied what is known of the host.")

    def action_look(self) -> None:
        """Ask for another look at this host."""
        self.dismiss(Answer(self._one.record, Wish.LOOK))

    def action_confirm(self) -> None:
        """Ask for the test of its connection."""
        self.dismiss(Answer(self._one.record, Wish.TEST))

    def _show(self, report: WatchReport) -> None:
        self._report = report
        self.query_one(Facts).show(full_facts(self._one, report))

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Facts).show((), head=[headline(self._one), Content(printable(error.sentence))])
