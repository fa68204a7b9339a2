"""Publish an authority's certificate revocation lists: how things stand, where to write them, and for how long they are current."""

from collections.abc import Callable
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Checkbox, Input, Label, Select

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.publishing import CrlForm
from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.lists import (
    EVERY,
    Standing,
    Wanted,
    about_choices,
    check,
    publish,
    scope_of_choice,
    show,
    standing,
    standing_lines,
    standing_rows,
)
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import Choice
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.path_completion import PathCompletion, expanded
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.work import sentence, work

_DAYS: tuple[Choice, ...] = (
    (Content("7 days"), "7"),
    (Content("1 day"), "1"),
    (Content("30 days"), "30"),
    (Content("90 days"), "90"),
    (Content("1 year, as for a root that is kept offline"), "365"),
)
_FORMATS: tuple[Choice, ...] = (
    (Content("DER, as HTTP clients fetch it"), "der"),
    (Content("PEM"), "pem"),
)


class PublishDialog(Dialog[str]):
    """Sign revocation lists, keep them in the store, and write them to files; answers what was done, in a sentence."""

    TITLE_TEXT = "Publish a CRL"
    CONFIRM = "Publish"

    DEFAULT_CSS = """
    PublishDialog Facts { margin-top: 1; }
    """

    def __init__(self, desk: Desk, authority: Entry, directory: Path) -> None:
        super().__init__()
        self._desk = desk
        self._authority = authority
        self._directory = directory
        self._offered = ""
        """The place that was filled in; whatever else stands there was typed."""

    def compose_body(self) -> ComposeResult:
        """Lay out which list, where and for how long, above how things stand."""
        about = about_choices(self._desk, self._authority.record)
        yield Label(
            f"What {printable(self._authority.title)} has revoked, signed for its clients.",
            classes="dialog-lead",
            markup=False,
        )
        yield Field("About", Select(about, id="about", compact=True, allow_blank=False))
        yield Field(
            "File",
            LineInput(
                id="out",
                compact=True,
                placeholder="empty: keep it in the store alone",
                suggester=PathCompletion(),
            ),
        )
        yield Field("Format", Select(_FORMATS, id="format", compact=True, allow_blank=False))
        yield Field("Current for", Select(_DAYS, id="days", compact=True, allow_blank=False))
        yield Field(
            "Deltas at",
            LineInput(
                id="freshest",
                compact=True,
                placeholder="http://crl.example.com/ca-delta.crl; empty: not said",
            ),
        )
        yield Field("", Tick("only what changed since the last full CRL (a delta)", id="delta"))
        yield Field("", Tick("replace a file that is there", id="force"))
        yield Facts()

    @on(Select.Changed, "#about")
    @on(Checkbox.Changed, "#delta")
    def _look(self) -> None:
        """Look at how things stand with what is chosen."""
        choice, delta = self._choice(), self.query_one("#delta", Tick).value
        work(
            self,
            lambda: standing(self._desk, self._authority.record, choice, delta=delta),
            self._show,
            failed=self._explain,
            group="state",
            exclusive=True,
        )

    def action_confirm(self) -> None:
        """Find out whether it can be done, unlock if need be, then sign and write in a thread."""
        self.show_error(None)
        self.busy(True)
        wanted = self._wanted()
        work(self, lambda: check(self._desk, wanted), lambda _: self._unlock_and(wanted), failed=self._refuse)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that sign the list."""
        wanted = self._wanted()
        return lambda: show(self._desk, wanted)

    def _unlock_and(self, wanted: Wanted) -> None:
        self.busy(False)
        once_unlocked(self, self._desk, "to sign with the authority's key", lambda: self._publish(wanted))

    def _publish(self, wanted: Wanted) -> None:
        self.busy(True)
        work(self, lambda: publish(self._desk, wanted), self.dismiss, failed=self._refuse)

    def _choice(self) -> str:
        return str(self.query_one("#about", Select).value)

    def _wanted(self) -> Wanted:
        typed, choice = self.query_one("#out", Input).value.strip(), self._choice()
        form = CrlForm(
            reference=self._authority.record.sha256,
            delta=self.query_one("#delta", Tick).value,
            days=int(str(self.query_one("#days", Select).value)),
            freshest=tuple(self.query_one("#freshest", Input).value.split()),
            scope=scope_of_choice(choice),
        )
        return Wanted(
            form,
            choice == EVERY,
            expanded(typed) if typed else None,
            self.query_one("#force", Tick).value,
            self.query_one("#format", Select).value == "der",
        )

    def _show(self, found: Standing) -> None:
        head = [Content(line) for line in standing_lines(self._desk, found.states)]
        self.query_one(Facts).show(standing_rows(found.states), head=head)
        field = self.query_one("#out", Input)
        if field.value == self._offered:
            self._offered = str(self._directory / found.place)
            field.value = self._offered

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Facts).show((), head=[sentence(error)])

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
