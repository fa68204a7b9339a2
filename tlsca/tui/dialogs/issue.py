"""Issue a certificate: the fields on one side, what is to be said about each below it, the certificate-to-be on the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Checkbox, Input, Label, Select, Static

from tlsca.authority.advice.advice import Advice
from tlsca.authority.advice.advising import advise
from tlsca.authority.desk import Desk
from tlsca.authority.habits import issue_and_remember
from tlsca.authority.issuing import CertificateForm, Issued, plan_certificate
from tlsca.authority.showing import show_certificate
from tlsca.errors import TlscaError
from tlsca.text import listing, printable, shorten
from tlsca.tui.bindings import bindings
from tlsca.tui.dialogs.dialog import Dialog, field_of
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.moving_acts import FILL_LIKE, ISSUE_FORM_ACTS, TAKE_CURE
from tlsca.tui.widgets.certificate_fields import CertificateFields
from tlsca.tui.widgets.choices import Offer
from tlsca.tui.widgets.field import AdvisedFields, Field, advice_line
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.preview import Preview
from tlsca.tui.wording import in_the_app

_TITLE_SHOWN = 16
_HIGHEST_PREVIEW = 18
_LOWEST_PREVIEW = 3


@dataclass(frozen=True, slots=True)
class Like:
    """A certificate after which the form can be filled in."""

    title: str
    form: CertificateForm


class IssueDialog(Dialog[Issued]):
    """Issue a certificate; answers what was issued."""

    TITLE_TEXT = "Issue a certificate"
    CONFIRM = "Issue"

    BINDINGS: ClassVar[list[BindingType]] = bindings(ISSUE_FORM_ACTS)

    DEFAULT_CSS = """
    IssueDialog {
        & > Vertical { width: 100; }
        & #issue-columns { height: auto; layout: vertical; }
        & #preview-box { background: $background; }
        & #further { padding: 0 1; }
        & #preview-title { color: $text-muted; padding: 0 1; display: none; }
        &.-huge > Vertical { width: 148; }
        &.-huge #issue-columns { layout: horizontal; }
        &.-huge CertificateFields { width: 78; padding-right: 2; }
        &.-huge #preview-box { width: 1fr; }
        &.-huge #preview-title { display: block; }
    }
    """

    def __init__(
        self, desk: Desk, offer: Offer, begin: CertificateForm | None = None, *, like: Like | None = None
    ) -> None:
        """`begin` is what the fields hold at first, `like` what they can be filled in with."""
        super().__init__()
        self._desk = desk
        self._offer = offer
        self._first = begin
        self._like = like
        self._follower: Follower[tuple[Advice, ...]] = Follower(self, self._advise, self._cannot_advise)

    # Laying out

    def compose_body(self) -> ComposeResult:
        """Lay out the fields beside, or above, the certificate-to-be."""
        with Horizontal(id="issue-columns"):
            yield CertificateFields(self._offer, self._first)
            with VerticalScroll(id="preview-box", can_focus=False):
                yield Label("What will be in it", id="preview-title")
                yield Preview(notes=False)
                yield Static(id="further")

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons, and the one that fills in the form after the certificate under the cursor."""
        if self._like is not None:
            title = shorten(printable(self._like.title), _TITLE_SHOWN)
            yield Button(f"Like {title} ({IN_FORCE.get().shown(FILL_LIKE)})", id="like", compact=True)
        yield from super().compose_buttons()

    def share_out(self, room: int) -> None:
        """Give the preview what the fields leave, whatever is in it: nothing moves while somebody types."""
        left = room if self.has_class("-huge") else room - CertificateFields.LINES
        self.query_one("#preview-box").styles.height = min(max(left, _LOWEST_PREVIEW), _HIGHEST_PREVIEW)

    def on_mount(self) -> None:
        """Say what to type first."""
        self._follow()

    # Following what is typed

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _follow(self) -> None:
        form = self._form()
        self._follower.follow(lambda: advise(self._desk, form))
        if form.names or form.subject:
            self.query_one(Preview).follow(lambda: plan_certificate(self._desk, form))
        else:
            self.query_one(Preview).rest(
                "Type the names that it is for: what clients dial, or whom it stands for."
            )

    def _advise(self, found: tuple[Advice, ...]) -> None:
        further = self.query_one(CertificateFields).advise(found)
        self.query_one("#further", Static).update(Content("\n").join(advice_line(one) for one in further))
        self.teach_again()

    def _cannot_advise(self, error: TlscaError) -> None:
        self.query_one(CertificateFields).advise(())
        self.show_error(error)

    def lesson(self, field: Field, value: str) -> Content:
        """Say what to do about what is told of the field, or else what it means."""
        advice = next(_advice_on(field), None)
        if advice is None or not advice.hint:
            return super().lesson(field, value)
        key = IN_FORCE.get().shown(TAKE_CURE)
        cure = ((key, "bold $primary"), f": {advice.cure}.  ") if advice.cure else ()
        return Content.assemble(*cure, in_the_app(advice.hint))

    # Doing it

    @on(Button.Pressed, "#like")
    def action_fill_like(self) -> None:
        """Fill the form in like the certificate that was under the cursor."""
        if self._like is not None:
            self.query_one(CertificateFields).fill(self._like.form)

    def action_take_cure(self) -> None:
        """Put right what is told of the field with the focus, where it is certain how."""
        field = field_of(self.focused) if self.focused is not None else None
        advice = next(_advice_on(field), None) if field is not None else None
        if advice is not None and advice.cured is not None:
            self.query_one(CertificateFields).fill(advice.cured)

    def action_confirm(self) -> None:
        """Unlock if need be, then issue in a thread."""
        self.show_error(None)
        once_unlocked(self, self._desk, "to sign with the authority's key", self._issue)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that make the certificate."""
        form = self._form()
        return lambda: show_certificate(self._desk, form)

    def _issue(self) -> None:
        form = self._form()
        what = printable(listing(list(form.names), most=2)) or printable(form.subject or "a certificate")
        self.carry_out(f"Issuing {what}", lambda: issue_and_remember(self._desk, form), self._refuse)

    def _form(self) -> CertificateForm:
        return self.query_one(CertificateFields).form

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _advice_on(field: Field) -> Iterator[Advice]:
    for above in field.ancestors:
        if isinstance(above, AdvisedFields):
            yield from above.advice
