"""The frame of a dialog: one that covers the line at the top says in its place whether keys can be used right now."""

from textual.containers import Vertical
from textual.content import Content

from tlsca.tui.widgets.title_bar import TitleBar, lock_words


class Frame(Vertical):
    """A border with a title, and the lock beside it where nobody could see it otherwise."""

    def __init__(self, title: str) -> None:
        """`title` is what the dialog is called."""
        super().__init__(id="frame")
        self._title = Content(title)
        self.border_title = self._title

    def on_mount(self) -> None:
        """Follow the lock for as long as the dialog is there."""
        bar = self._bar()
        if bar is not None:
            self.watch(bar, "vault", self._show_lock, init=False)

    def on_resize(self) -> None:
        """Look whether the line at the top is covered now."""
        self._show_lock()

    def call(self, title: str) -> None:
        """Give it another title."""
        self._title = Content(title)
        self._show_lock()

    def _show_lock(self) -> None:
        bar = self._bar()
        lock = lock_words(bar.vault) if bar is not None and self.region.y == 0 else Content("")
        self.border_title = Content.assemble(self._title, "  " if lock else "", lock)

    def _bar(self) -> TitleBar | None:
        bars = (bar for screen in self.app.screen_stack for bar in screen.query(TitleBar))
        return next(bars, None)
