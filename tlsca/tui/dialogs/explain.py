"""What a problem means, why it matters, how it comes about and what mends it: the page of its code, without a network."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button

from tlsca.pages import Page, page
from tlsca.text import listing
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.result_page import ResultPage
from tlsca.tui.widgets.setting import BLANK, QUIET, heading, paragraph
from tlsca.tui.wording import keys_of_commands

_INDENT = "    "
_MARGIN = "  "
_CODE = "$text-accent"


class ExplainDialog(Dialog[None]):
    """The page of one problem; of several, the next one is a key away."""

    TITLE_TEXT = "What it means"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket,n", "turn(1)", "Next problem", show=False),
        Binding("left_square_bracket,N", "turn(-1)", "Previous problem", show=False),
        Binding("y", "copy", "Copy", show=False),
        Binding("q,question_mark", "leave", "Close", show=False),
    ]

    DEFAULT_CSS = """
    ExplainDialog {
        & > Vertical { width: 84; height: 100%; max-height: 36; }
        & .dialog-body { height: 1fr; }
        & ResultPage { background: $surface; padding: 0; }
    }
    """

    def __init__(self, codes: Sequence[str]) -> None:
        """`codes` are those of the problems, at least one, in the order in which they were told."""
        super().__init__()
        self._pages = tuple(page(code) for code in codes)
        self._at = 0

    def compose_body(self) -> ComposeResult:
        """Lay out the page."""
        yield ResultPage()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the ways on and out."""
        if len(self._pages) > 1:
            yield Button("Next problem", id="next", compact=True)
        yield Button("Close", id="leave", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Show the first page."""
        self._show()
        self.query_one(ResultPage).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Go on, or leave."""
        if event.button.id == "next":
            event.stop()
            self.action_turn(1)
        else:
            super().on_button_pressed(event)

    @on(ResultPage.Turned)
    def _turn(self, event: ResultPage.Turned) -> None:
        event.stop()
        self.action_turn(event.by)

    def action_turn(self, by: int) -> None:
        """Go to the next problem, or the one before, round the end."""
        self._at = (self._at + by) % len(self._pages)
        self._show()

    def action_copy(self) -> None:
        """Copy the page."""
        shown = self._pages[self._at]
        copy_text(self.app, f"# {shown.code}: {shown.title}\n\n{shown.markdown}", "The page is copied.")

    def _show(self) -> None:
        shown = self._pages[self._at]
        place = f"{self._at + 1} of {len(self._pages)}; n for the next" if len(self._pages) > 1 else ""
        self.query_one(ResultPage).show(lambda width: list(_lines(shown, width, place)))


def _lines(shown: Page, width: int, place: str) -> Iterator[Content]:
    yield heading(shown.code, width, note=place)
    yield from paragraph(shown.title, width, "bold")
    for section in shown.sections:
        yield BLANK
        if section.heading:
            yield heading(section.heading, width)
        for line in section.text.split("\n"):
            yield from _line(line, width)
        keys = keys_of_commands(section.text)
        if keys:
            yield Content.styled(f"In the app: {listing(list(keys))}.", QUIET)


def _line(line: str, width: int) -> Iterator[Content]:
    """Set a paragraph to the width; a command goes on below itself only where it must."""
    if line.startswith(_INDENT):
        folded = Content.styled(line.strip(), _CODE).fold(max(width - len(_MARGIN), 1))
        yield from (Content.assemble(_MARGIN, part) for part in folded)
    elif line:
        parts = [(part, _CODE if index % 2 else "") for index, part in enumerate(line.split("`"))]
        yield from Content.assemble(*parts).wrap(max(width, 1))
    else:
        yield BLANK
