"""Everything that a probe found out, in views that a key each turns to; and what happens while it is under way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tlsca.probe.transcript import Event
from tlsca.text import printable
from tlsca.tui.widgets.accepted import accepts_lines, asking_lines, unasked_lines
from tlsca.tui.widgets.dates import ago
from tlsca.tui.widgets.ladder import events_of, ladder_lines
from tlsca.tui.widgets.proof import MOST_REPAIRS, Proof
from tlsca.tui.widgets.result_page import ResultPage
from tlsca.tui.widgets.served_chain import chain_lines
from tlsca.tui.widgets.setting import BLANK, QUIET, paragraph
from tlsca.tui.widgets.text_page import Page, TextPage, page
from tlsca.tui.widgets.verdict import tested, verdict_lines
from tlsca.tui.widgets.view_bar import VIEWS, ViewBar

_TEXTS = frozenset({"json", "commands"})
_AGES = 10.0
"""Seconds between looks at how long ago it was."""
_ROOM_BESIDE = 76
"""Cells from which the two chains stand side by side, where the terminal is wider than the smallest."""
_SMALL_TERMINAL = 100

OVER = "The pre-flight is over, and its port closed. Serve the certificate with L, to ask it more."


class ResultViews(Widget):
    """One result, or the probe that is under way, or a sentence where there is neither."""

    DEFAULT_CSS = """
    ResultViews {
        height: 1fr;
        & TextPage { background: $background; display: none; }
        &.-text TextPage { display: block; }
        &.-text ResultPage { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "turn(1)", "Next view", show=False),
        Binding("left_square_bracket", "turn(-1)", "Previous view", show=False),
        Binding("enter", "go", "Again", show=False),
        Binding("M", "deepen", "Ask as a modern client", show=False),
        *(Binding(view.key, f"view('{view.id}')", view.title, show=False) for view in VIEWS),
        *(
            Binding(str(digit), f"repair({digit})", "Repair", show=False)
            for digit in range(1, MOST_REPAIRS + 1)
        ),
    ]

    @dataclass
    class RepairWanted(Message):
        """Somebody wants a repair of the result that is shown."""

        number: int
        """From 1, as it stands in the verdict."""

    class AgainWanted(Message):
        """Somebody wants the same probe again."""

    class MoreWanted(Message):
        """Somebody wants to know what else the host accepts."""

    class DeeperWanted(Message):
        """Somebody wants to know what a modern client learns."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._told: Sequence[Content] = ()
        self._proof: Proof | None = None
        self._events: list[Event] | None = None
        self._asking: tuple[str, int] | None = None
        self._about = ""
        self._age = ""

    def compose(self) -> ComposeResult:
        """Lay out the bar above the view in front."""
        yield ViewBar()
        yield ResultPage(id="connection-result")
        yield TextPage(id="result-text")

    def on_mount(self) -> None:
        """Say from time to time how old the result has become."""
        self.set_interval(_AGES, self._grow_old)

    # What is shown

    @property
    def proof(self) -> Proof | None:
        """What is shown of a probe that is over."""
        return self._proof

    @property
    def view(self) -> str:
        """The view in front."""
        return self.query_one(ViewBar).view

    def tell(self, *told: Content) -> None:
        """Show these words in the place of a result."""
        self._told, self._proof, self._events, self._asking = told, None, None, None
        self._draw()

    def begin(self, about: str) -> None:
        """Show a probe that has begun; one about somebody else begins with the verdict."""
        self._proof, self._events, self._asking = None, [], None
        view = self.view if about == self._about else VIEWS[0].id
        self._about = about
        self._turn_to(view)

    def step(self, event: Event) -> None:
        """Add a step to the ladder of the probe under way."""
        if self._events is not None:
            self._events.append(event)
            self._draw(follow=True)

    def show(self, proof: Proof, view: str | None = None) -> None:
        """Show what came of a probe, in the view that is in front or another one."""
        self._proof, self._events = proof, None
        self._turn_to(view or self.view)
        self.screen.refresh_bindings()  # now there may be problems to explain

    def ask(self, what: str | None, handshakes: int = 0) -> None:
        """Show how far the asking for what a host accepts is; None for what it is no longer asked."""
        self._asking = (what, handshakes) if what is not None else None
        if self.view == "accepts":
            self._draw()

    def copied(self) -> tuple[str, str] | None:
        """Return what the view in front would copy: what it is called, and its text; None where there is no result."""
        if self._proof is None:
            return None
        if self.view == "json":
            return "JSON", self._proof.json + "\n"
        if self.view == "commands":
            return "commands", self._proof.commands
        return self.view, self.query_one(ResultPage).text()

    def focus_view(self) -> None:
        """Give the focus to the view in front."""
        self._front().focus()

    # Keys

    def action_turn(self, by: int) -> None:
        """Go to the next or the previous view."""
        places = [view.id for view in VIEWS]
        self.action_view(places[(places.index(self.view) + by) % len(places)])

    def action_view(self, view: str) -> None:
        """Go to a view; to what the host accepts once more to ask for it."""
        if view == self.view == "accepts":
            self.action_go()
            return
        focused = self.has_focus_within
        self._turn_to(view)
        self._front().scroll_home(animate=False)
        if focused:
            self.focus_view()

    def action_repair(self, number: int) -> None:
        """Do a repair."""
        if self._proof is not None and number <= len(self._proof.repairs):
            self.post_message(self.RepairWanted(number))

    def action_go(self) -> None:
        """Do what the view is for: ask what the host accepts, or else probe again."""
        self.post_message(self.MoreWanted() if self.view == "accepts" else self.AgainWanted())

    def action_deepen(self) -> None:
        """Ask as a modern client."""
        self.post_message(self.DeeperWanted())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the letter to the search where a text is in front that can be searched."""
        if action == "view" and parameters == ("chain",) and self.has_class("-text"):
            return False
        return super().check_action(action, parameters)

    @on(ResultPage.Turned)
    def _turn(self, event: ResultPage.Turned) -> None:
        event.stop()
        self.action_turn(event.by)

    @on(ViewBar.Chosen)
    def _choose(self, event: ViewBar.Chosen) -> None:
        event.stop()
        self._turn_to(event.view)
        self.focus_view()

    def on_resize(self) -> None:
        """Set the lines anew: which chain stands where depends on the width."""
        self._draw()

    # Drawing

    def _front(self) -> ResultPage | TextPage:
        return self.query_one(TextPage) if self.has_class("-text") else self.query_one(ResultPage)

    def _turn_to(self, view: str) -> None:
        self.query_one(ViewBar).view = view
        self._draw()

    def _draw(self, *, follow: bool = False) -> None:
        text = self.view in _TEXTS and self._proof is not None
        self._age = ago(self._proof.at, self._now()) if self._proof is not None else ""
        self.query_one(ViewBar).tested = self._age if text else ""
        self.set_class(text, "-text")
        # The search looks for the page that is displayed.
        self.query_one(TextPage).display = text
        if self._proof is not None and text:
            shown = self._proof.json if self.view == "json" else self._proof.commands
            self.query_one(TextPage).show(page(printable(shown, keep_newlines=True)))
        else:
            self.query_one(TextPage).show(Page())
            self.query_one(ResultPage).show(self._lines, follow=follow)

    def _grow_old(self) -> None:
        if self._proof is not None and ago(self._proof.at, self._now()) != self._age:
            self._draw()

    def _lines(self, width: int) -> Sequence[Content]:
        if self._events is not None:
            return _under_way(self._events, width)
        if self._proof is None:
            return [line for told in self._told for line in told.wrap(width)]
        return self._of_proof(self._proof, width)

    def _of_proof(self, proof: Proof, width: int) -> Sequence[Content]:
        if self.view == "verdict":
            return verdict_lines(proof, width, self._now())
        return [*tested(proof, width, self._now()), *self._rest_of_proof(proof, width)]

    def _rest_of_proof(self, proof: Proof, width: int) -> Sequence[Content]:
        if self.view == "chain":
            beside = width >= _ROOM_BESIDE and self.app.size.width >= _SMALL_TERMINAL
            return chain_lines(proof, width, beside=beside)
        if self.view == "handshake":
            return ladder_lines(proof.events or events_of(proof.result), width, result=proof.result)
        return self._accepts(proof, width)

    def _accepts(self, proof: Proof, width: int) -> Sequence[Content]:
        if self._asking is not None:
            return asking_lines(*self._asking, width)
        if proof.rehearsal:
            return list(paragraph(OVER, width, QUIET))
        found = proof.result.accepts
        return accepts_lines(found, width) if found is not None else unasked_lines(width)


def _under_way(events: Sequence[Event], width: int) -> Sequence[Content]:
    return [
        *paragraph("Connecting … Escape stops it.", width, QUIET),
        BLANK,
        *(ladder_lines(events, width) if events else ()),
    ]
