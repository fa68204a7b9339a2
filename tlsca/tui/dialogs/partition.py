"""Part what an authority issues among several revocation lists, or among more than before."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Input, Label

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.partitioning import Partitioned, PartitionForm, partitions, set_partitions
from tlsca.authority.partitions import PLACE
from tlsca.authority.showing_status import show_partitions
from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.work import work


class PartitionDialog(Dialog[Partitioned]):
    """Ask among how many lists; answers how the authority parts its certificates then."""

    TITLE_TEXT = "Part the revocation lists"
    CONFIRM = "Part"

    def __init__(self, desk: Desk, authority: Entry) -> None:
        super().__init__()
        self._desk = desk
        self._authority = authority

    def compose_body(self) -> ComposeResult:
        """Lay out how many, and where clients fetch them."""
        before = partitions(self._desk, self._authority.record.sha256)
        yield Label(
            f"{printable(self._authority.title)}\n"
            "What it issues from now on is parted among several small lists.\n"
            "Each certificate names its list, so their number never gets less.\n"
            "What was issued before stays on the whole CRL, which names all.",
            classes="dialog-lead",
            markup=False,
        )
        count = str(before.partitions.count) if before else ""
        yield Field(
            "How many lists", LineInput(count, id="count", compact=True, type="integer", placeholder="16")
        )
        url = printable(before.partitions.url) if before else ""
        place = f"http://crl.example.com/ca-{PLACE}.crl"
        yield Field(
            "Fetched at", LineInput(url, id="url", compact=True, placeholder=place, disabled=bool(before))
        )

    def action_confirm(self) -> None:
        """Part them in a thread."""
        self.show_error(None)
        form = self._form()
        self.busy(True)
        work(self, lambda: set_partitions(self._desk, form), self.dismiss, failed=self._refuse)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the extensions that part them."""
        form = self._form()
        return lambda: show_partitions(self._desk, form)

    def _form(self) -> PartitionForm:
        count, url = self.query_one("#count", Input).value, self.query_one("#url", Input)
        return PartitionForm(
            reference=self._authority.record.sha256,
            count=int(count) if count.isdigit() else 0,
            url=None if url.disabled else url.value.strip() or None,
        )

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)
