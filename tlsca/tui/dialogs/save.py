"""Save what is shown: where to, and whether to replace what is there."""

import os
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from tlsca.authority.saving import DER, PEM, TEXT, Saved, Shown, save
from tlsca.errors import TlscaError, UsageError
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.path_completion import expanded
from tlsca.tui.work import work


class SaveDialog(Dialog[Saved]):
    """Write what a view shows to a file; answers what was written. A file that is there is replaced only after a yes."""

    TITLE_TEXT = "Save"
    CONFIRM = "Save"

    DEFAULT_CSS = """
    SaveDialog #hint { color: $text-muted; margin-top: 1; height: auto; }
    SaveDialog #question { width: 1fr; margin-left: 1; color: $text-warning; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "replace", "Yes", show=False),
        Binding("n", "keep", "No", show=False),
    ]

    def __init__(self, shown: Shown, directory: Path) -> None:
        super().__init__()
        self._shown = shown
        self._directory = directory
        self._asked = False

    def compose_body(self) -> ComposeResult:
        """Lay out the field for the path."""
        told = {TEXT: ".txt as text", PEM: ".pem as PEM", DER: ".der as DER"}
        able = ", ".join(told[form] for form in self._shown.forms)
        several = len(self._shown.forms) > 1
        yield Label(f"The {printable(self._shown.what)}", classes="dialog-lead", markup=False)
        yield Field(
            "File",
            LineInput(str(self._directory / self._shown.name), id="out", compact=True, select_on_focus=False),
        )
        hint = f"The suffix chooses: {able}." if several else "It is saved as text, whatever the suffix."
        yield Static(Content(hint), id="hint")

    def compose_buttons(self) -> ComposeResult:
        """Lay out the question, which is asked when there is reason to, and the buttons."""
        yield Label("", id="question", markup=False)
        yield from super().compose_buttons()

    def on_mount(self) -> None:
        """Begin at the end of the path, where the name is."""
        field = self.query_one(Input)
        field.focus()
        field.cursor_position = len(field.value)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take y and n for an answer only after the question."""
        if action in {"replace", "keep"}:
            return self._asked and not self._busy
        return super().check_action(action, parameters)

    @on(Input.Changed)
    def _ask_no_more(self) -> None:
        self._ask(False)

    def action_confirm(self) -> None:
        """Write the file, or ask first where one is there."""
        if self._asked:
            self.action_replace()
            return
        path = self._path()
        if path is None:
            self.show_error(UsageError("There is no file name.", hint="Type where to write it."))
        elif os.path.lexists(path) and not path.is_dir():
            self._ask(True)
        else:
            self._write(path, force=False)

    def action_replace(self) -> None:
        """Replace the file that is there."""
        path = self._path()
        if path is not None:
            self._write(path, force=True)

    def action_keep(self) -> None:
        """Leave the file that is there, and go back to its name."""
        self._ask(False)
        self.query_one(Input).focus()

    def _path(self) -> Path | None:
        typed = self.query_one(Input).value.strip()
        return expanded(typed) if typed else None

    def _ask(self, asked: bool) -> None:
        self._asked = asked
        self.query_one("#question", Label).update(
            Content("It is there already. Replace it? y/n") if asked else ""
        )
        self.query_one("#confirm", Button).label = "Replace" if asked else self.CONFIRM
        if asked:
            self.show_error(None)
            self.query_one("#leave", Button).focus()

    def _write(self, path: Path, *, force: bool) -> None:
        self.show_error(None)
        self.busy(True)
        work(self, lambda: save(self._shown, path, force=force), self.dismiss, failed=self._refuse)

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self._ask(False)
        self.show_error(error)
