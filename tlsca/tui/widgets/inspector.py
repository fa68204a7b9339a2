"""The inspector: one object, seen as summary, as OpenSSL's text, in its chain, as PEM; a certificate of the store also live."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TabbedContent, TabPane, Tabs

from tlsca.authority.desk import Desk
from tlsca.authority.inspecting import Inspection, inspect_octets
from tlsca.authority.listing import Entry
from tlsca.authority.saving import Shown
from tlsca.errors import TlscaError
from tlsca.pki.certificate import Certificate
from tlsca.text import printable, state
from tlsca.tui.bindings import bindings
from tlsca.tui.copying import Piece, led_by, pieces_of
from tlsca.tui.finding import Searchable
from tlsca.tui.moving_acts import VIEW_ACTS
from tlsca.tui.widgets.chain_view import ChainView
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.find_bar import FindBar
from tlsca.tui.widgets.seen import (
    LARGE,
    Copied,
    Seen,
    lay_out,
    look_at,
    look_into,
    text_shown,
    whole,
)
from tlsca.tui.widgets.structure import StructureView
from tlsca.tui.widgets.structure_find import TreeFinder
from tlsca.tui.widgets.structure_tree import StructureTree
from tlsca.tui.widgets.text_page import Page, TextPage, page
from tlsca.tui.widgets.views import Views
from tlsca.tui.work import sentence, work

_PAGES = "ChainView, TextPage, StructureTree, VerticalScroll"
"""What takes the focus in a view."""


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

    BINDINGS: ClassVar[list[BindingType]] = bindings(VIEW_ACTS)

    def __init__(self, desk: Desk, *, live: bool = True, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        """`live` adds the view that tests a connection, which is for certificates of the store."""
        super().__init__(id=id)
        self._desk = desk
        self._live = live
        self._seen: Seen | None = None
        self.is_looking = False
        """Whether what is shown is not yet what was asked for last."""
        self._laying_out: Seen | None = None
        self._tree: TreeFinder | None = None

    def compose(self) -> ComposeResult:
        """Lay out the views."""
        with Views(initial="summary"):
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
                with VerticalScroll(classes="page", can_focus=False):
                    yield ChainView(id="chain-page")
            with TabPane("PEM", id="pem"):
                yield Static(classes="absent")
                yield TextPage(id="pem-page")
            if self._live:
                with TabPane("Test connection", id="connection"):
                    yield ConnectionPanel(self._desk)
        yield FindBar()

    def on_mount(self) -> None:
        """Know where to search the tree."""
        self._tree = TreeFinder(self.query_one(StructureTree))

    def show(self, selected: "Entry | None") -> None:
        """Show this certificate of the store, or nothing."""
        for panel in self.query(ConnectionPanel):
            panel.aim_at(selected)
        if selected is None:
            self._seen, self.is_looking = None, False
            self._clear()
        else:
            self._look(lambda: look_at(self._desk, selected))

    def show_inspection(self, inspection: Inspection, beside: Iterable[Inspection] = ()) -> None:
        """Show any object, wherever it came from; `beside` is what came with it."""
        if len(inspection.der) > LARGE:
            self._draw_meanwhile(inspection)
        self._look(lambda: look_into(self._desk, inspection, beside))

    def _look(self, look: Callable[[], Seen]) -> None:
        self.is_looking = True
        work(self, look, self._draw, failed=self._draw_failure, group="look", exclusive=True)

    def open_tab(self, name: str) -> None:
        """Bring a view of the object to the front and give it the focus."""
        self.query_one(TabbedContent).active = name
        self.focus_page()

    async def open_connection(self) -> ConnectionPanel:
        """Bring the test of a connection to the front, with the cursor where the address is typed."""
        self.query_one(TabbedContent).active = "connection"
        panel = self.query_one(ConnectionPanel)
        await panel.lay_out()
        panel.focus_target()
        return panel

    @on(TabbedContent.TabActivated, pane="#connection")
    async def _prepare_connection(self) -> None:
        panel = self.query_one(ConnectionPanel)
        await panel.lay_out()
        panel.offer_client_certificates()

    def focus_page(self) -> None:
        """Give the focus to what can be scrolled in the view that is in front, or to the tabs where there is nothing."""
        pane = self.query_one(TabbedContent).active_pane
        able = pane.query(_PAGES).results() if pane is not None else ()
        pages = [one for one in able if one.focusable]
        (pages[0] if pages else self.query_one(Tabs)).focus()

    def action_turn(self, by: int) -> None:
        """Go to the next or the previous view."""
        tabs = self.query_one(TabbedContent)
        views = [str(pane.id) for pane in tabs.query(TabPane)]
        wanted = views[(views.index(tabs.active) + by) % len(views)]
        # What had the focus is hidden at once, and the next key would be for the screen.
        self.screen.set_focus(self.query_one(Tabs))
        tabs.active = wanted
        if wanted != "connection":  # there a field would eat the key that goes on to the next view
            self.call_after_refresh(self._focus_turned)

    def _focus_turned(self) -> None:
        if self.query_one(Tabs).has_focus:
            self.focus_page()

    def pieces(self) -> Callable[[], tuple[Piece, ...]]:
        """Return what finds, in a thread, what can be copied: first what is selected or shown, then the parts of the object."""
        front, seen = self.copied(), self._seen
        first = _front(front, self.query_one(TabbedContent).active) if front is not None else None

        def pieces() -> tuple[Piece, ...]:
            parts = pieces_of(seen.inspection, lambda: self._chain(seen)) if seen is not None else ()
            return led_by(first, parts) if first is not None else parts

        return pieces

    def _chain(self, seen: Seen) -> Sequence[Certificate]:
        chain = whole(self._desk, seen, "chain").chain
        return [link.certificate for link in chain.links] if chain is not None else []

    def copied(self) -> Copied | Callable[[], Copied] | None:
        """Return what the view in front would copy; of a large object what makes that, in a thread; None where there is nothing.

        Of a text it is the part that is selected, if any is.
        """
        active, seen = self.query_one(TabbedContent).active, self._seen
        selected = self._selected(active)
        if selected is not None:
            return selected
        if active == "connection" or seen is None or active in seen.absent:
            return None
        if active == "chain":
            return "chain", self.query_one(ChainView).text()
        return (lambda: seen.copied(active)) if seen.is_large else seen.copied(active)

    def _selected(self, active: str) -> Copied | None:
        """Return what somebody chose in the view in front."""
        if active == "connection":
            return self.query_one(ConnectionPanel).copied()
        front = self.query_one(StructureView) if active == "structure" else self._page_in_front()
        return front.copied() if front is not None else None

    def shown(self) -> Callable[[], Shown] | None:
        """Return what gets ready, in a thread, what the view in front would save; None where there is nothing."""
        active, seen = self.query_one(TabbedContent).active, self._seen
        if active == "connection":
            copied = self.query_one(ConnectionPanel).copied()
            return (lambda: text_shown(copied[0], "connection", copied[1])) if copied else None
        if seen is None or active in seen.absent:
            return None
        stem = f"{seen.stem}-{active}"
        if active == "structure":
            tree = self.query_one(StructureView).text
            return lambda: text_shown(active, stem, tree())
        if active == "chain":
            chain = self.query_one(ChainView).text()
            return lambda: text_shown(active, stem, chain)
        return lambda: whole(self._desk, seen, active).shown(active)

    def find(self) -> None:
        """Ask for letters to find in the view in front; in the text, where that view is none to search."""
        front = self._searched()
        if front is None:
            self.query_one(TabbedContent).active = "text"
            front = self.query_one("#text-page", TextPage)
        self.query_one(FindBar).open(front)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of a search to others where nothing can be searched, or nothing is."""
        if action == "explain":
            return bool(self._codes())
        if action == "find":
            return self._searched() is not None
        if action == "find_next":
            return self.query_one(FindBar).is_open
        return super().check_action(action, parameters)

    def action_explain(self) -> None:
        """Say what the problems mean that the view in front tells of."""
        from tlsca.tui.dialogs.explain import ExplainDialog  # noqa: PLC0415 -- a dialog is loaded when it is first needed

        self.app.push_screen(ExplainDialog(self._codes()))

    def _codes(self) -> tuple[str, ...]:
        """Return the codes of the problems that the view in front tells of, each once, in its order."""
        active = self.query_one(TabbedContent).active
        if active == "connection":
            result = self.query_one(ConnectionPanel).result
            found = [problem.code for problem in result.problems] if result is not None else []
        elif active == "summary" and self._seen is not None:
            found = [row.code for row in self._seen.summary if row.code]
        else:
            found = []
        return tuple(dict.fromkeys(found))

    def action_find(self) -> None:
        """Ask for letters to find."""
        self.find()

    def action_find_next(self, by: int) -> None:
        """Go to the next of what was found, or the one before."""
        self.query_one(FindBar).action_go_on(by)

    @on(TabbedContent.TabActivated)
    def _find_elsewhere(self) -> None:
        bar, front = self.query_one(FindBar), self._searched()
        if bar.is_open and not bar.searches(front):
            bar.close()

    def _searched(self) -> Searchable | None:
        """Return what of the view in front can be searched."""
        if self.query_one(TabbedContent).active == "structure":
            return self._tree
        return self._page_in_front()

    @on(ChainView.Chosen)
    def _open_link(self, event: ChainView.Chosen) -> None:
        """Show a certificate of the chain; one of the store is left to the list, where there is one beside this."""
        if event.link.record is not None and self._live:
            return
        event.stop()
        source, der = ", ".join(event.link.places), event.link.certificate.der

        def look() -> Seen:
            inspection = inspect_octets(der, passphrase=None, source=source, now=self._desk.now())[0]
            return look_into(self._desk, inspection)

        self._look(look)

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
        """Draw an object; of what was drawn of it before, views that are not laid out anew are kept."""
        self.is_looking = False
        self._seen = seen.with_views_of(self._seen)
        self._draw_summary(seen)
        self._draw_views(self._seen)
        self._complete()

    def _draw_views(self, seen: Seen) -> None:
        self._draw_absent(seen.absent)
        meanwhile = Content.styled(_MEANWHILE, "$foreground-muted") if "chain" in seen.pending else None
        self.query_one(ChainView).show(seen.chain, meanwhile)
        # Who reads a text keeps the place when the list is read anew.
        self.query_one("#text-page", TextPage).show(_WAITING if "text" in seen.pending else seen.text)
        self.query_one("#pem-page", TextPage).show(_WAITING if "pem" in seen.pending else seen.pem)
        in_front = self.query_one(TabbedContent).active == "structure"
        structure, inspection = self.query_one(StructureView), seen.inspection
        if in_front or not seen.is_large:
            structure.show(inspection.der, inspection.kind)
        else:
            structure.clear_for(inspection.der, inspection.kind)

    @on(TabbedContent.TabActivated)
    def _complete(self) -> None:
        """Lay the view in front out, if that has been put off."""
        active, seen = self.query_one(TabbedContent).active, self._seen
        if seen is None:
            return
        if active == "structure":
            self.query_one(StructureView).show(seen.inspection.der, seen.inspection.kind)
        if active in seen.pending and self._laying_out is not seen:
            self._laying_out = seen
            work(
                self,
                lambda: lay_out(self._desk, seen, active),
                lambda more: self._draw_more(seen, more),
                failed=self._draw_failure,
                group="lay out",
                exclusive=True,
            )

    def _draw_more(self, seen: Seen, more: Seen) -> None:
        """Draw a view that has been laid out, unless something else is shown by now; then go on with what is in front."""
        if self._seen is seen:
            self._seen = more
            self._draw_views(more)
            self._complete()

    def _draw_meanwhile(self, inspection: Inspection) -> None:
        """Show what is known of a large object while the rest is being worked out."""
        self._seen = None
        self._clear()
        self.query_one("#summary-page", Facts).show(inspection.rows)
        self.query_one("#text-page", TextPage).show(_WAITING)

    def _draw_summary(self, seen: Seen) -> None:
        known = seen.inspection.entry
        head = [_headline(known), Content("")] if known else []
        self.query_one("#summary-page", Facts).show(seen.summary, head=head)

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
        self.is_looking = False
        self._seen = None
        self._clear()
        self.query_one("#summary-page", Facts).show((), head=[sentence(error)])


def _front(front: Copied | Callable[[], Copied], view: str) -> Piece:
    """Return what is in front as something to copy; of a large one it is not yet known what that is called."""
    if callable(front):
        return Piece("front", ("y",), view, "what is in front", lambda: front()[1])
    return Piece("front", ("y",), front[0], "what is in front, or selected of it", lambda: front[1])


_MEANWHILE = "Laying it out …"
_WAITING = page(_MEANWHILE)

_COLOURS = {"valid": "$text-success", "expiring": "$text-warning", "not-yet-valid": "$text-warning"}


def _headline(selected: Entry) -> Content:
    return Content.assemble(
        (printable(selected.title), "bold"),
        "  ",
        (state(selected.status), _COLOURS.get(selected.status, "$text-error")),
        "  ",
        ("key in the store" if selected.has_key else "no key in the store", "$foreground-muted"),
    )
