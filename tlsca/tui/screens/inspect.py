"""The screen of what was opened: its objects, and the views of the one under the cursor."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from tlsca.authority.differing import COMPARABLE, Other, Side, side_of_octets
from tlsca.authority.opening import import_wanted
from tlsca.pki.found import Kind
from tlsca.text import count, listing, printable
from tlsca.tui.bindings import bindings
from tlsca.tui.dialogs.import_report import ImportReportDialog, imported
from tlsca.tui.dialogs.open import Answer
from tlsca.tui.opened_acts import OPENED_ACTS
from tlsca.tui.screens.acts.viewing import ViewingActs
from tlsca.tui.standing import Standing
from tlsca.tui.widgets.inspector import Inspector
from tlsca.tui.widgets.key_line import KeyLine
from tlsca.tui.widgets.object_list import ObjectList
from tlsca.tui.widgets.title_bar import lock_words
from tlsca.tui.work import work

if TYPE_CHECKING:
    from tlsca.authority.desk import Desk
    from tlsca.authority.importing import ImportReport
    from tlsca.authority.inspecting import Inspection

_MOST_SKIPPED = 3
_MOST_OFFERED = 100
_LOOK = 1.0
"""Seconds between looks at whether the store is locked."""


def _counted(kind: Kind, number: int) -> str:
    return f"{number} {kind.value}" if kind is Kind.PARAMETERS else count(number, kind.value)


class InspectScreen(ViewingActs):
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
        &.-wide #parts, &.-huge #parts { layout: horizontal; }
        &.-wide ObjectList, &.-huge ObjectList { width: 38; height: 1fr; max-height: 100%; border-bottom: none; border-right: solid $panel; }
        &.-huge ObjectList { width: 50; }
    }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (140, "-huge")]  # noqa: RUF012 -- an instance variable to Textual

    BINDINGS: ClassVar[list[BindingType]] = bindings(OPENED_ACTS)
    acts = OPENED_ACTS
    menu = frozenset({"Opened"})

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
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the first object."""
        self._show(0)
        self.set_interval(_LOOK, lambda: self.query_one("#opened", Static).update(self._heading()))
        if len(self._objects) > 1:
            self.query_one(ObjectList).focus()
        else:
            self.call_after_refresh(self.query_one(Inspector).focus_page)

    def _heading(self) -> Content:
        kinds = Counter(one.kind for one in self._objects)
        counted = [_counted(kind, number) for kind, number in kinds.items()]
        return Content.assemble(
            ("Opened", "bold $primary"),
            "  ",
            lock_words("unlocked" if self._desk.unlocked else "locked"),
            f"  {listing(counted)}  ",
            (f"from {self._answer.wanted.title}", "$foreground-muted"),
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

    def standing(self) -> Standing:
        """Return whether the store takes what was opened."""
        return Standing(read_only=self._desk.ledger.read_only or "")

    def menu_title(self) -> str:
        """Return what was opened. Printable."""
        return printable(self._answer.wanted.title)

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

    def action_diff(self) -> None:
        """Ask with what the object in front is compared: another of those that were opened, or anything else."""
        from tlsca.tui.dialogs.diff import DiffDialog

        number = self.query_one(ObjectList).cursor
        able = {place: self._side(one) for place, one in enumerate(self._objects) if one.kind in COMPARABLE}
        this = able.pop(number, None)
        if this is None:
            self._tell_nothing("compare")
            return
        offered = [_other(one) for one in able.values()]
        dialog = DiffDialog(self._desk, this.title, lambda: this, offered[:_MOST_OFFERED])
        self.app.push_screen(dialog, self._show_difference)

    def _side(self, one: Inspection) -> Side:
        return side_of_octets(one.kind, one.der, one.source)

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
        def tell(_: object = None) -> None:
            self.notify(imported(report), timeout=10, markup=False)

        if report.skipped:
            self.app.push_screen(ImportReportDialog(report), tell)
        else:
            tell()


def _other(one: Side) -> Other:
    return Other(f"{one.kind.value} {one.title}, {one.sha256[:12]}", lambda: one)
