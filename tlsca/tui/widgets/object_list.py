"""The objects of a file as a list, drawn line by line: a bundle may hold ten thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tlsca.authority.inspecting import Inspection
from tlsca.pki.found import Kind
from tlsca.text import printable
from tlsca.tui.bindings import bindings
from tlsca.tui.moving_acts import LIST_ACTS

_SHORT = {
    Kind.CERTIFICATE: "cert",
    Kind.REQUEST: "request",
    Kind.CRL: "CRL",
    Kind.PRIVATE_KEY: "key",
    Kind.PUBLIC_KEY: "pub key",
    Kind.PARAMETERS: "params",
    Kind.PKCS7: "PKCS#7",
    Kind.PKCS12: "PKCS#12",
    Kind.STRUCTURE: "ASN.1",
}
_KIND_WIDTH = 8


class ObjectList(ScrollView, can_focus=True):
    """Objects by kind and name; posts `Highlighted` when the cursor moves."""

    HELP = "Move with the arrows. Enter goes into the views of the object, Escape leaves."

    COMPONENT_CLASSES: ClassVar[set[str]] = {"object-list--cursor", "object-list--kind"}

    DEFAULT_CSS = """
    ObjectList {
        background: $surface;
        scrollbar-size-vertical: 1;
        & .object-list--kind { color: $foreground-muted; }
        & .object-list--cursor { background: $primary 30%; }
        &:focus .object-list--cursor { background: $primary 45%; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(LIST_ACTS),
        Binding("enter", "choose", "Look closer", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Highlighted(Message):
        """The cursor is on this object now."""

        number: int

    class Chosen(Message):
        """Somebody wants to look closer at the object under the cursor."""

    def __init__(self, objects: Sequence[Inspection], *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._objects = objects
        self.set_class(len(objects) > 1, "-several")

    def on_mount(self) -> None:
        """Measure the list."""
        self.virtual_size = Size(1, len(self._objects))

    def action_move(self, by: int) -> None:
        """Move the cursor by so many lines."""
        self.cursor = min(max(self.cursor + by, 0), len(self._objects) - 1)

    def action_page(self, direction: int) -> None:
        """Move the cursor by what is in view."""
        self.action_move(direction * max(self.size.height - 1, 1))

    def action_choose(self) -> None:
        """Look closer at the object under the cursor."""
        self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line that was clicked."""
        self.action_move(self.scroll_offset.y + event.y - self.cursor)

    def watch_cursor(self) -> None:
        """Keep the cursor in view, and tell where it is."""
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
        self.refresh()
        self.post_message(self.Highlighted(self.cursor))

    def render_line(self, y: int) -> Strip:
        """Draw one object."""
        number, width = self.scroll_offset.y + y, self.size.width
        if number >= len(self._objects):
            return Strip.blank(width, self.rich_style)
        base = (
            self.get_component_rich_style("object-list--cursor") if number == self.cursor else self.rich_style
        )
        muted = self.get_component_rich_style("object-list--kind", partial=True)
        shown = self._objects[number]
        kind = (" └" if shown.inside else " ") + _SHORT[shown.kind]
        segments = [
            Segment(set_cell_size(kind, _KIND_WIDTH + 2) + " ", base + muted),
            Segment(printable(shown.title or shown.kind.value), base),
        ]
        return Strip(segments).crop_extend(0, width, base)
