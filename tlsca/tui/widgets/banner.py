"""The line below the title bar: what wants doing before anything else, and nothing at all when nothing does."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tlsca.text import shorten


class Banner(Widget):
    """One line that is only there when there is something to say."""

    DEFAULT_CSS = """
    Banner {
        display: none; height: 1; padding: 0 1; background: $warning 20%; color: $text-warning;
        &.-shown { display: block; }
    }
    """

    text: reactive[str] = reactive("")
    """What it says; printable."""

    def watch_text(self, text: str) -> None:
        """Take a line of the screen, or give it back."""
        self.set_class(bool(text), "-shown")

    def render(self) -> RenderResult:
        """Draw it with a sign before it, so that it does not rest on its colour."""
        return Content(shorten(f"! {self.text}", max(self.size.width - 2, 1)))
