"""Export certificates: for which program or in which format, what would be written, and afterwards where it went and how it is used."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Checkbox, Input, Label

from tlsca.authority.desk import Desk
from tlsca.authority.destinations import Destination, destinations, unexamined
from tlsca.authority.listing import Entry
from tlsca.authority.outgoing import HandedOut, Outgoing, Outlook, check_secret, look_ahead
from tlsca.authority.passphrases import generate
from tlsca.authority.showing_outgoing import show_outgoing
from tlsca.errors import TlscaError, UsageError
from tlsca.text import count, listing, printable
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.export_form import ExportForm
from tlsca.tui.dialogs.export_run import ExportRun, handed_out
from tlsca.tui.dialogs.passphrase import PassphraseDialog
from tlsca.tui.dialogs.revoke import called
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.jobs import Job
from tlsca.tui.widgets.destination_list import DestinationList
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.handed_out_view import HandedOutView, configuration
from tlsca.tui.work import sentence, tell_node, work

_NO_PLACE = UsageError("There is no place to write to.", hint="Type a path.")


class ExportDialog(Dialog[bool]):
    """Write certificates for a program or in a format; answers True when the next step, testing the connection, is wanted."""

    TITLE_TEXT = "Export"
    CONFIRM = "Export"

    DEFAULT_CSS = """
    ExportDialog {
        & > Vertical { width: 100%; max-width: 132; height: 100%; max-height: 40; }
        & .dialog-body { height: 1fr; }
        & #ask { height: 1fr; }
        & #done { height: 1fr; display: none; scrollbar-size-vertical: 1; }
        & #told { width: 1fr; height: 1; margin-left: 1; color: $text-warning; }
        & #copy, & #test, & #behind { display: none; }
        &.-leavable #behind { display: block; }
        &.-done #ask, &.-done #confirm, &.-done #commands { display: none; }
        &.-done #done, &.-done.-testable #test, &.-done.-usable #copy { display: block; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "generate", "Make a passphrase", show=False),
        Binding("y", "yes", "Yes, or copy", show=False),
        Binding("n", "no", "No", show=False),
        Binding("t", "test", "Test connection", show=False),
        Binding("down", "line(1)", "Further down", show=False),
        Binding("up", "line(-1)", "Further up", show=False),
    ]

    def __init__(
        self, desk: Desk, selected: Sequence[Entry], directory: Path, *, begin_with: str | None = None
    ) -> None:
        """`begin_with` is the program or the format that is chosen at first."""
        super().__init__()
        self._desk = desk
        self._selected = tuple(selected)
        self._directory = directory
        self._begin_with = begin_with
        self._follower: Follower[Outlook] = Follower(self, self._show_outlook, self._explain)
        self._asked: Outlook | None = None
        """What would be replaced, while a yes to that is waited for."""
        self._done: HandedOut | None = None
        self._run: ExportRun | None = None
        self._export: Job[HandedOut] | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out the destinations beside what they ask for; and what is shown instead once it is written."""
        titles = [printable(entry.title) for entry in self._selected]
        lead = (
            titles[0]
            if len(titles) == 1
            else f"{count(len(titles), 'certificate')}: {listing(titles, most=4)}"
        )
        yield Label(lead, classes="dialog-lead", markup=False)
        with Horizontal(id="ask"):
            yield DestinationList(unexamined(), begin_with=self._begin_with)
            yield ExportForm(self._selected, self._directory)
        with VerticalScroll(id="done"):
            yield HandedOutView()

    def compose_buttons(self) -> ComposeResult:
        """Lay out what is asked or being done, and the buttons."""
        yield Label("", id="told", markup=False)
        yield Button("Copy lines (y)", id="copy", compact=True)
        yield Button("Leave it running", id="behind", compact=True)
        yield Button("Cancel", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True)
        yield Button("Test connection (t)", id="test", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin with the programs, and find out which of them are possible."""
        self.query_one(DestinationList).focus()
        references = [entry.record.sha256 for entry in self._selected]
        work(
            self,
            lambda: destinations(self._desk, references),
            self.query_one(DestinationList).offer,
            failed=self.show_error,
            group="destinations",
        )

    def _fit(self) -> None:
        """Leave the height of the body alone: the frame fills the screen, and the body takes what the others leave."""

    @property
    def chosen(self) -> str:
        """The name of the program or format under the cursor."""
        return self.query_one(DestinationList).chosen.name

    # Choosing

    @on(DestinationList.Highlighted)
    def _choose(self, event: DestinationList.Highlighted) -> None:
        self.query_one(ExportForm).show(event.destination)
        self._follow()

    @on(DestinationList.Typed)
    def _tell_typed(self, event: DestinationList.Typed) -> None:
        missing = "" if event.found else ", which nothing has"
        self._tell(f"to: {event.needle}{missing}" if event.needle else "")

    @on(DestinationList.OptionSelected)
    def _go_on(self, event: DestinationList.OptionSelected) -> None:
        """Go on to what is still missing."""
        event.stop()
        self.query_one(self.query_one(ExportForm).missing or "#confirm").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to what is still missing; where nothing is, the frame takes Enter for the button."""
        missing = self.query_one(ExportForm).missing
        if missing and not self._busy and missing != f"#{event.input.id}":
            event.stop()
            event.prevent_default()
            self.query_one(missing).focus()

    @on(Input.Changed, "#out")
    @on(Checkbox.Changed)
    def _follow(self) -> None:
        """Work out what would be written; what was asked is not asked any more."""
        self._ask_no_more()
        self.show_error(None)
        chosen, form = self.query_one(DestinationList).chosen, self.query_one(ExportForm).form
        self.query_one("#confirm", Button).disabled = chosen.obstacle is not None
        if chosen.obstacle is not None or form is None:
            self._follower.rest()
            self._explain(chosen.obstacle or _NO_PLACE)
        else:
            self._follower.follow(lambda: look_ahead(self._desk, form))

    def _show_outlook(self, found: Outlook) -> None:
        form = self.query_one(ExportForm)
        form.outlook.show(found, form.base)

    def _explain(self, error: TlscaError) -> None:
        self.query_one(ExportForm).outlook.say(sentence(error))

    def action_generate(self) -> None:
        """Make a passphrase, show it once, and fill it in if it is taken."""
        if self.query_one(ExportForm).takes_passphrase:
            self.app.push_screen(PassphraseDialog(generate(self._desk.random)), self._take)

    def _take(self, made: str | None) -> None:
        if made is not None:
            self.query_one(ExportForm).take(made)
            self.query_one("#confirm").focus()

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that make the files."""
        form = self.query_one(ExportForm).form

        def write() -> str:
            if form is None:
                raise _NO_PLACE
            return show_outgoing(self._desk, form)

        return write

    # Writing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take letters for an answer only where something is asked or done; several that are being written can be stopped."""
        is_done = self._done is not None
        wanted = {
            "yes": is_done or self._asked is not None,
            "no": self._asked is not None,
            "test": is_done and self._testable,
            "generate": not is_done and not self._busy,
            "show_commands": not is_done,
        }
        if not wanted.get(action, True):
            return False
        if action == "leave" and self._run is not None:
            return len(self._selected) > 1 or None
        return super().check_action(action, parameters)

    @property
    def _testable(self) -> bool:
        return len(self._selected) == 1 and not self._selected[0].record.is_authority

    def action_confirm(self) -> None:
        """Find out whether all is well, ask about files that are there, unlock if need be, then write in a thread."""
        if self._done is not None:
            self.dismiss(self._testable)
        elif self._asked is not None:
            self._begin(self._asked)
        else:
            self._check()

    def _check(self) -> None:
        self.show_error(None)
        chosen, form = self.query_one(DestinationList).chosen, self.query_one(ExportForm).form
        error = chosen.obstacle or (self._problem(chosen, form) if form else _NO_PLACE)
        if error is not None or form is None:
            self.show_error(error)
            return
        self.busy(True)
        work(self, lambda: look_ahead(self._desk, form), self._ask_or_begin, failed=self._refuse)

    def _problem(self, chosen: Destination, form: Outgoing) -> TlscaError | None:
        """Return what is wrong with the passphrase, and go where it is typed."""
        if not chosen.needs_key:
            return None
        try:
            check_secret(form)
        except TlscaError as error:
            self.query_one("#passphrase").focus()
            return error
        if form.clear_key or self.query_one(ExportForm).agrees:
            return None
        self.query_one("#again").focus()
        return UsageError("The two passphrases differ.", hint="Type the same one twice.")

    def _ask_or_begin(self, found: Outlook) -> None:
        self.busy(False)
        self._show_outlook(found)
        if not found.there:
            self._begin(found)
            return
        self._asked = found
        names = listing([printable(path.name) for path in found.there], most=2)
        self._tell(f"Replace {names}? y/n")
        self.query_one("#confirm", Button).label = "Replace"
        self.query_one("#leave").focus()

    def _ask_no_more(self) -> None:
        if self._asked is not None:
            self._asked = None
            self._tell("")
            self.query_one("#confirm", Button).label = self.CONFIRM

    def action_no(self) -> None:
        """Leave the files that are there, and go back to the place."""
        self._ask_no_more()
        self.query_one("#out").focus()

    def action_yes(self) -> None:
        """Replace the files that are there; or copy the lines, once all is written."""
        if self._done is not None:
            self._copy()
        elif self._asked is not None:
            self._begin(self._asked)

    def _begin(self, found: Outlook) -> None:
        form, force = self.query_one(ExportForm).form, bool(found.there)
        self._ask_no_more()
        if form is None:
            return
        if found.unlocks:
            once_unlocked(
                self, self._desk, "to take the private key out", lambda: self._write(form, force=force)
            )
        else:
            self._write(form, force=force)

    def _write(self, form: Outgoing, *, force: bool) -> None:
        self.busy(True)
        self._tell("Sealing, writing, reading back …" if form.passphrase else "Writing, reading back …")
        if form.several:
            leave = self.query_one("#leave", Button)
            leave.disabled, leave.label = False, "Stop"
            leave.focus()
        self.set_class(form.several and self.behind is not None, "-leavable")
        self._run = ExportRun(self._desk, form, len(self._selected), self._hear, force=force)
        title = f"Exporting {called(self._selected)}"
        self._export = self.set_about(
            title, self._run, self._finish, self._refuse, told=handed_out, way=self._run.way
        )

    def _hear(self, done: int, total: int) -> None:
        tell_node(self, lambda: self._count(done, total))

    @on(Button.Pressed, "#behind")
    def _leave_running(self) -> None:
        """Close, and have it told in front of whatever is on the screen what comes of it."""
        app = self.app
        if self._export is not None and self.behind is not None:
            told = partial(app.notify, title="Export", timeout=8, markup=False)
            self._export.leave(lambda done: told(handed_out(done)), self.behind.jobs.tell)
            self.dismiss(False)

    def _count(self, done: int, total: int) -> None:
        if self._run is not None and total > 1:
            self._tell(f"{done:,} of {total:,} written{', stopping …' if self._run.stopping else ' …'}")

    def on_unmount(self) -> None:
        """Write no further certificate once the app is left; what was left to itself goes on."""
        if self._run is not None and not (self._export is not None and self._export.left):
            self._run.stop()

    def action_leave(self) -> None:
        """Close; what was written stays. While several are being written, only stop that."""
        if self._run is not None:
            (self._export or self._run).stop()
            self._tell("Stopping after this one …")
        else:
            self.dismiss(False)

    def _refuse(self, error: TlscaError) -> None:
        self._end_writing()
        self.show_error(error)

    def _end_writing(self) -> None:
        self._run = self._export = None
        self.remove_class("-leavable")
        self.busy(False)
        self._tell("")
        self.query_one("#leave", Button).label = "Cancel"

    # What was written

    def _finish(self, done: HandedOut) -> None:
        self._end_writing()
        self._done = done
        self.query_one(HandedOutView).show(done, self.query_one(ExportForm).base)
        self.add_class("-done")
        self.set_class(self._testable, "-testable")
        self.set_class(bool(configuration(done.readme)), "-usable")
        left = len(self._selected) - done.certificates
        self._tell(f"Stopped: {count(left, 'certificate')} not written" if left else "")
        leave = self.query_one("#leave", Button)
        leave.label = "Close"
        (self.query_one("#test") if self._testable else leave).focus()

    def action_test(self) -> None:
        """Go on to the test of the connection."""
        self.dismiss(True)

    def _copy(self) -> None:
        lines = configuration(self._done.readme) if self._done is not None else ""
        if lines:
            copy_text(self.app, lines, "Copied the lines.")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the buttons say that only this dialog has; the frame does what the others say."""
        acts = {"generate": self.action_generate, "copy": self._copy, "test": self.action_test}
        if event.button.id in acts:
            acts[event.button.id]()

    def action_page(self, direction: int) -> None:
        """Scroll what would be written, or what was."""
        self.action_line(direction * max(self._scrolled.size.height - 1, 1))

    def action_line(self, lines: int) -> None:
        """Scroll that by lines."""
        self._scrolled.scroll_relative(y=lines, animate=False)

    @property
    def _scrolled(self) -> VerticalScroll:
        return self.query_one("#done" if self._done is not None else "#outlook", VerticalScroll)

    def _tell(self, told: str) -> None:
        self.query_one("#told", Label).update(Content(told))
