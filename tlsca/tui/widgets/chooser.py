"""One of several values, chosen from a list that opens below; it tells at which one the cursor stands before it is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Select

if TYPE_CHECKING:
    from tlsca.tui.widgets.choices import Choice


class Chooser(Select[str]):
    """A select of one line that always has a value."""

    @dataclass
    class Pointed(Message):
        """The cursor has moved to a value, which is not taken yet."""

        chooser: "Chooser"
        value: str

        @property
        def control(self) -> "Chooser":
            """Return who sent it."""
            return self.chooser

    def __init__(self, choices: "Sequence[Choice]", *, id: str, value: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        """`value` is taken at first; without one, the first choice."""
        self._choices = list(choices)
        super().__init__(choices, id=id, compact=True, allow_blank=False, value=value or choices[0][1])

    @property
    def chosen(self) -> str:
        """The value that is taken."""
        return str(self.value)

    def choose(self, value: str, shown: Content | None = None) -> None:
        """Take a value; one that is not offered is offered from now on where `shown` is given, and else not taken."""
        if value not in {known for _, known in self._choices}:
            if shown is None:
                return
            self._choices.append((shown, value))
            self.set_options(self._choices)
        self.value = value

    def on_mount(self) -> None:
        """Watch the cursor in the list."""
        self.watch(self.query_one(OptionList), "highlighted", self._point, init=False)

    def _point(self, index: int | None) -> None:
        if self.expanded and index is not None and index < len(self._choices):
            self.post_message(self.Pointed(self, self._choices[index][1]))
