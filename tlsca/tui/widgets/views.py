"""Tabs whose view in front is changed by keys and clicks alone."""

from textual.widgets import TabbedContent, TabPane, Tabs


class Views(TabbedContent):
    """Textual's own bring a pane to the front whenever something in it has taken the focus.

    That message arrives late: at a fast key it is about the pane before, which would come back.
    """

    def on_mount(self) -> None:
        """Have the line come below the title in front once the titles have a width; on a slow machine it is drawn before."""
        self.call_after_refresh(self._underline)

    def _underline(self) -> None:
        self.query_one(Tabs)._highlight_active(animate=False)  # noqa: SLF001 -- Textual does so itself only when the size changes

    def _on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        event.prevent_default()
        event.stop()
