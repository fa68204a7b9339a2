"""A screen over one open store: how it is opened, read and read again, and where an act finds what it acts on.

Whatever needs cryptography is imported with the store, in a thread, so that the first frame comes at once.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tlsca.text import printable
from tlsca.tui.actions import Needs
from tlsca.tui.jobs import Behind, Jobs
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.screens.acting import ActingScreen
from tlsca.tui.standing import Standing
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.filter_bar import FilterBar
from tlsca.tui.widgets.title_bar import TitleBar, counted
from tlsca.tui.widgets.today_bar import TodayBar
from tlsca.tui.wording import key_of
from tlsca.tui.work import tell, work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tlsca.authority.catalogue import Catalogue, Selection
    from tlsca.authority.desk import Desk
    from tlsca.authority.listing import Entry
    from tlsca.authority.ordering import Order
    from tlsca.authority.today import Today
    from tlsca.errors import TlscaError
    from tlsca.tui.dialogs.dialog import Dialog
    from tlsca.tui.widgets.connection import ConnectionPanel
    from tlsca.tui.widgets.inspector import Inspector

Answer = TypeVar("Answer")

_NO_MATCH = "No certificate matches the filter. Escape clears it."
_AT_ONCE = 2000
"""Certificates of which a selection takes less time than handing it to a thread and back."""
_REFRESH = 0.5
"""Seconds between looks for what was written, here or by other processes."""
_STALE = 60.0
"""Seconds after which the list is read anew even so: certificates expire while nobody does anything."""


class Listing(NamedTuple):
    """What was read of a store."""

    catalogue: Catalogue
    today: Today


class StoreScreen(ActingScreen[None]):
    """A table of certificates over one store, which is opened, read and watched in threads."""

    def __init__(self, open_desk: Callable[[], Desk], place: Path, *, first: str = "") -> None:
        """`open_desk` is called in a thread; `first` names the act to begin with, if any."""
        super().__init__()
        self._open_desk = open_desk
        self._place = place
        self.jobs = Jobs(self)
        """What runs over this store, whatever screen is in front."""
        self._desk: Desk | None = None
        self._catalogue: Catalogue | None = None
        self._selection: Selection | None = None
        self._order: Order | None = None
        self._select: str | None = None
        """The record id of what the cursor is to go to, until it is shown."""
        self._to_show: list[Callable[[], object]] = []
        self._refreshing = False
        self._read = (0, 0.0)
        self._first = first
        self._unopened = "The store is still being opened."
        self.opening = True
        """Whether what the store holds is still to be shown."""

    def _open(self) -> None:
        work(self, self._opened, self._ready, failed=self._cannot_open)

    def _opened(self) -> tuple[Desk, Listing]:
        import tlsca.tui.widgets.authority_tree
        import tlsca.tui.widgets.expiry_chart
        import tlsca.tui.widgets.inspector  # noqa: F401 -- mounting it, in the app's own thread, then costs no import

        desk = self._open_desk()
        return desk, self._listed(desk)

    def _listed(self, desk: Desk) -> Listing:
        from tlsca.authority.catalogue import Catalogue
        from tlsca.authority.listing import entries
        from tlsca.authority.today import today

        self._read = (desk.ledger.position, time.monotonic())
        catalogue = (self._catalogue or Catalogue()).followed_by(entries(desk))
        return Listing(catalogue, today(desk, catalogue.entries))

    def _ready(self, opened: tuple[Desk, Listing]) -> None:
        from tlsca.tui.widgets.authority_tree import AuthorityTree
        from tlsca.tui.widgets.expiry_chart import ExpiryChart
        from tlsca.tui.widgets.inspector import Inspector

        desk, found = opened
        self._desk = desk
        self.query_one("#band").mount(AuthorityTree(id="authorities"), ExpiryChart(id="timeline"))
        self.query_one("#body").mount(Inspector(desk, id="inspector"))
        self.call_after_refresh(self._show_listing, found)
        self.call_after_refresh(_keep_what_is_loaded)
        self.refresh_bindings()
        self.set_interval(_REFRESH, self._look_for_changes)
        for notice in desk.ledger.notices:
            self.notify(printable(notice), severity="warning", timeout=15, markup=False)
        self._begin()

    def _cannot_open(self, error: TlscaError) -> None:
        tell(self.app, error)
        self._unopened, self.opening = printable(error.sentence), False
        self.query_one(CertificateTable).show((), placeholder=printable(error.sentence))

    def standing(self) -> Standing:
        """Return what there is for acts to be done to: the store, the certificate under the cursor, the marked ones."""
        desk, table = self._desk, self.query_one(CertificateTable)
        return Standing(
            closed=self._unopened if desk is None else "",
            read_only=(desk.ledger.read_only or "") if desk is not None else "",
            nothing="" if table.current is not None else "There is no certificate under the cursor.",
            entry=table.current,
            marked=len(table.marked),
        )

    def asks_for_store(self, key: str) -> bool:
        """Tell whether a key does what takes an open store."""
        keys = IN_FORCE.get().keys
        return any(key in keys(act) for act in self.acts if act.needs >= Needs.STORE)

    def menu_title(self) -> str:
        """Return the name of the certificate under the cursor, or how many are marked. Printable."""
        table = self.query_one(CertificateTable)
        if table.marked:
            return f"{len(table.marked)} marked certificates"
        return printable(table.current.title) if table.current is not None else ""

    def _begin(self) -> None:
        """Do what comes first once the store is open."""

    # What is shown

    def _show_listing(self, found: Listing, select: str | None = None) -> None:
        from tlsca.tui.widgets.authority_tree import AuthorityTree
        from tlsca.tui.widgets.expiry_chart import ExpiryChart

        self.query_one(TodayBar).matters = found.today.matters
        self.query_one(ExpiryChart).today = found.today
        self.query_one(AuthorityTree).today = found.today
        self._catalogue = found.catalogue
        self.query_one(CertificateTable).make_room_for(
            found.catalogue.states, any_seen=found.catalogue.any_seen
        )
        self._show(select)

    @property
    def _all(self) -> Sequence[Entry]:
        """Every certificate of the store, as it was last read."""
        return self._catalogue.entries if self._catalogue else ()

    def _show(self, select: str | None = None) -> None:
        """Show what the filter keeps, in the order that is chosen; of many that is worked out in a thread, and the last key wins."""
        catalogue, bar = self._catalogue, self.query_one(FilterBar)
        self._select = select or self._select
        if catalogue is None:
            return
        from tlsca.authority.filter_reading import read_filter
        from tlsca.authority.ordering import Order
        from tlsca.errors import FilterUnreadable

        try:
            wanted = read_filter(bar.text)
        except FilterUnreadable as error:
            bar.tell_unreadable(error)  # half a word is typed; what was shown stays
            self.opening = False
            return
        order, before = self._order or Order(), self._selection

        def selected() -> Selection:
            return catalogue.select(wanted, order, before)

        if len(catalogue.entries) <= _AT_ONCE:
            self._show_selection(selected())
        else:
            work(self, selected, self._show_selection, group="select", exclusive=True)

    def _show_selection(self, found: Selection) -> None:
        every, table = found.catalogue.entries, self.query_one(CertificateTable)
        self._selection, select, self._select = found, self._select, None
        table.order = found.order
        table.show(found.entries, placeholder=_NO_MATCH if every else _empty(), select=select)
        self.query_one(FilterBar).tell_kept(len(found.entries), len(every))
        self.query_one(TitleBar).counts = counted(found.catalogue.states)
        self.opening = False
        self._show_lock()

    def _show_lock(self) -> None:
        desk = self._desk
        if desk is not None:
            bar = self.query_one(TitleBar)
            bar.vault = "unlocked" if desk.unlocked else "locked"
            bar.running = len(self.jobs.running)
            bar.read_only = bool(desk.ledger.read_only)

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

    def _changed(self, desk: Desk) -> Listing | None:
        desk.ledger.refresh()
        position, at = self._read
        if desk.ledger.position == position and time.monotonic() - at < _STALE:
            return None
        return self._listed(desk)

    def _refreshed(self, found: Listing | None) -> None:
        self._refreshing = False
        if found is not None:
            self._show_listing(found)

    def _reload(self, select: str | None = None) -> None:
        desk = self._desk
        if desk is not None:
            work(
                self,
                lambda: self._listed(desk),
                lambda found: self._show_listing(found, select),
                group="reload",
                exclusive=True,
            )

    def _ask(self, dialog: Dialog[Answer], done: Callable[[Answer | None], None]) -> None:
        """Show a dialog whose work may take long; `done` hears what comes of it, also of one that was left to itself."""
        dialog.behind = Behind(self.jobs, done)
        self.app.push_screen(dialog, done)

    def _once_in_front(self, show: Callable[[], object]) -> None:
        """Show something as soon as no dialog is in front of this screen, whose keys it would take."""
        if self.is_current:
            show()
        else:
            self._to_show.append(show)

    def on_screen_resume(self) -> None:
        """Show what came while something else was in front."""
        if self._to_show:
            self.call_later(self._once_in_front, self._to_show.pop(0))

    # Finding one's way

    def _go_to(self, fingerprint: str | None) -> None:
        """Bring the cursor to a certificate, past the filter if that hides it."""
        wanted = next((entry.record.id for entry in self._all if entry.record.sha256 == fingerprint), None)
        if wanted is None:
            return
        if wanted not in {entry.record.id for entry in self.query_one(CertificateTable).entries}:
            self.query_one(FilterBar).text = ""
        self._show(select=wanted)

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

    async def _open_connection(self) -> ConnectionPanel:
        """Bring the test of a connection to the front."""
        self.add_class("-inspecting")
        return await self._inspector().open_connection()

    def _inspector(self) -> Inspector:
        from tlsca.tui.widgets.inspector import Inspector

        return self.query_one(Inspector)


def _empty() -> str:
    """Return what is said where a store holds nothing yet."""
    return f"No certificates yet. Press {key_of('authority')} to make an authority, then {key_of('issue')} to issue."


def _keep_what_is_loaded() -> None:
    """Have the collector of garbage leave alone what stays to the end: code, styles, the store.

    To go over all of that, which it does every few key presses, stops the app for a tenth of a second, with a large store for longer.
    Only the first store of a process is kept so, since a store that is left becomes garbage itself.
    """
    if not gc.get_freeze_count():
        gc.freeze()
