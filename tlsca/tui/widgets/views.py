"""Tabs whose view in front is changed by keys and clicks alone."""

from textual.widgets import TabbedContent, TabPane


class Views(TabbedContent):
    """Textual's own bring a pane to the front whenever something in it has taken the focus.

    That message arrives late: at a fast key it is about the pane before, which would come back.
    """

    def _on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        event.prevent_default()
        event.stop()
