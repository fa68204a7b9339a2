"""Lines that are laid out anew for whatever width there is, so that nothing is cut off and nothing has to be scrolled sideways."""

from collections.abc import Callable, Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

Layout = Callable[[int], Sequence[Content]]
"""Returns the lines for a width; called whenever that changes."""


class LaidOut(Widget):
    """As many lines as a layout gives for its width; the mouse selects text of them."""

    DEFAULT_CSS = """
    LaidOut { height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._layout: Layout = _nothing
        self._set: tuple[int, Sequence[Content]] = (-1, ())
        """For which width they were laid out last, and how."""

    def lay_out(self, layout: Layout) -> None:
        """Show the lines of this layout from now on."""
        self._layout = layout
        self._set = (-1, ())
        self.refresh(layout=True)

    def laid_out(self, width: int) -> Sequence[Content]:
        """Return the lines for a width, which is taken for one cell where there is none."""
        if self._set[0] != width:
            self._set = (width, self._layout(max(width, 1)))
        return self._set[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- Textual's signature
        """Return how many lines there are at this width."""
        return len(self.laid_out(width))

    def render(self) -> RenderResult:
        """Draw them."""
        return Content("\n").join(self.laid_out(self.size.width))


def _nothing(_width: int) -> Sequence[Content]:
    return ()
