"""The home screen: every certificate of the store, and the one under the cursor in the inspector.

It is drawn before the store is read. Whatever needs cryptography is imported with the store, in a thread, and dialogs when they
are first opened, so that the first frame comes at once.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Input

from tlsca.text import printable
from tlsca.tui.actions import NEEDS, Needs, bindings
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.title_bar import TitleBar, counted
from tlsca.tui.work import tell, work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tlsca.authority.desk import Desk
    from tlsca.authority.importing import ImportReport
    from tlsca.authority.issuing import Issued
    from tlsca.authority.listing import Entry
    from tlsca.errors import TlscaError
    from tlsca.tui.widgets.connection import ConnectionPanel
    from tlsca.tui.widgets.inspector import Inspector

_EMPTY = "No certificates yet. Press a to make an authority, then i to issue."
_NO_MATCH = "No certificate matches the filter. Escape clears it."
_REFRESH = 1.0
"""Seconds between looks for what was written, here or by other processes."""
_STALE = 60.0
"""Seconds after which the list is read anew even so: certificates expire while nobody does anything."""


class HomeScreen(Screen[None]):
    """Table and inspector over one open store."""

    HELP = "The certificates of the store. The keys below act on the one under the cursor."

    DEFAULT_CSS = """
    HomeScreen {
        & #body { height: 1fr; }
        & #list { width: 1fr; }
        & #filter { display: none; height: 1; border: none; background: $boost; padding: 0 1; }
        & #filter.-shown { display: block; }
        & Inspector { display: none; width: 1fr; }
        &.-inspecting #list { display: none; }
        &.-inspecting Inspector { display: block; }
        &.-wide Inspector { display: block; border-left: solid $panel; }
        &.-wide #list, &.-wide.-inspecting #list { display: block; }
    }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 -- an instance variable to Textual
    BINDINGS: ClassVar[list[BindingType]] = bindings()

    def __init__(self, open_desk: Callable[[], Desk], place: Path, *, import_first: bool = False) -> None:
        """`open_desk` is called in a thread; `import_first` begins with the form for files to import."""
        super().__init__()
        self._open_desk = open_desk
        self._place = place
        self._desk: Desk | None = None
        self._all: Sequence[Entry] = ()
        self._refreshing = False
        self._read = (0, 0.0)
        self._import_first = import_first

    # Laying out and opening

    def compose(self) -> ComposeResult:
        """Lay out everything that needs no store."""
        yield TitleBar()
        with Horizontal(id="body"), Vertical(id="list"):
            yield LineInput(
                id="filter", compact=True, placeholder="expires<30d status:valid issuer:… san:*.corp text"
            )
            yield CertificateTable(id="table")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Open the store once the first frame is out."""
        self.query_one(TitleBar).place = _short(self._place)
        self.query_one(CertificateTable).focus()
        self.call_after_refresh(self._open)

    def on_unmount(self) -> None:
        """Forget the passphrase."""
        if self._desk is not None:
            self._desk.close()

    def _open(self) -> None:
        work(self, self._opened, self._ready, failed=self._cannot_open)

    def _opened(self) -> tuple[Desk, Sequence[Entry]]:
        import tlsca.tui.widgets.inspector  # noqa: F401 -- mounting it, in the app's own thread, then costs no import

        desk = self._open_desk()
        return desk, self._listed(desk)

    def _listed(self, desk: Desk) -> Sequence[Entry]:
        from tlsca.authority.listing import entries

        self._read = (desk.ledger.position, time.monotonic())
        return entries(desk)

    def _ready(self, opened: tuple[Desk, Sequence[Entry]]) -> None:
        from tlsca.tui.widgets.inspector import Inspector

        desk, found = opened
        self._desk = desk
        self.query_one("#body").mount(Inspector(desk, id="inspector"))
        self.call_after_refresh(self._show, found)
        self.refresh_bindings()
        self.set_interval(_REFRESH, self._look_for_changes)
        for notice in desk.ledger.notices:
            self.notify(printable(notice), severity="warning", timeout=15, markup=False)
        self._can_be_written()
        if self._import_first:
            self.action_import()

    def _cannot_open(self, error: TlscaError) -> None:
        tell(self.app, error)
        self.query_one(CertificateTable).show((), placeholder=printable(error.sentence))

    # What is shown

    def _show(self, found: Sequence[Entry], select: str | None = None) -> None:
        from tlsca.authority.filtering import compile_filter
        from tlsca.errors import UsageError

        self._all = found
        try:
            wanted = compile_filter(self.query_one("#filter", Input).value)
        except UsageError:
            return  # half a word of the filter is typed; what was shown stays
        shown = [entry for entry in found if wanted(entry)]
        self.query_one(CertificateTable).show(
            shown, placeholder=_NO_MATCH if found else _EMPTY, select=select
        )
        self.query_one(TitleBar).counts = counted([entry.status for entry in found], len(shown))
        self._show_lock()

    def _show_lock(self) -> None:
        desk = self._desk
        if desk is not None:
            state = "read-only" if desk.ledger.read_only else "unlocked" if desk.unlocked else "locked"
            self.query_one(TitleBar).vault = state

    def _look_for_changes(self) -> None:
        desk = self._desk
        self._show_lock()
        if desk is None or self._refreshing:
            return
        self._refreshing = True
        work(
            self,
            lambda: self._changed(desk),
            self._refreshed,
            failed=lambda _: self._refreshed(None),
            group="refresh",
        )

    def _changed(self, desk: Desk) -> Sequence[Entry] | None:
        desk.ledger.refresh()
        position, at = self._read
        if desk.ledger.position == position and time.monotonic() - at < _STALE:
            return None
        return self._listed(desk)

    def _refreshed(self, found: Sequence[Entry] | None) -> None:
        self._refreshing = False
        if found is not None:
            self._show(found)

    def _reload(self, select: str | None = None) -> None:
        desk = self._desk
        if desk is not None:
            work(
                self,
                lambda: self._listed(desk),
                lambda found: self._show(found, select),
                group="reload",
                exclusive=True,
            )

    @on(CertificateTable.Highlighted)
    def _inspect_highlighted(self, event: CertificateTable.Highlighted) -> None:
        if self._desk is not None:
            self._inspector().show(event.entry)
            self.refresh_bindings()

    @on(CertificateTable.Chosen)
    def _open_chosen(self) -> None:
        self.action_inspect()

    @on(Input.Changed, "#filter")
    def _filter_typed(self) -> None:
        self._show(self._all)

    @on(Input.Submitted, "#filter")
    def _filter_done(self, event: Input.Submitted) -> None:
        from tlsca.authority.filtering import compile_filter
        from tlsca.errors import UsageError

        try:
            compile_filter(event.value)
        except UsageError as error:
            tell(self.app, error)
        else:
            self.query_one(CertificateTable).focus()

    # Acts of the registry

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what cannot be done now: None keeps the key in its place, and dead."""
        needs = NEEDS.get(action, Needs.NOTHING)
        if needs >= Needs.STORE and self._desk is None:
            return None
        if needs >= Needs.CERTIFICATE and self.query_one(CertificateTable).current is None:
            return None
        return super().check_action(action, parameters)

    def action_help(self) -> None:
        """Show every key."""
        from tlsca.tui.dialogs.help import HelpDialog

        self.app.push_screen(HelpDialog())

    def action_issue(self) -> None:
        """Open the form for a certificate."""
        if not self._can_be_written():
            return
        desk = self._open_store()
        work(self, lambda: self._able_to_issue(desk), self._ask_what_to_issue, group="able", exclusive=True)

    def _able_to_issue(self, desk: Desk) -> Sequence[Entry]:
        from tlsca.authority.issuing import issuers
        from tlsca.authority.listing import entries_of

        return entries_of(desk, issuers(desk))

    def _ask_what_to_issue(self, able: Sequence[Entry]) -> None:
        from tlsca.tui.dialogs.issue import IssueDialog

        if able:
            self.app.push_screen(IssueDialog(self._open_store(), able), self._issued)
        else:
            self.notify("No authority can issue yet. Press a to make one.", severity="warning", markup=False)

    def action_authority(self) -> None:
        """Open the form for an authority."""
        if not self._can_be_written():
            return
        desk = self._open_store()
        work(self, lambda: self._able_to_issue(desk), self._ask_which_authority, group="able", exclusive=True)

    def _ask_which_authority(self, able: Sequence[Entry]) -> None:
        from tlsca.tui.dialogs.authority import AuthorityDialog

        self.app.push_screen(AuthorityDialog(self._open_store(), able), self._issued)

    def action_import(self) -> None:
        """Open the form for files to import."""
        from tlsca.tui.dialogs.take_in import ImportDialog

        if not self._can_be_written():
            return
        self.app.push_screen(ImportDialog(self._open_store()), self._imported)

    def action_export(self) -> None:
        """Open the form for the export of the certificate under the cursor."""
        from tlsca.tui.dialogs.export import ExportDialog

        selected = self._selected()
        self.app.push_screen(ExportDialog(self._open_store(), selected, Path.cwd()), self._exported)

    def action_inspect(self) -> None:
        """Give the inspector the focus, and in a narrow terminal the screen."""
        self.add_class("-inspecting")
        self._inspector().focus_page()

    def action_test(self) -> None:
        """Go to the connection of the certificate under the cursor."""
        self.add_class("-inspecting")
        self._inspector().open_tab("connection")

    def action_copy(self) -> None:
        """Copy what the inspector shows."""
        copied = self._inspector().copied()
        if copied is not None:
            self.app.copy_to_clipboard(copied[1])
            self.notify(f"Copied the {copied[0]}.", timeout=3, markup=False)

    def action_serve(self) -> None:
        """Serve the certificate under the cursor on this machine, or stop."""
        self.action_test()
        self._panel().toggle_serving()

    def action_filter(self) -> None:
        """Show the filter and put the cursor into it."""
        field = self.query_one("#filter", Input)
        field.add_class("-shown")
        field.focus()

    def action_back(self) -> None:
        """Leave the inspector; else clear the filter."""
        field = self.query_one("#filter", Input)
        table = self.query_one(CertificateTable)
        if self.has_class("-inspecting"):
            self.remove_class("-inspecting")
        elif field.has_class("-shown"):
            field.value = ""
            field.remove_class("-shown")
        table.focus()

    def action_lock(self) -> None:
        """Lock the store, or unlock it."""
        from tlsca.authority.keeping import lock
        from tlsca.tui.dialogs.unlock import UnlockDialog

        desk = self._open_store()
        if desk.unlocked:
            lock(desk)
            self._show_lock()
        else:
            self.app.push_screen(UnlockDialog(desk), lambda _: self._show_lock())

    def lock_now(self) -> None:
        """Forget the passphrase, because nobody has touched a key for a while."""
        from tlsca.authority.keeping import lock

        if self._desk is not None and self._desk.unlocked:
            lock(self._desk)
            self._show_lock()
            self.notify("Locked, because nothing was pressed for a while.", markup=False)

    def action_theme(self) -> None:
        """Change between dark and light."""
        self.app.theme = "tlsca-light" if self.app.current_theme.dark else "tlsca-dark"

    def action_quit(self) -> None:
        """Leave the app."""
        self.app.exit(0)

    # What dialogs answer

    def _issued(self, issued: Issued | None) -> None:
        self._show_lock()
        if issued is None:
            return
        for note in issued.notes:
            self.notify(printable(note), severity="warning", timeout=12, markup=False)
        self.notify(
            f"Issued {printable(issued.record.subject or issued.record.serial)}.", timeout=5, markup=False
        )
        self._reload(select=issued.record.id)

    def _imported(self, report: ImportReport | None) -> None:
        from tlsca.tui.dialogs.take_in import imported

        self._show_lock()
        if report is None:
            return
        self.notify(imported(report), timeout=10, markup=False)
        self._reload(select=report.certificates[0].id if report.certificates else None)

    def _exported(self, test: bool | None) -> None:
        self._show_lock()
        if test:
            self.action_test()

    # Finding one's way

    def _open_store(self) -> Desk:
        assert self._desk is not None, "check_action lets no act through before the store is open"
        return self._desk

    def _can_be_written(self) -> bool:
        """Say whether the store can be written; where it cannot, tell why, before anything is typed in vain."""
        reason = self._open_store().ledger.read_only
        if reason is not None:
            self.notify(printable(reason), title="Read-only", severity="warning", timeout=12, markup=False)
        return reason is None

    def _selected(self) -> Entry:
        selected = self.query_one(CertificateTable).current
        assert selected is not None, "check_action lets no act through without a certificate"
        return selected

    def _inspector(self) -> Inspector:
        from tlsca.tui.widgets.inspector import Inspector

        return self.query_one(Inspector)

    def _panel(self) -> ConnectionPanel:
        from tlsca.tui.widgets.connection import ConnectionPanel

        return self.query_one(ConnectionPanel)


def _short(place: Path) -> str:
    """Return a path as people write it: `~` for the home directory."""
    home = Path.home()
    return f"~/{place.relative_to(home)}" if place.is_relative_to(home) else str(place)
