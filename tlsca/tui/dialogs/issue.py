"""Issue a certificate: the fields on one side, the certificate-to-be on the other."""

import re
from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Label, Select

from tlsca.authority.desk import Desk
from tlsca.authority.issuing import CertificateForm, Issued, issue, plan_certificate
from tlsca.authority.showing import show_certificate
from tlsca.errors import TlscaError
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import LEAF_LIFETIMES, UNTIL_ISSUER_ENDS, Offer, issuer_choices, key_choices
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.preview import Preview
from tlsca.tui.work import work


class IssueDialog(Dialog[Issued]):
    """Issue a certificate; answers what was issued."""

    TITLE_TEXT = "Issue a certificate"
    CONFIRM = "Issue"

    DEFAULT_CSS = """
    IssueDialog {
        & > Vertical { width: 100; }
        & #issue-columns { height: auto; layout: vertical; }
        & #issue-fields { height: auto; }
        & #preview-box { height: auto; max-height: 12; margin-top: 1; background: $background; }
        & #preview-title { color: $text-muted; padding: 0 1; }
        &.-huge > Vertical { width: 132; }
        &.-huge #issue-columns { layout: horizontal; }
        &.-huge #issue-fields { width: 1fr; padding-right: 2; }
        &.-huge #preview-box { width: 1fr; margin-top: 0; max-height: 24; }
    }
    """

    def __init__(self, desk: Desk, offer: Offer, begin: CertificateForm | None = None) -> None:
        """`begin` is what the fields hold at first."""
        super().__init__()
        self._desk = desk
        self._offer = offer
        self._first = begin

    def compose_body(self) -> ComposeResult:
        """Lay out the fields beside, or above, the certificate-to-be."""
        with Horizontal(id="issue-columns"):
            with Vertical(id="issue-fields"):
                yield Field(
                    "Names",
                    LineInput(id="names", compact=True, placeholder="www.example.com 10.0.0.1 a@example.com"),
                )
                yield Field(
                    "Profile",
                    Select(
                        self._offer.profiles, id="profile", compact=True, allow_blank=False, value="server"
                    ),
                )
                yield Field(
                    "Issuer",
                    Select(issuer_choices(self._offer.issuers), id="issuer", compact=True, allow_blank=False),
                )
                yield Field("Kind of key", Select(key_choices(), id="key", compact=True, allow_blank=False))
                yield Field(
                    "Valid for", Select(LEAF_LIFETIMES, id="lifetime", compact=True, allow_blank=False)
                )
                yield Field(
                    "Subject",
                    LineInput(
                        id="subject",
                        compact=True,
                        placeholder="empty: the first name; or Alice Smith, or CN=…,O=…",
                    ),
                )
            with VerticalScroll(id="preview-box", can_focus=False):
                yield Label("What will be in it", id="preview-title")
                yield Preview()

    def on_mount(self) -> None:
        """Fill in what there is to begin with, or say what to type first."""
        if self._first is not None:
            self._fill(self._first)
        self._follow()

    def on_input_changed(self) -> None:
        """Follow the form."""
        self._follow()

    def on_select_changed(self) -> None:
        """Follow the form."""
        self._follow()

    def action_confirm(self) -> None:
        """Unlock if need be, then issue in a thread."""
        self.show_error(None)
        once_unlocked(self, self._desk, "to sign with the authority's key", self._issue)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that make the certificate."""
        form = self._form()
        return lambda: show_certificate(self._desk, form)

    def _fill(self, form: CertificateForm) -> None:
        """Fill the fields in as far as they can take it: a profile or an issuer may have gone since."""
        self.query_one("#names", Input).value = " ".join(name for name in form.names if " " not in name)
        self.query_one("#subject", Input).value = form.subject or ""
        offered = {
            "profile": {value for _, value in self._offer.profiles},
            "issuer": {entry.record.sha256 for entry in self._offer.issuers},
            "key": {value for _, value in key_choices()},
        }
        for name, values in offered.items():
            if getattr(form, name) in values:
                self.query_one(f"#{name}", Select).value = getattr(form, name)

    def _issue(self) -> None:
        form = self._form()
        self.busy(True)
        work(self, lambda: issue(self._desk, form), self.dismiss, failed=self._refuse)

    def _follow(self) -> None:
        form = self._form()
        if form.names or form.subject:
            self.query_one(Preview).follow(lambda: plan_certificate(self._desk, form))
        else:
            self.query_one(Preview).rest(
                "Type the names that it is for: what clients dial, or whom it stands for."
            )

    def _form(self) -> CertificateForm:
        lifetime = str(self.query_one("#lifetime", Select).value)
        return CertificateForm(
            names=tuple(name for name in re.split(r"[,\s]+", self.query_one("#names", Input).value) if name),
            issuer=str(self.query_one("#issuer", Select).value),
            profile=str(self.query_one("#profile", Select).value),
            key=str(self.query_one("#key", Select).value),
            days=None if lifetime == UNTIL_ISSUER_ENDS else int(lifetime),
            until_issuer_ends=lifetime == UNTIL_ISSUER_ENDS,
            subject=self.query_one("#subject", Input).value.strip() or None,
        )

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
