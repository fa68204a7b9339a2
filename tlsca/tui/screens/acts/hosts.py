"""Watched hosts: their screen, the looks at them, which go on whatever screen is in front, and what came of each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tlsca.text import listing, printable
from tlsca.tui.screens.acts.marking import MarkingActs
from tlsca.tui.work import tell, work

if TYPE_CHECKING:
    from tlsca.errors import TlscaError
    from tlsca.store.records import WatchRecord
    from tlsca.tui.host_sweep import Sweeper, Swept

_MOST_NAMED = 3
_SPARING = timedelta(days=1)
"""How often a look that nobody asked for is kept where all is as it was."""


class HostActs(MarkingActs):
    """The acts that look at hosts: at one, or at those of all that are marked; and their screen."""

    _sweeper: Sweeper | None = None

    def action_hosts(self) -> None:
        """Show the watched hosts."""
        from tlsca.tui.screens.hosts import HostsScreen

        self.app.push_screen(HostsScreen(self._open_store(), self._looks()), self._test_host)

    async def action_test(self) -> None:
        """Go to the connection of the certificate under the cursor; of marked ones, look at all their hosts."""
        if not self._any_marked():
            await self._open_connection()
        elif self._can_be_written():
            desk, chosen = self._open_store(), [entry.record for entry in self._chosen()]

            def watched() -> tuple[WatchRecord, ...]:
                from tlsca.authority.serving_hosts import forms_for
                from tlsca.authority.watching import watch

                forms = forms_for(chosen)
                return watch(desk, forms) if forms else ()

            work(self, watched, self._look_at)

    def _look_at(self, hosts: tuple[WatchRecord, ...]) -> None:
        """Look at hosts that are watched from now on, and show how it goes."""
        if not hosts:
            told = "None of the marked certificates names a host, and none was seen at one."
            self.notify(told, title="Test", severity="warning", markup=False)
            return
        self._looks().begin(hosts)
        self.action_hosts()

    def look_at_hosts(self) -> None:
        """Look at every watched host again, because it is time; unless a look is under way."""
        desk = self._desk
        if desk is None or (self._sweeper is not None and self._sweeper.under_way):
            return

        def every() -> tuple[WatchRecord, ...]:
            from tlsca.authority.watching import watches

            return watches(desk)

        work(
            self,
            every,
            lambda records: self._looks().begin(records, sparing=_SPARING),
            group="watches",
            exclusive=True,
        )

    def _looks(self) -> Sweeper:
        from tlsca.tui.host_sweep import Sweeper

        if self._sweeper is None:
            self._sweeper = Sweeper(self.jobs, self._open_store(), self._looked, self._look_failed)
        return self._sweeper

    def _looked(self, swept: Swept) -> None:
        """Say what came of a look; of one that nobody asked for only if something changed."""
        if swept.unasked and not swept.changed:
            return
        from tlsca.tui.host_sweep import came_of

        lines = [came_of(swept)]
        changed = [
            f"{one.record.id} ({', '.join(change.what for change in one.changes)})" for one in swept.changed
        ]
        if changed:
            lines.append(f"Changed: {printable(listing(changed, most=_MOST_NAMED))}.")
        self.notify(
            "\n".join(lines),
            title="Looked at hosts",
            severity="warning" if changed else "information",
            timeout=12 if changed else 5,
            markup=False,
        )

    def _look_failed(self, error: TlscaError) -> None:
        tell(self.app, error)

    async def _test_host(self, record: WatchRecord | None) -> None:
        """Aim the test of a connection at a host, if one was chosen."""
        if record is None:
            return
        from tlsca.authority.watching import form_of

        panel = await self._open_connection()
        panel.point_at(form_of(record))
