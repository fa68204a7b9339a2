"""A labelled field of a form: one line where there is little room, so that a form fits 80x24."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static

from tlsca.pki.lint.remark import Level

if TYPE_CHECKING:
    from tlsca.authority.advice.advice import Advice

LABEL_WIDTH = 15

_MARKS: dict[Level, tuple[str, str]] = {
    Level.ERROR: ("✘ refused", "$text-error"),
    Level.WARNING: ("! warning", "$text-warning"),
    Level.NOTICE: ("· note", "$text-secondary"),
}


class Field(Horizontal):
    """A label and the widget it names, side by side in one line."""

    DEFAULT_CSS = """
    Field {
        height: 1;
        margin-bottom: 0;
        & Label { width: 15; color: $text-muted; }
        & Input, & Select { width: 1fr; }
        & Input { background: $panel; }
        & Input:focus { background: $primary 20%; }
        & SelectCurrent { background: $panel; }
        & Select:focus SelectCurrent { background: $primary 20%; }
        & SelectOverlay { text-wrap: nowrap; text-overflow: ellipsis; }
        & Checkbox { width: 1fr; background: transparent; padding: 0; }
    }
    """

    def __init__(
        self,
        label: str,
        widget: Widget,
        *,
        hint: str = "",
        topic: str = "",
        id: str | None = None,  # noqa: A002 -- Textual's own word
    ) -> None:
        """`topic` is under what the table of meanings has this field."""
        super().__init__(id=id)
        self._label = label
        self._widget = widget
        self.topic = topic
        if hint:
            widget.tooltip = hint

    def compose(self) -> ComposeResult:
        """Lay out the label and the widget."""
        yield Label(self._label, markup=False)
        yield self._widget


class AdvisedFields(Vertical):
    """Fields, and below them the line that advice on them stands in; it is there also while it is empty, so that nothing moves."""

    DEFAULT_CSS = """
    AdvisedFields { height: auto; }
    AdvisedFields .advice { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, part: str, *fields: Widget) -> None:
        """`part` is what advice calls them."""
        super().__init__(*fields, Static(classes="advice"))
        self.part = part
        self.advice: tuple[Advice, ...] = ()

    def advise(self, found: "Sequence[Advice]") -> None:
        """Show the gravest of what is said about these fields, and how much more there is."""
        self.advice = tuple(found)
        self.query_one(".advice", Static).update(advice_line(found[0], more=len(found) - 1) if found else "")


def advice_line(advice: "Advice", *, more: int = 0) -> Content:
    """Return advice in one line: glyph and word where labels stand, then the sentence."""
    word, colour = _MARKS[advice.level]
    mark = f"{word}{f' +{more}' if more else ''}".ljust(LABEL_WIDTH)
    return Content.assemble((mark, f"bold {colour}"), (advice.sentence, colour))
