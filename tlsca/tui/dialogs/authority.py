"""Make a root or an intermediate authority."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Select

from tlsca.authority.desk import Desk
from tlsca.authority.issuing import AuthorityForm, Issued, create_authority, plan_authority
from tlsca.authority.listing import Entry
from tlsca.authority.showing import show_authority
from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import AUTHORITY_LIFETIMES, issuer_choices, key_choices
from tlsca.tui.widgets.chooser import Chooser
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.preview import Preview

_ROOT = "root"


class AuthorityDialog(Dialog[Issued]):
    """Make an authority; answers what was issued."""

    TITLE_TEXT = "Create an authority"
    CONFIRM = "Create"

    DEFAULT_CSS = """
    AuthorityDialog #preview-box { height: auto; max-height: 10; margin-top: 1; background: $background; }
    """

    def __init__(self, desk: Desk, issuers: Sequence[Entry]) -> None:
        super().__init__()
        self._desk = desk
        self._issuers = issuers

    def compose_body(self) -> ComposeResult:
        """Lay out the fields above the certificate-to-be."""
        issuers = [(Content("nobody: it is a root"), _ROOT), *issuer_choices(self._issuers)]
        name = LineInput(id="name", compact=True, placeholder="My Issuing CA, or CN=…,O=…")
        yield Field("Name", name, topic="authority")
        yield Field("Signed by", Chooser(issuers, id="issuer"), topic="authority-issuer")
        yield Field("Kind of key", Chooser(key_choices(), id="key"), topic="key")
        yield Field("Valid for", Chooser(AUTHORITY_LIFETIMES, id="lifetime"), topic="authority-lifetime")
        yield Field(
            "Path length",
            LineInput(
                id="path-length",
                compact=True,
                type="integer",
                placeholder="how many authorities below it; empty: any number",
            ),
            topic="path-length",
        )
        yield Field(
            "May certify",
            LineInput(
                id="permit",
                compact=True,
                placeholder="corp.example 10.0.0.0/8 @corp.example; empty: anything",
            ),
            topic="permit",
        )
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Preview()

    def on_mount(self) -> None:
        """Say what to type first."""
        self._follow()

    def on_input_changed(self) -> None:
        """Follow the form."""
        self._follow()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Follow the form; an intermediate usually lives shorter than a root."""
        if event.select.id == "issuer":
            self.query_one("#lifetime", Select).value = "3650" if event.value == _ROOT else "1825"
        self._follow()

    def action_confirm(self) -> None:
        """Unlock if need be, then make it in a thread."""
        self.show_error(None)
        once_unlocked(self, self._desk, "to seal the authority's key", self._create)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that make the authority."""
        form = self._form()
        return lambda: show_authority(self._desk, form)

    def _create(self) -> None:
        form = self._form()
        title = f"Making the authority {printable(form.name)}"
        self.carry_out(title, lambda: create_authority(self._desk, form), self._refuse)

    def _follow(self) -> None:
        form = self._form()
        if form.name:
            self.query_one(Preview).follow(lambda: plan_authority(self._desk, form))
        else:
            self.query_one(Preview).rest("Type the name under which clients will know it.")

    def _form(self) -> AuthorityForm:
        issuer = str(self.query_one("#issuer", Select).value)
        length = self.query_one("#path-length", Input).value.strip()
        return AuthorityForm(
            name=self.query_one("#name", Input).value.strip(),
            issuer=None if issuer == _ROOT else issuer,
            key=str(self.query_one("#key", Select).value),
            days=int(str(self.query_one("#lifetime", Select).value)),
            path_length=int(length) if length.isdigit() else None,
            permit=tuple(self.query_one("#permit", Input).value.replace(",", " ").split()),
        )

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
