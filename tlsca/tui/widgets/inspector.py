"""The inspector: one object, seen as summary, as OpenSSL's text, in its chain, as PEM; a certificate of the store also live."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TabbedContent, TabPane, Tabs

from tlsca.authority.chaining import Chain, chain_of
from tlsca.authority.desk import Desk
from tlsca.authority.files import file_stem
from tlsca.authority.inspecting import Inspection, inspect_octets, inspect_record
from tlsca.authority.listing import Entry
from tlsca.authority.saving import DER, PEM, TEXT, Shown
from tlsca.errors import TlscaError
from tlsca.pki.read import Kind
from tlsca.text import printable, state
from tlsca.tui.widgets.chain_view import ChainView
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.facts import Facts, rows_text
from tlsca.tui.widgets.find_bar import FindBar
from tlsca.tui.widgets.structure import StructureView
from tlsca.tui.widgets.text_page import Page, TextPage, page
from tlsca.tui.work import sentence, work

_NO_CHAIN = "Only a certificate has a chain."
_NO_STRUCTURE = "There are no bytes to take apart: a private key is not shown."
_NO_PEM = "A private key is not shown. Its public half is in the summary."


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that the inspector draws of one object, worked out away from the screen."""

    inspection: Inspection
    chain: Chain | None
    """The certificate and those above it; None for what is no certificate."""
    text: Page
    pem: Page
    absent: Mapping[str, str]
    """Views that this object does not have, each with a sentence why."""

    @property
    def title(self) -> str:
        """What a person calls it: foreign text."""
        known = self.inspection.entry
        if known is not None:
            return known.title
        rows = {row.title: row.value for row in self.inspection.rows}
        return rows.get("Subject") or rows.get("Issuer") or self.inspection.kind.value

    def forms(self, view: str) -> dict[str, bytes]:
        """Return the forms in which a view can be saved, the summary as its rows."""
        forms = {TEXT: (rows_text(self.inspection.rows) if view == "summary" else self.text.text).encode()}
        return forms | ({PEM: self.inspection.pem, DER: self.inspection.der} if self.inspection.der else {})


def look_at(desk: Desk, selected: Entry) -> Seen:
    """Read a certificate of the store and lay its text out. Raises StoreDamaged."""
    return look_into(desk, inspect_record(desk, selected.record))


def look_into(desk: Desk, inspection: Inspection, beside: Iterable[Inspection] = ()) -> Seen:
    """Lay the views of any object out; call it in a thread, for an object may be large. Raises StoreDamaged.

    `beside` is what came with it, in which the issuers of a certificate may be.
    """
    absent: dict[str, str] = {}
    chain = None
    if inspection.kind is Kind.CERTIFICATE:
        others = [one.der for one in beside if one.kind is Kind.CERTIFICATE]
        source = inspection.source
        chain = chain_of(desk, inspection.der, beside=others, source=source, place=source)
    else:
        absent["chain"] = _NO_CHAIN
    try:
        text = page(inspection.safe_text())
    except TlscaError as error:
        text, absent["text"] = Page(), f"{error.sentence} {error.hint}".strip()
    if not inspection.pem:
        absent["pem"] = _NO_PEM
    if not inspection.der:
        absent["structure"] = _NO_STRUCTURE
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
        & TextPage { height: 1fr; }
        & TabPane.-absent .absent { display: block; }
        & TabPane.-absent TextPage, & TabPane.-absent StructureView, & TabPane.-absent .page { display: none; }
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
                yield TextPage(id="text-page")
            with TabPane("Structure", id="structure"):
                yield Static(classes="absent")
                yield StructureView()
            with TabPane("Chain", id="chain"):
                yield Static(classes="absent")
                with VerticalScroll(classes="page"):
                    yield ChainView(id="chain-page")
            with TabPane("PEM", id="pem"):
                yield Static(classes="absent")
                yield TextPage(id="pem-page")
            if self._live:
                with TabPane("Test connection", id="connection"):
                    yield ConnectionPanel(self._desk)
        yield FindBar()

    def show(self, selected: "Entry | None") -> None:
        """Show this certificate of the store, or nothing."""
        for panel in self.query(ConnectionPanel):
            panel.aim_at(selected)
        if selected is None:
            self._seen = None
            self._clear()
        else:
            self._look(lambda: look_at(self._desk, selected))

    def show_inspection(self, inspection: Inspection, beside: Iterable[Inspection] = ()) -> None:
        """Show any object, wherever it came from; `beside` is what came with it."""
        self._look(lambda: look_into(self._desk, inspection, beside))

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
        pages = (
            []
            if pane is None
            else [
                one
                for one in pane.query("ChainView, TextPage, StructureTree, VerticalScroll")
                if one.focusable
            ]
        )
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
        """Return what the view in front would copy: what it is called, and its text; None where there is nothing.

        Of a text that is the part that is selected, if any is.
        """
        active = self.query_one(TabbedContent).active
        if active == "connection":
            return self.query_one(ConnectionPanel).copied()
        if self._seen is None or active in self._seen.absent:
            return None
        front = self.query_one(StructureView) if active == "structure" else self._page_in_front()
        selected = front.copied() if front is not None else None
        if selected is not None:
            return selected
        if active == "text":
            return "text", self._seen.inspection.text().decode("utf-8", "backslashreplace")
        if active == "chain":
            return "chain", self.query_one(ChainView).text()
        pem = self._seen.inspection.pem.decode("ascii")
        return ("PEM", pem) if pem else ("summary", rows_text(self._seen.inspection.rows))

    def shown(self) -> Shown | None:
        """Return what the view in front would save, in every form that it has; None where there is nothing."""
        active = self.query_one(TabbedContent).active
        if active == "connection":
            copied = self.query_one(ConnectionPanel).copied()
            return copied and Shown(
                what=copied[0], stem="connection", form=TEXT, forms={TEXT: copied[1].encode()}
            )
        seen = self._seen
        if seen is None or active in seen.absent:
            return None
        stem = file_stem(seen.title)
        if active == "structure":
            text = self.query_one(StructureView).text()
            return Shown(what="structure", stem=f"{stem}-structure", form=TEXT, forms={TEXT: text.encode()})
        if active == "chain":
            text = self.query_one(ChainView).text()
            return Shown(what="chain", stem=f"{stem}-chain", form=TEXT, forms={TEXT: text.encode()})
        return Shown(
            what=active if active != "pem" else "PEM",
            stem=stem,
            form=PEM if active == "pem" else TEXT,
            forms=seen.forms(active),
        )

    def paged(self) -> str | None:
        """Return the text that the view in front shows, safe for a terminal; None where there is nothing."""
        shown = self.shown()
        return shown.forms[shown.form].decode() if shown else None

    def find(self) -> None:
        """Ask for letters to find in the view in front; in the text, where that view is none to search."""
        front = self._page_in_front()
        if front is None:
            self.query_one(TabbedContent).active = "text"
            front = self.query_one("#text-page", TextPage)
        self.query_one(FindBar).open(front)

    @on(TextPage.FindAsked)
    def _find_asked(self) -> None:
        self.find()

    @on(TabbedContent.TabActivated)
    def _find_elsewhere(self) -> None:
        bar, front = self.query_one(FindBar), self._page_in_front()
        if bar.is_open and not bar.searches(front):
            bar.close()

    @on(ChainView.Chosen)
    def _open_link(self, event: ChainView.Chosen) -> None:
        """Show a certificate of the chain; one of the store is left to the list, where there is one beside this."""
        if event.link.record is not None and self._live:
            return
        event.stop()
        (inspection,) = inspect_octets(
            event.link.certificate.der,
            passphrase=None,
            source=" ".join(event.link.places),
            now=self._desk.now(),
        )
        self.show_inspection(inspection)

    def _page_in_front(self) -> TextPage | None:
        pane = self.query_one(TabbedContent).active_pane
        pages = pane.query(TextPage).results() if pane is not None else ()
        return next((one for one in pages if one.display), None)

    def _clear(self) -> None:
        self.query_one("#summary-page", Facts).show(
            (), head=[Content.styled("Nothing is selected.", "$foreground-muted")]
        )
        self.query_one(ChainView).show(None)
        self.query_one(StructureView).clear()
        self.query_one("#text-page", TextPage).show(Page())
        self.query_one("#pem-page", TextPage).show(Page())

    def _draw(self, seen: Seen) -> None:
        self._seen = seen
        self._draw_summary(seen)
        self._draw_absent(seen.absent)
        self.query_one(ChainView).show(seen.chain)
        # Who reads a text keeps the place when the list is read anew.
        self.query_one("#text-page", TextPage).show(seen.text)
        self.query_one("#pem-page", TextPage).show(seen.pem)
        self.query_one(StructureView).show(seen.inspection.der, seen.inspection.kind)

    def _draw_summary(self, seen: Seen) -> None:
        known = seen.inspection.entry
        head = [_headline(known), Content("")] if known else []
        self.query_one("#summary-page", Facts).show(seen.inspection.rows, head=head)

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
