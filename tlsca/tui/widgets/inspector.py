"""The inspector: one certificate, seen as summary, as OpenSSL's text, in its chain, as PEM, and live."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Log, Static, TabbedContent, TabPane, Tabs

from tlsca.authority.desk import Desk
from tlsca.authority.inspecting import Inspection, inspect_record
from tlsca.authority.listing import Entry, entry
from tlsca.errors import TlscaError
from tlsca.text import printable, remaining, state
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.work import sentence, work

_TABS = ("summary", "text", "chain", "pem", "connection")


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that the inspector draws of one certificate, worked out away from the screen."""

    inspection: Inspection
    chain: tuple[Entry, ...]
    text: str


def look_at(desk: Desk, selected: Entry) -> Seen:
    """Read a certificate of the store and lay its text out. Raises StoreDamaged, Unreadable."""
    inspection = inspect_record(desk, selected.record)
    chain = tuple(entry(desk, record) for record in desk.chain(selected.record))
    return Seen(inspection, chain, inspection.safe_text())


class Inspector(Widget):
    """Five views of the certificate under the cursor."""

    HELP = "Left and right change the view while the tabs have the focus; t goes to the connection."

    DEFAULT_CSS = """
    Inspector {
        background: $surface;
        & TabbedContent { height: 1fr; }
        & Tabs { background: $panel; }
        & TabPane { padding: 0; }
        & .page { padding: 1 1 0 1; height: 1fr; }
        & Log { padding: 0 1; height: 1fr; background: $surface; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("full_stop,greater_than_sign", "turn(1)", "Next view", show=False),
        Binding("comma,less_than_sign", "turn(-1)", "Previous view", show=False),
    ]

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._desk = desk
        self._seen: Seen | None = None

    def compose(self) -> ComposeResult:
        """Lay out the five views."""
        with TabbedContent(initial="summary"):
            with TabPane("Summary", id="summary"), VerticalScroll(classes="page"):
                yield Facts(id="summary-page")
            with TabPane("Text", id="text"):
                yield Log(id="text-page", auto_scroll=False)
            with TabPane("Chain", id="chain"), VerticalScroll(classes="page"):
                yield Static(id="chain-page")
            with TabPane("PEM", id="pem"):
                yield Log(id="pem-page", auto_scroll=False)
            with TabPane("Test connection", id="connection"):
                yield ConnectionPanel(self._desk)

    def show(self, selected: "Entry | None") -> None:
        """Show this certificate, or nothing."""
        self.query_one(ConnectionPanel).aim_at(selected)
        if selected is None:
            self._seen = None
            self._clear()
            return
        work(
            self,
            lambda: look_at(self._desk, selected),
            self._draw,
            failed=self._draw_failure,
            group="look",
            exclusive=True,
        )

    def open_tab(self, name: str) -> None:
        """Bring one view to the front and give it the focus."""
        self.query_one(TabbedContent).active = name
        if name == "connection":
            self.query_one(ConnectionPanel).focus_target()
        else:
            self.focus_page()

    @on(TabbedContent.TabActivated, pane="#connection")
    def _prepare_connection(self) -> None:
        self.query_one(ConnectionPanel).offer_client_certificates()

    def focus_page(self) -> None:
        """Give the focus to what can be scrolled in the view that is in front."""
        pane = self.query_one(TabbedContent).active_pane
        if pane is not None:
            pane.query("VerticalScroll, Log").first().focus()

    def action_turn(self, by: int) -> None:
        """Go to the next or the previous view."""
        tabs = self.query_one(TabbedContent)
        wanted = _TABS[(_TABS.index(tabs.active) + by) % len(_TABS)]
        tabs.active = wanted
        if wanted == "connection":
            self.query_one(Tabs).focus()  # a field would eat the key that goes on to the next view
        else:
            self.call_after_refresh(self.focus_page)

    def copied(self) -> tuple[str, str] | None:
        """Return what the view in front would copy: what it is called, and its text."""
        if self._seen is None:
            return None
        active = self.query_one(TabbedContent).active
        if active == "text":
            return "text", self._seen.inspection.text().decode("utf-8", "backslashreplace")
        if active == "connection":
            return self.query_one(ConnectionPanel).copied()
        return "PEM", self._seen.inspection.pem.decode("ascii")

    def _clear(self) -> None:
        self.query_one(Facts).show((), head=[Content.styled("Nothing is selected.", "$foreground-muted")])
        self.query_one("#chain-page", Static).update("")
        self.query_one("#text-page", Log).clear()
        self.query_one("#pem-page", Log).clear()

    def _draw(self, seen: Seen) -> None:
        drawn, self._seen = self._seen, seen
        self.query_one(Facts).show(seen.inspection.rows, head=[_headline(seen.chain[0]), Content("")])
        self.query_one("#chain-page", Static).update(_chain(seen))
        if (
            drawn is None or drawn.text != seen.text
        ):  # who reads it keeps the place when the list is read anew
            self.query_one("#text-page", Log).clear().write(seen.text)
            self.query_one("#pem-page", Log).clear().write(seen.inspection.pem.decode("ascii"))

    def _draw_failure(self, error: TlscaError) -> None:
        self._seen = None
        self._clear()
        self.query_one(Facts).show((), head=[sentence(error)])


_COLOURS = {"valid": "$text-success", "expiring": "$text-warning", "not-yet-valid": "$text-warning"}


def _headline(selected: Entry) -> Content:
    return Content.assemble(
        (printable(selected.title), "bold"),
        "  ",
        (state(selected.status), _COLOURS.get(selected.status, "$text-error")),
        ("  key in the store" if selected.has_key else "  no key in the store", "$foreground-muted"),
    )


def _chain(seen: Seen) -> Content:
    """Draw the chain root first, each certificate below the one that signed it."""
    lines: list[Content] = []
    for depth, link in enumerate(reversed(seen.chain)):
        colour = _COLOURS.get(link.status, "$text-error")
        ends = remaining(link.record.not_after, link.record.not_after - link.remaining)
        stem = "   " * (depth - 1) + "╰─ " if depth else ""
        lines += [
            Content.assemble(
                (stem, "$foreground-muted"),
                (
                    printable(link.record.subject or link.title),
                    "bold" if depth == len(seen.chain) - 1 else "",
                ),
            ),
            Content.assemble(
                " " * len(stem),
                (state(link.status), colour),
                (f"  ends {ends}  {link.record.key}  {link.ref}", "$foreground-muted"),
            ),
        ]
    last = seen.chain[-1].record
    if last.issuer_id is None:
        lines.insert(
            0, Content.styled(f"The issuer, {printable(last.issuer)}, is not in the store.", "$text-warning")
        )
    return Content("\n").join(lines)
