"""Revoke certificates of the list, or put them on hold, after looking at whom it hits."""

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.revoking import RevocationForm, RevocationPlan
from tlsca.authority.showing_revocation import show_revocation
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.rows import Row
from tlsca.text import count, printable
from tlsca.tui.dialogs.radius import radius_rows, target_rows
from tlsca.tui.dialogs.revocation import RevocationDialog
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput


class RevokeDialog(RevocationDialog):
    """Take certificates back; an authority is taken back alone, and by its name."""

    TITLE_TEXT = "Revoke"

    def __init__(self, desk: Desk, selected: Sequence[Entry]) -> None:
        """Take `selected`: one certificate, or several that are no authorities."""
        super().__init__(desk)
        self._selected = selected
        self._authority = selected[0] if selected[0].record.is_authority else None

    def compose_body(self) -> ComposeResult:
        """Lay out the reason, whom it hits, and for an authority the line for its name."""
        yield Label(called(self._selected), classes="dialog-lead", markup=False)
        yield from self.compose_why()
        if self._authority is not None:
            yield Field(
                "Its name",
                LineInput(id="name", compact=True, placeholder="type the authority's name in full"),
            )
        yield from self.compose_hit()

    def form(self) -> RevocationForm:
        """Return what is typed now."""
        reason, at = self.why()
        references = tuple(entry.record.sha256 for entry in self._selected)
        return RevocationForm(references=references, reason=reason, at=at)

    def rows(self, plan: RevocationPlan) -> tuple[Row, ...]:
        """Return what is revoked, and whom it hits."""
        return (*target_rows(plan), *radius_rows(plan))

    def objection(self, _plan: RevocationPlan) -> TlscaError | None:
        """Hold back an authority until its name is typed."""
        if self._authority is None or self._named(self._authority):
            return None
        self.query_one("#name", Input).focus()
        name = printable(self._authority.title)
        return UsageError("This is an authority.", hint=f"To revoke it, type its name: {name}")

    @on(Input.Submitted, "#name")
    def _name_typed(self, event: Input.Submitted) -> None:
        """Take Enter for the button here: the name is the answer."""
        event.stop()
        event.prevent_default()
        self.action_confirm()

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that revoke them."""
        form = self.form()
        return lambda: show_revocation(self._desk, form)

    def _named(self, authority: Entry) -> bool:
        typed = self.query_one("#name", Input).value.strip()
        return typed in {printable(authority.title), printable(authority.record.subject)}


def called(selected: Sequence[Entry]) -> str:
    """Return what a dialog says it is about: a certificate's title, or how many there are; printable."""
    return printable(selected[0].title) if len(selected) == 1 else count(len(selected), "certificate")
