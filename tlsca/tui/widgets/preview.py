"""What will be in a certificate, shown while its form is being filled in."""

from collections.abc import Callable

from textual.content import Content

from tlsca.errors import TlscaError
from tlsca.pki.describe import Row, describe_extensions
from tlsca.pki.issue import Draft
from tlsca.pki.names import dn_text
from tlsca.text import duration, printable, rfc3339
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.work import sentence


class Preview(Facts):
    """The certificate-to-be, or why there cannot be one."""

    DEFAULT_CSS = """
    Preview { height: auto; padding: 0 1; background: $background; }
    """

    def __init__(self, *, notes: bool = True) -> None:
        """Say with `notes` whether those of the draft stand above it; a form that advises on its fields tells them there."""
        super().__init__()
        self._notes = notes
        self._follower = Follower(self, self._show, self._explain)

    def follow(self, plan: Callable[[], Draft]) -> None:
        """Work the preview out by this plan, in a thread, a moment after the last call."""
        self._follower.follow(plan)

    def rest(self, hint: str) -> None:
        """Show what to type while there is nothing to work out."""
        self._follower.rest()
        self.show((), head=[Content.styled(hint, "$foreground-muted")])

    def _show(self, draft: Draft) -> None:
        notes = draft.notes if self._notes else ()
        head = [Content.styled(f"! {printable(note)}", "$text-warning") for note in notes]
        self.show(draft_rows(draft), head=head)

    def _explain(self, error: TlscaError) -> None:
        self.show((), head=[sentence(error)])


def draft_rows(draft: Draft) -> tuple[Row, ...]:
    """Return a draft as rows."""
    lifetime = duration(draft.not_after - draft.not_before)
    issuer = "itself" if draft.profile.self_signed else printable(dn_text(draft.issuer))
    return (
        Row("Subject", printable(dn_text(draft.subject)) or "(empty)"),
        Row("Issuer", issuer),
        *((Row("Names", ", ".join(printable(name) for name in draft.names)),) if draft.names else ()),
        Row("Valid", f"{lifetime}, until {rfc3339(draft.not_after)}"),
        Row("Key", draft.key_kind),
        *describe_extensions(draft.extensions),
    )
