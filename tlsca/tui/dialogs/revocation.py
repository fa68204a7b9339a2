"""What the forms that revoke have in common: why and since when, whom it hits, and the question at the end.

Nothing is revoked by accident: only what was looked at can be, the focus is on Cancel, and Enter in a field goes there.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, Select, Static

from tlsca.authority.desk import Desk
from tlsca.authority.revoking import RevocationForm, RevocationPlan, Revoked, plan_revocation, revoke
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.rows import Row
from tlsca.store.records import Reason
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.radius import since_row
from tlsca.tui.widgets.choices import Choice
from tlsca.tui.widgets.chooser import Chooser
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.work import sentence, work

_REASONS: dict[Reason, str] = {
    Reason.UNSPECIFIED: "nothing is said about why",
    Reason.SUPERSEDED: "another certificate has taken its place",
    Reason.KEY_COMPROMISE: "somebody else has, or may have, its key",
    Reason.CESSATION: "what it was for is no more",
    Reason.AFFILIATION_CHANGED: "its subject's name or employer has changed",
    Reason.PRIVILEGE_WITHDRAWN: "its subject may not do this any more",
    Reason.HOLD: "for now: it can be released",
    Reason.CA_COMPROMISE: "the authority's own key is known to others",
    Reason.AA_COMPROMISE: "the attribute authority's key is known to others",
}
_MOST_NOTES = 5
_LOOKING = "Looking at whom it hits …"


class RevocationDialog(Dialog[tuple[Revoked, ...]]):
    """A form that revokes; answers what was revoked. A subclass says what is meant, and what is shown of it."""

    CONFIRM = "Revoke"
    FIRST: ClassVar[str] = "#leave"
    """Selects what has the focus at first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('confirm')", "Yes", show=False),
        Binding("n", "answer('leave')", "No", show=False),
    ]

    DEFAULT_CSS = """
    RevocationDialog {
        & #preview-box { height: auto; min-height: 5; max-height: 12; margin-top: 1; background: $background; padding: 0 1; }
        & #question { width: 1fr; margin-left: 1; }
        &.-huge > Vertical { width: 100; }
        &.-huge #preview-box { max-height: 26; }
    }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._plan: RevocationPlan | None = None
        self._rows: tuple[Row, ...] = ()
        self._problem: TlscaError | None = None
        self._follower: Follower[RevocationPlan] = Follower(self, self._show, self._explain)

    # What a subclass says

    def form(self) -> RevocationForm | None:
        """Return what is typed now; None while it is too little. Raises UsageError."""
        raise NotImplementedError

    def rows(self, plan: RevocationPlan) -> tuple[Row, ...]:
        """Return what is to be known before it is done, besides the invalidity date."""
        raise NotImplementedError

    def objection(self, _plan: RevocationPlan) -> TlscaError | None:
        """Return what still keeps it from being done, if anything does."""
        return None

    def why(self) -> tuple[str, str | None]:
        """Return the reason and the invalidity date, as they are typed."""
        at = self.query_one("#at", Input).value.strip()
        return str(self.query_one("#reason", Select).value), at or None

    # Laying out

    def compose_why(self) -> ComposeResult:
        """Lay out the reason and the invalidity date."""
        yield Field("Reason", Chooser(_reasons(), id="reason"), topic="reason")
        yield Field(
            "Invalid since",
            LineInput(id="at", compact=True, placeholder="2026-01-31, if it was bad before today"),
            topic="invalid-since",
        )

    def compose_hit(self) -> ComposeResult:
        """Lay out whom it hits."""
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Facts()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the question and the buttons; the one that does it says so in its colour too."""
        yield Label("", id="question", markup=False)
        yield Button("Cancel", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="error", compact=True)

    def on_mount(self) -> None:
        """Begin on Cancel, so that no one key revokes, or in a field, from where Enter goes there."""
        self.query_one(self.FIRST).focus()
        self.look()

    # Looking before it is done

    @on(Select.Changed)
    @on(Input.Changed, "#at, #serial")
    def look(self) -> None:
        """Look at whom it hits, as it is typed now."""
        self._plan, self._problem = None, None
        self.show_error(None)
        try:
            form = self.form()
        except UsageError as error:
            self._follower.rest()
            self._explain(error)
            return
        if form is None:
            self.rest()
            return
        self._ask(_LOOKING)
        self._follower.follow(lambda: plan_revocation(self._desk, form))

    def rest(self, hint: str = "") -> None:
        """Show what to type, while there is nothing to look at."""
        self._follower.rest()
        self._rows = ()
        self._ask("")
        self.query_one(Facts).show((), head=[Content.styled(hint, "$foreground-muted")])

    def _show(self, plan: RevocationPlan) -> None:
        self._plan, self._rows = plan, self.rows(plan)
        since = since_row(plan, self._desk.now())
        self.query_one(Facts).show((since, *self._rows), head=list(_notes(plan)))
        many = f"{len(plan.targets)} " if len(plan.targets) > 1 else ""
        self._ask(f"{f'Put {many}on hold' if plan.reason is Reason.HOLD else f'Revoke {many}for good'}? y/n")

    def _explain(self, error: TlscaError) -> None:
        self._problem = error
        self._ask("")
        self.query_one(Facts).show(self._rows, head=[sentence(error)])

    def _ask(self, question: str) -> None:
        self.query_one("#question", Static).update(Content(question))

    # Doing it

    @on(Input.Submitted)
    def _leave_the_field(self, event: Input.Submitted) -> None:
        """Let Enter in a field do nothing but go to Cancel."""
        event.stop()
        event.prevent_default()
        self.query_one("#leave", Button).focus()

    async def action_answer(self, answer: str) -> None:
        """Take y or n for an answer while a button has the focus; elsewhere letters are typed, if only to no effect."""
        if isinstance(self.focused, Button):
            await self.run_action(answer)
        else:
            self.query_one("#leave", Button).focus()

    def action_confirm(self) -> None:
        """Revoke in a thread, once it was seen whom that hits and nothing speaks against it."""
        plan = self._plan
        problem = self.objection(plan) if plan is not None else self._problem
        self.show_error(problem)
        form = self.form() if plan is not None and problem is None else None
        if form is None:
            return
        self.busy(True)
        work(self, lambda: revoke(self._desk, form), self.dismiss, failed=self._refuse)

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _notes(plan: RevocationPlan) -> Iterator[Content]:
    for note in plan.notes[:_MOST_NOTES]:
        yield Content.styled(f"! {printable(note)}", "$text-warning")
    if len(plan.notes) > _MOST_NOTES:
        yield Content.styled(f"! and {len(plan.notes) - _MOST_NOTES} more like these", "$text-warning")


def _reasons() -> Sequence[Choice]:
    return [
        (Content.assemble(str(reason).ljust(20), (meaning, "$foreground-muted")), str(reason))
        for reason, meaning in _REASONS.items()
    ]
