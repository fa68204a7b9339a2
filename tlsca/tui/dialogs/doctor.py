"""The doctor's remarks on the whole authority, gravest first: each with why, by which rule, and what mends it here and as a command."""

import threading
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, OptionList, Static

from tlsca.authority.desk import Desk
from tlsca.authority.doctor import Diagnosis, examine
from tlsca.errors import TlscaError
from tlsca.pki.describe import Row
from tlsca.pki.lint import Level, Remark, Repair
from tlsca.tui.bindings import bindings
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.explain import ExplainDialog
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.moving_acts import EXPLAIN
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.run_progress import Progress, RunProgress
from tlsca.tui.wording import repair_in_the_app
from tlsca.tui.work import sentence, tell_node, work

_PAUSE = 0.1
"""Seconds between two drawings of how far it is."""
_MOST_SHOWN = 1000
"""Remarks beyond these, which are the less grave ones, are only counted."""

_LEVELS = {
    Level.ERROR: ("✘ error   ", "$text-error"),
    Level.WARNING: ("! warning ", "$text-warning"),
    Level.NOTICE: ("· notice  ", "$foreground-muted"),
}


class DoctorDialog(Dialog[str]):
    """What is ill; answers the fingerprint of the certificate that is wanted, if one is."""

    TITLE_TEXT = "Doctor"
    CONFIRM = "Show it"
    BINDINGS: ClassVar[list[BindingType]] = bindings([EXPLAIN])

    DEFAULT_CSS = """
    DoctorDialog {
        & > Vertical { width: 100%; height: 100%; }
        & .dialog-body { height: 1fr; }
        & #remarks {
            height: 1fr; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            & > .option-list--option-highlighted { background: $primary 30%; color: $foreground; text-style: bold; }
        }
        & #preview-box { height: 9; margin-top: 1; background: $background; padding: 0 1; }
        & #sum { height: 1; color: $text-muted; }
        & #remarks, & #preview-box { display: none; }
        &.-done #remarks, &.-done #preview-box { display: block; }
        & RunProgress { margin-top: 1; }
        &.-done RunProgress { display: none; }
    }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._remarks: tuple[Remark, ...] = ()
        self._cancelled = threading.Event()
        self._begun = self._drawn = time.monotonic()

    def compose_body(self) -> ComposeResult:
        """Lay out the sum above the list of remarks, and the one under the cursor below it."""
        yield Static("Looking at every certificate, list and file of the store. Escape stops it.", id="sum")
        yield RunProgress()
        yield OptionList(id="remarks", compact=True, markup=False)
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Facts()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: to close, and to go to the certificate."""
        yield Button("Close", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Examine the store in a thread."""
        work(self, self._examine, self._show, failed=self._explain, group="examine")

    def on_unmount(self) -> None:
        """Stop looking: nobody will see what is found."""
        self._cancelled.set()

    def _examine(self) -> Diagnosis:
        return examine(self._desk, progress=self._hear, cancelled=self._cancelled)

    def _hear(self, done: int, total: int) -> None:
        """Take how far it is, told from the worker's thread."""
        now = time.monotonic()
        if now - self._drawn >= _PAUSE:
            self._drawn = now
            progress = Progress("Certificates", done, total, now - self._begun)
            tell_node(self, lambda: self._show_progress(progress))

    def _show_progress(self, progress: Progress) -> None:
        self.query_one(RunProgress).progress = progress

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say more about the remark under the cursor."""
        remark = self._remarks[event.option_index]
        self.query_one(Facts).show(_rows(remark))
        self.query_one("#preview-box", VerticalScroll).scroll_home(animate=False)
        self.query_one("#confirm", Button).disabled = remark.certificate is None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the certificate that the remark is about."""
        event.stop()
        self.action_confirm()

    def action_explain(self) -> None:
        """Say what the remark under the cursor means."""
        at = self.query_one("#remarks", OptionList).highlighted
        if at is not None:
            self.app.push_screen(ExplainDialog([self._remarks[at].code]))

    def action_confirm(self) -> None:
        """Answer the certificate under the cursor; where a remark is about none, stay."""
        at = self.query_one("#remarks", OptionList).highlighted
        if at is not None and (wanted := self._remarks[at].certificate):
            self.dismiss(wanted)

    def _show(self, found: Diagnosis) -> None:
        self._remarks = found.remarks[:_MOST_SHOWN]
        self.add_class("-done")
        self.query_one("#sum", Static).update(_sum(found))
        remarks = self.query_one("#remarks", OptionList)
        remarks.add_options([_line(remark) for remark in self._remarks])
        remarks.focus()
        if self._remarks:
            remarks.highlighted = 0

    def _explain(self, error: TlscaError) -> None:
        self.add_class("-done")
        self.query_one("#sum", Static).update(sentence(error))


def _sum(found: Diagnosis) -> Content:
    looked_at = f"{found.certificates:,} live certificate{'' if found.certificates == 1 else 's'} looked at: "
    counts = [(level, sum(one.level is level for one in found.remarks)) for level in reversed(Level)]
    said = ", ".join(f"{count:,} {level}{'' if count == 1 else 's'}" for level, count in counts if count)
    more = f"; the first {_MOST_SHOWN:,} are shown" if len(found.remarks) > _MOST_SHOWN else ""
    return Content(f"{looked_at}{said or '✔ nothing is wrong'}{more}")


def _line(remark: Remark) -> Content:
    about = f"{remark.about}: " if remark.about else ""
    return Content.assemble(_LEVELS[remark.level], f"{about}{remark.message}").first_line


def _rows(remark: Remark) -> tuple[Row, ...]:
    where = f"{remark.about}, {remark.certificate[:12]}" if remark.certificate else remark.about
    return (
        Row("About", where or "the store"),
        Row("Why", remark.message, note=remark.culprit),
        Row("Do", remark.fix),
        Row("Source", remark.source),
        Row("Code", remark.code, f"{IN_FORCE.get().shown(EXPLAIN)} explains it"),
        *(_repair_rows(remark.repair) if remark.repair and remark.repair.command else ()),
    )


def _repair_rows(repair: Repair) -> tuple[Row, ...]:
    """Return the command that mends it, and the key that does it here, where there is one."""
    here, command = repair_in_the_app(repair.act), Row("Command", repair.command)
    return (Row("Here", here), command) if here else (command,)
