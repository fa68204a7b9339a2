"""Ask before certificates are put into the trash, and before they are taken out of it for good."""

from collections.abc import Sequence

from tlsca.authority.listing import title_of
from tlsca.authority.trash import KEPT, Discarded, PuttingAway
from tlsca.text import count, listing, printable
from tlsca.tui.dialogs.yes_no import YesNoDialog
from tlsca.tui.wording import key_of


class PutAwayDialog(YesNoDialog[PuttingAway]):
    """Answers what is to be put away."""

    TITLE_TEXT = "Put into the trash"
    CONFIRM = "Put away"
    QUESTION = "Put away?"

    def __init__(self, plan: PuttingAway) -> None:
        names = listing([printable(title_of(record)) for record in plan.records])
        keys = f", with {count(plan.keys, 'private key')}" if plan.keys else ""
        back = f"For {KEPT.days} days {key_of('undo')} or the trash ({key_of('trash')}) brings back what was put away; then it is gone."
        super().__init__(plan, f"{names}{keys}", back, plan.notes)


class EmptyTrashDialog(YesNoDialog[tuple[Discarded, ...]]):
    """Answers what is to be removed."""

    TITLE_TEXT = "Remove for good"
    CONFIRM = "Remove"
    QUESTION = "Remove for good?"

    def __init__(self, going: Sequence[Discarded]) -> None:
        names = listing([printable(one.title) for one in going])
        keys = count(sum(one.has_key for one in going), "private key")
        told = f"{count(len(going), 'certificate')} with {keys}: {names}"
        lost = "Nothing brings this back but a backup. The audit log goes on telling what they were."
        super().__init__(tuple(going), told, lost)
