"""A server of our own, on this machine: it presents a certificate of the store, and tells what it sees of each client."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tlsca.authority.connecting import serve
from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.errors import TlscaError
from tlsca.probe.listener import Listener, Visit
from tlsca.text import count, printable
from tlsca.tui.dialogs.unlock import UnlockDialog
from tlsca.tui.work import tell, tell_node, work

_FEW, _MANY = 2, 5
"""Lines of visits, the last one first: where lines are scarce, and where they are not. The others are scrolled to."""
_MANY_LINES = 36
MOST_VISITS = 1000
"""Visits that are kept: a client that tries again and again may not fill the memory."""


class Visits(VerticalScroll, can_focus=True):
    """What came of each handshake, the last one first; Tab goes there, and the arrows scroll."""

    DEFAULT_CSS = """
    Visits {
        height: auto; scrollbar-size-vertical: 1;
        & Static { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
        &:focus { background: $primary 20%; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the lines as one."""
        yield Static()

    def show(self, visits: Sequence[Visit], number: int, *, came: int) -> None:
        """Show these, of which the first is the one of this number; who has scrolled back goes on looking at the same ones.

        `came` is how many lines are new above them.
        """
        self.styles.max_height = _MANY if self.app.size.height >= _MANY_LINES else _FEW
        self.query_one(Static).update(
            Content("\n").join(_visit(number - back, one) for back, one in enumerate(visits))
        )
        if self.scroll_y:
            self.call_after_refresh(self.scroll_relative, y=came, animate=False)


class OwnServer(Widget):
    """Where it serves and whom it saw; not there while nothing is served. Posts `Started` and `Stopped`."""

    DEFAULT_CSS = """
    OwnServer {
        height: auto; padding: 0 1; background: $surface; border-left: outer $accent; display: none;
        & #serving { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    OwnServer.-serving { display: block; }
    """

    @dataclass
    class Started(Message):
        """It serves, at `address`, a certificate that is good for `name`; empty if for none that can be dialled."""

        address: str
        name: str

    class Stopped(Message):
        """It does not serve any more."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._listener: Listener | None = None
        self._starting = False
        self._visits: deque[Visit] = deque(maxlen=MOST_VISITS)
        self._number = 0

    def compose(self) -> ComposeResult:
        """Lay out where it serves above whom it saw."""
        yield Static(id="serving")
        yield Visits()

    def on_unmount(self) -> None:
        """Close the port."""
        if self._listener is not None:
            self._listener.stop()

    def toggle(self, selected: Entry, *, demand_client_certificate: bool) -> None:
        """Stop, or serve this certificate, once the store is unlocked."""
        if self._starting:
            return
        if self._listener is not None:
            self._stop(self._listener)
        elif self._desk.unlocked:
            self._start(selected, demand_client_certificate)
        else:
            self.app.push_screen(
                UnlockDialog(self._desk, "to serve with the private key"),
                lambda unlocked: self._start(selected, demand_client_certificate) if unlocked else None,
            )

    def _start(self, selected: Entry, demand: bool) -> None:
        self._starting = True
        work(
            self,
            lambda: serve(self._desk, selected.record, report=self._hear, demand_client_certificate=demand),
            lambda listener: self._started(listener, selected),
            failed=self._not_started,
        )

    def _started(self, listener: Listener, selected: Entry) -> None:
        self._starting = False
        self._listener = listener
        self.add_class("-serving")
        self._visits.clear()
        self._number = 0
        self._show()
        self.post_message(self.Started(self._address(), _name_to_ask_for(selected)))

    def _not_started(self, error: TlscaError) -> None:
        self._starting = False
        tell(self.app, error)

    def _stop(self, listener: Listener) -> None:
        self._listener = None
        self.remove_class("-serving")
        work(self, listener.stop, lambda _: self.post_message(self.Stopped()))

    def _hear(self, visit: Visit) -> None:
        """Take one handshake, told from the server's thread."""
        tell_node(self, lambda: self._show(visit))

    def _show(self, visit: Visit | None = None) -> None:
        if self._listener is None:
            return
        if visit is not None:
            self._visits.appendleft(visit)
            self._number += 1
        self.query_one("#serving", Static).update(self._head())
        self.query_one(Visits).show(self._visits, self._number, came=1 if visit else 0)

    def _head(self) -> Content:
        told = count(self._number, "handshake") if self._number else "no client yet"
        return Content.assemble(
            ("● ", "$text-success"),
            "serving on ",
            (self._address(), "bold $text-accent"),
            (f"  {told}, L closes it", "$foreground-muted"),
        )

    def _address(self) -> str:
        return f"127.0.0.1:{self._listener.port}" if self._listener is not None else ""


def _visit(number: int, visit: Visit) -> Content:
    mark, colour = ("✔", "$text-success") if visit.succeeded else ("✘", "$text-error")
    return Content.assemble(
        (f"{number:3} ", "$foreground-muted"), (mark, colour), f" {printable(visit_line(visit))}"
    )


def visit_line(visit: Visit) -> str:
    """Return one handshake as our own server saw it, the most telling first."""
    if visit.failure:
        return visit.failure
    client = f"client {visit.client_subject}, " if visit.client_subject else ""
    asked = f", asked for {visit.server_name}" if visit.server_name else ""
    return f"{client}{visit.version} {visit.cipher}{asked}"


def _name_to_ask_for(selected: Entry) -> str:
    """Return the first name that a client can ask a server for."""
    return next(
        (name for name in selected.record.names if not name.startswith("*") and not set("@/=") & set(name)),
        "",
    )
