"""The inspector: one object, seen as summary, as OpenSSL's text, in its chain, as PEM; a certificate of the store also live."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TabbedContent, TabPane, Tabs

from tlsca.authority.desk import Desk
from tlsca.authority.inspecting import Inspection, inspect_record
from tlsca.authority.listing import Entry, entry
from tlsca.errors import TlscaError
from tlsca.pki.read import Kind
from tlsca.text import printable, remaining, state
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.facts import Facts, rows_text
from tlsca.tui.widgets.lines import Lines, Page, page
from tlsca.tui.work import sentence, work

_NO_CHAIN = "Only a certificate has a chain."
_NOT_IN_THE_STORE = "This certificate is not in the store, which knows the chains of its own."
_NO_PEM = "A private key is not shown. Its public half is in the summary."


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that the inspector draws of one object, worked out away from the screen."""

    inspection: Inspection
    chain: tuple[Entry, ...]
    """The certificate and those above it, as the store knows them; empty for what is not in the store."""
    text: Page
    pem: Page
    absent: Mapping[str, str]
    """Views that this object does not have, each with a sentence why."""


def look_at(desk: Desk, selected: Entry) -> Seen:
    """Read a certificate of the store and lay its text out. Raises StoreDamaged."""
    inspection = inspect_record(desk, selected.record)
    return look_into(inspection, tuple(entry(desk, record) for record in desk.chain(selected.record)))


def look_into(inspection: Inspection, chain: tuple[Entry, ...] = ()) -> Seen:
    """Lay the views of any object out; call it in a thread, for an object may be large."""
    absent: dict[str, str] = {}
    if not chain:
        absent["chain"] = _NOT_IN_THE_STORE if inspection.kind is Kind.CERTIFICATE else _NO_CHAIN
    try:
        text = page(inspection.safe_text())
    except TlscaError as error:
        text, absent["text"] = Page(), f"{error.sentence} {error.hint}".strip()
    if not inspection.pem:
        absent["pem"] = _NO_PEM
    return Seen(inspection, chain, text, page(inspection.pem.decode("ascii")), absent)


class Inspector(Widget):
    """The views of one object: the certificate under the cursor, or what was opened."""

    HELP = "Left and right change the view while the tabs have the focus; t goes to the connection."

    DEFAULT_CSS = """
    Inspector {
        background: $surface;
        & TabbedContent { height: 1fr; }
        & Tabs { background: $panel; }
        & Tab.-absent { text-style: dim; }
        & TabPane { padding: 0; }
        & .page { padding: 1 1 0 1; height: 1fr; }
        & .absent { display: none; padding: 1 1 0 1; color: $text-muted; }
        & Lines { padding: 0 1; height: 1fr; }
        & TabPane.-absent .absent { display: block; }
        & TabPane.-absent Lines, & TabPane.-absent .page { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("full_stop,greater_than_sign", "turn(1)", "Next view", show=False),
        Binding("comma,less_than_sign", "turn(-1)", "Previous view", show=False),
    ]

    def __init__(self, desk: Desk, *, live: bool = True, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        """`live` adds the view that tests a connection, which is for certificates of the store."""
        super().__init__(id=id)
        self._desk = desk
        self._live = live
        self._seen: Seen | None = None

    def compose(self) -> ComposeResult:
        """Lay out the views."""
        with TabbedContent(initial="summary"):
            with TabPane("Summary", id="summary"), VerticalScroll(classes="page"):
                yield Facts(id="summary-page")
            with TabPane("Text", id="text"):
                yield Static(classes="absent")
                yield Lines(id="text-page")
            with TabPane("Chain", id="chain"):
                yield Static(classes="absent")
                with VerticalScroll(classes="page"):
                    yield Static(id="chain-page")
            with TabPane("PEM", id="pem"):
                yield Static(classes="absent")
                yield Lines(id="pem-page")
            if self._live:
                with TabPane("Test connection", id="connection"):
                    yield ConnectionPanel(self._desk)

    def show(self, selected: "Entry | None") -> None:
        """Show this certificate of the store, or nothing."""
        for panel in self.query(ConnectionPanel):
            panel.aim_at(selected)
        if selected is None:
            self._seen = None
            self._clear()
        else:
            self._look(lambda: look_at(self._desk, selected))

    def show_inspection(self, inspection: Inspection) -> None:
        """Show any object, wherever it came from."""
        self._look(lambda: look_into(inspection))

    def _look(self, look: Callable[[], Seen]) -> None:
        work(self, look, self._draw, failed=self._draw_failure, group="look", exclusive=True)

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
        """Give the focus to what can be scrolled in the view that is in front, or to the tabs where there is nothing."""
        pane = self.query_one(TabbedContent).active_pane
        pages = [] if pane is None else [one for one in pane.query("VerticalScroll, Lines") if one.focusable]
        (pages[0] if pages else self.query_one(Tabs)).focus()

    def action_turn(self, by: int) -> None:
        """Go to the next or the previous view."""
        tabs = self.query_one(TabbedContent)
        views = [str(pane.id) for pane in tabs.query(TabPane)]
        wanted = views[(views.index(tabs.active) + by) % len(views)]
        tabs.active = wanted
        if wanted == "connection":
            self.query_one(Tabs).focus()  # a field would eat the key that goes on to the next view
        else:
            self.call_after_refresh(self.focus_page)

    def copied(self) -> tuple[str, str] | None:
        """Return what the view in front would copy: what it is called, and its text; None where there is nothing."""
        active = self.query_one(TabbedContent).active
        if active == "connection":
            return self.query_one(ConnectionPanel).copied()
        if self._seen is None or active in self._seen.absent:
            return None
        if active == "text":
            return "text", self._seen.inspection.text().decode("utf-8", "backslashreplace")
        pem = self._seen.inspection.pem.decode("ascii")
        return ("PEM", pem) if pem else ("summary", rows_text(self._seen.inspection.rows))

    def _clear(self) -> None:
        self.query_one("#summary-page", Facts).show(
            (), head=[Content.styled("Nothing is selected.", "$foreground-muted")]
        )
        self.query_one("#chain-page", Static).update("")
        self.query_one("#text-page", Lines).show(Page())
        self.query_one("#pem-page", Lines).show(Page())

    def _draw(self, seen: Seen) -> None:
        drawn, self._seen = self._seen, seen
        self._draw_summary(seen)
        self._draw_absent(seen.absent)
        self.query_one("#chain-page", Static).update(_chain(seen.chain) if seen.chain else "")
        if drawn is None or (drawn.text, drawn.pem) != (seen.text, seen.pem):
            self._draw_lines(seen)  # who reads it keeps the place when the list is read anew

    def _draw_summary(self, seen: Seen) -> None:
        head = [_headline(seen.chain[0]), Content("")] if seen.chain else []
        self.query_one("#summary-page", Facts).show(seen.inspection.rows, head=head)

    def _draw_lines(self, seen: Seen) -> None:
        self.query_one("#text-page", Lines).show(seen.text)
        self.query_one("#pem-page", Lines).show(seen.pem)

    def _draw_absent(self, absent: Mapping[str, str]) -> None:
        """Dim the tabs of views that there are not; who goes there is told why."""
        tabs = self.query_one(TabbedContent)
        for pane in tabs.query(TabPane):
            why = absent.get(str(pane.id), "")
            pane.set_class(bool(why), "-absent")
            tab = tabs.get_tab(pane)
            tab.set_class(bool(why), "-absent")
            tab.tooltip = Content(why) if why else None
            for told in pane.query(".absent").results(Static):
                told.update(Content(why))

    def _draw_failure(self, error: TlscaError) -> None:
        self._seen = None
        self._clear()
        self.query_one("#summary-page", Facts).show((), head=[sentence(error)])


_COLOURS = {"valid": "$text-success", "expiring": "$text-warning", "not-yet-valid": "$text-warning"}


def _headline(selected: Entry) -> Content:
    return Content.assemble(
        (printable(selected.title), "bold"),
        "  ",
        (state(selected.status), _COLOURS.get(selected.status, "$text-error")),
        ("  key in the store" if selected.has_key else "  no key in the store", "$foreground-muted"),
    )


def _chain(chain: tuple[Entry, ...]) -> Content:
    """Draw the chain root first, each certificate below the one that signed it."""
    lines: list[Content] = []
    for depth, link in enumerate(reversed(chain)):
        colour = _COLOURS.get(link.status, "$text-error")
        ends = remaining(link.record.not_after, link.record.not_after - link.remaining)
        stem = "   " * (depth - 1) + "╰─ " if depth else ""
        lines += [
            Content.assemble(
                (stem, "$foreground-muted"),
                (
                    printable(link.record.subject or link.title),
                    "bold" if depth == len(chain) - 1 else "",
                ),
            ),
            Content.assemble(
                " " * len(stem),
                (state(link.status), colour),
                (f"  ends {ends}  {link.record.key}  {link.ref}", "$foreground-muted"),
            ),
        ]
    last = chain[-1].record
    if last.issuer_id is None:
        lines.insert(
            0, Content.styled(f"The issuer, {printable(last.issuer)}, is not in the store.", "$text-warning")
        )
    return Content("\n").join(lines)
