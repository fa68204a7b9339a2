"""Renew certificates: with their keys or new ones, for how long, and what will differ, before it is done."""

from collections.abc import Callable, Iterator, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label, Select, Static

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry, title_of
from tlsca.authority.renewing import Renewal, RenewalForm, Renewed, plan_renewal, renew
from tlsca.authority.showing_renewal import show_renewal
from tlsca.errors import TlscaError
from tlsca.pki.key_rows import NOTES
from tlsca.pki.keys import KINDS
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.revoke import called
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import AUTHORITY_LIFETIMES, LEAF_LIFETIMES, UNTIL_ISSUER_ENDS, Choice
from tlsca.tui.widgets.chooser import Chooser
from tlsca.tui.widgets.columns import Columns, Line
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.work import sentence

_AS_BEFORE = "as before"
_SAME = "same"
_ALIKE = "alike"
_MOST_SHOWN = 20
"""Certificates whose differences are shown; those beyond are only counted."""
_MOST_NOTES = 5

_SAME_KEY = "With the same key what it issued stays valid and attached to it."
_NEW_KEY = "With a new key what it issued stays below the old one, until that ends."
_NEW_ROOT_KEY = "With a new key the old root and the new one vouch for each other."


class RenewDialog(Dialog[tuple[Renewed, ...]]):
    """Renew certificates, all of them or none; answers what came of them."""

    TITLE_TEXT = "Renew"
    CONFIRM = "Renew"

    DEFAULT_CSS = """
    RenewDialog {
        & > Vertical { width: 100; }
        & #meaning { height: auto; color: $text-muted; display: none; }
        & #meaning.-shown { display: block; }
        & #preview-box { height: auto; max-height: 12; margin-top: 1; background: $background; }
        &.-huge > Vertical { width: 132; }
        &.-huge #preview-box { max-height: 28; }
    }
    """

    def __init__(self, desk: Desk, selected: Sequence[Entry]) -> None:
        super().__init__()
        self._desk = desk
        self._selected = selected
        self._authority = next((entry for entry in selected if entry.record.is_authority), None)
        self._follower: Follower[tuple[Renewal, ...]] = Follower(self, self._show, self._explain)

    def compose_body(self) -> ComposeResult:
        """Lay out the choices above what they change."""
        yield Label(called(self._selected), classes="dialog-lead", markup=False)
        yield Field("Valid for", Chooser(self._lifetimes(), id="lifetime"), topic="lifetime")
        yield Field("Key", Chooser(_keys(), id="key"), topic="renewed-key")
        yield Static(id="meaning")
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Columns(("NOW", "THEN"))

    def on_mount(self) -> None:
        """Show what will differ."""
        self._follow()

    @on(Select.Changed)
    def _follow(self) -> None:
        form = self._form()
        meaning = self.query_one("#meaning", Static)
        meaning.set_class(self._authority is not None, "-shown")
        meaning.update(Content(self._meaning(rekey=form.rekey)))
        self._follower.follow(lambda: plan_renewal(self._desk, form))

    def action_confirm(self) -> None:
        """Unlock if need be, then renew in a thread."""
        self.show_error(None)
        once_unlocked(self, self._desk, "to sign with the authority's key", self._renew)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that renew them."""
        form = self._form()
        return lambda: show_renewal(self._desk, form)

    def _renew(self) -> None:
        form = self._form()
        self.carry_out(f"Renewing {called(self._selected)}", lambda: renew(self._desk, form), self._refuse)

    def _form(self) -> RenewalForm:
        lifetime = str(self.query_one("#lifetime", Select).value)
        key = str(self.query_one("#key", Select).value)
        return RenewalForm(
            references=tuple(entry.record.sha256 for entry in self._selected),
            rekey=key != _SAME,
            key=None if key in {_SAME, _ALIKE} else key,
            days=None if lifetime == _AS_BEFORE else int(lifetime),
        )

    def _lifetimes(self) -> list[Choice]:
        offered = AUTHORITY_LIFETIMES if self._authority is not None else LEAF_LIFETIMES
        by_days = [choice for choice in offered if choice[1] != UNTIL_ISSUER_ENDS]
        return [(Content("as long as before"), _AS_BEFORE), *by_days]

    def _meaning(self, *, rekey: bool) -> str:
        root = any(entry.record.issuer_id == entry.record.id for entry in self._selected)
        return (_NEW_ROOT_KEY if root else _NEW_KEY) if rekey else _SAME_KEY

    def _show(self, plans: tuple[Renewal, ...]) -> None:
        self.query_one(Columns).show(_lines(plans), head=list(_notes(plans)))

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Columns).show((), head=[sentence(error)])

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _keys() -> list[Choice]:
    return [
        (Content("the same as before"), _SAME),
        (Content("a new one of the same kind"), _ALIKE),
        *(
            (Content.assemble(f"a new {kind}".ljust(18), (NOTES[kind], "$foreground-muted")), kind)
            for kind in KINDS
        ),
    ]


def _lines(plans: Sequence[Renewal]) -> Iterator[Line]:
    """Yield what will differ, of several below the name of each."""
    rekey = plans[0].rekey
    if len(plans) == 1:
        yield from _differences(plans[0])
        yield Line("Key itself", ("the one it has", "a new one" if rekey else "the same"))
        return
    yield Line("Keys themselves", ("those they have", "new ones" if rekey else "the same"))
    for plan in plans[:_MOST_SHOWN]:
        yield Line(printable(title_of(plan.old)))
        yield from _differences(plan)
    if len(plans) > _MOST_SHOWN:
        yield Line(f"and {len(plans) - _MOST_SHOWN} more")


def _differences(plan: Renewal) -> Iterator[Line]:
    for difference in plan.differences:
        yield Line(difference.field, (difference.old or "-", difference.new or "-"))


def _notes(plans: Sequence[Renewal]) -> Iterator[Content]:
    notes = list(dict.fromkeys(note for plan in plans for note in plan.notes))
    for note in notes[:_MOST_NOTES]:
        yield Content.styled(f"! {printable(note)}", "$text-warning")
    if len(notes) > _MOST_NOTES:
        yield Content.styled(f"! and {len(notes) - _MOST_NOTES} more like these", "$text-warning")
