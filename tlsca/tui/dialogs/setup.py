"""First run: a store, its passphrase, and a root authority, in one step."""

import dataclasses
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Select

from tlsca.authority.desk import Desk
from tlsca.authority.issuing import AuthorityForm, create_authority
from tlsca.authority.keeping import create_store
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.names import dn
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.frame import Frame
from tlsca.tui.widgets.choices import AUTHORITY_LIFETIMES, key_choices
from tlsca.tui.widgets.chooser import Chooser
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.new_passphrase import NewPassphrase
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.work import tell, work


class SetupDialog(Dialog[Desk]):
    """Make a store; with `authority` also a root and, if wanted, an intermediate. Answers the open, unlocked desk."""

    TITLE_TEXT = "Create an authority"
    CONFIRM = "Create"

    def __init__(self, place: Path, *, authority: bool = True, then: str = "") -> None:
        """`then` says what comes after it."""
        super().__init__()
        self._place = place
        self._authority = authority
        self._then = then

    def compose_body(self) -> ComposeResult:
        """Lay out the passphrase first, because everything else rests on it."""
        yield Label(
            "The passphrase seals every private key. Nobody can open them without it.",
            classes="dialog-lead",
            markup=False,
        )
        yield NewPassphrase("Passphrase")
        if self._authority:
            name = LineInput("My Root CA", id="name", compact=True, select_on_focus=True)
            yield Field("Authority", name, topic="root")
            yield Field("Kind of key", Chooser(key_choices(), id="key"), topic="key")
            yield Field("Valid for", Chooser(AUTHORITY_LIFETIMES, id="lifetime"), topic="authority-lifetime")
            below = Tick("and an intermediate that issues for it", True, id="intermediate")
            yield Field("", below, topic="intermediate")

    def on_mount(self) -> None:
        """Say what is made, and what comes after it."""
        frame = self.query_one(Frame)
        frame.border_subtitle = Content(self._then)
        if not self._authority:
            frame.call("Create the store")

    def action_confirm(self) -> None:
        """Make everything in a thread."""
        self.show_error(None)
        try:
            typed = self.query_one(NewPassphrase).typed()
        except UsageError as error:
            self.show_error(error)
            return
        self.busy(True)
        forms = self._forms() if self._authority else []
        work(self, lambda: _make(self._place, typed, forms), self._made, failed=self._refuse)

    def _forms(self) -> list[AuthorityForm]:
        name = self.query_one("#name", Input).value.strip()
        key = str(self.query_one("#key", Select).value)
        root = AuthorityForm(name=name, key=key, days=int(str(self.query_one("#lifetime", Select).value)))
        if not self.query_one("#intermediate", Tick).value:
            return [root]
        return [root, AuthorityForm(name=_intermediate_name(name), key=key, path_length=0)]

    def _made(self, made: tuple[Desk, TlscaError | None]) -> None:
        desk, problem = made
        if problem is not None:
            tell(self.app, problem)
        self.dismiss(desk)

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _make(place: Path, passphrase: str, forms: list[AuthorityForm]) -> tuple[Desk, TlscaError | None]:
    """Return the new store with its authorities, each signed by the one before; and why there are fewer, if there are."""
    for form in forms:
        dn(form.name)  # a name that is none is refused before anything is on disk
    desk = create_store(place, passphrase)
    issuer = None
    try:
        for form in forms:
            issuer = create_authority(desk, dataclasses.replace(form, issuer=issuer)).record.sha256
    except TlscaError as error:
        return desk, error  # the store is there all the same, and the home screen can make what is missing
    return desk, None


def _intermediate_name(root: str) -> str:
    """Return a name for the authority that issues below a root: `My Root CA` -> `My Issuing CA`."""
    if "=" in root:
        head, _, rest = root.partition(",")
        return f"{head} Issuing{',' + rest if rest else ''}"
    return root.replace("Root", "Issuing", 1) if "Root" in root else f"{root} Issuing"
