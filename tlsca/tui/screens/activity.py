"""The screen of what is done: what runs just now, with the way to stop it, above every act of the audit log in words."""

from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tlsca.authority.auditing import Activity
from tlsca.authority.checkpoints import Checkpoint
from tlsca.authority.desk import Desk
from tlsca.authority.issuers import issuers
from tlsca.authority.keeping import verify_history
from tlsca.authority.listing import entries_of
from tlsca.authority.log_pages import LogPage, read_log
from tlsca.authority.saving import Saved
from tlsca.errors import TlscaError
from tlsca.pki.rows import Row
from tlsca.text import count, listing, printable, rfc3339
from tlsca.tui.bindings import bindings
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.checkpoint import CheckpointDialog, Wish, shown
from tlsca.tui.dialogs.save import SaveDialog
from tlsca.tui.dialogs.undo import ask_to_undo
from tlsca.tui.jobs import Jobs
from tlsca.tui.keeping_acts import ACTIVITY_ACTS
from tlsca.tui.screens.acting import ActingScreen
from tlsca.tui.standing import Standing
from tlsca.tui.widgets.activity_table import ActivityTable
from tlsca.tui.widgets.facts import Facts, rows_text
from tlsca.tui.widgets.heading import Heading
from tlsca.tui.widgets.job_table import JobTable, told_of
from tlsca.tui.widgets.key_line import KeyLine
from tlsca.tui.widgets.word_filter import WordFilter
from tlsca.tui.work import sentence, work

_POLL = 0.2
"""Seconds between looks at what runs, and at what was written."""


class ActivityScreen(ActingScreen[None]):
    """What runs, the log, and more about the act under the cursor."""

    HELP = "What runs just now, and below it every act of the audit log, newest first."

    DEFAULT_CSS = """
    ActivityScreen {
        & ActivityTable { height: 1fr; }
        & #verdict { display: none; height: auto; max-height: 3; padding: 0 1; background: $boost; }
        & #verdict.-shown { display: block; }
        & #about { height: 6; padding: 0 1; background: $background; border-top: solid $panel; scrollbar-size-vertical: 1; }
        &.-tall #about { height: 10; }
    }
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-tall")]  # noqa: RUF012 -- an instance variable to Textual
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIVITY_ACTS)
    acts = ACTIVITY_ACTS
    menu = frozenset({"Log"})

    def __init__(self, desk: Desk, jobs: Jobs) -> None:
        super().__init__()
        self._desk = desk
        self._jobs = jobs
        self._page = LogPage((), 1)
        self._position = -1
        self._reading = False

    def compose(self) -> ComposeResult:
        """Lay out what runs above the log, and more about one act below it."""
        yield Heading("Activity")
        yield JobTable(id="jobs")
        yield WordFilter("words of act, who, host, name, date")
        yield ActivityTable(id="log")
        yield Static(id="verdict")
        with VerticalScroll(id="about", can_focus=False):
            yield Facts()
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the log, and follow what goes on."""
        self.query_one(ActivityTable).focus()
        self._look()
        self.set_interval(_POLL, self._look)

    # What is shown

    def _look(self) -> None:
        self.query_one(JobTable).show(self._jobs.known)
        if self._desk.ledger.position != self._position and not self._reading:
            self._read()
        self._draw_heading()

    def _read(self, before: int | None = None) -> None:
        """Read the log anew, or go on with it before a line."""
        desk, words, so_far = self._desk, self.query_one(WordFilter).value, self._page
        self._reading = True
        if before is None:
            self._position = desk.ledger.position

        def page() -> LogPage:
            read = read_log(desk, words, before=before)
            return read if before is None else so_far.followed_by(read)

        work(self, page, self._show, failed=self._cannot_read, group="read", exclusive=True)

    def _show(self, page: LogPage) -> None:
        self._reading = False
        self._page = page
        self.query_one(ActivityTable).show(page.acts)
        self._draw_heading()
        self.refresh_bindings()

    def _cannot_read(self, error: TlscaError) -> None:
        self._reading = False
        self._tell(sentence(error))

    @on(ActivityTable.MoreWanted)
    def _read_more(self) -> None:
        if self._page.first > 1 and not self._reading:
            self._read(before=self._page.first)

    def _draw_heading(self) -> None:
        running = len(self._jobs.running)
        self.query_one(Heading).tell(
            f"  {count(self._desk.ledger.position, 'line')} in the log",
            (f"  ▸ {running} running" if running else "", "bold $text-accent"),
            unlocked=self._desk.unlocked,
        )

    @on(ActivityTable.Highlighted)
    def _tell_about(self, event: ActivityTable.Highlighted) -> None:
        self.query_one(Facts).show(rows(event.one) if event.one else ())
        self.query_one("#about", VerticalScroll).scroll_home(animate=False)
        self.refresh_bindings()

    @on(JobTable.Moved)
    def _tell_about_job(self, event: JobTable.Moved) -> None:
        if event.job is not None and self.query_one(JobTable).has_focus:
            came = Row("Came of it" if not event.job.running else "Runs", told_of(event.job))
            self.query_one(Facts).show((Row("Work", event.job.title), came))

    @on(events.DescendantFocus, "#log")
    def _tell_about_act(self) -> None:
        self.query_one(ActivityTable).tell()

    def _tell(self, told: Content | None) -> None:
        verdict = self.query_one("#verdict", Static)
        verdict.set_class(told is not None, "-shown")
        verdict.update(told or "")

    # Acts

    def standing(self) -> Standing:
        """Return what there is for acts to be done to."""
        there = self.query_one(ActivityTable).current is not None
        return Standing(
            read_only=self._desk.ledger.read_only or "",
            nothing="" if there else "There is no act under the cursor.",
        )

    def menu_title(self) -> str:
        """Return what was done under the cursor. Printable."""
        return self._current().what

    def action_undo(self) -> None:
        """Ask whether the act under the cursor is to be undone."""
        ask_to_undo(self, self._desk, self._look, line=self._current().line)

    def action_copy(self) -> None:
        """Copy what is told of the act under the cursor."""
        copy_text(self.app, rows_text(rows(self._current())), "Copied what the log says of it.")

    def action_stop(self) -> None:
        """Stop what is under the cursor; where the log has the focus, whatever can be stopped."""
        table = self.query_one(JobTable)
        chosen = [table.current] if table.has_focus and table.current else list(self._jobs.running)
        able = [job for job in chosen if job.can_be_stopped]
        for job in able:
            job.stop()
        if not able:
            told = "Nothing runs." if not self._jobs.running else "It cannot be stopped; it comes to its end."
            self.notify(told, severity="warning", timeout=5, markup=False)

    def action_verify(self) -> None:
        """Walk the hash chain, and say in one line what came of it."""
        desk = self._desk
        self._tell(Content("Walking the chain …"))
        self._jobs.begin(
            "Verifying the log", lambda: verify_history(desk), self._verified, self._broken, told=_intact
        )

    def _verified(self, lines: int) -> None:
        if self.is_attached:
            self._tell(Content.assemble(("✔ ", "$text-success"), _intact(lines)))

    def _broken(self, error: TlscaError) -> None:
        if self.is_attached:
            self._tell(Content.assemble(("✘ ", "$text-error"), sentence(error)))

    def action_checkpoint(self) -> None:
        """Ask who signs what the log is now."""
        desk = self._desk
        work(
            self,
            lambda: entries_of(desk, issuers(desk)),
            lambda able: self.app.push_screen(CheckpointDialog(desk, able), self._made),
            group="able",
            exclusive=True,
        )

    def _made(self, answer: tuple[Checkpoint, Wish] | None) -> None:
        if answer is None:
            return
        made, wish = answer
        file = shown(made)
        if wish is Wish.COPY:
            copy_text(self.app, file.forms[file.form].decode(), f"Copied the {file.what}.")
        else:
            self.app.push_screen(SaveDialog(file, Path.cwd()), self._saved)

    def _saved(self, saved: Saved | None) -> None:
        if saved is not None:
            told = f"The checkpoint is in {printable(str(saved.path))}. Keep it on another machine."
            self.notify(told, timeout=10, markup=False)

    def action_filter(self) -> None:
        """Show the filter and put the cursor into it."""
        self.query_one(WordFilter).open()

    @on(Input.Changed, "WordFilter")
    def _filter_typed(self) -> None:
        self._read()

    @on(Input.Submitted, "WordFilter")
    def _filter_done(self) -> None:
        self.query_one(ActivityTable).focus()

    def action_back(self) -> None:
        """Clear the filter, or the verdict; else leave."""
        words, verdict = self.query_one(WordFilter), self.query_one("#verdict")
        if words.is_open:
            words.close()
            self.query_one(ActivityTable).focus()
        elif verdict.has_class("-shown"):
            self._tell(None)
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Go back to the certificates; what runs goes on."""
        self.dismiss(None)

    def _current(self) -> Activity:
        current = self.query_one(ActivityTable).current
        assert current is not None, "check_action lets no act through without one"
        return current


def _intact(lines: int) -> str:
    return f"{count(lines, 'line')}, every one linked to the one before."


def rows(one: Activity) -> tuple[Row, ...]:
    """Return everything that the log says of an act."""
    said = (
        Row(printable(name).replace("_", " ").capitalize(), _value(value))
        for name, value in one.said.items()
        if value not in ([], "", None)
    )
    return (
        Row("What", one.what),
        Row("When", rfc3339(one.at), f"by {printable(one.who)} on {printable(one.host)}"),
        Row("Line", f"{one.line:,}", printable(one.act)),
        *said,
        Row("Hash", one.digest),
    )


def _value(value: object) -> str:
    words = list(map(str, value)) if isinstance(value, list) else [str(value)]
    return printable(listing(words, most=20))
