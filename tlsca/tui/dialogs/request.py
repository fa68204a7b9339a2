"""Make a certificate request, whose key stays in the store; and afterwards show it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Select, Static

from tlsca.authority.desk import Desk
from tlsca.authority.files import check_target, write_file
from tlsca.authority.requesting import RequestForm, make_request
from tlsca.authority.showing_requests import show_request
from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import key_choices
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.path_completion import PathCompletion, expanded
from tlsca.tui.work import work


@dataclass(frozen=True, slots=True)
class _Made:
    """A request that was made, and where it was written, if it was."""

    pem: str
    path: Path | None


class RequestDialog(Dialog[bool]):
    """Make a request for somebody else to sign; answers True once one was made."""

    TITLE_TEXT = "Make a request"
    CONFIRM = "Make"

    DEFAULT_CSS = """
    RequestDialog #preview-box { height: auto; max-height: 12; margin-top: 1; background: $background; padding: 0 1; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._pem = ""

    def compose_body(self) -> ComposeResult:
        """Lay out the fields above what comes of them."""
        yield Field(
            "Names", LineInput(id="names", compact=True, placeholder="www.example.com 10.0.0.1 a@example.com")
        )
        yield Field("Kind of key", Select(key_choices(), id="key", compact=True, allow_blank=False))
        yield Field(
            "Subject",
            LineInput(
                id="subject", compact=True, placeholder="empty: the first name; or Alice Smith, or CN=…,O=…"
            ),
        )
        place = LineInput(
            id="out", compact=True, placeholder="empty: only show it here", suggester=PathCompletion()
        )
        yield Field("File", place)
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Static(
                Content.styled(
                    "Its key is made here and stays in the store. When the certificate comes back, import it: it finds its key.",
                    "$foreground-muted",
                ),
                id="made",
            )

    def action_confirm(self) -> None:
        """Unlock if need be, then make it in a thread; once made, copy it."""
        if self._pem:
            copy_text(self.app, self._pem, "Copied the request.")
            return
        self.show_error(None)
        once_unlocked(self, self._desk, "to seal the request's key", self._make)

    def action_leave(self) -> None:
        """Close; what was made stays."""
        self.dismiss(bool(self._pem))

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that make the request."""
        form = self._form()
        return lambda: show_request(form)

    def _form(self) -> RequestForm:
        names = self.query_one("#names", Input).value
        return RequestForm(
            names=tuple(name for name in re.split(r"[,\s]+", names) if name),
            key=str(self.query_one("#key", Select).value),
            subject=self.query_one("#subject", Input).value.strip() or None,
        )

    def _make(self) -> None:
        form = self._form()
        typed = self.query_one("#out", Input).value.strip()
        out = expanded(typed) if typed else None
        self.busy(True)
        work(self, lambda: _made(self._desk, form, out), self._tell, failed=self._refuse)

    def _tell(self, made: _Made) -> None:
        self._pem = made.pem
        self.busy(False)
        for field in self.query(Field):
            field.display = False
        said = f"✔ Written  {printable(str(made.path))}" if made.path else "✔ Made; it is in the store too."
        shown = Content.assemble((said, "$text-success"), "\n", printable(made.pem, keep_newlines=True))
        self.query_one("#made", Static).update(shown)
        button = self.query_one("#confirm", Button)
        button.label = "Copy"
        button.focus()
        self.query_one("#leave", Button).label = "Close"

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _made(desk: Desk, form: RequestForm, out: Path | None) -> _Made:
    """Make it and write it. Raises TlscaError; where the file cannot be written, nothing is made."""
    if out is not None:
        check_target(out, force=False)
    pem = make_request(desk, form).pem
    return _Made(pem.decode("ascii"), write_file(out, pem, private=False, force=False) if out else None)
