"""The list of programs and formats: letters that are typed go to the first name that begins so, or else has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tlsca.authority.destinations import Destination


class DestinationList(OptionList):
    """Programs above formats; what is not possible stays in its place, and says why once it is highlighted."""

    HELP = "Type the beginning of a name to go there. Enter goes on to what is still missing."

    DEFAULT_CSS = """
    DestinationList {
        width: 22; height: 1fr; border: none; padding: 0; background: $background; scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-disabled { color: $text-muted; }
        & > .option-list--option-highlighted { background: $primary 25%; color: $foreground; }
        &:focus > .option-list--option-highlighted { background: $primary 45%; color: $foreground; text-style: bold; }
    }
    """

    @dataclass
    class Highlighted(Message):
        """Another one is under the cursor."""

        destination: Destination

    @dataclass
    class Typed(Message):
        """What is being typed to go somewhere, which is nothing once the cursor is moved."""

        needle: str
        found: bool

    def __init__(self, offered: Sequence[Destination], *, begin_with: str | None = None) -> None:
        """`begin_with` names the one that is under the cursor at first; else it is the first one that is possible."""
        super().__init__(*_options(offered), id="destinations", compact=True)
        self._offered = {one.name: one for one in offered}
        self._begin_with = begin_with
        self._needle = ""
        self._moved = False

    def on_mount(self) -> None:
        """Put the cursor on the one to begin with."""
        self._begin()

    @property
    def chosen(self) -> Destination:
        """The one under the cursor."""
        option = self.highlighted_option
        return self._offered[option.id or ""] if option else next(iter(self._offered.values()))

    def offer(self, offered: Sequence[Destination]) -> None:
        """Offer the same ones, now that more is known of them; the cursor stays unless nobody has moved it yet."""
        before = self.chosen.name
        self._offered = {one.name: one for one in offered}
        for one in offered:
            self.replace_option_prompt(one.name, _prompt(one))
        if self._moved:
            self.post_message(self.Highlighted(self._offered[before]))
        else:
            self._begin()

    def _begin(self) -> None:
        possible = [one.name for one in self._offered.values() if one.obstacle is None]
        first = self._begin_with if self._begin_with in self._offered else next(iter(possible), None)
        self._go_to(first or next(iter(self._offered)))

    def _go_to(self, name: str) -> None:
        index = self.get_option_index(name)
        if index == self.highlighted:
            self.post_message(self.Highlighted(self._offered[name]))
        self.highlighted = index

    @on(OptionList.OptionHighlighted)
    def _tell(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_id in self._offered:
            self.post_message(self.Highlighted(self._offered[event.option_id]))

    # Going somewhere by letters

    def on_key(self, event: events.Key) -> None:
        """Go to what is typed; any other key ends that."""
        if event.key == "backspace" and self._needle:
            self._seek(self._needle[:-1])
        elif event.key == "escape" and self._needle:
            self._seek("")
        elif event.character and event.is_printable and event.character != " ":
            self._seek(self._needle + event.character.lower())
        else:
            self._moved = self._moved or event.key in {"up", "down", "pageup", "pagedown", "home", "end"}
            self._forget()
            return
        event.stop()
        event.prevent_default()

    def on_blur(self) -> None:
        """Forget what was typed."""
        self._forget()

    def _seek(self, needle: str) -> None:
        self._needle, self._moved = needle, True
        found = next(matches(needle, self._offered), None)
        if found and needle:
            self._go_to(found)
        self.post_message(self.Typed(needle, found is not None))

    def _forget(self) -> None:
        if self._needle:
            self._needle = ""
            self.post_message(self.Typed("", found=True))


def matches(needle: str, names: Sequence[str] | dict[str, Destination]) -> Iterator[str]:
    """Yield the names that begin with what was typed, then those that have it further on."""
    yield from (name for name in names if name.startswith(needle))
    yield from (name for name in names if needle in name and not name.startswith(needle))


def _options(offered: Sequence[Destination]) -> Iterator[Option]:
    programs = [one for one in offered if one.is_program]
    formats = [one for one in offered if not one.is_program]
    for heading, ones in (("FOR A PROGRAM", programs), ("IN A FORMAT", formats)):
        yield Option(Content.styled(heading, "bold $primary"), disabled=True)
        yield from (Option(_prompt(one), id=one.name) for one in ones)


def _prompt(one: Destination) -> Content:
    if one.obstacle is None:
        return Content(f"  {one.name}")
    return Content.styled(f"✗ {one.name}", "$foreground-muted")
