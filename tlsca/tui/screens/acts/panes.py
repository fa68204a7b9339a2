"""The panes of the home screen: which has the focus, how large each is, and which has the screen for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.tui.pane_sizes import WIDE, Pane, PaneSizes
from tlsca.tui.screens.store_screen import StoreScreen
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.today_bar import TodayBar

if TYPE_CHECKING:
    from textual import events


class PaneActs(StoreScreen):
    """Acts that go from pane to pane, and lay them out."""

    _sizes = PaneSizes()
    _maximised = False

    @property
    def sizes(self) -> PaneSizes:
        """How large the panes are."""
        return self._sizes

    @sizes.setter
    def sizes(self, sizes: PaneSizes) -> None:
        """Lay the panes out in other sizes."""
        self._sizes = sizes
        self.lay_out()

    # Going from one to the other

    def action_today(self) -> None:
        """Give the focus to what matters today."""
        self.remove_class("-inspecting")
        self.query_one(TodayBar).focus()

    def action_timeline(self) -> None:
        """Give the focus to the timeline, or to the table where there is no room for it."""
        charts = [chart for chart in self.query("#timeline") if chart.size.height]
        if charts:
            charts[0].focus()
        else:
            self.action_certificates()

    def action_authorities(self) -> None:
        """Give the focus to the tree of authorities, which in a narrow terminal takes the place of the table."""
        self.remove_class("-inspecting")
        self._show_only(self._alone(Pane.AUTHORITIES))
        self.query_one("#authorities").focus()

    def action_certificates(self) -> None:
        """Give the focus to the table."""
        self.remove_class("-inspecting")
        self._show_only(self._alone(Pane.CERTIFICATES))
        self.query_one(CertificateTable).focus()

    def leave_pane(self) -> bool:
        """Give back the screen, if one pane has it all; else go back to the table from what is above it. Says whether it did."""
        if self._maximised:
            self.action_maximise()
        elif self._pane in {Pane.TIMELINE, Pane.AUTHORITIES}:
            self.action_certificates()
        else:
            return False
        return True

    # Sizes

    def action_resize(self, steps: int) -> None:
        """Make the pane with the focus larger, or smaller."""
        self.sizes = self._sizes.resized(self._pane, steps)

    def action_maximise(self) -> None:
        """Give the pane with the focus the screen for itself, or give it back."""
        self._maximised = not self._maximised
        self._show_only(self._alone(self._pane))

    def on_resize(self) -> None:
        """Lay the panes out for the new size."""
        self.lay_out()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Let the pane that has the focus have the screen, if one has it all."""
        if event.widget is self.focused:
            self._show_only(self._alone(self._pane))

    @property
    def _pane(self) -> Pane:
        """The pane that has the focus; the line of what matters belongs to the timeline below it."""
        nodes = self.focused.ancestors_with_self if self.focused is not None else ()
        ids = {node.id for node in nodes}
        if self.focused is self.query_one(TodayBar):
            return Pane.TIMELINE
        return next((pane for pane in Pane if pane in ids), Pane.CERTIFICATES)

    def _alone(self, pane: Pane) -> Pane | None:
        """Return the pane if it is to have the screen for itself: in a narrow terminal authorities have no other way to be seen."""
        narrow = self.app.size.width < WIDE
        return pane if self._maximised or (narrow and pane is Pane.AUTHORITIES) else None

    def _show_only(self, pane: Pane | None) -> None:
        for one in Pane:
            self.set_class(one is pane, f"-only-{one}")
        self.lay_out()

    def lay_out(self) -> None:
        """Give every pane its size."""
        width, height = self.app.size  # the screen's own, which it does not know before it is laid out first
        only = next((one for one in Pane if self.has_class(f"-only-{one}")), None)
        above = only in {Pane.TIMELINE, Pane.AUTHORITIES}
        lines = self._sizes.lines(width, height)
        band = self.query_one("#band")
        band.styles.height = "1fr" if above else lines
        band.visible = above or bool(lines)  # what cannot be seen takes no focus either
        columns = self._sizes.columns(width)
        for tree in self.query("#authorities"):
            tree.styles.width = "1fr" if only is Pane.AUTHORITIES else columns
        share = self._sizes.certificates
        self.query_one("#certificates").styles.width = f"{share}fr"
        for inspector in self.query("#inspector"):
            inspector.styles.width = f"{100 - share}fr"
