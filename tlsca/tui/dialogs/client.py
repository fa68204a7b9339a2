"""Choose the client certificate to show, among those that the server says it accepts."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Label, OptionList

from tlsca.authority.listing import Entry
from tlsca.text import duration, printable
from tlsca.tui.dialogs.dialog import Dialog


class ClientDialog(Dialog[Entry]):
    """Choose one; answers which."""

    TITLE_TEXT = "Show a client certificate"
    CONFIRM = "Show it"

    DEFAULT_CSS = """
    ClientDialog OptionList { height: auto; max-height: 12; border: none; padding: 0; background: $panel; }
    ClientDialog OptionList:focus { border: none; }
    """

    def __init__(self, clients: Sequence[Entry]) -> None:
        super().__init__()
        self._clients = clients

    def compose_body(self) -> ComposeResult:
        """Lay out those that qualify."""
        yield Label(
            "The server learns who it names. These have their keys in the store.",
            classes="dialog-lead",
            markup=False,
        )
        yield OptionList(*map(_choice, self._clients))

    def on_mount(self) -> None:
        """Begin with the first."""
        chosen = self.query_one(OptionList)
        chosen.highlighted = 0
        chosen.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one on which Enter was pressed."""
        event.stop()
        self.action_confirm()

    def action_confirm(self) -> None:
        """Answer with the one under the cursor."""
        place = self.query_one(OptionList).highlighted
        self.dismiss(self._clients[place] if place is not None else None)


def _choice(client: Entry) -> Content:
    about = f"  {client.ref}  {client.record.profile}, {duration(client.remaining)} left"
    return Content.assemble(printable(client.title), (printable(about), "$foreground-muted"))
