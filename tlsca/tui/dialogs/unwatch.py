"""Ask before a host is watched no longer: what is known of its past goes with it."""

from tlsca.authority.watched import Watched
from tlsca.store.records import WatchRecord
from tlsca.tui.dialogs.yes_no import YesNoDialog


class UnwatchDialog(YesNoDialog[WatchRecord]):
    """Answers the record of what is to be removed."""

    TITLE_TEXT = "Watch no longer"
    CONFIRM = "Remove"
    QUESTION = "Remove?"

    def __init__(self, one: Watched) -> None:
        super().__init__(one.record, one.record.id, "What changed there, and when, is forgotten with it.")
