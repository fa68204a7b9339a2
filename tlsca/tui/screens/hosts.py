"""The screen of watched hosts: what each serves, how long still, what is wrong, and what changed since the last look."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input

from tlsca.authority.desk import Desk
from tlsca.authority.watched import Order, Watched, matching, ordered, summed, watched
from tlsca.authority.watching import unwatch
from tlsca.errors import TlscaError
from tlsca.store.records import WatchRecord
from tlsca.text import printable
from tlsca.tui.bindings import bindings
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.host import Answer, HostDialog, Wish
from tlsca.tui.dialogs.unwatch import UnwatchDialog
from tlsca.tui.dialogs.watch import WatchDialog
from tlsca.tui.host_acts import HOST_ACTS
from tlsca.tui.host_sweep import HostSweep, Sweeper
from tlsca.tui.screens.acting import ActingScreen
from tlsca.tui.standing import Standing
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.heading import Heading
from tlsca.tui.widgets.host_facts import headline, short_rows
from tlsca.tui.widgets.host_table import HostTable
from tlsca.tui.widgets.key_line import KeyLine
from tlsca.tui.widgets.sweep_line import SweepLine
from tlsca.tui.widgets.word_filter import WordFilter
from tlsca.tui.work import tell, work

_NONE = "Nothing is watched yet. Press a, and paste hosts: one a line, host:port or URLs."
_NO_MATCH = "No host matches the filter. Escape clears it."
_POLL = 0.2
"""Seconds between looks at what a look has found, and at what else was written."""
_STALE = 30.0
"""Seconds after which the list is read anew even so: time goes on for certificates."""
_ADD = next(act for act in HOST_ACTS if act.id == "add")
_ORDERS = [*Order, next(iter(Order))]


@dataclass(frozen=True, slots=True)
class _Reading:
    hosts: Sequence[Watched]
    position: int
    """Of the journal, when they were read."""


class HostsScreen(ActingScreen[WatchRecord]):
    """Table and summary of the watched hosts; answers the one whose connection is to be tested."""

    HELP = "The watched hosts. What is told is what the last look found; R looks again."

    DEFAULT_CSS = """
    HostsScreen {
        & HostTable { height: 1fr; }
        & #about { height: 9; padding: 0 1; background: $background; border-top: solid $panel; scrollbar-size-vertical: 1; }
        &.-tall #about { height: 11; }
    }
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-tall")]  # noqa: RUF012 -- an instance variable to Textual
    BINDINGS: ClassVar[list[BindingType]] = bindings(HOST_ACTS)
    acts = HOST_ACTS
    menu = frozenset({"Host"})

    def __init__(self, desk: Desk, sweeper: Sweeper) -> None:
        super().__init__()
        self._desk = desk
        self._sweeper = sweeper
        self._all: Sequence[Watched] = ()
        self._order = Order.ENDS
        self._position = -1
        self._read_at = 0.0
        self._reading = False
        self._told: HostSweep | None = None
        """The last look, once it is over and everything of it is shown."""

    def compose(self) -> ComposeResult:
        """Lay out the heading, the table, how far a look is, and the host under the cursor."""
        yield Heading("Hosts")
        yield WordFilter("words of name, issuer, problem, state")
        yield HostTable(id="hosts")
        yield SweepLine()
        with VerticalScroll(id="about", can_focus=False):
            yield Facts()
        yield KeyLine()

    def on_mount(self) -> None:
        """Read them, and follow what goes on."""
        self.query_one(HostTable).focus()
        self._draw_heading()
        self._read()
        self.set_interval(_POLL, self._poll)

    # What is shown

    def _read(self, select: str | None = None) -> None:
        self._reading = True
        self._read_at = time.monotonic()
        desk = self._desk

        def reading() -> _Reading:
            position = desk.ledger.position
            return _Reading(watched(desk), position)

        work(self, reading, lambda found: self._take(found, select), failed=self._cannot_read, group="read")

    def _take(self, found: _Reading, select: str | None) -> None:
        self._reading = False
        self._position = found.position
        answered = self._sweeper.last.found if self._sweeper.last else {}
        self._all = [_newer(one, answered.get(one.record.id)) for one in found.hosts]
        self._show(select)

    def _cannot_read(self, error: TlscaError) -> None:
        self._reading = False
        self.query_one(HostTable).show((), self._order, placeholder=printable(error.sentence))
        tell(self.app, error)

    def _show(self, select: str | None = None) -> None:
        words = self.query_one(WordFilter).value
        shown = ordered(matching(self._all, words), self._order)
        told = _NO_MATCH if self._all else _NONE
        self.query_one(HostTable).show(shown, self._order, placeholder=told, select=select)
        self._draw_heading()
        self.refresh_bindings()

    def _draw_heading(self) -> None:
        total = len(self._all)
        shown = len(self.query_one(HostTable).hosts)
        many = f"{total:,} watched" if shown == total else f"{shown:,} of {total:,} watched"
        self.query_one(Heading).tell(f"  {many}  {summed(self._all)}", unlocked=self._desk.unlocked)

    @on(HostTable.Highlighted)
    def _tell_about(self, event: HostTable.Highlighted) -> None:
        facts = self.query_one("#about Facts", Facts)
        if event.one is None:
            facts.show(())
        else:
            facts.show(short_rows(event.one), head=[headline(event.one)])
        self.refresh_bindings()

    # What goes on

    def _poll(self) -> None:
        """Follow the look that is under way; read anew after it, after other changes, and now and then."""
        self._follow()
        self._draw_heading()
        stale = time.monotonic() - self._read_at > _STALE
        if (
            not self._reading
            and not self._sweeper.under_way
            and (stale or self._desk.ledger.position != self._position)
        ):
            self._read()

    def _follow(self) -> None:
        sweep = self._sweeper.last
        line = self.query_one(SweepLine)
        if sweep is None or sweep is self._told:
            return
        over = sweep.over  # before what it has found: nothing is found after it
        self._told = sweep if over else None
        found = sweep.found
        self._all = [found.get(one.record.id, one) for one in self._all]
        self.query_one(HostTable).renew(found, sweep.running, sweep.changed)
        line.show(None if over else sweep.progress, sweep.troubled)
        self._draw_heading()

    # Acts

    def standing(self) -> Standing:
        """Return what there is for acts to be done to: the host under the cursor, and whether the store takes a change."""
        there = self.query_one(HostTable).current is not None
        return Standing(
            read_only=self._desk.ledger.read_only or "",
            nothing="" if there else "There is no host under the cursor.",
        )

    def menu_title(self) -> str:
        """Return the host under the cursor. Printable."""
        return printable(self._current().record.target)

    def action_add(self) -> None:
        """Ask for hosts to watch."""
        self.app.push_screen(WatchDialog(self._desk), self._added)

    def on_paste(self, event: events.Paste) -> None:
        """Ask about hosts that are pasted onto the screen."""
        event.stop()
        if not self._tell_hindrance(_ADD):
            self.app.push_screen(WatchDialog(self._desk, event.text), self._added)

    def _added(self, records: Sequence[WatchRecord] | None) -> None:
        if records:
            self.query_one(WordFilter).value = ""
            self._read(select=records[0].id)
            self._sweeper.begin(records)

    def action_look(self) -> None:
        """Look again at all that are shown."""
        self._sweeper.begin(one.record for one in self.query_one(HostTable).hosts)

    def action_look_here(self) -> None:
        """Look again at the host under the cursor."""
        self._sweeper.begin([self._current().record])

    @on(HostTable.Chosen)
    def action_details(self) -> None:
        """Tell everything about the host under the cursor."""
        self.app.push_screen(HostDialog(self._desk, self._current()), self._wished)

    def _wished(self, answer: Answer | None) -> None:
        if answer is None:
            return
        if answer.wish is Wish.TEST:
            self.dismiss(answer.record)
        else:
            self._sweeper.begin([answer.record])

    def action_test(self) -> None:
        """Leave for the test of this host's connection."""
        self.dismiss(self._current().record)

    def action_copy(self) -> None:
        """Copy the host's name and port."""
        target = printable(self._current().record.target)
        copy_text(self.app, target, f"Copied {target}.")

    def action_remove(self) -> None:
        """Ask whether the host under the cursor is to be watched no longer."""
        self.app.push_screen(UnwatchDialog(self._current()), self._remove)

    def _remove(self, record: WatchRecord | None) -> None:
        if record is not None:
            desk, at = self._desk, self._neighbour()
            work(self, lambda: unwatch(desk, [record.id]), lambda _: self._read(select=at), group="unwatch")

    def _neighbour(self) -> str | None:
        """Return the host below the cursor, or else above it, to which the cursor goes when its own is gone."""
        names = [one.record.id for one in self.query_one(HostTable).hosts]
        at = self.query_one(HostTable).cursor
        beside = [*names[at + 1 : at + 2], *names[max(at - 1, 0) : at]]
        return beside[0] if beside else None

    def action_order(self) -> None:
        """Go on to the next order."""
        self._order = next(after for before, after in pairwise(_ORDERS) if before is self._order)
        self._show()

    def action_filter(self) -> None:
        """Show the filter and put the cursor into it."""
        self.query_one(WordFilter).open()

    @on(Input.Changed, "WordFilter")
    def _filter_typed(self) -> None:
        self._show()

    @on(Input.Submitted, "WordFilter")
    def _filter_done(self) -> None:
        self.query_one(HostTable).focus()

    def action_back(self) -> None:
        """Clear the filter; else stop the look that is under way; else leave."""
        words = self.query_one(WordFilter)
        if words.is_open:
            words.close()
            self.query_one(HostTable).focus()
        elif self._sweeper.under_way:
            self._sweeper.stop()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Go back to the certificates; what is under way goes on."""
        self.dismiss(None)

    def _current(self) -> Watched:
        current = self.query_one(HostTable).current
        assert current is not None, "check_action lets no act through without a host"
        return current


def _newer(read: Watched, answered: Watched | None) -> Watched:
    """Return what was found last: a store that cannot be written to does not keep what a look finds."""
    if answered is None or answered.record.probed_at is None:
        return read
    before = read.record.probed_at
    return answered if before is None or answered.record.probed_at > before else read
