"""Export a certificate: the format, the place, the passphrase; and afterwards where it went."""

from collections.abc import Callable
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, Select, Static

from tlsca.authority.desk import Desk
from tlsca.authority.exporting import Exported, ExportForm, default_name, export
from tlsca.authority.listing import Entry
from tlsca.authority.showing_checks import show_export
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.bundle import FORMATS, Format
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.work import work


class ExportDialog(Dialog[bool]):
    """Write a certificate for a program; answers True when the next step, testing the connection, is wanted."""

    TITLE_TEXT = "Export"
    CONFIRM = "Export"

    DEFAULT_CSS = """
    ExportDialog #secret { height: auto; }
    ExportDialog #written { height: auto; margin-top: 1; }
    """

    def __init__(
        self, desk: Desk, selected: Entry, directory: Path, *, begin_with: str | None = None
    ) -> None:
        """`begin_with` is the format that is chosen at first."""
        super().__init__()
        self._begin_with = begin_with
        self._desk = desk
        self._selected = selected
        self._directory = directory
        self._done = False

    def compose_body(self) -> ComposeResult:
        """Lay out format, place and passphrase."""
        formats = [
            (Content.assemble(form.name.ljust(18), (form.title, "$foreground-muted")), form.name)
            for form in self._formats()
        ]
        yield Label(printable(self._selected.title), classes="dialog-lead", markup=False)
        names = [form.name for form in self._formats()]
        first = self._begin_with if self._begin_with in names else names[0]
        yield Field("Format", Select(formats, id="format", compact=True, allow_blank=False, value=first))
        yield Field("File", LineInput(id="out", compact=True))
        with Vertical(id="secret"):
            yield Field(
                "Passphrase",
                Input(
                    password=True,
                    id="passphrase",
                    compact=True,
                    placeholder="protects the private key in the file",
                ),
            )
            yield Field("Once more", Input(password=True, id="again", compact=True))
            yield Field(
                "",
                Tick("no passphrase: the key in the clear, readable by you alone", id="clear"),
            )
        yield Field("", Tick("replace a file that is there", id="force"))
        yield Static("", id="written")

    def on_select_changed(self, event: Select.Changed) -> None:
        """Follow the format: another name, and a passphrase only where a key goes out."""
        event.stop()
        form = self._format()
        self.query_one("#out", Input).value = str(self._directory / default_name(self._selected.record, form))
        self.query_one("#secret").display = form.has_key

    def action_confirm(self) -> None:
        """Unlock if the key is needed, then write in a thread; once written, go on to the test."""
        if self._done:
            self.dismiss(True)
            return
        self.show_error(None)
        if self._format().has_key and not self._clear() and not self._passphrases_agree():
            return
        if self._format().has_key:
            once_unlocked(self, self._desk, "to take the private key out", self._write)
        else:
            self._write()

    def action_leave(self) -> None:
        """Close; what was written stays."""
        self.dismiss(False)

    def _formats(self) -> list[Format]:
        return [form for form in FORMATS.values() if self._selected.has_key or not form.has_key]

    def _format(self) -> Format:
        return FORMATS[str(self.query_one("#format", Select).value)]

    def _clear(self) -> bool:
        return self.query_one("#clear", Tick).value

    def _passphrases_agree(self) -> bool:
        typed, again = self.query_one("#passphrase", Input).value, self.query_one("#again", Input).value
        if typed and typed == again:
            return True
        problem = (
            "The two passphrases differ."
            if typed
            else "The file holds the private key, so it needs a passphrase."
        )
        self.show_error(UsageError(problem, hint="Type the same one twice, or choose no passphrase."))
        self.query_one("#again" if typed else "#passphrase", Input).focus()
        return False

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that make the file."""
        form = self._form()
        return lambda: show_export(self._desk, form)

    def _form(self) -> ExportForm:
        return ExportForm(
            reference=self._selected.record.sha256,
            format=self._format().name,
            passphrase=None
            if self._clear() or not self._format().has_key
            else self.query_one("#passphrase", Input).value,
            clear_key=self._clear(),
        )

    def _write(self) -> None:
        form = self._form()
        out = Path(self.query_one("#out", Input).value).expanduser()
        force = self.query_one("#force", Tick).value
        self.busy(True)
        work(self, lambda: export(self._desk, form, out, force=force), self._tell, failed=self._refuse)

    def _tell(self, written: Exported) -> None:
        self._done = True
        self.busy(False)
        self.query_one("#written", Static).update(
            Content.assemble(
                ("✔ Written  ", "$text-success"),
                printable(str(written.path)),
                (f"\n  read back: {written.proof}, {written.octets:,} octets", "$foreground-muted"),
            )
        )
        button = self.query_one("#confirm", Button)
        button.label = "Test connection"
        button.focus()
        self.query_one("#leave", Button).label = "Close"

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
