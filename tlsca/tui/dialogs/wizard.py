"""The wizard: a certificate in five questions, for whoever does it the first time; the form below is everybody's.

Enter goes on and Escape goes back. Nothing is signed before the review, which shows what will be in the certificate.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, ContentSwitcher, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from tlsca.authority.advice.advice import Advice
from tlsca.authority.advice.advising import advise
from tlsca.authority.advice.meanings import PROFILES as PROFILE_MEANINGS
from tlsca.authority.advice.meanings import meaning
from tlsca.authority.desk import Desk
from tlsca.authority.habits import issue_and_remember
from tlsca.authority.issuing import CertificateForm, Issued, plan_certificate
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.lint.remark import Level
from tlsca.pki.profiles import PROFILES
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.dialogs.wizard_steps import (
    ANY_EXAMPLE,
    EXAMPLES,
    HERE,
    ISSUER,
    LEADS,
    LIFETIME,
    NAMES,
    PURPOSE,
    REVIEW,
    STEPS,
)
from tlsca.tui.widgets.choices import LEAF_LIFETIMES, UNTIL_ISSUER_ENDS, Choice, Offer, issuer_choices
from tlsca.tui.widgets.field import Field, advice_line
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.preview import Preview
from tlsca.tui.work import work

_AROUND = 8
"""Lines that a step has besides what is chosen from."""
_HIGHEST = 14
_PROFILE_WIDTH = 16
_DONE = "done"


@dataclass(frozen=True, slots=True)
class Guided:
    """What came of the wizard."""

    issued: Issued
    then: str = ""
    """The act to go on with: `export`, `preflight`, or none."""


class WizardDialog(Dialog[Guided]):
    """Asks for a certificate step by step; answers what was issued, and what to do with it."""

    TITLE_TEXT = "A certificate, step by step"
    CONFIRM = "Next"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "go_on('export')", "Export", show=False),
        Binding("p", "go_on('preflight')", "Prove", show=False),
    ]

    DEFAULT_CSS = """
    WizardDialog {
        & > Vertical { width: 80; }
        & #way { color: $primary; text-style: bold; }
        & .lead { color: $text-muted; height: 2; }
        & ContentSwitcher { margin-top: 1; }
        & OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
        & OptionList, & OptionList:focus { height: 1fr; border: none; background: $surface; padding: 0; }
        & #review { background: $background; }
        & #meaning { height: 2; margin-top: 1; color: $text-muted; }
        & #advice { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-huge > Vertical { width: 100; }
    }
    """

    def __init__(self, desk: Desk, offer: Offer) -> None:
        super().__init__()
        self._desk = desk
        self._offer = offer
        self._at = 0
        self._issued: Issued | None = None
        self._follower: Follower[tuple[Advice, ...]] = Follower(self, self._advise, self.show_error)

    # Laying out

    def compose_body(self) -> ComposeResult:
        """Lay out the question, what there is to choose from, and what the choice means."""
        yield Label("", id="way", markup=False)
        yield Static("", classes="lead")
        with ContentSwitcher(initial=PURPOSE.id):
            purposes = [(_purpose(shown, name), name) for shown, name in self._offer.profiles]
            yield _choices(PURPOSE.id, purposes, first="server")
            with Vertical(id=NAMES.id):
                yield Field("Names", LineInput(id="typed", compact=True))
            yield _choices(ISSUER.id, issuer_choices(self._offer.issuers))
            yield _choices(LIFETIME.id, LEAF_LIFETIMES)
            with VerticalScroll(id=REVIEW.id, can_focus=False):
                yield Static(id="doubts")
                yield Preview(notes=False)
            yield Static(id=_DONE)
        yield Static(id="meaning")
        yield Static(id="advice")

    def share_out(self, room: int) -> None:
        """Keep what is chosen from as high at every step, so that nothing moves between them."""
        self.query_one(ContentSwitcher).styles.height = min(max(room - _AROUND, 3), _HIGHEST)

    def on_mount(self) -> None:
        """Ask the first question."""
        self.query_one("#frame").border_subtitle = "Enter goes on, Escape goes back"
        self._ask(0)

    # Going on and back

    def action_confirm(self) -> None:
        """Go on to the next question, or at the review do it."""
        self.show_error(None)
        if self._issued is not None:
            self.dismiss(Guided(self._issued))
        elif STEPS[self._at] is REVIEW:
            once_unlocked(self, self._desk, "to sign with the authority's key", self._issue)
        elif STEPS[self._at] is NAMES and not self._form().names:
            self.show_error(UsageError("A certificate needs a name.", hint=f"Such as {self._example()}."))
        else:
            form = self._form()
            work(self, lambda: advise(self._desk, form), self._go_on, group="next", exclusive=True)

    def action_leave(self) -> None:
        """Go back to the question before; from the first one, leave."""
        self.show_error(None)
        if self._issued is not None:
            self.dismiss(Guided(self._issued))
        elif self._at:
            self._ask(self._at - 1)
        else:
            self.dismiss(None)

    def action_go_on(self, act: str) -> None:
        """Leave for the next act, once there is a certificate to do it to."""
        if self._issued is not None:
            self.dismiss(Guided(self._issued, act))

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.action_confirm()

    def _go_on(self, found: Sequence[Advice]) -> None:
        """Go on unless what was answered here would be refused: whoever goes on in vain would have to come back."""
        step = STEPS[self._at]
        wrong = next((one for one in found if one.level is Level.ERROR and one.part in step.parts), None)
        if wrong is not None:
            self.show_error(UsageError(wrong.sentence, hint=wrong.hint))
        else:
            self._ask(self._at + 1)

    def _ask(self, number: int) -> None:
        self._at, step = number, STEPS[number]
        self.query_one("#way", Label).update(Content(f"Step {number + 1} of {len(STEPS)}: {step.question}"))
        lead = LEADS.get(self._picked(PURPOSE.id), step.lead) if step is NAMES else step.lead
        self.query_one(".lead", Static).update(Content(lead))
        self.query_one(ContentSwitcher).current = step.id
        self.query_one("#leave", Button).label = "Back" if number else "Cancel"
        self.query_one("#confirm", Button).label = "Issue" if step is REVIEW else self.CONFIRM
        self.query_one("#typed", Input).placeholder = self._example()
        if step is REVIEW:
            form = self._form()
            self.query_one(Preview).follow(lambda: plan_certificate(self._desk, form))
        self._focus()
        self._follow()

    def _focus(self) -> None:
        step = STEPS[self._at]
        chosen_from = {NAMES.id: "#typed", REVIEW.id: "#confirm"}.get(step.id, f"#{step.id}")
        self.query_one(chosen_from).focus()

    # What is told on the way

    @on(OptionList.OptionHighlighted)
    @on(Input.Changed)
    def _follow(self) -> None:
        self.query_one("#meaning", Static).update(Content(self._meaning()))
        form = self._form()
        self._follower.follow(lambda: advise(self._desk, form))

    def _meaning(self) -> str:
        step = STEPS[self._at]
        if step in {PURPOSE, NAMES}:
            example = f"Such a certificate is, for example, for {self._example()}."
            return HERE.get(self._picked(PURPOSE.id), example) if step is NAMES else example
        if step is LIFETIME:
            return meaning("lifetime", self._picked(LIFETIME.id))
        return "" if step is REVIEW else self._about_issuer()

    def _about_issuer(self) -> str:
        picked = next(
            one for one in self._offer.issuers if one.record.sha256 == self._picked(ISSUER.id)
        ).record
        return meaning("issuer", "root" if picked.issuer_id == picked.id else "intermediate")

    def _advise(self, found: tuple[Advice, ...]) -> None:
        step = STEPS[self._at]
        if self._issued is not None:
            return
        here = [one for one in found if one.part in step.parts]
        if step is REVIEW:
            self.query_one("#doubts", Static).update(Content("\n").join(advice_line(one) for one in here))
            here = []
        self.query_one("#advice", Static).update(advice_line(here[0]) if here else "")

    # Doing it

    def _issue(self) -> None:
        form = self._form()
        self.busy(True)
        work(self, lambda: issue_and_remember(self._desk, form), self._done, failed=self._refuse)

    def _done(self, issued: Issued) -> None:
        self.busy(False)
        self._issued = issued
        self.query_one("#frame").border_subtitle = ""
        self.query_one("#way", Label).update("Done")
        self.query_one(".lead", Static).update("")
        self.query_one(f"#{_DONE}", Static).update(Content("\n").join(_told(issued)))
        self.query_one(ContentSwitcher).current = _DONE
        self.query_one("#leave", Button).display = False
        button = self.query_one("#confirm", Button)
        button.label = "Close"
        button.focus()

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.query_one("#confirm", Button).label = "Issue"
        self.show_error(error)

    # What was answered

    def _form(self) -> CertificateForm:
        lifetime = self._picked(LIFETIME.id)
        return CertificateForm(
            names=self._names(),
            issuer=self._picked(ISSUER.id),
            profile=self._picked(PURPOSE.id),
            days=None if lifetime == UNTIL_ISSUER_ENDS else int(lifetime),
            until_issuer_ends=lifetime == UNTIL_ISSUER_ENDS,
        )

    def _names(self) -> tuple[str, ...]:
        """Part names at commas, and those of hosts at spaces too: people have spaces in theirs."""
        profile = PROFILES.get(self._picked(PURPOSE.id))
        between = r"[,\s]+" if profile is None or profile.needs_identity else r"\s*,\s*"
        return tuple(
            name for name in re.split(between, self.query_one("#typed", Input).value.strip()) if name
        )

    def _picked(self, step: str) -> str:
        options = self.query_one(f"#{step}", OptionList)
        return str(options.get_option_at_index(options.highlighted or 0).id)

    def _example(self) -> str:
        return EXAMPLES.get(self._picked(PURPOSE.id), ANY_EXAMPLE)


def _purpose(shown: Content, profile: str) -> Content:
    """Return a profile in words for somebody who does not know it; one of the operator's own has its title."""
    told = PROFILE_MEANINGS.get(profile)
    return Content.assemble(profile.ljust(_PROFILE_WIDTH), (told, "$foreground-muted")) if told else shown


def _choices(step: str, choices: Sequence[Choice], *, first: str = "") -> OptionList:
    options = OptionList(*(Option(shown, id=value) for shown, value in choices), id=step)
    options.highlighted = next((at for at, (_, value) in enumerate(choices) if value == first), 0)
    return options


def _told(issued: Issued) -> Iterator[Content]:
    """Yield what was done, and what is next."""
    title = printable(issued.record.subject or issued.record.serial)
    yield Content.assemble(("✔ ", "$text-success"), (f"Issued {title}.", "bold"))
    yield Content(f"It ends on {issued.record.not_after:%Y-%m-%d}. Its key is in the store, sealed.")
    yield Content("")
    yield Content.assemble(
        ("e", "bold $primary"), "  Export it for your program: nginx, Apache, Java and others."
    )
    yield Content.assemble(
        ("p", "bold $primary"), "  Prove it: serve it here, connect to it, see the verdict."
    )
