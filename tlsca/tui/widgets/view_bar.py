"""The views of a result in one line: each by its name, the key that turns to it marked in that name."""

from dataclasses import dataclass

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_GAP = 2
_KEYS = (
    "[ ] turn  y copy  M modern client  Enter again",
    "[ ] turn  y copy  Enter again",
    "[ ] turn  Enter again",
)
"""What else can be pressed here, as much of it as there is room for."""


@dataclass(frozen=True, slots=True)
class View:
    """One view of a result."""

    id: str
    title: str
    key: str
    """The letter that turns to it; it stands in the title."""


VIEWS = (
    View("verdict", "Verdict", "V"),
    View("chain", "Chain", "N"),
    View("handshake", "Handshake", "K"),
    View("accepts", "Accepts", "A"),
    View("json", "JSON", "J"),
    View("commands", "Commands", "O"),
)


class ViewBar(Widget):
    """The names of the views; the one in front stands out. Posts `Chosen` on a click."""

    DEFAULT_CSS = """
    ViewBar { height: 1; padding: 0 1; background: $panel; }
    """

    view: reactive[str] = reactive(VIEWS[0].id)
    tested: reactive[str] = reactive("")
    """How long ago, where the view itself does not say it."""

    @dataclass
    class Chosen(Message):
        """Somebody wants to see this view."""

        view: str

    def render(self) -> RenderResult:
        """Draw the names."""
        parts: list[Content] = []
        for view in VIEWS:
            parts += [_title(view, front=view.id == self.view), Content(" " * _GAP)]
        names = Content.assemble(*parts)
        room = self.size.width - names.cell_length
        if self.tested:
            wanted = [f"tested {self.tested}  {words}" for words in _KEYS] + [f"tested {self.tested}"]
        else:
            wanted = [*_KEYS]
        keys = next((words for words in wanted if len(words) <= room), "")
        return Content.assemble(names, " " * (room - len(keys)), (keys, "$foreground-muted"))

    def on_click(self, event: events.Click) -> None:
        """Turn to the view whose name was clicked."""
        begin = 1
        for view in VIEWS:
            end = begin + len(view.title)
            if begin <= event.x < end + _GAP:
                self.post_message(self.Chosen(view.id))
                return
            begin = end + _GAP


def _title(view: View, *, front: bool) -> Content:
    at = view.title.lower().index(view.key.lower())
    colour = "bold $text-primary" if front else "$foreground-muted"
    shown = Content.styled(view.title, f"{colour} on $primary 30%" if front else colour)
    return shown.stylize("bold underline $text-accent", at, at + 1)
