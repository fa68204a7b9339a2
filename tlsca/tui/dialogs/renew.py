"""Renew a certificate: with its key or a new one, for how long, and what will differ, before it is done."""

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Checkbox, Label, Select, Static

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.renewing import Renewal, RenewalForm, Renewed, plan_renewal, renew
from tlsca.errors import TlscaError
from tlsca.pki.difference import Difference
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import AUTHORITY_LIFETIMES, LEAF_LIFETIMES, UNTIL_ISSUER_ENDS, Choice
from tlsca.tui.widgets.columns import Columns, Line
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.work import sentence, work

_AS_BEFORE = "as before"

_SAME_KEY = "With the same key what it issued stays valid and attached to it."
_NEW_KEY = "With a new key what it issued stays below the old one, until that ends."
_NEW_ROOT_KEY = "With a new key the old root and the new one vouch for each other."


class RenewDialog(Dialog[Renewed]):
    """Renew a certificate; answers what came of it."""

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

    def __init__(self, desk: Desk, selected: Entry) -> None:
        super().__init__()
        self._desk = desk
        self._selected = selected
        self._follower: Follower[tuple[Renewal, ...]] = Follower(self, self._show, self._explain)

    def compose_body(self) -> ComposeResult:
        """Lay out the choices above what they change."""
        yield Label(printable(self._selected.title), classes="dialog-lead", markup=False)
        yield Field("Valid for", Select(self._lifetimes(), id="lifetime", compact=True, allow_blank=False))
        yield Field("", Tick("a new key", id="rekey"))
        yield Static(id="meaning")
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Columns(("NOW", "THEN"))

    def on_mount(self) -> None:
        """Show what will differ."""
        self._follow()

    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _follow(self) -> None:
        form = self._form()
        meaning = self.query_one("#meaning", Static)
        meaning.set_class(self._selected.record.is_authority, "-shown")
        meaning.update(Content(self._meaning(rekey=form.rekey)))
        self._follower.follow(lambda: plan_renewal(self._desk, form))

    def action_confirm(self) -> None:
        """Unlock if need be, then renew in a thread."""
        self.show_error(None)
        once_unlocked(self, self._desk, "to sign with the authority's key", self._renew)

    def _renew(self) -> None:
        form = self._form()
        self.busy(True)
        work(
            self,
            lambda: renew(self._desk, form),
            lambda renewed: self.dismiss(renewed[0]),
            failed=self._refuse,
        )

    def _form(self) -> RenewalForm:
        lifetime = str(self.query_one("#lifetime", Select).value)
        return RenewalForm(
            references=(self._selected.record.sha256,),
            rekey=self.query_one("#rekey", Tick).value,
            days=None if lifetime == _AS_BEFORE else int(lifetime),
        )

    def _lifetimes(self) -> list[Choice]:
        offered = AUTHORITY_LIFETIMES if self._selected.record.is_authority else LEAF_LIFETIMES
        by_days = [choice for choice in offered if choice[1] != UNTIL_ISSUER_ENDS]
        return [(Content("as long as before"), _AS_BEFORE), *by_days]

    def _meaning(self, *, rekey: bool) -> str:
        root = self._selected.record.issuer_id == self._selected.record.id
        return (_NEW_ROOT_KEY if root else _NEW_KEY) if rekey else _SAME_KEY

    def _show(self, plans: tuple[Renewal, ...]) -> None:
        plan = plans[0]
        notes = [Content.styled(f"! {printable(note)}", "$text-warning") for note in plan.notes]
        key = Line("Key itself", ("the one it has", "a new one" if plan.rekey else "the same"))
        self.query_one(Columns).show([*map(_line, plan.differences), key], head=notes)

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Columns).show((), head=[sentence(error)])

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _line(difference: Difference) -> Line:
    return Line(difference.field, (difference.old or "-", difference.new or "-"))
