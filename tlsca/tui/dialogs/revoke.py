"""Revoke a certificate, or put it on hold, after looking at whom it hits."""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, Select

from tlsca.authority.blast import BlastRadius
from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry, title_of
from tlsca.authority.revoking import RevocationForm, RevocationPlan, plan_revocation, revoke
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.describe import Row
from tlsca.store.records import CertificateRecord, Reason
from tlsca.text import printable, rfc3339
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.choices import Choice
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.work import sentence, work

_MOST_SHOWN = 10
"""What is hit beyond these is only counted."""

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


class RevokeDialog(Dialog[str]):
    """Take a certificate back; answers what was done, in a sentence. The focus begins on Cancel."""

    TITLE_TEXT = "Revoke"
    CONFIRM = "Revoke"

    DEFAULT_CSS = """
    RevokeDialog #preview-box { height: auto; max-height: 12; margin-top: 1; background: $background; padding: 0 1; }
    """

    def __init__(self, desk: Desk, selected: Entry) -> None:
        super().__init__()
        self._desk = desk
        self._selected = selected
        self._plan: RevocationPlan | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out the reason, whom it hits, and for an authority the line for its name."""
        yield Label(printable(self._selected.title), classes="dialog-lead", markup=False)
        yield Field("Reason", Select(_reasons(), id="reason", compact=True, allow_blank=False))
        if self._selected.record.is_authority:
            yield Field(
                "Its name",
                LineInput(id="name", compact=True, placeholder="type the authority's name in full"),
            )
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Facts()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons; the one that does it says so in its colour too."""
        yield Button("Cancel", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="error", compact=True)

    def on_mount(self) -> None:
        """Begin on Cancel, so that no one key revokes."""
        self.query_one("#leave", Button).focus()

    def on_select_changed(self) -> None:
        """Look at whom it hits for this reason."""
        form = self._form()
        self._plan = None
        self.query_one(Facts).show(
            (), head=[Content.styled("Looking at whom it hits …", "$foreground-muted")]
        )
        work(
            self,
            lambda: plan_revocation(self._desk, form),
            self._show,
            failed=self._explain,
            group="plan",
            exclusive=True,
        )

    def action_confirm(self) -> None:
        """Revoke in a thread, once it was seen whom that hits and an authority was named."""
        if self._plan is None:
            return
        if not self._named():
            name = printable(self._selected.title)
            self.show_error(UsageError("This is an authority.", hint=f"To revoke it, type its name: {name}"))
            self.query_one("#name", Input).focus()
            return
        self.show_error(None)
        self.busy(True)
        form = self._form()
        work(self, lambda: revoke(self._desk, form), lambda _: self._done(), failed=self._refuse)

    def _done(self) -> None:
        held = self._form().reason == Reason.HOLD
        title = printable(self._selected.title)
        self.dismiss(
            f"{title} is {'on hold' if held else 'revoked'}. Clients learn of it from the CRL: press P."
        )

    def _form(self) -> RevocationForm:
        reason = str(self.query_one("#reason", Select).value)
        return RevocationForm(references=(self._selected.record.sha256,), reason=reason)

    def _named(self) -> bool:
        if not self._selected.record.is_authority:
            return True
        typed = self.query_one("#name", Input).value.strip()
        return typed in {printable(self._selected.title), printable(self._selected.record.subject)}

    def _show(self, plan: RevocationPlan) -> None:
        self._plan = plan
        notes = [Content.styled(f"! {printable(note)}", "$text-warning") for note in plan.notes]
        self.query_one(Facts).show(radius_rows(plan.radius), head=notes)

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Facts).show((), head=[sentence(error)])

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def radius_rows(radius: BlastRadius) -> tuple[Row, ...]:
    """Return whom a revocation hits as rows; what is not there is said too, because that was looked for."""
    seen = [
        f"{printable(one.host)}, {rfc3339(one.at) if one.at else 'some time ago'}" for one in radius.sightings
    ]
    kin = [
        f"{_record(one.record)}, {'same key' if one.same_key else 'for ' + printable(one.names[0])}"
        for one in radius.kin
    ]
    below = [_record(record) for record in radius.below]
    return (
        *_some("Falls with it", [f"{len(below)} that nobody will trust:", *below] if below else []),
        *_some("Served by", seen or ["no host, as far as was tested"]),
        *_some("Stays good", kin or ["nothing else has its name or key"]),
    )


def _some(title: str, lines: Sequence[str]) -> Iterator[Row]:
    for number, line in enumerate(lines[:_MOST_SHOWN]):
        yield Row("" if number else title, line)
    if len(lines) > _MOST_SHOWN:
        yield Row("", f"and {len(lines) - _MOST_SHOWN} more")


def _record(record: CertificateRecord) -> str:
    return f"{printable(title_of(record))}, {record.sha256[:12]}"


def _reasons() -> list[Choice]:
    return [
        (Content.assemble(str(reason).ljust(20), (meaning, "$foreground-muted")), str(reason))
        for reason, meaning in _REASONS.items()
    ]
