"""The line in which a filter is typed: how many it keeps, how it can go on, and where it cannot be read."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tlsca.errors import FilterUnreadable
from tlsca.text import printable
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.wording import in_the_app

Complete = Callable[[str], Sequence[str]]
"""Returns how a filter may go on, as whole texts, best first."""

_HELP = "Fields: status issuer name san profile key tag note expires issued seen; - turns one round"


class FilterBar(Vertical):
    """A filter as it is typed, with a line below it while it has the focus. Posts `Typed`, and `Done` on Enter or the down arrow."""

    DEFAULT_CSS = """
    FilterBar {
        display: none; height: auto; background: $boost;
        &.-shown { display: block; }
        & Horizontal { height: 1; padding: 0 1; }
        & Input, & Input:focus { width: 1fr; height: 1; border: none; padding: 0; background: $boost; }
        & #kept { width: auto; min-width: 10; margin-left: 1; text-align: right; color: $text-muted; }
        & #kept.-none { color: $text-error; }
        & #filter-note { display: none; height: 1; padding: 0 1; color: $foreground-muted; background: $boost; }
        &.-typing #filter-note { display: block; }
    }
    """

    class Typed(Message):
        """The filter is another one now."""

    class Done(Message):
        """Typing is over."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._error: FilterUnreadable | None = None
        self._complete: Complete = _nothing

    def compose(self) -> ComposeResult:
        """Lay out the field, the count and the line below."""
        with Horizontal():
            yield FilterInput(self.completions, self._unreadable)
            yield Static(id="kept")
        yield Static(id="filter-note")

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value

    @text.setter
    def text(self, value: str) -> None:
        """Put another text in its place."""
        self._input.value = value

    @property
    def _input(self) -> "FilterInput":
        return self.query_one(FilterInput)

    @property
    def is_open(self) -> bool:
        """Whether it is to be seen."""
        return self.has_class("-shown")

    def open(self) -> None:
        """Show the field and put the cursor into it."""
        self.add_class("-shown")
        self._input.focus()

    def close(self) -> None:
        """Clear the filter and hide the field."""
        self._input.value = ""
        self.remove_class("-shown")

    def complete_by(self, complete: Complete) -> None:
        """Complete what is typed by this from now on."""
        self._complete = complete
        self._say()

    def completions(self) -> Sequence[str]:
        """Return how what is typed may go on."""
        return self._complete(self.text)

    def tell_kept(self, kept: int, total: int) -> None:
        """Say how many the filter keeps, of how many."""
        self._error = None
        told = self.query_one("#kept", Static)
        told.update(f"{kept:,} of {total:,}" if self.text.strip() else "")
        told.set_class(not kept, "-none")
        self._say()

    def tell_unreadable(self, error: FilterUnreadable) -> None:
        """Say where the filter cannot be read; what was kept before stays."""
        self._error = error
        self._say()
        self._input.refresh()

    def _unreadable(self) -> tuple[int, int] | None:
        return (self._error.start, self._error.end) if self._error else None

    def on_descendant_focus(self) -> None:
        """Show the line below."""
        self.add_class("-typing")
        self._say()

    def on_descendant_blur(self) -> None:
        """Give the line below back."""
        self.remove_class("-typing")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._error = None
        self.post_message(self.Typed())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._error is None:
            self.post_message(self.Done())
        else:
            self.app.bell()

    def key_down(self, event: events.Key) -> None:
        """Go to the table."""
        event.stop()
        self.post_message(self.Done())

    def _say(self) -> None:
        """Say in the line below what is wrong, or how it can go on, or what there is."""
        self.query_one("#filter-note", Static).update(self._note())

    def _note(self) -> Content:
        if self._error is not None:
            hint = printable(in_the_app(self._error.hint))
            return Content.assemble((printable(self._error.sentence), "$text-error"), f" {hint}")
        typed = self.text
        offered = [printable(text[_last_word(typed) :]) for text in self.completions()]
        if offered:
            return Content.assemble(("Tab ", "bold"), "  ".join(offered))
        return Content(_HELP if not typed.strip() else "Enter or ↓ to the list, escape shows all again")


class FilterInput(LineInput):
    """The field itself: Tab and the right arrow take what is offered, and what cannot be read is underlined."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False)]

    def __init__(
        self, completions: Callable[[], Sequence[str]], unreadable: Callable[[], tuple[int, int] | None]
    ) -> None:
        super().__init__(
            id="filter",
            compact=True,
            placeholder="expires<30d status:valid issuer:… san:*.corp text",
            suggester=_Offered(completions),
            highlighter=_Underlined(unreadable),
            select_on_focus=False,
        )
        self._completions = completions

    def action_complete(self) -> None:
        """Take the first that is offered; without any, go on to the table."""
        offered = self._completions()
        if offered:
            self.value = offered[0]
            self.cursor_position = len(self.value)
        else:
            self.screen.focus_next()


class _Offered(Suggester):
    """Shows the first that is offered behind what is typed, where it goes on from just that."""

    def __init__(self, completions: Callable[[], Sequence[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._completions = completions

    async def get_suggestion(self, value: str) -> str | None:
        """Return what goes on from what is typed."""
        lower = value.lower()
        return next(
            (value + text[len(value) :] for text in self._completions() if text.lower().startswith(lower)),
            None,
        )


class _Underlined(Highlighter):
    """Underlines what cannot be read."""

    def __init__(self, unreadable: Callable[[], tuple[int, int] | None]) -> None:
        self._unreadable = unreadable

    def highlight(self, text: Text) -> None:
        """Underline it."""
        where = self._unreadable()
        if where is not None:
            text.stylize("underline", *where)


def _nothing(_: str) -> Sequence[str]:
    return ()


def _last_word(typed: str) -> int:
    """Return where the last word begins, as far as it has no quotes."""
    return typed.rfind(" ") + 1
