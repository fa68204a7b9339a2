"""The home screen: every certificate of the store, and the one under the cursor in the inspector.

It is drawn before the store is read. Whatever needs cryptography is imported with the store, in a thread, and dialogs when they
are first opened, so that the first frame comes at once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from tlsca.tui.actions import ACTS
from tlsca.tui.bindings import bindings
from tlsca.tui.pane_sizes import WIDE
from tlsca.tui.screens.acts.bulk import BulkActs
from tlsca.tui.screens.acts.keeping import KeepingActs
from tlsca.tui.screens.acts.looking import LookingActs
from tlsca.tui.screens.acts.opening import OpeningActs
from tlsca.tui.screens.acts.proving import ProvingActs
from tlsca.tui.screens.acts.remembering import RememberingActs
from tlsca.tui.screens.acts.showing import ShowingActs
from tlsca.tui.screens.acts.today import TodayActs
from tlsca.tui.themes import counterpart
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.filter_bar import FilterBar
from tlsca.tui.widgets.key_line import KeyLine
from tlsca.tui.widgets.title_bar import TitleBar
from tlsca.tui.widgets.today_bar import TodayBar
from tlsca.tui.work import work

if TYPE_CHECKING:
    from tlsca.settings import Settings
    from tlsca.tui.jobs import Job


class HomeScreen(
    RememberingActs,
    BulkActs,
    KeepingActs,
    LookingActs,
    OpeningActs,
    ProvingActs,
    ShowingActs,
    TodayActs,
):
    """What matters today, when certificates end, the authorities, the table and the inspector, over one open store."""

    HELP = "The certificates of the store. The keys below act on the one under the cursor."

    DEFAULT_CSS = """
    HomeScreen {
        & #band { height: 0; }
        & #timeline { width: 1fr; height: 1fr; }
        & #authorities { display: none; height: 1fr; }
        & #body { height: 1fr; }
        & #certificates { width: 1fr; }
        & Inspector { display: none; width: 1fr; }
        &.-inspecting #certificates, &.-inspecting #band, &.-inspecting TodayBar { display: none; }
        &.-inspecting Inspector { display: block; }
        &.-wide Inspector { display: block; border-left: solid $panel; }
        &.-wide #certificates, &.-wide.-inspecting #certificates { display: block; }
        &.-wide.-inspecting TodayBar, &.-wide.-inspecting #band { display: block; }
        &.-wide #authorities, &.-only-authorities #authorities { display: block; }
        &.-only-timeline #authorities, &.-only-authorities #timeline { display: none; }
        &.-only-timeline #body, &.-only-authorities #body { display: none; }
        &.-only-certificates #band, &.-only-certificates TodayBar, &.-only-certificates Inspector { display: none; }
        &.-only-inspector #band, &.-only-inspector TodayBar, &.-only-inspector #certificates { display: none; }
    }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 -- an instance variable to Textual
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTS)
    acts = ACTS
    menu = frozenset({"Certificate"})
    _upkeep: Job[tuple[str, ...]] | None = None

    # Laying out and opening

    def compose(self) -> ComposeResult:
        """Lay out everything that needs no store."""
        yield TitleBar()
        yield TodayBar()
        yield Horizontal(id="band")
        with Horizontal(id="body"), Vertical(id="certificates"):
            yield FilterBar()
            yield CertificateTable(id="table")
        yield KeyLine()

    def on_mount(self) -> None:
        """Open the store once the first frame is out."""
        self.query_one(TitleBar).place = _short(self._place)
        self.lay_out()
        self.query_one(CertificateTable).focus()
        self.call_after_refresh(self._open)

    async def on_unmount(self) -> None:
        """Forget the passphrase, and leave nothing half done."""
        await asyncio.to_thread(self.jobs.wait)
        if self._desk is not None:
            self._desk.close()

    @on(CertificateTable.Highlighted)
    def _inspect_highlighted(self, event: CertificateTable.Highlighted) -> None:
        if self._desk is not None:
            self._inspector().show(event.entry)
            self.refresh_bindings()

    @on(CertificateTable.Chosen)
    def _open_chosen(self) -> None:
        self.action_inspect()

    # Acts of the registry

    def _begin(self) -> None:
        self.take_up_order()
        self.lay_out()
        self._can_be_written()
        if self._first:
            self.call_later(self.run_action, self._first)

    def action_inspect(self) -> None:
        """Give the inspector the focus, and in a narrow terminal the screen."""
        self.add_class("-inspecting")
        self._inspector().focus_page()

    async def action_serve(self) -> None:
        """Serve the certificate under the cursor on this machine, or stop."""
        panel = await self._open_connection()
        panel.toggle_serving()

    def action_back(self) -> None:
        """Leave the inspector; else unmark all, unless the filter is being typed; else clear the filter."""
        if self.leave_pane():
            return
        bar, table = self.query_one(FilterBar), self.query_one(CertificateTable)
        if self.has_class("-inspecting"):
            self.remove_class("-inspecting")
        elif table.any_marks and not bar.has_focus_within:
            table.unmark()
        elif bar.is_open:
            bar.close()
        table.focus()

    def action_lock(self) -> None:
        """Lock the store, or unlock it."""
        from tlsca.authority.keeping import lock
        from tlsca.tui.dialogs.unlock import UnlockDialog

        desk = self._open_store()
        if desk.unlocked:
            work(self, lambda: lock(desk), lambda _: self._show_lock())
        else:
            self.app.push_screen(UnlockDialog(desk), lambda _: self._show_lock())

    def lock_now(self, said: str) -> None:
        """Forget the passphrase, and say so in these words; but not while a long run signs with it."""
        from tlsca.authority.keeping import lock

        desk = self._desk
        if desk is not None and desk.unlocked and not self.jobs.signing:
            work(self, lambda: lock(desk), lambda _: self._show_lock())
            self.notify(said, markup=False)

    def look_after(self, settings: Settings) -> None:
        """Have the store do what is due: empty what lay in the trash for long, make a backup; what went wrong is told."""
        from tlsca.authority.upkeep import upkeep

        desk = self._desk
        if desk is None or (self._upkeep is not None and self._upkeep.running):
            return
        self._upkeep = self.jobs.begin(
            "Looking after the store", lambda: upkeep(desk, settings), self._tell_upkeep, told=" ".join
        )

    def _tell_upkeep(self, went_wrong: tuple[str, ...]) -> None:
        for sentence in went_wrong:
            self.notify(sentence, severity="warning", timeout=15, markup=False)

    def action_theme(self) -> None:
        """Change between dark and light."""
        self.app.theme = counterpart(self.app.current_theme)

    def action_quit(self) -> None:
        """Leave the app; what runs is stopped with it, if somebody says yes to that. How it is left is kept."""
        from tlsca.tui.dialogs.quit import QuitDialog

        running = self.jobs.running
        if running:
            self.app.push_screen(QuitDialog([job.title for job in running]), self._quit)
        else:
            self._quit(True)

    def _quit(self, wanted: bool | None) -> None:
        if wanted:
            self.keep_last_session()
            self.app.exit(0)


def _short(place: Path) -> str:
    """Return a path as people write it: `~` for the home directory."""
    home = Path.home()
    return f"~/{place.relative_to(home)}" if place.is_relative_to(home) else str(place)
