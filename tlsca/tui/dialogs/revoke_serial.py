"""Revoke by serial number: what an authority signed elsewhere, and the store perhaps never saw."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label, Select

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry, title_of
from tlsca.authority.revoking import RevocationForm, RevocationPlan
from tlsca.authority.serials import serial_of
from tlsca.authority.showing_revocation import show_revocation
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.rows import Row
from tlsca.text import hex_colons, printable, rfc3339, shorten
from tlsca.tui.dialogs.radius import radius_rows
from tlsca.tui.dialogs.revocation import RevocationDialog
from tlsca.tui.widgets.choices import issuer_choices
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput

_LARGEST_SHORT = 1 << 63
"""OpenSSL shows numbers below this in decimal too."""
_HINT = "The serial number is hexadecimal, with or without colons; 0x may stand before it."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """What stands in the form."""

    serial: str
    issuer: str
    reason: str
    at: str | None

    def form(self) -> RevocationForm:
        """Return it as an authority takes it, the number so that no name and no longer number answers to it. Raises UsageError."""
        serial = serial_of(self.serial)
        if serial is None:
            raise UsageError(f"“{shorten(printable(self.serial), 60)}” is no serial number.", hint=_HINT)
        return RevocationForm(references=(f"0x{serial}",), reason=self.reason, at=self.at, issuer=self.issuer)


class RevokeSerialDialog(RevocationDialog):
    """Take back a certificate by its authority and its number."""

    TITLE_TEXT = "Revoke by serial number"
    FIRST = "#serial"

    def __init__(self, desk: Desk, authorities: Sequence[Entry]) -> None:
        """Offer `authorities`, at least one; the first is chosen to begin with."""
        super().__init__(desk)
        self._authorities = authorities

    def compose_body(self) -> ComposeResult:
        """Lay out whose number it is, the number, and why."""
        choices = issuer_choices(self._authorities)
        yield Label(
            "A certificate that need not be in the store: its number is enough.",
            classes="dialog-lead",
            markup=False,
        )
        yield Field("Authority", Select(choices, id="authority", compact=True, allow_blank=False))
        yield Field("Serial number", LineInput(id="serial", compact=True, placeholder="1A:2B:3C or 0x1a2b3c"))
        yield from self.compose_why()
        yield from self.compose_hit()

    def form(self) -> RevocationForm | None:
        """Return what is typed now; None while there is no number."""
        typed = self._typed()
        return typed.form() if typed.serial else None

    def rows(self, plan: RevocationPlan) -> tuple[Row, ...]:
        """Return the number as it was understood, and what is known of its certificate."""
        return (*_known(plan), *_hit(plan))

    @on(Input.Changed, "#serial")
    @on(Select.Changed, "#authority")
    def _forget(self) -> None:
        """Show nothing that was known of another number."""
        self._rows = ()

    def rest(self, hint: str = _HINT) -> None:
        """Say how a number is written, while none is."""
        super().rest(hint)

    def objection(self, plan: RevocationPlan) -> TlscaError | None:
        """Send an authority of the list to the form that asks for its name."""
        record = plan.targets[0].record
        if record is None or not record.is_authority:
            return None
        return UsageError(
            f"{printable(title_of(record))} is an authority, and in the store.",
            hint="Revoke it in the list, with x, by its name.",
        )

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that revoke it."""
        typed = self._typed()
        return lambda: show_revocation(self._desk, typed.form())

    def _typed(self) -> _Typed:
        reason, at = self.why()
        return _Typed(
            serial=self.query_one("#serial", Input).value.strip(),
            issuer=str(self.query_one("#authority", Select).value),
            reason=reason,
            at=at,
        )


def _known(plan: RevocationPlan) -> Iterator[Row]:
    target = plan.targets[0]
    number = int(target.serial, 16)
    yield Row(
        "Serial number", hex_colons(target.serial), f"{number} in decimal" if number < _LARGEST_SHORT else ""
    )
    record = target.record
    if record is None:
        yield Row("Certificate", "not in the store")
    else:
        yield Row("Certificate", printable(title_of(record)), f"until {rfc3339(record.not_after)}")


def _hit(plan: RevocationPlan) -> tuple[Row, ...]:
    if plan.targets[0].record is None:
        return (Row("Whom it hits", "unknown, as its names are"),)
    return radius_rows(plan)
