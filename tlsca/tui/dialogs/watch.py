"""Take in hosts to watch: one or many lines, each judged as it is typed, and how they are to be looked at."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Select, Static, TextArea

from tlsca.authority.connecting import ProbeForm
from tlsca.authority.desk import Desk
from tlsca.authority.watch_lines import Judged, judge
from tlsca.authority.watching import watch
from tlsca.errors import TlscaError, UsageError
from tlsca.probe.target import AUTO, NONE, PROTOCOLS
from tlsca.store.records import WatchRecord
from tlsca.text import count, printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.rows_area import RowsArea
from tlsca.tui.work import sentence, work

_LEAD = "host, host:port, [v6]:port or URLs; one or many, by lines or spaces."
_MOST_SHOWN = 200
"""Lines of the verdict; those that are wrong come first."""
_STARTTLS = [
    ("auto, by port or scheme", AUTO),
    ("none: TLS from the first octet", NONE),
    *((name, name) for name in PROTOCOLS),
]


class WatchDialog(Dialog[Sequence[WatchRecord]]):
    """The form; answers what is watched from now on."""

    TITLE_TEXT = "Watch hosts"
    CONFIRM = "Watch"
    CHECKED: ClassVar[str] = "Nothing is typed yet."

    DEFAULT_CSS = """
    WatchDialog {
        & RowsArea { height: 5; margin-bottom: 1; }
        & #verdicts-box { height: 6; margin-top: 1; background: $background; padding: 0 1; scrollbar-size-vertical: 1; }
        & #verdicts { height: auto; }
    }
    """

    def __init__(self, desk: Desk, text: str = "") -> None:
        """`text` is what was pasted before the dialog was there."""
        super().__init__()
        self._text = text
        self._desk = desk
        self._judged: tuple[Judged, ...] = ()
        self._follower = Follower(self, self._show, self._explain)

    def compose_body(self) -> ComposeResult:
        """Lay out the lines, what holds for all of them, and the verdict on each."""
        yield Static(Content(_LEAD), classes="dialog-lead")
        yield RowsArea(id="lines", tab_behavior="focus")
        yield Field("STARTTLS", Select(_STARTTLS, id="starttls", compact=True, allow_blank=False))
        for name, label, placeholder in (
            ("server-name", "Server name", "the host's own name"),
            ("address", "Address", "whatever the name stands for"),
            ("verify-name", "Verify name", "the name that is asked for"),
        ):
            field = LineInput(id=name, compact=True, placeholder=placeholder, select_on_focus=False)
            yield Field(label, field)
        with VerticalScroll(id="verdicts-box", can_focus=False):
            yield Static(Content.styled(self.CHECKED, "$foreground-muted"), id="verdicts")

    def on_mount(self) -> None:
        """Begin where the hosts are typed."""
        self.query_one("#confirm", Button).disabled = True
        lines = self.query_one("#lines", TextArea)
        lines.text = self._text
        lines.focus()

    @on(TextArea.Changed)
    @on(Input.Changed)
    @on(Select.Changed)
    def _judge_soon(self) -> None:
        self.show_error(None)
        desk, text, form = self._desk, self.query_one("#lines", TextArea).text, self._form()
        self._follower.follow(lambda: judge(desk, text, form))

    def action_confirm(self) -> None:
        """Keep them, all or none, in a thread."""
        desk, text, form = self._desk, self.query_one("#lines", TextArea).text, self._form()

        def kept() -> Sequence[WatchRecord]:
            judged = judge(desk, text, form)
            if not judged:
                raise UsageError("There is no host.", hint="Type or paste some above.")
            return watch(desk, [one.form for one in judged])

        self.show_error(None)
        self.busy(True)
        work(self, kept, self.dismiss, failed=self._refuse)

    def _form(self) -> ProbeForm:
        def typed(name: str) -> str | None:
            return self.query_one(name, Input).value.strip() or None

        return ProbeForm(
            target="",
            starttls=str(self.query_one("#starttls", Select).value),
            server_name=typed("#server-name"),
            address=typed("#address"),
            verify_name=typed("#verify-name"),
        )

    def _show(self, judged: tuple[Judged, ...]) -> None:
        self._judged = judged
        wrong = any(one.error for one in judged)
        self.query_one("#verdicts", Static).update(Content("\n").join(_lines(judged)))
        self.query_one("#verdicts-box", VerticalScroll).scroll_home(animate=False)
        if not self._busy:
            self.query_one("#confirm", Button).disabled = wrong or not judged

    def _explain(self, error: TlscaError) -> None:
        self.query_one("#verdicts", Static).update(sentence(error))
        self.query_one("#confirm", Button).disabled = True

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _lines(judged: Sequence[Judged]) -> Iterator[Content]:
    """Yield how many there are, then what is wrong, then the rest."""
    if not judged:
        yield Content.styled(WatchDialog.CHECKED, "$foreground-muted")
        return
    yield _sum(judged)
    wrong_first = sorted(judged, key=lambda one: one.error is None)
    yield from map(_line, wrong_first[:_MOST_SHOWN])
    if len(judged) > _MOST_SHOWN:
        yield Content.styled(f"and {len(judged) - _MOST_SHOWN:,} more", "$foreground-muted")


def _sum(judged: Sequence[Judged]) -> Content:
    wrong = sum(one.error is not None for one in judged)
    known = sum(one.known and not one.again for one in judged)
    fresh = sum(one.id is not None and not one.known and not one.again for one in judged)
    parts = [
        Content(count(fresh, "new host")),
        Content(f", {known} watched already" if known else ""),
        Content.styled(f", {wrong} to put right" if wrong else "", "$text-error"),
    ]
    return Content("").join(parts).stylize("bold")


def _line(one: Judged) -> Content:
    typed = printable(one.form.target)
    if one.error is not None:
        return Content.assemble(("✘ ", "$text-error"), f"{typed}  ", sentence(one.error))
    if one.again:
        return Content.styled(f"= {typed}  stands above", "$foreground-muted")
    where = f"  as {printable(one.id or '')}" if one.id != typed else ""
    if one.known:
        return Content.assemble(
            ("= ", "$text-warning"), typed, (f"{where}  watched already", "$foreground-muted")
        )
    return Content.assemble(("✔ ", "$text-success"), typed, (where, "$foreground-muted"))
