"""From what matters today to where something is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.tui.refusals import publish_refusal
from tlsca.tui.screens.acts.authorities import AuthorityActs
from tlsca.tui.screens.acts.hosts import HostActs
from tlsca.tui.screens.acts.life import LifeActs
from tlsca.tui.screens.acts.panes import PaneActs
from tlsca.tui.widgets.filter_bar import FilterBar

if TYPE_CHECKING:
    from tlsca.authority.today import Matter
    from tlsca.tui.widgets.authority_tree import AuthorityTree
    from tlsca.tui.widgets.expiry_chart import ExpiryChart
    from tlsca.tui.widgets.today_bar import TodayBar


class TodayActs(AuthorityActs, HostActs, LifeActs, PaneActs):
    """What a matter, a week and an authority lead to."""

    def on_today_bar_pointed(self, event: TodayBar.Pointed) -> None:
        """Say more of the matter under the cursor, above the timeline."""
        from tlsca.tui.widgets.expiry_chart import ExpiryChart

        for chart in self.query(ExpiryChart):
            chart.said = event.matter.sentence if event.matter else ""

    def on_today_bar_chosen(self, event: TodayBar.Chosen) -> None:
        """Go about a matter."""
        matter = event.matter
        if matter.filter:
            self.filter_by(matter.filter)
        elif matter.kind == "crl":
            self._publish_about(matter)
        elif matter.kind == "authority":
            self._go_to(matter.about)
            self.action_certificates()
        elif matter.kind == "host":
            self.action_hosts()
        elif matter.kind == "request":
            self.action_requests()
        else:
            self.action_doctor()

    def on_expiry_chart_chosen(self, event: ExpiryChart.Chosen) -> None:
        """Show what ends then."""
        self.filter_by(event.span.filter)

    def on_authority_tree_chosen(self, event: AuthorityTree.Chosen) -> None:
        """Show what an authority has issued."""
        from tlsca.authority.filtering import quoted

        self.filter_by(f"issuer:{quoted(event.entry.title)}")

    def filter_by(self, words: str) -> None:
        """Show in the table what a filter finds."""
        bar = self.query_one(FilterBar)
        bar.text = words
        bar.add_class("-shown")
        self.action_certificates()

    def _publish_about(self, matter: Matter) -> None:
        found = next((entry for entry in self._all if entry.record.sha256 == matter.about), None)
        if found and self._can_be_written() and self._able("Publish CRL", (found,), publish_refusal):
            self._ask_where_to_publish(found)
