"""The two fields of a new passphrase, and what is to be said of it while it is typed."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tlsca.authority.keeping import passphrase_advice
from tlsca.errors import UsageError
from tlsca.tui.widgets.field import Field


class NewPassphrase(Vertical):
    """A passphrase that is typed twice, because nobody sees it."""

    DEFAULT_CSS = """
    NewPassphrase { height: auto; & #advice { height: 2; } }
    """

    def __init__(self, label: str) -> None:
        """`label` stands before the first field."""
        super().__init__()
        self._label = label

    def compose(self) -> ComposeResult:
        """Lay out both fields above the advice."""
        first = Input(password=True, id="passphrase", compact=True, placeholder="12 characters or more")
        yield Field(self._label, first, topic="passphrase")
        yield Field("Once more", Input(password=True, id="again", compact=True), topic="again")
        yield Static("", id="advice")

    @on(Input.Changed, "#passphrase")
    def _advise(self, event: Input.Changed) -> None:
        advice = passphrase_advice(event.value) if event.value else ""
        self.query_one("#advice", Static).update(Content.styled(advice, "$text-warning"))

    @on(Input.Submitted, "#passphrase")
    def _ask_again(self, event: Input.Submitted) -> None:
        """Let Enter lead from the first field to the second, as long as nothing is in that."""
        again = self.query_one("#again", Input)
        if event.value and not again.value:
            event.stop()
            again.focus()

    def typed(self) -> str:
        """Return it. Raises UsageError where the two differ, and goes to the second."""
        typed, again = (self.query_one(f"#{name}", Input) for name in ("passphrase", "again"))
        if typed.value != again.value:
            again.focus()
            raise UsageError("The two passphrases differ.", hint="Type the same one twice.")
        return typed.value
