"""The certificate requests that the store knows: what waits for a signature, what became of the rest, and each in full."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, OptionList, Static

from tlsca.authority.desk import Desk
from tlsca.authority.inspecting import Inspection
from tlsca.authority.issuing import Issued
from tlsca.authority.known_requests import KnownRequest, inspect_request, known_requests
from tlsca.authority.listing import title_of
from tlsca.authority.requesting import request_pem
from tlsca.errors import TlscaError
from tlsca.pki.describe import Row
from tlsca.text import printable, rfc3339
from tlsca.tui.clipboard import copy_text
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.sign import Held, SignDialog
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.choices import Offer, offered
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.work import sentence, work

_MOST_SHOWN = 1000
"""Requests beyond these, which are the older ones, are only counted."""
_NONE = "No requests yet. R makes one here; S signs somebody's; I imports them."
_AROUND = 54
"""Columns of the list that are not the name's, and the frame."""
_STATES = {"waiting": ("○ waiting  ", "$text-warning"), "signed": ("● signed   ", "$text-success")}


class RequestsDialog(Dialog[Issued | str]):
    """The list; answers what was issued for a request, or the fingerprint of a certificate to go to."""

    TITLE_TEXT = "Requests"
    CONFIRM = "Read"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "sign", "Sign", show=False),
        Binding("o", "open", "Its certificate", show=False),
    ]

    DEFAULT_CSS = """
    RequestsDialog {
        & > Vertical { width: 100%; height: 100%; }
        & .dialog-body { height: 1fr; }
        & #requests {
            height: 1fr; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            & > .option-list--option-highlighted { background: $primary 30%; color: $foreground; text-style: bold; }
        }
        & #preview-box { height: 8; margin-top: 1; background: $background; padding: 0 1; }
        & #sum { height: 1; color: $text-muted; }
    }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._found: tuple[KnownRequest, ...] = ()

    def compose_body(self) -> ComposeResult:
        """Lay out the sum above the list, and the request under the cursor below it."""
        yield Static("Reading the requests …", id="sum")
        yield OptionList(id="requests", compact=True, markup=False)
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Facts()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons, each with its key."""
        yield Button("Close", id="leave", compact=True)
        yield Button("Certificate (o)", id="open", compact=True, disabled=True)
        yield Button("Sign (S)", id="sign", compact=True, disabled=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Read them in a thread."""
        self.query_one("#requests", OptionList).focus()
        work(self, lambda: known_requests(self._desk), self._show, failed=self._explain, group="read")

    def on_resize(self) -> None:
        """Give the names what room there is."""
        super().on_resize()
        self.call_after_refresh(self._list)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Sign, open, or what every dialog does."""
        if event.button.id == "sign":
            self.action_sign()
        elif event.button.id == "open":
            self.action_open()
        else:
            super().on_button_pressed(event)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say more about the request under the cursor."""
        known = self._found[event.option_index]
        self.query_one(Facts).show(_rows(known))
        self.query_one("#preview-box", VerticalScroll).scroll_home(animate=False)
        self.query_one("#open", Button).disabled = not known.certificates
        for button in ("#sign", "#confirm"):
            self.query_one(button, Button).disabled = False

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show it in full."""
        event.stop()
        self.action_confirm()

    def action_confirm(self) -> None:
        """Show the request under the cursor in full."""
        known = self._current()
        if known is not None:
            self.app.push_screen(RequestTextDialog(self._desk, known))

    def action_open(self) -> None:
        """Go to the certificate that it became; the newest, where it became several."""
        known = self._current()
        if known is not None and known.certificates:
            self.dismiss(known.certificates[-1].sha256)
        elif known is not None:
            self.notify(
                "It has not become a certificate of this store yet.", severity="warning", markup=False
            )

    def action_sign(self) -> None:
        """Open the form that signs the request under the cursor."""
        known = self._current()
        if known is None:
            return
        if self._desk.ledger.read_only is not None:
            self.notify(printable(self._desk.ledger.read_only), severity="warning", markup=False)
            return
        work(self, lambda: _signable(self._desk, known), self._ask, group="able", exclusive=True)

    def _ask(self, able: tuple[Offer, Held]) -> None:
        offer, held = able
        if offer.issuers:
            self.app.push_screen(SignDialog(self._desk, offer, held), self._signed)
        else:
            self.notify("No authority can issue yet.", severity="warning", markup=False)

    def _signed(self, issued: Issued | None) -> None:
        if issued is not None:
            self.dismiss(issued)

    def _current(self) -> KnownRequest | None:
        at = self.query_one("#requests", OptionList).highlighted
        return None if at is None else self._found[at]

    def _show(self, found: Sequence[KnownRequest]) -> None:
        self._found = tuple(found[:_MOST_SHOWN])
        self.query_one("#sum", Static).update(_sum(found))
        self._list()
        if not found:
            self.query_one(Facts).show((), head=[Content.styled(_NONE, "$foreground-muted")])

    def _list(self) -> None:
        listed = self.query_one("#requests", OptionList)
        at = listed.highlighted or 0
        room = max(self.size.width - _AROUND, 20)
        listed.clear_options()
        listed.add_options([_line(known, room) for known in self._found])
        listed.highlighted = at if self._found else None

    def _explain(self, error: TlscaError) -> None:
        self.query_one("#sum", Static).update(sentence(error))


class RequestTextDialog(Dialog[None]):
    """One request in full: what it asks for in rows, and as OpenSSL prints it."""

    TITLE_TEXT = "Request"
    CONFIRM = "Copy"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Copy", show=False)]

    DEFAULT_CSS = """
    RequestTextDialog {
        & > Vertical { width: 100%; height: 100%; }
        & .dialog-body { height: 1fr; }
        & #preview-box { height: 1fr; background: $background; padding: 0 1; scrollbar-size-vertical: 1; }
        & #text { width: 100%; height: auto; margin-top: 1; }
    }
    """

    def __init__(self, desk: Desk, known: KnownRequest) -> None:
        super().__init__()
        self._desk = desk
        self._known = known
        self._pem = ""

    def compose_body(self) -> ComposeResult:
        """Lay out one page."""
        with VerticalScroll(id="preview-box", can_focus=True):
            yield Facts()
            yield Static(id="text")

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: to close, and to copy its PEM."""
        yield Button("Close", id="leave", compact=True)
        yield Button("Copy PEM (y)", id="confirm", variant="primary", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Read it in a thread."""
        self.query_one("#preview-box").focus()
        work(self, self._read, self._show, failed=self._explain)

    def action_confirm(self) -> None:
        """Copy the request as PEM."""
        if self._pem:
            copy_text(self.app, self._pem, "Copied the request.")

    def _read(self) -> tuple[Inspection, str]:
        inspection = inspect_request(self._desk, self._known.record)
        return inspection, inspection.safe_text()

    def _show(self, read: tuple[Inspection, str]) -> None:
        inspection, text = read
        self._pem = inspection.pem.decode("ascii")
        self.query_one("#confirm", Button).disabled = False
        head = Content.styled(self._known.title, "bold")
        rows = (*_outcome(self._known), *inspection.rows)
        self.query_one(Facts).show(rows, head=[head, Content("")])
        self.query_one("#text", Static).update(Content(text.rstrip("\n")))

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Facts).show((), head=[sentence(error)])


def _signable(desk: Desk, known: KnownRequest) -> tuple[Offer, Held]:
    return offered(desk, authorities=True), Held(known.title, request_pem(desk, known.record))


def _sum(found: Sequence[KnownRequest]) -> Content:
    waiting = sum(known.state == "waiting" for known in found)
    said = f"{len(found):,} request{'' if len(found) == 1 else 's'}, {waiting:,} waiting for a signature"
    return Content(f"{said}; the first {_MOST_SHOWN:,} are shown" if len(found) > _MOST_SHOWN else said)


def _line(known: KnownRequest, room: int) -> Content:
    return Content.assemble(
        _STATES[known.state],
        fitted(known.title, room),
        (f"  {known.record.key:<9}  {known.record.created_at:%Y-%m-%d}  {known.source}", "$foreground-muted"),
    )


def _rows(known: KnownRequest) -> tuple[Row, ...]:
    record = known.record
    return (
        Row("Subject", printable(record.subject) or "(empty)"),
        *((Row("Names", printable(", ".join(record.names))),) if record.names else ()),
        Row("Key", record.key, "its private key is in the store" if known.has_key else ""),
        *_outcome(known),
        Row("SHA-256", record.id),
    )


def _outcome(known: KnownRequest) -> tuple[Row, ...]:
    """Return when it came, whose it is, and what became of it."""
    became = [f"{printable(title_of(one))}, {one.sha256[:12]}, issued {rfc3339(one.created_at)}" for one in known.certificates]  # fmt: skip
    if not became:
        gone = "a certificate that is not in the store any more"
        became = [gone if known.state == "signed" else "nothing yet: it waits for a signature"]
    titles = ["Became", *[""] * (len(became) - 1)]
    return (
        Row("Since", rfc3339(known.record.created_at), known.source),
        *(Row(title, value) for title, value in zip(titles, became, strict=True)),
    )
