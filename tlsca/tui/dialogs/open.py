"""Open anything: a file by its path, a host by its address, or a text that is pasted."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input, Label, Static, TextArea

from tlsca.authority.desk import Desk
from tlsca.authority.inspecting import Opened
from tlsca.authority.opening import Wanted, from_outside, open_wanted, with_passphrase
from tlsca.errors import PassphraseMissing, PassphraseWrong, TlscaError
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.path_input import PathInput
from tlsca.tui.widgets.pem_area import PemArea
from tlsca.tui.work import work

_TRIES = 3
_MOST_OFFERED = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """What was opened, and how, so that it can be imported."""

    wanted: Wanted
    opened: Opened


class OpenDialog(Dialog[Answer]):
    """Open something to look at; answers what was in it."""

    TITLE_TEXT = "Open"
    CONFIRM = "Open"

    DEFAULT_CSS = """
    OpenDialog {
        & > Vertical { width: 100; }
        & #offered { color: $text-muted; height: auto; max-height: 3; display: none; padding-left: 15; }
        & #offered.-shown { display: block; }
        & #content { height: 7; }
        & #content-field { height: 7; margin-top: 1; }
        & #passphrase-field { display: none; margin-top: 1; }
        & #passphrase-field.-shown { display: block; }
        &.-huge #content, &.-huge #content-field { height: 16; }
    }
    """

    def __init__(self, desk: Desk, begin: Wanted | None = None) -> None:
        """`begin` is opened at once; the dialog stays only where a passphrase is needed or something is wrong."""
        super().__init__()
        self._desk = desk
        self._first = begin
        self._tries = 0
        self._tried = Wanted()

    def compose_body(self) -> ComposeResult:
        """Lay out the path, the area for a text, and the passphrase that only some need."""
        yield Label(
            "Certificates, requests, CRLs, keys and bundles, in any usual form.",
            classes="dialog-lead",
            markup=False,
        )
        yield Field(
            "File or host",
            PathInput(id="path", placeholder="~/server.pem, or www.example.com:443; Tab completes"),
        )
        yield Static(id="offered")
        yield Field("Or pasted", PemArea(id="content", tab_behavior="focus"), id="content-field")
        yield Field(
            "Passphrase",
            Input(password=True, id="passphrase", compact=True, placeholder="empty: look at it from outside"),
            id="passphrase-field",
        )

    def on_mount(self) -> None:
        """Open what was dropped or pasted before the dialog was there."""
        if self._first is not None:
            self.query_one("#path", Input).value = self._first.what
            self.query_one(TextArea).text = self._first.content
            self.call_after_refresh(self.action_confirm)

    @on(PathInput.Offered)
    def _offer(self, event: PathInput.Offered) -> None:
        names = [
            path.rstrip("/").rpartition("/")[2] + ("/" if path.endswith("/") else "") for path in event.paths
        ]
        shown = "  ".join(map(printable, names[:_MOST_OFFERED]))
        offered = self.query_one("#offered", Static)
        offered.set_class(bool(names), "-shown")
        offered.update(Content(shown))

    @on(PathInput.ContentPasted)
    def _take_content(self, event: PathInput.ContentPasted) -> None:
        self.query_one("#path", Input).value = ""
        self.query_one(TextArea).text = event.text
        self.action_confirm()

    @on(Input.Changed, "#path")
    @on(TextArea.Changed)
    def _begin_anew(self) -> None:
        """Forget the passphrase of another file."""
        if self._wanted() != self._tried:
            self._ask(asking=False)

    def _wanted(self) -> Wanted:
        path = self.query_one("#path", Input).value.strip()
        return Wanted(path, "" if path else self.query_one(TextArea).text)

    def action_confirm(self) -> None:
        """Open it in a thread: it may be large, slow to unseal, or far away."""
        wanted = self._wanted()
        self.show_error(None)
        if not wanted.what and not wanted.content.strip():
            self.query_one("#path", Input).focus()
            return
        secret = self.query_one("#passphrase", Input).value
        self._tried = wanted
        outside = self._is_asking and not secret
        self._open(from_outside(wanted) if outside else with_passphrase(wanted, secret or None), self._refuse)

    @property
    def _is_asking(self) -> bool:
        return self.query_one("#passphrase-field").has_class("-shown")

    def _open(self, asked: Wanted, refused: Callable[[TlscaError], object]) -> None:
        desk = self._desk
        self.busy(True)
        work(
            self,
            lambda: open_wanted(desk, asked, now=desk.now()),
            lambda opened: self.dismiss(Answer(asked, opened)),
            failed=refused,
        )

    def action_leave(self) -> None:
        """Close; of what nobody gives the passphrase for, show what can be seen from outside."""
        if self._is_asking and not self._busy and self._wanted() == self._tried:
            self._open(from_outside(self._tried), lambda _: self.dismiss(None))
        else:
            super().action_leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let it be left while a host is slow to answer: nothing is being made."""
        return True if action == "leave" else super().check_action(action, parameters)

    def busy(self, doing: bool) -> None:
        """Say that it is being opened, and keep the way out."""
        super().busy(doing)
        self.query_one("#leave", Button).disabled = False

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        if isinstance(error, PassphraseMissing):
            self._ask(asking=True)
        elif isinstance(error, PassphraseWrong):
            self._wrong(error)
        else:
            self.show_error(error)

    def _wrong(self, error: PassphraseWrong) -> None:
        self._tries += 1
        if self._tries < _TRIES:
            self.show_error(error)
            self._ask(asking=True)
            return
        self._ask(asking=False)
        self.show_error(
            PassphraseWrong("Three passphrases did not open it.", hint="Find the right one first.")
        )
        self.query_one("#path", Input).focus()

    def _ask(self, *, asking: bool) -> None:
        """Show the field for the passphrase, or take it away."""
        if not asking:
            self._tries = 0
        field = self.query_one("#passphrase", Input)
        field.value = ""
        self.query_one("#passphrase-field").set_class(asking, "-shown")
        if asking:
            field.focus()
