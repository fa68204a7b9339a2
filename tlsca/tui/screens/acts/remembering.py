"""Remember how a store was left: what is under the cursor, filter, order, columns, theme and the sizes of the panes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tlsca.errors import TlscaError
from tlsca.tui.screens.acts.arranging import ArrangingActs
from tlsca.tui.screens.acts.panes import PaneActs
from tlsca.tui.session import Session, write_session
from tlsca.tui.widgets.certificate_columns import COLUMNS
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.filter_bar import FilterBar
from tlsca.tui.work import work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOOK = 1.0
"""Seconds between looks at what would be kept; a store that is left at any moment is found almost as it was."""


class RememberingActs(ArrangingActs, PaneActs):
    """A screen that comes back as it was left."""

    _kept_in: Path | None = None
    _kept = Session()
    _usual_theme = ""

    def remember(self, place: Path, session: Session, theme: str) -> None:
        """Begin with a session, and keep it in a file from now on; `theme` is the one that nobody chose."""
        self._kept_in, self._kept, self._usual_theme = place, session, theme

    def on_mount(self) -> None:
        """Put everything where it was."""
        if self._kept_in is None:
            return
        session, bar = self._kept, self.query_one(FilterBar)
        self.sizes = session.sizes
        self.query_one(CertificateTable).choice = tuple(name for name in session.columns if name in COLUMNS)
        self._select = session.selected or None
        if session.filter:
            bar.text = session.filter
            bar.add_class("-shown")
        self.set_interval(_LOOK, self.keep_session)

    def take_up_order(self) -> None:
        """Sort as was sorted the last time; what orders there are is known once the store is open."""
        from tlsca.authority.ordering import order_of
        from tlsca.errors import UsageError

        if self._kept.order:
            with contextlib.suppress(UsageError):  # another version may have had others
                self._order = order_of(self._kept.order)

    def keep_session(self) -> None:
        """Keep what has changed since it was kept last, in a thread."""
        if write := self._changed_session():
            work(self, write, _nothing, failed=_nothing, group="session")

    def keep_last_session(self) -> None:
        """Keep what has changed at once, because the app ends."""
        if write := self._changed_session():
            with contextlib.suppress(TlscaError):
                write()

    def _changed_session(self) -> Callable[[], None] | None:
        place, now = self._kept_in, self._now()
        if place is None or self._catalogue is None or now == self._kept:
            return None
        self._kept = now
        return lambda: write_session(place, now)

    def _now(self) -> Session:
        table, theme = self.query_one(CertificateTable), self.app.theme
        return Session(
            selected=table.current.record.id if table.current is not None else "",
            filter=self.query_one(FilterBar).text,
            order=str(self._order or ""),
            columns=table.choice,
            theme="" if theme == self._usual_theme else theme,
            sizes=self.sizes,
        )


def _nothing(_: object) -> None:
    """Go on: a session that cannot be kept is no reason to disturb anybody."""
