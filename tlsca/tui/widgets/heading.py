"""The line at the top of a screen that lies above the certificates: its title, the lock, and what is there.

It says at a glance which screen this is, and whether keys can be used right now, in the same words as the line of the certificates.
"""

from textual.content import Content
from textual.widgets import Static

from tlsca.tui.widgets.title_bar import lock_words


class Heading(Static):
    """A title, and what is told behind it, in one line."""

    DEFAULT_CSS = """
    Heading { height: 1; background: $panel; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def tell(self, *told: str | tuple[str, str], unlocked: bool) -> None:
        """Say this behind the title and the lock; a pair is a text and its style."""
        lock = lock_words("unlocked" if unlocked else "locked")
        self.update(Content.assemble((self._title, "bold $primary"), "  ", lock, *told))
