"""The fields of a form for a certificate: what is typed in them is a `CertificateForm`, and one can be filled in.

They begin with what was chosen for the last certificate of the same authority, and follow when another authority is chosen, as far as
nothing was chosen by hand.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Checkbox, Input, Select

from tlsca.authority.advice.advice import Advice, Part, on_part
from tlsca.authority.issuing import CertificateForm
from tlsca.tui.widgets.choices import (
    LEAF_LIFETIMES,
    UNTIL_ISSUER_ENDS,
    Offer,
    days_choice,
    issuer_choices,
    key_choices,
)
from tlsca.tui.widgets.chooser import Chooser
from tlsca.tui.widgets.field import AdvisedFields, Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.tick import Tick

_BETWEEN = re.compile(r"[,\s]+")
_HABITUAL = (
    "profile",
    "key",
    "days",
    "until_issuer_ends",
    "crl_urls",
    "ocsp_urls",
    "must_staple",
)
"""What an authority's next certificate has in common with its last one."""


class CertificateFields(Vertical):
    """Names, profile, issuer, key, lifetime, subject and pointers, each with its line for advice."""

    DEFAULT_CSS = """
    CertificateFields {
        height: auto;
        & .pointers { height: 1; }
        & .pointers Field { width: 1fr; }
        & #ocsp-field Label { width: 11; padding-left: 2; }
    }
    """

    LINES = 15
    """How high they are."""

    def __init__(self, offer: Offer, begin: CertificateForm | None = None) -> None:
        """`begin` is what the fields hold at first; without it, what is usual for the first issuer."""
        super().__init__()
        self._offer = offer
        first = offer.issuers[0].record.sha256
        plain = CertificateForm(names=(), issuer=first, days=int(LEAF_LIFETIMES[0][1]))
        self._filled = begin or offer.habits.get(first, plain)
        """What was filled in last, and not by hand."""

    def compose(self) -> ComposeResult:
        """Lay the fields out below each other; the two addresses share a line."""
        names = LineInput(id="names", compact=True, placeholder="www.example.com 10.0.0.1 a@example.com")
        subject = LineInput(
            id="subject", compact=True, placeholder="empty: the first name; or Alice Smith, or CN=…,O=…"
        )
        issuer = Chooser(issuer_choices(self._offer.issuers), id="issuer")
        lifetime = Chooser(LEAF_LIFETIMES, id="lifetime")
        yield AdvisedFields(Part.NAMES, Field("Names", names, topic="names"))
        profile = Chooser(self._offer.profiles, id="profile", value="server")
        yield AdvisedFields(Part.PROFILE, Field("Profile", profile, topic="profile"))
        yield AdvisedFields(Part.ISSUER, Field("Issuer", issuer, topic="issuer"))
        yield AdvisedFields(Part.KEY, Field("Kind of key", Chooser(key_choices(), id="key"), topic="key"))
        yield AdvisedFields(Part.LIFETIME, Field("Valid for", lifetime, topic="lifetime"))
        yield AdvisedFields(Part.SUBJECT, Field("Subject", subject, topic="subject"))
        yield AdvisedFields(Part.POINTERS, self._addresses(), self._staple())

    def _addresses(self) -> Horizontal:
        lists = LineInput(id="crl", compact=True, placeholder="http://…, or none")
        responder = LineInput(id="ocsp", compact=True, placeholder="http://…, or none")
        return Horizontal(
            Field("CRL at", lists, topic="crl"),
            Field("OCSP at", responder, topic="ocsp", id="ocsp-field"),
            classes="pointers",
        )

    def _staple(self) -> Field:
        return Field(
            "Must staple", Tick("clients refuse it without a fresh OCSP answer", id="staple"), topic="staple"
        )

    def on_mount(self) -> None:
        """Fill in what there is to begin with."""
        self.fill(self._filled)

    @property
    def form(self) -> CertificateForm:
        """What is in the fields."""
        lifetime = self._chooser("lifetime").chosen
        return CertificateForm(
            names=self._words("names"),
            issuer=self._chooser("issuer").chosen,
            profile=self._chooser("profile").chosen,
            key=self._chooser("key").chosen,
            days=None if lifetime == UNTIL_ISSUER_ENDS else int(lifetime),
            until_issuer_ends=lifetime == UNTIL_ISSUER_ENDS,
            subject=self.query_one("#subject", Input).value.strip() or None,
            crl_urls=self._words("crl"),
            ocsp_urls=self._words("ocsp"),
            must_staple=self.query_one("#staple", Checkbox).value,
        )

    def fill(self, form: CertificateForm) -> None:
        """Fill the fields in as far as they can take it: a profile or an issuer may have gone since."""
        self.query_one("#names", Input).value = " ".join(name for name in form.names if " " not in name)
        self.query_one("#subject", Input).value = form.subject or ""
        self.query_one("#crl", Input).value = " ".join(form.crl_urls)
        self.query_one("#ocsp", Input).value = " ".join(form.ocsp_urls)
        self.query_one("#staple", Checkbox).value = form.must_staple
        for name, value in (("profile", form.profile), ("issuer", form.issuer), ("key", form.key)):
            self._chooser(name).choose(value or "")
        if form.until_issuer_ends:
            self._chooser("lifetime").choose(UNTIL_ISSUER_ENDS)
        elif form.days is not None:
            shown, days = days_choice(form.days)
            self._chooser("lifetime").choose(days, shown)
        self._filled = self.form

    def advise(self, found: Sequence[Advice]) -> tuple[Advice, ...]:
        """Show below each field the gravest of what is to be said about it; return what else there is."""
        for fields in self.query(AdvisedFields):
            fields.advise(on_part(found, fields.part))
        shown = [fields.advice[0] for fields in self.query(AdvisedFields) if fields.advice]
        return tuple(advice for advice in found if advice not in shown)

    @on(Select.Changed, "#issuer")
    def _follow_habits(self) -> None:
        form = self.form
        usual = self._offer.habits.get(form.issuer or "")
        if form.issuer == self._filled.issuer or usual is None:
            return
        untouched = [name for name in _HABITUAL if getattr(form, name) == getattr(self._filled, name)]
        self.fill(replace(form, **{name: getattr(usual, name) for name in untouched}))

    def _chooser(self, name: str) -> Chooser:
        return self.query_one(f"#{name}", Chooser)

    def _words(self, name: str) -> tuple[str, ...]:
        return tuple(word for word in _BETWEEN.split(self.query_one(f"#{name}", Input).value) if word)
