"""Ask before the app is left while something runs: that is stopped with it."""

from collections.abc import Sequence

from tlsca.text import listing
from tlsca.tui.dialogs.yes_no import YesNoDialog


class QuitDialog(YesNoDialog[bool]):
    """Answers True if the app is to be left all the same."""

    TITLE_TEXT = "Quit"
    CONFIRM = "Quit"
    QUESTION = "Quit all the same?"

    def __init__(self, titles: Sequence[str]) -> None:
        """`titles` say what runs; printable."""
        super().__init__(
            True,
            f"Still running: {listing(list(titles), most=3)}.",
            "Whatever can be stopped is stopped; the store stays whole.",
        )
