"""The structure of a document: a tree of every field, and beside it what the field under the cursor is, says and weighs."""

from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tlsca.pki.found import Kind
from tlsca.pki.outline import outline_lines
from tlsca.pki.structure import Node, read_ahead, structure, tree_lines
from tlsca.text import count, printable, shorten
from tlsca.tui.clipboard import copy_text
from tlsca.tui.widgets.octets import hex_dump
from tlsca.tui.widgets.structure_tree import StructureTree
from tlsca.tui.work import work

_BESIDE = 110
"""From this width on the explanation stands beside the tree."""
_MOST_ROWS = 32
"""So many rows of octets and of ASN.1 are shown."""
_SEEN_IN_ROW = 40
"""A value of no more characters can be read in the tree."""
_LONGEST_VALUE = 1500
_WIDE_DUMP = 76
"""Cells that sixteen octets in a row take; eight stand in a narrower pane."""
_MOST_LINES = 500_000
_MOST_COPIED = 1_000_000
"""Octets that are written down in hexadecimal."""


class StructureView(Widget):
    """The tree, and the explanation of the field under the cursor: below it, or beside it where there is room."""

    DEFAULT_CSS = """
    StructureView {
        height: 1fr; layout: vertical;
        & StructureTree { height: 1fr; width: 1fr; }
        & #explanation { height: 40%; min-height: 8; width: 1fr; padding: 0 1; border-top: solid $panel; scrollbar-size-vertical: 1; }
        & #explanation:focus { border-top: solid $primary; }
        &.-beside { layout: horizontal; }
        &.-beside #explanation { height: 1fr; width: 1fr; border-top: none; border-left: solid $panel; }
        &.-beside #explanation:focus { border-top: none; border-left: solid $primary; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_value", "Copy the value", show=False, id="copy"),
        Binding("Y", "copy_octets", "Copy the octets in hexadecimal", show=False, id="copy_octets"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._shown: tuple[bytes, Kind | None] | None = None
        self._root: Node | None = None

    def compose(self) -> ComposeResult:
        """Lay out the tree and the explanation."""
        yield StructureTree()
        with VerticalScroll(id="explanation"):
            yield Static(id="explained")

    def show(self, der: bytes, kind: Kind | None) -> None:
        """Show a document; the same one stays as it was left. Nothing stands where there are no bytes, as of a private key."""
        if self._shown == (der, kind):
            return
        self._shown = (der, kind)
        if der:
            work(
                self, lambda: read_ahead(structure(der, kind)), self._draw, group="structure", exclusive=True
            )
        else:
            self._draw(None)

    def clear(self) -> None:
        """Show nothing."""
        self.show(b"", None)

    def clear_for(self, der: bytes, kind: Kind | None) -> None:
        """Show nothing, unless this document is shown already."""
        if self._shown != (der, kind):
            self.clear()

    def copied(self) -> tuple[str, str] | None:
        """Return what `y` copies: what it is called, and the value; None where there is none."""
        node = self.query_one(StructureTree).current
        return None if node is None else ("value", node.value or node.title)

    def text(self) -> str:
        """Return the tree as text, everything open; call it in a thread, for it may be long. Of a huge one it is the beginning."""
        if self._root is None:
            return ""
        lines = list(islice(tree_lines(self._root), _MOST_LINES + 1))
        if len(lines) > _MOST_LINES:
            lines[-1] = "… and more; tlsca inspect --as structure prints all of it."
        return "\n".join(lines) + "\n"

    def action_copy_value(self) -> None:
        """Copy the value of the field under the cursor."""
        copied = self.copied()
        if copied is not None:
            copy_text(self.app, copied[1], f"Copied {shorten(printable(copied[1]), 60)}")

    def action_copy_octets(self) -> None:
        """Copy the encoding of the field under the cursor, in hexadecimal."""
        node = self.query_one(StructureTree).current
        if node is None:
            return
        if node.length > _MOST_COPIED:
            size = f"{node.length:,} octets are too many to be copied."
            self.notify(size, title="Copy", severity="warning", markup=False)
            return
        said = f"Copied {count(node.length, 'octet')} in hexadecimal."
        copy_text(self.app, node.encoding.hex(), said)

    def on_resize(self, event: events.Resize) -> None:
        """Put the explanation where there is room for it."""
        self.set_class(event.size.width >= _BESIDE, "-beside")
        self._explain(self.query_one(StructureTree).current)

    @on(StructureTree.Highlighted)
    def _highlighted(self, event: StructureTree.Highlighted) -> None:
        self._explain(event.node)
        self.query_one("#explanation").scroll_home(animate=False)

    def _draw(self, root: Node | None) -> None:
        self._root = root
        self.query_one(StructureTree).show(root)

    def _explain(self, node: Node | None) -> None:
        pane = self.query_one("#explanation")
        width = 16 if pane.size.width >= _WIDE_DUMP else 8
        lines = list(explained(node, width=width)) if node is not None else [Content("")]
        self.query_one("#explained", Static).update(Content("\n").join(lines))


def explained(node: Node, *, width: int) -> Iterator[Content]:
    """Yield what is to be said of a field: what it is for first, then its octets in rows of `width` and its ASN.1."""
    critical = ("critical  ", "$text-warning") if node.critical else ""
    yield Content.assemble((f"{printable(node.title)}  ", "bold"), critical, (node.oid, "$foreground-muted"))
    if node.flaw:
        yield Content.styled(f"! {printable(node.flaw)}", "$text-error")
    for line in filter(None, (*node.note.split("\n"), node.criticality)):
        yield Content(printable(line))
    if len(node.value) > _SEEN_IN_ROW:
        yield Content.styled(printable(shorten(node.value, _LONGEST_VALUE)), "$text-muted")
    yield Content.styled(_whereabouts(node), "$foreground-muted")
    for place, pairs, characters in hex_dump(node.encoding, first=node.offset, width=width, most=_MOST_ROWS):
        yield Content.assemble((f"{place}  ", "$foreground-muted"), f"{pairs}  ", (characters, "$text-muted"))
    if node.form:
        for line in outline_lines(node.source, node.offset, most=_MOST_ROWS):
            yield Content.styled(line.rstrip(), "$foreground-muted")


def _whereabouts(node: Node) -> str:
    facts = [node.form, f"{count(node.length, 'octet')} at {node.offset:,} (0x{node.offset:x})"]
    if node.header_length:
        facts.append(f"header {node.header_length}")
    return " · ".join(filter(None, facts))
