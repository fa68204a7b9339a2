"""Cross-sign: which authority of ours vouches for which other one, within which bounds, and what will result before it is signed."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Select, TextArea

from tlsca.authority.crosssigning import CrossForm, CrossPlan, cross_sign, may_vouch, plan_cross, vouchers
from tlsca.authority.desk import Desk
from tlsca.authority.issuing import Issued
from tlsca.authority.listing import Entry, entries, entries_of
from tlsca.authority.showing_cross import show_cross
from tlsca.errors import TlscaError
from tlsca.pki.describe import Row
from tlsca.pki.names import dn_text
from tlsca.pki.renew import CROSS
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import Choice, issuer_choices
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.path_completion import PathCompletion, expanded
from tlsca.tui.widgets.pem_area import PemArea
from tlsca.tui.work import sentence, work

_FOREIGN = "foreign"
_LIFETIMES: tuple[Choice, ...] = (
    (Content("5 years"), "1825"),
    (Content("2 years"), "730"),
    (Content("1 year"), "365"),
    (Content("10 years"), "3650"),
)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who can vouch, and for whom."""

    issuers: tuple[Entry, ...]
    authorities: tuple[Entry, ...]
    """Of the store: those that count, and that nothing has taken the place of."""
    first: tuple[str, str] | None
    """The fingerprints of the authority under the cursor and of the first issuer that can vouch for it, if one can."""


def parties(desk: Desk, selected: Entry | None) -> Parties:
    """Return who can vouch for whom in a store; `selected` is the certificate under the cursor."""
    authorities = (one for one in entries(desk) if one.record.is_authority and one.record.profile != CROSS)
    live = (one for one in authorities if one.renewed_by_ref is None)
    counted = tuple(one for one in live if one.status in {"valid", "expiring"})
    able = vouchers(desk)
    chosen = next((one.record for one in counted if selected and one.record.id == selected.record.id), None)
    issuer = next((one for one in able if chosen and may_vouch(desk, one, chosen)), None)
    first = (chosen.sha256, issuer.sha256) if chosen and issuer else None
    return Parties(entries_of(desk, able), counted, first)


@dataclass(frozen=True, slots=True)
class _Given:
    """What was typed; `form` names the other authority only where it is one of the store's."""

    path: str
    pasted: str
    form: CrossForm

    @property
    def complete(self) -> bool:
        """Whether it says which authority is meant."""
        return bool(self.form.what or self.path or self.pasted.strip())

    def whole(self) -> CrossForm:
        """Return the form with the other authority in it; a file goes before what was pasted."""
        if self.form.what:
            return self.form
        if self.path:
            return replace(self.form, what=str(expanded(self.path)))
        return replace(self.form, what="The pasted text", data=self.pasted.encode())


class CrossSignDialog(Dialog[Issued]):
    """Vouch for another authority; answers the certificate that does."""

    TITLE_TEXT = "Cross-sign an authority"
    CONFIRM = "Cross-sign"

    DEFAULT_CSS = """
    CrossSignDialog {
        & > Vertical { width: 100; }
        & #foreign { height: auto; display: none; }
        & #foreign.-shown { display: block; }
        & #pasted-field { height: 3; }
        & #preview-box { height: auto; max-height: 10; margin-top: 1; background: $background; padding: 0 1; }
        &.-huge > Vertical { width: 132; }
        &.-huge #preview-box { max-height: 24; }
    }
    """

    def __init__(self, desk: Desk, found: Parties) -> None:
        super().__init__()
        self._desk = desk
        self._found = found
        self._follower: Follower[CrossPlan] = Follower(self, self._show, self._explain)

    def compose_body(self) -> ComposeResult:
        """Lay out who, for how long and within which bounds, above what results."""
        other, issuer = self._found.first or (_FOREIGN, self._found.issuers[0].record.sha256)
        others = [(Content("one from a file, or pasted"), _FOREIGN), *issuer_choices(self._found.authorities)]
        yield Field(
            "Authority",
            Select(others, id="other", compact=True, allow_blank=False, value=other),
        )
        with Vertical(id="foreign"):
            yield Field(
                "File",
                LineInput(
                    id="path",
                    compact=True,
                    placeholder="their-ca.pem; or paste it below",
                    suggester=PathCompletion(),
                ),
            )
            yield Field("Or pasted", PemArea(id="pasted", tab_behavior="focus"), id="pasted-field")
        yield Field(
            "Issuer",
            Select(
                issuer_choices(self._found.issuers),
                id="issuer",
                compact=True,
                allow_blank=False,
                value=issuer,
            ),
        )
        yield Field("Valid for", Select(_LIFETIMES, id="lifetime", compact=True, allow_blank=False))
        yield from self._bounds()
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Facts()

    def _bounds(self) -> ComposeResult:
        yield Field(
            "Until", LineInput(id="until", compact=True, placeholder="a date in its place: 2030-12-31")
        )
        yield Field(
            "Path length",
            LineInput(
                id="path-length",
                compact=True,
                type="integer",
                placeholder="how many authorities below it; empty: as its own",
            ),
        )
        yield Field(
            "May certify",
            LineInput(
                id="permit",
                compact=True,
                placeholder="corp.example 10.0.0.0/8 @corp.example; empty: as its own",
            ),
        )
        yield Field("But not", LineInput(id="exclude", compact=True, placeholder="secret.corp.example"))

    def on_mount(self) -> None:
        """Show what will result, or what to give first."""
        self._follow()

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _follow(self) -> None:
        given = self._given()
        self.query_one("#foreign").set_class(not given.form.what, "-shown")
        if given.complete:
            self._follower.follow(lambda: plan_cross(self._desk, given.whole()))
            return
        self._follower.rest()
        hint = "Give the other authority's own certificate. What it may do will be shown before it is signed."
        self.query_one(Facts).show((), head=[Content.styled(hint, "$foreground-muted")])

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that cross-sign it."""
        given = self._given()
        return lambda: show_cross(self._desk, given.whole())

    def action_confirm(self) -> None:
        """Unlock if need be, then sign in a thread."""
        self.show_error(None)
        if self._given().complete:
            once_unlocked(self, self._desk, "to sign with the authority's key", self._sign)
        else:
            self.query_one("#path", Input).focus()

    def _sign(self) -> None:
        given = self._given()
        self.busy(True)
        work(self, lambda: cross_sign(self._desk, given.whole()), self.dismiss, failed=self._refuse)

    def _given(self) -> _Given:
        other, until = str(self.query_one("#other", Select).value), self._typed("until")
        length = self._typed("path-length")
        return _Given(
            self._typed("path"),
            self.query_one(PemArea).text,
            CrossForm(
                what="" if other == _FOREIGN else other,
                issuer=str(self.query_one("#issuer", Select).value),
                days=None if until else int(str(self.query_one("#lifetime", Select).value)),
                until=until or None,
                path_length=int(length) if length.isdigit() else None,
                permit=_words(self._typed("permit")),
                exclude=_words(self._typed("exclude")),
            ),
        )

    def _typed(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value.strip()

    def _show(self, plan: CrossPlan) -> None:
        notes = [Content.styled(f"! {printable(note)}", "$text-warning") for note in plan.draft.notes]
        who = (
            Row("Subject", printable(dn_text(plan.foreign.subject)), "keeps its name and its key"),
            Row("Issuer", printable(plan.issuer.subject)),
        )
        self.query_one(Facts).show((*who, *plan.rows), head=notes)

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Facts).show((), head=[sentence(error)])

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _words(typed: str) -> tuple[str, ...]:
    return tuple(typed.replace(",", " ").split())
