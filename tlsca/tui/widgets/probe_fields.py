"""What is typed to test a connection: four fields that most probes need, the buttons, and the rest folded away."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, Select, Static

from tlsca.authority.connecting import NOBODY, STORE, SYSTEM, ProbeForm
from tlsca.authority.listing import Entry
from tlsca.text import printable
from tlsca.tui.widgets.choices import Choice
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.probe_options import ProbeOptions
from tlsca.tui.widgets.tick import Tick

_NONE = ""
_TRUST: list[Choice] = [
    (Content("system and this store"), f"{SYSTEM} {STORE}"),
    (Content("this store only"), STORE),
    (Content("the system only"), SYSTEM),
    (Content("nobody"), NOBODY),
]
FIRST_TRUST = (SYSTEM, STORE)
"""Whose roots are trusted until somebody chooses others."""
_ROOM_FOR_TWO = 76
"""Cells from which two fields stand in a line."""


class ProbeFields(Widget):
    """The form; its buttons post what Textual's own do."""

    DEFAULT_CSS = """
    ProbeFields {
        height: auto; max-height: 62%; padding: 0 1; background: $surface; overflow-y: auto; scrollbar-size-vertical: 1;
        & #usual { layout: grid; grid-size: 1; grid-rows: 1; grid-gutter: 0 2; height: auto; }
        & Field Label { width: 12; }
        & #connection-buttons { height: 1; & Button { margin-right: 1; min-width: 8; } }
        & #demand { width: auto; background: transparent; padding: 0; }
        & ProbeOptions { display: none; }
        & #also { height: 1; color: $text-accent; text-wrap: nowrap; text-overflow: ellipsis; display: none; }
    }
    ProbeFields.-two #usual { grid-size: 2; }
    ProbeFields.-more ProbeOptions { display: block; }
    ProbeFields.-set #also { display: block; }
    ProbeFields.-more #also { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._clients: tuple[Entry, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the fields, the buttons and the fold."""
        with Container(id="usual"):
            yield Field("Host:port", _line("target", "www.example.com:443"))
            yield Field("Server name", _line("server-name", "the host's own name"))
            yield Field("Trust", Select(_TRUST, id="trust", compact=True, allow_blank=False))
            yield Field(
                "Client cert", Select([("none", _NONE)], id="client", compact=True, allow_blank=False)
            )
        with Horizontal(id="connection-buttons"):
            yield Button("Test", id="connect", variant="primary", compact=True)
            yield Button(
                "More F4",
                id="more",
                compact=True,
                tooltip="STARTTLS, versions, CRLs, files, a proxy and more",
            )
            yield Button("Listen", id="serve", compact=True, tooltip="Serve this certificate on 127.0.0.1")
            yield Tick("demand client cert", id="demand")
        yield ProbeOptions()
        yield Static(id="also")

    @property
    def options(self) -> ProbeOptions:
        """The rarer options."""
        return self.query_one(ProbeOptions)

    @property
    def demands(self) -> bool:
        """Whether a server of our own shall demand a client certificate."""
        return self.query_one("#demand", Tick).value

    @property
    def uses_store_key(self) -> bool:
        """Whether the client certificate is one of the store, whose key is sealed."""
        return self.form().client_cert in {one.record.sha256 for one in self._clients}

    def form(self) -> ProbeForm:
        """Return what is typed."""
        return self.options.typed(
            ProbeForm(
                target=self.query_one("#target", Input).value.strip(),
                server_name=self.query_one("#server-name", Input).value.strip() or None,
                trust=self.trust,
                client_cert=str(self.query_one("#client", Select).value) or None,
            )
        )

    @property
    def trust(self) -> tuple[str, ...]:
        """Whose roots are trusted."""
        return tuple(str(self.query_one("#trust", Select).value).split())

    def show(self, form: ProbeForm) -> None:
        """Fill the fields in with what a form holds."""
        self.aim(form.target, form.server_name or "")
        self.options.show(form)
        self._tell_set()

    def aim(self, target: str, server_name: str) -> None:
        """Fill in whom to dial, and by which name."""
        self.query_one("#target", Input).value = target
        self.query_one("#server-name", Input).value = server_name

    def trust_the_store(self) -> None:
        """See to it that the store's roots are trusted."""
        if STORE not in self.trust:
            wanted = f"{SYSTEM} {STORE}" if SYSTEM in self.trust else STORE
            self.query_one("#trust", Select).value = wanted

    def offer(self, clients: tuple[Entry, ...]) -> None:
        """Offer client certificates; the one that was chosen stays so if it is among them."""
        self._clients = clients
        select = self.query_one("#client", Select)
        chosen = select.value
        found = [(Content(printable(f"{one.title} ({one.ref})")), one.record.sha256) for one in clients]
        select.set_options([("none", _NONE), *found])
        if chosen in {value for _, value in found}:
            select.value = chosen

    def choose_client(self, client: Entry) -> None:
        """Choose the client certificate that is shown."""
        if client.record.sha256 not in {one.record.sha256 for one in self._clients}:
            self.offer((*self._clients, client))
        self.query_one("#client", Select).value = client.record.sha256
        self.options.forget_client_files()

    def ask_for_passphrase(self) -> None:
        """Unfold the options, with the cursor where the passphrase of a client's key is typed."""
        self.add_class("-more")
        self.options.ask_for_passphrase()

    def focus_target(self) -> None:
        """Put the cursor where the address is typed."""
        field = self.query_one("#target", Input)
        field.focus()
        field.cursor_position = len(field.value)

    def say(self, *, probing: bool) -> None:
        """Have the button say what it does now."""
        self.query_one("#connect", Button).label = "Stop" if probing else "Test"

    def say_serving(self, *, serving: bool) -> None:
        """Have the other button say what it does now."""
        self.query_one("#serve", Button).label = "Close" if serving else "Listen"

    def fold(self) -> None:
        """Show the rarer options, or put them away."""
        self.toggle_class("-more")
        if not self.has_class("-more") and self.options.has_focus_within:
            self.focus_target()

    def watch_virtual_size(self) -> None:
        """Look again how much room there is: Textual tells fields that are laid out late nothing else of their size."""
        self.call_later(self._stand_side_by_side)

    def _stand_side_by_side(self) -> None:
        """Set two fields side by side where there is room."""
        two = self.size.width >= _ROOM_FOR_TWO
        self.set_class(two, "-two")
        self.options.set_class(two, "-two")

    @on(Button.Pressed, "#more")
    def _fold(self, event: Button.Pressed) -> None:
        event.stop()
        self.fold()

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _tell_set(self) -> None:
        """Tell of options that are set, also while they are folded away."""
        told = self.options.told()
        self.set_class(bool(told), "-set")
        self.query_one("#also", Static).update(Content(f"with {told}" if told else ""))


def _line(name: str, placeholder: str) -> LineInput:
    return LineInput(id=name, compact=True, placeholder=placeholder, select_on_focus=False)
