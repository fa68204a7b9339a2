"""Write the whole store into one file, while it is in use; that goes on behind, and what came of it is told."""

from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static

from tlsca.authority.backup import last_backup
from tlsca.authority.desk import Desk
from tlsca.errors import UsageError
from tlsca.text import duration, printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.path_completion import expanded
from tlsca.tui.widgets.path_input import PathInput
from tlsca.tui.widgets.tick import Tick


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a backup is to be."""

    path: Path
    force: bool
    """Whether it may replace a file."""


class BackupDialog(Dialog[Wanted]):
    """Ask where to; answers that, for the dialog need not stay for it."""

    TITLE_TEXT = "Backup"
    CONFIRM = "Back up"

    DEFAULT_CSS = """
    BackupDialog #last { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    BackupDialog #completions { height: auto; max-height: 3; color: $text-muted; margin-left: 15; }
    """

    def __init__(self, desk: Desk, directory: Path) -> None:
        super().__init__()
        self._desk = desk
        self._first = directory / f"tlsca-{desk.now():%Y-%m-%d}.tar"

    def compose_body(self) -> ComposeResult:
        """Lay out the path, and what there is to know."""
        yield Label(
            "The whole store in one file, read back before it counts. Private keys stay sealed "
            "under the passphrase of today. To restore it: tlsca restore FILE.",
            classes="dialog-lead",
            markup=False,
        )
        yield Field("File", PathInput(id="out", placeholder="on another disk, if there is one"))
        yield Static(id="completions")
        yield Field("", Tick("replace a file that is there", id="force"))
        yield Field("The last one", Static(Content(self._last()), id="last"))

    def on_mount(self) -> None:
        """Begin at the end of the path, where the name is."""
        field = self.query_one(PathInput)
        field.value = str(self._first)
        field.focus()
        field.cursor_position = len(field.value)

    def on_path_input_offered(self, event: PathInput.Offered) -> None:
        """Say how the path can go on."""
        self.query_one("#completions", Static).update(
            Content("  ".join(printable(Path(one).name) for one in event.paths))
        )

    def _last(self) -> str:
        last = last_backup(self._desk)
        if last is None:
            return "none that the store knows of"
        ago = duration(self._desk.now() - last.at)
        return f"{ago} ago, in {printable(str(last.path))}"

    def action_confirm(self) -> None:
        """Answer where to."""
        typed = self.query_one("#out", Input).value.strip()
        if typed:
            self.dismiss(Wanted(expanded(typed), self.query_one(Tick).value))
        else:
            self.show_error(UsageError("There is no file name.", hint="Type where to write it."))
