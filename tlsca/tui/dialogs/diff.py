"""Diff in the app: choose what a certificate is compared with, then see both beside each other."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, Select, Static

from tlsca.authority.desk import Desk
from tlsca.authority.differing import Diff, Other, Side, diff, side, verdict
from tlsca.errors import PassphraseMissing, TlscaError, UsageError
from tlsca.text import printable
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.diff_view import DiffView
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.path_input import PathInput
from tlsca.tui.work import work

_TYPED = -1


class DiffDialog(Dialog[Diff]):
    """Choose what to compare with; answers the difference."""

    TITLE_TEXT = "Compare"
    CONFIRM = "Compare"

    DEFAULT_CSS = """
    DiffDialog #secret { height: auto; display: none; }
    DiffDialog #hint { color: $text-muted; margin-top: 1; height: auto; }
    """

    def __init__(self, desk: Desk, title: str, take: Callable[[], Side], offered: Sequence[Other]) -> None:
        """`title` is what the object is called, `take` returns it in a thread; `offered` is what it is naturally compared with."""
        super().__init__()
        self._desk = desk
        self._title = title
        self._take = take
        self._offered = tuple(offered)

    def compose_body(self) -> ComposeResult:
        """Lay out the choice, and a field for anything else."""
        choices = [(Content(one.title), number) for number, one in enumerate(self._offered)]
        yield Label(printable(self._title), classes="dialog-lead", markup=False)
        other = Select(
            [*choices, (Content("another: typed below"), _TYPED)], id="other", compact=True, allow_blank=False
        )
        yield Field("With", other, id="other-field")
        typed = PathInput(id="what", placeholder="a file, host:port, a name, a serial or fingerprint")
        yield Field("Another" if choices else "With", typed)
        with Vertical(id="secret"):
            yield Field("Passphrase", Input(id="passphrase", password=True, compact=True))
        yield Static(
            "A certificate, a request or a CRL; of several in a file the first counts. A host is dialled once.",
            id="hint",
        )

    def on_mount(self) -> None:
        """Begin where something is to be typed, unless there is something to choose."""
        self.query_one("#other-field").display = bool(self._offered)
        self.query_one("#other" if self._offered else "#what").focus()

    @on(Select.Changed, "#other")
    def _follow(self) -> None:
        self.query_one("#what").disabled = self._chosen() is not None

    def action_confirm(self) -> None:
        """Get the other one and compare, in a thread."""
        chosen = self._chosen()
        typed = self.query_one("#what", PathInput).value.strip()
        secret = self.query_one("#passphrase", Input).value or None
        if chosen is None and not typed:
            self.show_error(
                UsageError("There is nothing to compare with.", hint="Type a file, a host or a name.")
            )
            self.query_one("#what").focus()
            return
        self.show_error(None)
        self.busy(True)
        take: Callable[[], Side] = chosen.take if chosen else lambda: self._typed(typed, secret)
        work(self, lambda: self._compared(take), self.dismiss, failed=self._refuse)

    def _chosen(self) -> Other | None:
        value = self.query_one("#other", Select).value
        return self._offered[value] if isinstance(value, int) and value != _TYPED else None

    def _typed(self, what: str, secret: str | None) -> Side:
        return side(self._desk, what, passphrase=secret, now=self._desk.now())

    def _compared(self, take: Callable[[], Side]) -> Diff:
        """Compare with the other; what was there before stands on the left."""
        this = self._take()
        return diff(take(), this)

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        if isinstance(error, PassphraseMissing):
            self.query_one("#secret").display = True
            self.query_one("#passphrase").focus()
        self.show_error(error)


class DifferenceDialog(Dialog[None]):
    """Two objects beside each other."""

    TITLE_TEXT = "Difference"
    CONFIRM = "Copy"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", "Copy", show=False),
        Binding("q", "leave", "Close", show=False),
    ]

    DEFAULT_CSS = """
    DifferenceDialog {
        & > Vertical { width: 100%; max-width: 170; height: 100%; }
        & .dialog-body { height: 1fr; }
        & #sum { height: auto; margin-bottom: 1; }
        & #keys { width: 1fr; color: $text-muted; margin-left: 1; }
    }
    """

    def __init__(self, found: Diff) -> None:
        super().__init__()
        self._diff = found

    def compose_body(self) -> ComposeResult:
        """Lay out what is compared, how much differs, and the fields."""
        old, new = self._diff.old, self._diff.new
        lines = [
            Content.assemble((f"{letter}  ", "$foreground-muted"), one.sentence)
            for letter, one in (("A", old), ("B", new))
        ]
        notes = [Content(f"{one.note} in {one.source}") for one in (old, new) if one.note]
        equal = self._diff.comparison.equal
        summed = Content.styled(
            f"{'= ' if equal else '~ '}{verdict(self._diff.comparison)}",
            "$text-success" if equal else "$text-warning",
        )
        yield Static(Content("\n").join([*lines, *notes, summed]), id="sum")
        yield DiffView(self._diff)

    def compose_buttons(self) -> ComposeResult:
        """Lay out what the keys do, and the buttons."""
        yield Label("f unfold · y copy", id="keys", markup=False)
        yield Button("Close", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Let the arrows scroll at once."""
        self.query_one(DiffView).focus()

    def action_confirm(self) -> None:
        """Copy the difference as text, with what is alike if that is shown."""
        text = self._diff.text(unfolded=self.query_one(DiffView).unfolded)
        copy_text(self.app, text, "Copied the difference.")
