"""Issue many certificates: rows are pasted or read from a file, looked over while that is done, and issued all or none."""

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button, Input, Select, Static, TextArea
from textual.worker import get_current_worker

from tlsca.authority.desk import Desk
from tlsca.authority.dry_run import DryRun
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.listing import title_of
from tlsca.authority.showing import show_certificates
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.describe import Row
from tlsca.store.records import CertificateRecord
from tlsca.text import printable
from tlsca.tui.dialogs.bulk_form import BulkForm, Source
from tlsca.tui.dialogs.bulk_run import BulkRun, Made, counted
from tlsca.tui.dialogs.bulk_verdict import LOOKING, NOTHING_YET, row_told, summary
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.jobs import Way
from tlsca.tui.widgets.choices import Offer
from tlsca.tui.widgets.dry_run_table import DryRunTable
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.rows_area import RowsArea
from tlsca.tui.widgets.run_progress import RunProgress
from tlsca.tui.work import sentence

_SLOW = 0.5
"""Seconds after which it is said that the rows are still being looked at."""
_LOOK = 0.1
"""Seconds between looks at how far a run is."""
_ALL_OR_NONE = "All are kept or none. Escape stops, and the store stays as it is."
_BEYOND_STOPPING = "All are made. They go into the store as a whole, which nothing stops."
_FILES_STOP = "All are in the store. Escape leaves out the files that are not written yet."


class BulkDialog(Dialog[Made]):
    """Issue many certificates; answers what was made."""

    TITLE_TEXT = "Issue many certificates"
    CONFIRM = "Issue"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall")]  # noqa: RUF012 -- an instance variable to Textual

    DEFAULT_CSS = """
    BulkDialog {
        & > Vertical { width: 100%; height: 100%; }
        & .dialog-body { height: 1fr; }
        & .dialog-buttons #confirm { min-width: 17; }
        & #bulk-ask { height: 1fr; }
        & #bulk-told { height: 1fr; min-height: 6; }
        & #bulk-verdict { height: 1; padding: 0 1; background: $boost; }
        & #bulk-row { height: auto; min-height: 2; max-height: 6; padding: 0 1; }
        & DryRunTable { height: 1fr; }
        & #bulk-run { height: 1fr; padding: 1 2; align-vertical: middle; display: none; }
        & #bulk-promise { margin-top: 1; color: $text-muted; }
        &.-running #bulk-ask, &.-done #bulk-ask { display: none; }
        &.-running #bulk-run, &.-done #bulk-run { display: block; }
        &.-done #bulk-promise, &.-done RunProgress { display: none; }
        &.-tall RowsArea { height: 10; margin-bottom: 1; }
        &.-tall BulkForm { margin-bottom: 1; }
        &.-tall > Vertical { height: 96%; padding: 1 2; }
        &.-huge > Vertical { width: 96%; }
        &.-huge #bulk-ask { layout: horizontal; }
        &.-huge BulkForm { width: 48; height: 1fr; margin: 0 2 0 0; }
        &.-huge BulkForm RowsArea { height: 1fr; }
        &.-huge BulkForm .pair { layout: vertical; }
        &.-huge BulkForm .pair Field { margin: 0; }
        &.-huge #bulk-told { width: 1fr; }
    }
    """

    def __init__(self, desk: Desk, offer: Offer) -> None:
        super().__init__()
        self._desk = desk
        self._offer = offer
        self._follower: Follower[DryRun] = Follower(self, self._show, self._explain)
        self._found: DryRun | None = None
        self._unreadable: TlscaError | None = None
        self._run: BulkRun | None = None
        self._made: Made | None = None
        self._slow: Timer | None = None
        self._looks: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out the form beside, or above, what would come of it; and what is shown instead once that is done."""
        with Vertical(id="bulk-ask"):
            yield BulkForm(self._offer)
            with Vertical(id="bulk-told"):
                yield Static(NOTHING_YET, id="bulk-verdict")
                yield Static(id="bulk-row")
                yield DryRunTable()
        with Vertical(id="bulk-run"):
            yield RunProgress()
            yield Static(id="bulk-promise")
            yield Facts(id="bulk-outcome")

    def on_mount(self) -> None:
        """Begin where rows are pasted."""
        self.query_one(RowsArea).focus()

    def _fit(self) -> None:
        """Leave the height of the body alone: the frame fills the screen, and the body takes what the others leave."""

    # The dry run

    @on(TextArea.Changed)
    @on(Input.Changed, "#path")
    @on(Select.Changed)
    def _follow(self) -> None:
        form = self.query_one(BulkForm)
        source, usual = form.source, form.usual
        self._found = None
        self.show_error(None)
        self._say_if_slow()
        self._follower.follow(lambda: self._look_over(source, usual))

    def _look_over(self, source: Source, usual: CertificateForm) -> DryRun:
        worker = get_current_worker()
        return source.look_over(self._desk, usual, lambda: worker.is_cancelled)

    @on(Input.Submitted, "#path")
    def _read_again(self, event: Input.Submitted) -> None:
        event.stop()
        self._follow()

    def _say_if_slow(self) -> None:
        if self._slow is not None:
            self._slow.stop()
        self._slow = self.set_timer(_SLOW, lambda: self._verdict(LOOKING))

    def _show(self, found: DryRun) -> None:
        self._found, self._unreadable = found, None
        self._verdict(summary(found))
        self.query_one(DryRunTable).show(found)
        self._show_button()

    def _explain(self, error: TlscaError) -> None:
        self._show(DryRun(0, (), ()))
        self._unreadable = error

    @on(DryRunTable.Highlighted)
    def _tell_row(self, event: DryRunTable.Highlighted) -> None:
        instead = sentence(self._unreadable) if self._unreadable else Content("")
        self.query_one("#bulk-row", Static).update(row_told(event.row) if event.row else instead)

    def _verdict(self, told: Content) -> None:
        if self._slow is not None:
            self._slow.stop()
        self.query_one("#bulk-verdict", Static).update(told)

    # Issuing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nothing be issued twice; what is issued already, or about to be, has no commands left to be run instead."""
        if action == "show_commands" and (self._run is not None or self._made is not None):
            return None
        if self._run is not None and self._made is None and action == "confirm":
            return None
        return super().check_action(action, parameters)

    def action_confirm(self) -> None:
        """Issue what is right, or go to what is not; once it is issued, go and see it."""
        if self._made is not None:
            self.dismiss(self._made)
            return
        self.show_error(None)
        if self._found is None:
            self._verdict(LOOKING)
        elif self._found.right:
            once_unlocked(self, self._desk, "to sign with the authority's key", self._issue)
        elif self._found.rows:
            table = self.query_one(DryRunTable)
            table.to_first_wrong()
            table.focus()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons, and the one that leaves a run to itself."""
        yield Button("Leave it running", id="behind", compact=True)
        yield from super().compose_buttons()

    @on(Button.Pressed, "#behind")
    def _leave_running(self) -> None:
        """Close, and have the home screen told what comes of it."""
        if self._run is not None:
            super().action_leave()

    def action_leave(self) -> None:
        """Close; while it is being issued, only stop that."""
        if self._made is not None:
            self.dismiss(self._made)
        elif self._run is not None:
            if not self._run.keeping:
                self._stop_run(self._run)
            self._look()
        else:
            self.dismiss(None)

    def _stop_run(self, run: BulkRun) -> None:
        if self._job is not None:
            self._job.stop()
        else:
            run.stop()

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that issue the rows, one after the other."""
        found, unreadable = self._found, self._unreadable

        def write() -> str:
            if found is None or not found.rows:
                raise unreadable or UsageError(
                    "There is nothing to issue yet.", hint="Paste rows, or name a file."
                )
            if found.wrong:
                raise found.wrong[0].error
            return show_certificates(self._desk, (one.row.form for one in found.planned))

        return write

    def busy(self, doing: bool) -> None:
        """Say that the passphrase is being asked for."""
        super().busy(doing)
        self._show_button()

    def _issue(self) -> None:
        if self._found is None or not self._found.right:
            return
        self._run = BulkRun(self._desk, self._found.planned, self.query_one(BulkForm).files)
        self.add_class("-running")
        self._show_button()
        self.query_one("#leave", Button).focus()
        self._looks = self.set_interval(_LOOK, self._look)
        self._look()
        run, many = self._run, counted(len(self._found.planned))
        self._job = self.set_about(
            f"Issuing {many}",
            run,
            self._tell,
            self._refuse,
            told=issued_in,
            way=Way(progress=lambda: run.progress, stop=run.stop, signs=True),
        )

    def _look(self) -> None:
        run = self._run
        if run is None:
            return
        self.query_one(RunProgress).progress = run.progress
        self.query_one("#bulk-promise", Static).update(Content(_promise(run)))
        leave = self.query_one("#leave", Button)
        leave.disabled = run.keeping
        leave.label = "Stopping …" if run.stopping else "Stop"

    def _ended(self) -> None:
        self._run = self._job = None
        self.remove_class("-running")
        if self._looks is not None:
            self._looks.stop()

    def _tell(self, made: Made) -> None:
        self._ended()
        self._made = made
        self.add_class("-done")
        self.query_one("#bulk-outcome", Facts).show(outcome(made), head=_head(made))
        self._show_button()
        self.query_one("#confirm", Button).focus()

    def _refuse(self, error: TlscaError) -> None:
        self._ended()
        self.show_error(error)
        self._show_button()
        self.query_one("#confirm", Button).focus()

    def _show_button(self) -> None:
        confirm, leave = self.query_one("#confirm", Button), self.query_one("#leave", Button)
        ready = len(self._found.planned) if self._found is not None and self._found.right else 0
        confirm.display = self._run is None
        self.query_one("#behind", Button).display = self._run is not None and self.behind is not None
        self.query_one("#commands", Button).display = self._run is None and self._made is None
        leave.display = self._made is None
        leave.label = "Cancel" if self._run is None else "Stop"
        if self._made is not None:
            confirm.label = "Show them"
        elif not self._busy:
            confirm.label = f"Issue {ready:,}" if ready else self.CONFIRM
            confirm.disabled = not ready


def _promise(run: BulkRun) -> str:
    if run.keeping:
        return _BEYOND_STOPPING
    return _FILES_STOP if run.kept else _ALL_OR_NONE


def outcome(made: Made) -> tuple[Row, ...]:
    """Return what was made as rows."""
    records = [one.record for one in made.issued]
    noted = sum(bool(one.notes) for one in made.issued)
    rows = [Row("First", printable(title_of(records[0])))]
    if len(records) > 1:
        rows.append(Row("Last", printable(title_of(records[-1]))))
    rows.append(Row("Valid until", " to ".join(_ends(records))))
    if noted:
        rows.append(Row("With a note", f"{noted:,}, as the dry run said"))
    if made.directory is not None:
        rows.append(Row("Files", f"{made.files:,} in {printable(str(made.directory))}"))
    return tuple(rows)


def issued_in(made: Made) -> str:
    """Return how many were issued, and how long that took."""
    return f"Issued {counted(len(made.issued))} in {made.seconds:.1f} seconds."


def _ends(records: Sequence[CertificateRecord]) -> list[str]:
    """Return the first and the last day on which one of them ends, once where they are the same."""
    ends = sorted({f"{record.not_after:%Y-%m-%d}" for record in records})
    return list(dict.fromkeys((ends[0], ends[-1])))


def _head(made: Made) -> list[Content]:
    head = [Content.assemble(("✔ ", "$text-success"), (issued_in(made), "bold")), Content("")]
    return [*head, sentence(made.trouble), Content("")] if made.trouble else head
