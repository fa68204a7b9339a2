"""The screen of what was opened: its objects, and the views of the one under the cursor."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from tlsca.authority.opening import import_wanted
from tlsca.errors import TlscaError
from tlsca.pki.found import Kind
from tlsca.text import count, listing, printable
from tlsca.tui.dialogs.open import Answer
from tlsca.tui.dialogs.take_in import imported
from tlsca.tui.widgets.inspector import Inspector
from tlsca.tui.widgets.object_list import ObjectList
from tlsca.tui.work import tell, work

if TYPE_CHECKING:
    from tlsca.authority.desk import Desk
    from tlsca.authority.importing import ImportReport
    from tlsca.authority.saving import Saved

_MOST_SKIPPED = 3


def _counted(kind: Kind, number: int) -> str:
    return f"{number} {kind.value}" if kind is Kind.PARAMETERS else count(number, kind.value)


class InspectScreen(Screen[None]):
    """Objects of a file, a host or a pasted text, none of them in the store unless it says so."""

    HELP = "What was opened. Nothing of it is in the store unless the summary says so; I imports it."

    DEFAULT_CSS = """
    InspectScreen {
        & #opened { height: 1; text-wrap: nowrap; text-overflow: ellipsis; background: $panel; padding: 0 1; }
        & #skipped { height: auto; max-height: 4; background: $warning 20%; color: $text-warning; padding: 0 1; display: none; }
        & #skipped.-shown { display: block; }
        & #parts { height: 1fr; layout: vertical; }
        & ObjectList { height: auto; max-height: 6; border-bottom: solid $panel; display: none; }
        & ObjectList.-several { display: block; }
        & Inspector { height: 1fr; width: 1fr; }
        &.-wide #parts { layout: horizontal; }
        &.-wide ObjectList { width: 38; height: 1fr; max-height: 100%; border-bottom: none; border-right: solid $panel; }
        &.-huge ObjectList { width: 50; }
    }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (140, "-huge")]  # noqa: RUF012 -- an instance variable to Textual

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("I", "import", "Import", tooltip="Take into the store what can be."),
        Binding("y", "copy", "Copy", tooltip="Copy what the view in front shows."),
        Binding("ctrl+f", "find", "Find", key_display="^f"),
        Binding("s", "save", "Save"),
        Binding("v", "pager", "Pager"),
        Binding("full_stop,greater_than_sign,right_square_bracket", "turn(1)", "View", key_display="< >"),
        Binding("comma,less_than_sign,left_square_bracket", "turn(-1)", "Previous view", show=False),
        Binding("q", "back", "Back", show=False),
    ]

    def __init__(self, desk: Desk, answer: Answer) -> None:
        super().__init__()
        self._desk = desk
        self._answer = answer
        self._objects = answer.opened.objects

    def compose(self) -> ComposeResult:
        """Lay out where it came from, what was skipped, the list and the inspector."""
        yield Static(self._heading(), id="opened")
        yield Static(self._skipped(), id="skipped", classes="-shown" if self._answer.opened.skipped else "")
        with Container(id="parts"):
            yield ObjectList(self._objects, id="objects")
            yield Inspector(self._desk, live=False, id="inspector")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Show the first object."""
        self._show(0)
        if len(self._objects) > 1:
            self.query_one(ObjectList).focus()
        else:
            self.call_after_refresh(self.query_one(Inspector).focus_page)

    def _heading(self) -> Content:
        kinds = Counter(one.kind for one in self._objects)
        counted = [_counted(kind, number) for kind, number in kinds.items()]
        return Content.assemble(
            ("Opened", "bold $primary"),
            f"  {self._answer.wanted.title}  ",
            (listing(counted), "$foreground-muted"),
        )

    def _skipped(self) -> Content:
        skipped = self._answer.opened.skipped
        lines = [f"! Skipped {one.what}: {one.why}." for one in skipped[:_MOST_SKIPPED]]
        if len(skipped) > _MOST_SKIPPED:
            lines.append(f"! Skipped {len(skipped) - _MOST_SKIPPED:,} more.")
        return Content("\n".join(lines))

    def _show(self, number: int) -> None:
        self.query_one(Inspector).show_inspection(self._objects[number], beside=self._objects)

    @on(ObjectList.Highlighted)
    def _show_highlighted(self, event: ObjectList.Highlighted) -> None:
        self._show(event.number)

    @on(ObjectList.Chosen)
    def _look_closer(self) -> None:
        self.query_one(Inspector).focus_page()

    def action_back(self) -> None:
        """Go from the views to the list, and from there back to where this was opened."""
        objects = self.query_one(ObjectList)
        if len(self._objects) > 1 and self.focused is not objects:
            objects.focus()
        else:
            self.dismiss(None)

    def action_turn(self, by: int) -> None:
        """Go to the next or the previous view."""
        self.query_one(Inspector).action_turn(by)

    def action_copy(self) -> None:
        """Copy what the view in front shows."""
        copied = self.query_one(Inspector).copied()
        if copied is None:
            self._tell_nothing("copy")
            return
        self.app.copy_to_clipboard(copied[1])
        self.notify(f"Copied the {copied[0]}.", timeout=3, markup=False)

    def action_find(self) -> None:
        """Find letters in the view in front."""
        self.query_one(Inspector).find()

    def action_save(self) -> None:
        """Ask where to save what the view in front shows."""
        from tlsca.tui.dialogs.save import SaveDialog

        shown = self.query_one(Inspector).shown()
        if shown is None:
            self._tell_nothing("save")
        else:
            self.app.push_screen(SaveDialog(shown, Path.cwd()), self._saved)

    def _saved(self, saved: Saved | None) -> None:
        if saved is not None:
            said = f"Saved {printable(str(saved.path))}: {saved.form}, {saved.octets:,} octets."
            self.notify(said, timeout=8, markup=False)

    def action_pager(self) -> None:
        """Show what the view in front shows in the pager."""
        from tlsca.tui.pager import page_through

        text = self.query_one(Inspector).paged()
        if text is None:
            self._tell_nothing("page through")
            return
        try:
            page_through(self.app, text, os.environ)
        except TlscaError as error:
            tell(self.app, error)

    def _tell_nothing(self, act: str) -> None:
        self.notify(f"This view has nothing to {act}.", severity="warning", timeout=4, markup=False)

    def action_import(self) -> None:
        """Unlock the store, because keys may be among it, then take in what can be."""
        from tlsca.tui.dialogs.unlock import UnlockDialog

        if self._desk.unlocked:
            self._import(unlocked=True)
        else:
            dialog = UnlockDialog(self._desk, "to seal imported keys")
            self.app.push_screen(dialog, lambda unlocked: self._import(unlocked=bool(unlocked)))

    def _import(self, *, unlocked: bool) -> None:
        if not unlocked:
            return
        desk, answer = self._desk, self._answer
        work(
            self,
            lambda: import_wanted(desk, answer.wanted, answer.opened),
            self._imported,
            group="import",
            exclusive=True,
        )

    def _imported(self, report: ImportReport) -> None:
        self.notify(imported(report), timeout=10, markup=False)
