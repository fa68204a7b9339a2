"""The *Test connection* panel: one real handshake, everything that was learnt, and every problem with its fix."""

import threading
from typing import ClassVar

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Select

from tlsca.authority.connecting import NOBODY, STORE, SYSTEM, ProbeForm, client_certificates, prove
from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.errors import TlscaError
from tlsca.pki.describe import Row
from tlsca.probe.result import Message as Step
from tlsca.probe.result import Result
from tlsca.probe.transcript import Event
from tlsca.text import printable
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.own_server import OwnServer
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.widgets.verdict import result_facts, result_text, step_lines
from tlsca.tui.work import sentence, tell_node, work

_NOT_NEEDED = ""
_TRUST_CHOICES = [
    ("the system's roots and this store's", f"{SYSTEM} {STORE}"),
    ("this store's roots only", STORE),
    ("the system's roots only", SYSTEM),
    ("nobody", NOBODY),
]
_DEFAULT_PORT = 443


class ConnectionPanel(Widget):
    """Where to dial, what to ask for, whom to trust; and below it what happened."""

    HELP = "Enter in a field makes the connection; Escape stops one that is under way."

    DEFAULT_CSS = """
    ConnectionPanel {
        height: 1fr;
        & #connection-form { height: auto; padding: 0 1; background: $surface; }
        & #connection-buttons { height: 1; margin-top: 0; & Button { margin-right: 2; min-width: 10; } & Tick { width: auto; background: transparent; } }
        & #connection-result { height: 1fr; padding: 0 1; margin-top: 1; background: $background; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Stop", show=False)]

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._desk = desk
        self._aim: Entry | None = None
        self._cancelled: threading.Event | None = None
        self._steps: list[Step] = []
        self._result: Result | None = None
        self._pinned = False

    def compose(self) -> ComposeResult:
        """Lay out the form above the result."""
        with VerticalScroll(id="connection-form", can_focus=False):
            yield Field(
                "Host:port",
                LineInput(
                    id="target", compact=True, placeholder="www.example.com:443", select_on_focus=False
                ),
            )
            yield Field(
                "Server name",
                LineInput(
                    id="server-name", compact=True, placeholder="the host's own name", select_on_focus=False
                ),
            )
            yield Field("Trust", Select(_TRUST_CHOICES, id="trust", compact=True, allow_blank=False))
            yield Field(
                "Client cert", Select([("none", _NOT_NEEDED)], id="client", compact=True, allow_blank=False)
            )
            with Horizontal(id="connection-buttons"):
                yield Button("Test", id="connect", variant="primary", compact=True)
                yield Button(
                    "Listen",
                    id="serve",
                    compact=True,
                    tooltip="Serve this certificate on 127.0.0.1, to see both ends",
                )
                yield Tick("ask clients for a certificate", id="demand")
            yield OwnServer(self._desk)
        with VerticalScroll(id="connection-result"):
            yield Facts(id="result")

    def on_mount(self) -> None:
        """Say what the panel is for while there is no result."""
        self._draw_hint()

    def on_unmount(self) -> None:
        """Stop a handshake that is under way: nobody will see what comes of it."""
        if self._cancelled is not None:
            self._cancelled.set()

    def aim_at(self, selected: Entry | None) -> None:
        """Fill the form in for another certificate, unless it points at a server of our own that is still running."""
        if _same(selected, self._aim):
            return  # what was typed, and what came of it, stays when only the list was read anew
        self._aim = selected
        if not self._pinned:
            self._fill(_address_of(selected) if selected else "", "")
            self._forget_result()

    def toggle_serving(self) -> None:
        """Serve the selected certificate on this machine, or stop."""
        if self._aim is not None:
            self.query_one(OwnServer).toggle(self._aim, demand_client_certificate=self._demands())

    def on_own_server_started(self, event: OwnServer.Started) -> None:
        """Fill the form in for the server that this app runs itself."""
        self._pinned = True
        self._fill(event.address, event.name)
        self.query_one("#serve", Button).label = "Stop"

    def on_own_server_stopped(self) -> None:
        """Return to the selected certificate."""
        self._pinned = False
        self._fill(_address_of(self._aim) if self._aim else "", "")
        self.query_one("#serve", Button).label = "Listen"

    def _fill(self, address: str, name: str) -> None:
        self.query_one("#target", Input).value = address
        self.query_one("#server-name", Input).value = name

    def _forget_result(self) -> None:
        if self._cancelled is None:
            self._result = None
            self._draw_hint()

    def focus_target(self) -> None:
        """Put the cursor where the address is typed."""
        field = self.query_one("#target", Input)
        field.focus()
        field.cursor_position = len(field.value)

    def copied(self) -> tuple[str, str] | None:
        """Return what would be copied: the result as text."""
        if self._result is None:
            return None
        return "result", result_text(self._result)

    def _demands(self) -> bool:
        return self.query_one("#demand", Tick).value

    @property
    def result(self) -> Result | None:
        """What the last handshake gave."""
        return self._result

    @on(Input.Submitted)
    @on(Button.Pressed, "#connect")
    def _connect(self, event: Message) -> None:
        event.stop()
        if self._cancelled is not None:
            self.action_cancel()
            return
        form = self.form()
        if form.client_cert and not self._desk.unlocked:
            self.app.run_worker(self._unlock_then_start(form), exclusive=True, group="unlock")
        else:
            self._start(form)

    @on(Button.Pressed, "#serve")
    def _serve(self, event: Button.Pressed) -> None:
        event.stop()
        self.toggle_serving()

    async def _unlock_then_start(self, form: ProbeForm) -> None:
        from tlsca.tui.dialogs.unlock import UnlockDialog  # noqa: PLC0415 -- a dialog is loaded when it is first needed

        if await self.app.push_screen_wait(UnlockDialog(self._desk, "to use the client certificate")):
            self._start(form)

    def action_cancel(self) -> None:
        """Stop the handshake that is under way; without one the key goes on to whoever else wants it."""
        if self._cancelled is None:
            raise SkipAction
        self._cancelled.set()

    def _start(self, form: ProbeForm) -> None:
        cancelled = threading.Event()
        self._cancelled, self._steps, self._result = cancelled, [], None
        self.query_one("#connect", Button).label = "Stop"
        self._tell(Content.styled("Connecting …", "$foreground-muted"))
        desk = self._desk
        work(
            self,
            lambda: prove(desk, form, cancelled=cancelled, on_event=self._hear),
            self._finish,
            failed=self._fail,
            group="probe",
        )

    def _hear(self, event: Event) -> None:
        """Take a step of the handshake, told from the worker's thread."""
        step = event.message
        if step is not None:
            tell_node(self, lambda: self._show_step(step))

    def _show_step(self, step: Step) -> None:
        self._steps.append(step)
        self._tell(*step_lines(self._steps))

    def _finish(self, result: Result) -> None:
        self._rest()
        self._result = result
        self._tell(*result_facts(result))
        self.query_one("#connection-result", VerticalScroll).scroll_home(animate=False)

    def _fail(self, error: TlscaError) -> None:
        stopped = self._cancelled is not None and self._cancelled.is_set()
        self._rest()
        told = Content.styled("Stopped.", "$text-warning") if stopped else sentence(error)
        self._tell(told)

    def _rest(self) -> None:
        self._cancelled = None
        self.query_one("#connect", Button).label = "Test"

    def form(self) -> ProbeForm:
        """Return what is typed now."""
        trust = str(self.query_one("#trust", Select).value)
        return ProbeForm(
            target=self.query_one("#target", Input).value.strip(),
            server_name=self.query_one("#server-name", Input).value.strip() or None,
            trust=tuple(trust.split()),
            client_cert=str(self.query_one("#client", Select).value) or None,
        )

    def offer_client_certificates(self) -> None:
        """Look up which client certificates there are now, in a thread, and offer them."""
        work(self, lambda: client_certificates(self._desk), self._offer, group="offer", exclusive=True)

    def _offer(self, entries: tuple[Entry, ...]) -> None:
        select = self.query_one("#client", Select)
        chosen = select.value
        found = [
            (Content(printable(f"{entry.title} ({entry.ref})")), entry.record.sha256) for entry in entries
        ]
        select.set_options([("none", _NOT_NEEDED), *found])
        if chosen in {value for _, value in found}:
            select.value = chosen

    def _draw_hint(self) -> None:
        hint = "Type a host and press Enter: one real TLS handshake, and everything that is wrong with it."
        self._tell(Content.styled(hint, "$foreground-muted"))

    def _tell(self, *facts: Row | Content) -> None:
        self.query_one("#result", Facts).show(facts)


def _same(one: Entry | None, other: Entry | None) -> bool:
    return (one.record.id if one else None) == (other.record.id if other else None)


def _address_of(selected: Entry) -> str:
    """Return where a certificate is most likely served: its first name that can be dialled, at port 443."""
    for name in selected.record.names:
        if "@" in name or "/" in name or "=" in name or name.startswith("*"):
            continue
        return f"[{name}]:{_DEFAULT_PORT}" if ":" in name else f"{name}:{_DEFAULT_PORT}"
    return ""
