"""Show the command: everything that can be done with the certificate under the cursor, as openssl commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.text import printable
from tlsca.tui.screens.store_screen import StoreScreen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tlsca.authority.desk import Desk
    from tlsca.authority.listing import Entry
    from tlsca.tui.dialogs.command import Shown


class ShowingActs(StoreScreen):
    """The act that shows what other acts are in OpenSSL's words."""

    def action_command(self) -> None:
        """Show the commands for the certificate under the cursor."""
        from tlsca.tui.dialogs.command import CommandDialog

        desk, selected = self._open_store(), self._selected()
        shown = [*_looking(desk, selected), *self._testing(desk), *_changing(desk, selected)]
        self.app.push_screen(CommandDialog(shown, about=printable(selected.title)))

    def _testing(self, desk: Desk) -> Iterator[Shown]:
        """Yield the test of the connection that the inspector's form says now, if it says any."""
        from tlsca.authority.showing_checks import show_probe
        from tlsca.tui.dialogs.command import Shown
        from tlsca.tui.widgets.connection import ConnectionPanel

        form = self._inspector().query_one(ConnectionPanel).form()
        if form.target:
            yield Shown(f"test the connection to {printable(form.target)}", lambda: show_probe(desk, form))


def _looking(desk: Desk, selected: Entry) -> Iterator[Shown]:
    from tlsca.authority.exporting import ExportForm
    from tlsca.authority.showing_checks import show_inspection, show_verification
    from tlsca.authority.showing_export import show_export
    from tlsca.authority.verifying import VerifyForm
    from tlsca.tui.dialogs.command import Shown

    reference = selected.record.sha256
    yield Shown("look at it", lambda: show_inspection(desk, reference))
    yield Shown("verify it and its chain", lambda: show_verification(desk, VerifyForm(what=reference)))
    chain = ExportForm(reference=reference, format="chain")
    yield Shown("export it with its chain, as PEM", lambda: show_export(desk, chain))
    if selected.has_key:
        with_key = ExportForm(reference=reference, format="pkcs12")
        yield Shown("export it with chain and key, as PKCS#12", lambda: show_export(desk, with_key))


def _changing(desk: Desk, selected: Entry) -> Iterator[Shown]:
    from tlsca.authority.publishing import CrlForm
    from tlsca.authority.renewing import RenewalForm
    from tlsca.authority.revoking import RevocationForm
    from tlsca.authority.showing_renewal import show_renewal
    from tlsca.authority.showing_revocation import show_release, show_revocation
    from tlsca.authority.showing_status import show_crl
    from tlsca.tui.dialogs.command import Shown
    from tlsca.tui.refusals import publish_refusal, renew_refusal, revoke_refusal

    references = (selected.record.sha256,)
    if not renew_refusal(selected):
        same, new = RenewalForm(references=references), RenewalForm(references=references, rekey=True)
        yield Shown("renew it with the same key", lambda: show_renewal(desk, same))
        yield Shown("renew it with a new key", lambda: show_renewal(desk, new))
    if selected.status == "held":
        yield Shown("release it from hold", lambda: show_release(desk, references))
    elif not revoke_refusal(selected):
        yield Shown("revoke it", lambda: show_revocation(desk, RevocationForm(references=references)))
    if selected.record.is_authority and not publish_refusal(selected):
        form = CrlForm(reference=references[0])
        yield Shown("publish its revocation list", lambda: show_crl(desk, form))
