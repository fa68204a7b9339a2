"""Sign somebody's certificate request: what was asked, what the profile says, and what results, before it is signed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Select, Static, TextArea

from tlsca.authority.desk import Desk
from tlsca.authority.files import read_file
from tlsca.authority.issuing import Issued
from tlsca.authority.requesting import Signed, SignForm, Signing, plan_signature, sign_request
from tlsca.authority.showing_requests import show_signature
from tlsca.errors import TlscaError
from tlsca.pki.merge import MergeRow
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import LEAF_LIFETIMES, UNTIL_ISSUER_ENDS, Offer, issuer_choices
from tlsca.tui.widgets.chooser import Chooser
from tlsca.tui.widgets.columns import Columns, Line
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.path_completion import PathCompletion, expanded
from tlsca.tui.widgets.pem_area import PemArea
from tlsca.tui.wording import in_the_app
from tlsca.tui.work import sentence, work

_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """A request that the store has."""

    title: str
    """What a person calls it; printable."""
    pem: bytes


@dataclass(frozen=True, slots=True)
class _Given:
    """What was typed, before a file is read; that is done in a thread."""

    path: str
    pasted: str
    form: SignForm

    def read(self) -> SignForm:
        """Return the form with the request in it; a file goes before what was pasted. Raises Unreadable."""
        if self.form.request:
            return self.form
        if self.path:
            data = read_file(expanded(self.path), most=_LARGEST)
            return replace(self.form, request=data, source=printable(self.path))
        return replace(self.form, request=self.pasted.encode(), source="The pasted request")


class SignDialog(Dialog[Issued]):
    """Sign a request; answers what was issued."""

    TITLE_TEXT = "Sign a request"
    CONFIRM = "Sign"

    DEFAULT_CSS = """
    SignDialog {
        & > Vertical { width: 132; }
        & #preview-box { height: auto; max-height: 11; margin-top: 1; background: $background; }
        & #pasted-field { height: 3; }
        &.-huge #preview-box { max-height: 28; }
    }
    """

    def __init__(self, desk: Desk, offer: Offer, held: Held | None = None) -> None:
        """`held` is the request, where it is one that the store has; else it is asked for."""
        super().__init__()
        self._held = held
        self._desk = desk
        self._offer = offer
        self._follower: Follower[Signing] = Follower(self, self._show, self._explain)

    def compose_body(self) -> ComposeResult:
        """Lay out the fields above the table."""
        if self._held is None:
            yield Field(
                "File",
                LineInput(
                    id="path",
                    compact=True,
                    placeholder="request.csr; or paste it below",
                    suggester=PathCompletion(),
                ),
                topic="request",
            )
            yield Field("Or pasted", PemArea(id="pasted", tab_behavior="focus"), id="pasted-field")
        else:
            yield Field("Request", Static(Content(self._held.title)))
        profile = Chooser(self._offer.profiles, id="profile", value="server")
        yield Field("Profile", profile, topic="profile")
        issuer = Chooser(issuer_choices(self._offer.issuers), id="issuer")
        yield Field("Issuer", issuer, topic="issuer")
        yield Field("Valid for", Chooser(LEAF_LIFETIMES, id="lifetime"), topic="lifetime")
        yield Field(
            "Take as asked",
            LineInput(
                id="take", compact=True, placeholder="extensions beyond the profile's: keyUsage, an OID"
            ),
            topic="take",
        )
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Columns(("ASKED", "PROFILE", "RESULT"))

    def on_mount(self) -> None:
        """Say what to give first."""
        self._follow()

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _follow(self) -> None:
        given = self._given()
        if not (given.form.request or given.path or given.pasted.strip()):
            self._follower.rest()
            hint = "Give a request: nothing is signed before you have seen what results."
            self.query_one(Columns).show((), head=[Content.styled(hint, "$foreground-muted")])
            return
        self._follower.follow(lambda: plan_signature(self._desk, given.read()))

    def action_confirm(self) -> None:
        """Unlock if need be, then sign in a thread."""
        self.show_error(None)
        once_unlocked(self, self._desk, "to sign with the authority's key", self._sign)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that sign the request."""
        given = self._given()
        return lambda: show_signature(self._desk, given.read())

    def _sign(self) -> None:
        given = self._given()
        self.busy(True)
        work(self, lambda: sign_request(self._desk, given.read()), self._signed, failed=self._refuse)

    def _signed(self, signed: Signed) -> None:
        self.dismiss(signed.issued)

    def _given(self) -> _Given:
        lifetime = str(self.query_one("#lifetime", Select).value)
        held = self._held
        return _Given(
            "" if held else self.query_one("#path", Input).value.strip(),
            "" if held else self.query_one(PemArea).text,
            SignForm(
                request=held.pem if held else b"",
                issuer=str(self.query_one("#issuer", Select).value),
                profile=str(self.query_one("#profile", Select).value),
                take=tuple(
                    name for name in re.split(r"[,\s]+", self.query_one("#take", Input).value) if name
                ),
                days=None if lifetime == UNTIL_ISSUER_ENDS else int(lifetime),
                until_issuer_ends=lifetime == UNTIL_ISSUER_ENDS,
            ),
        )

    def _show(self, plan: Signing) -> None:
        notes = [Content.styled(f"! {printable(note)}", "$text-warning") for note in plan.draft.notes]
        self.query_one(Columns).show([_line(row) for row in plan.rows], head=notes)

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Columns).show((), head=[sentence(error)])

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _line(row: MergeRow) -> Line:
    """Return one part of the certificate; who won, and why it is not as asked, stand below it where that matters."""
    cells = tuple(cell or "-" for cell in (row.asked, row.profile, row.result))
    note = f"{row.won}: {in_the_app(row.why)}" if row.why else ""
    return Line(row.extension, cells, note, "$text-warning" if row.dropped else "")
