"""A node of the tree: one field with what it says, what it means, and where it stands in the bytes.

Nodes are made when they are looked at. A revocation list has a hundred thousand entries and a screen forty lines; whoever opens
a list gets a sequence whose members come into being one by one.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, overload

from tlsca.errors import DerError
from tlsca.lazy import lazy_property
from tlsca.pki import der
from tlsca.pki.der import Places, Tlv
from tlsca.pki.explanations.explanation import Explanation
from tlsca.pki.structure import values
from tlsca.text import printable

MOST_CHILDREN = 1_000_000
"""More elements than this in one are counted as damage: nobody looks at them, and memory ends somewhere."""


_KEPT = 256
"""So many members of a list are remembered once they are made: about what a screen shows while it scrolls."""


_AHEAD = 1000
"""So many fields are gone over by `read_ahead`."""


def no_parts() -> Sequence["Node"]:
    """Return nothing: what is inside a leaf."""
    return ()


Parts = Callable[[], Sequence["Node"]]


@dataclass(frozen=True)
class Node:
    """One field. All text is printable; `source[offset:end]` is its encoding."""

    title: str
    source: bytes = field(repr=False)
    offset: int
    end: int
    header_length: int = 0
    """How many of its octets are identifier and length; 0 for what is no element of its own."""
    form: str = ""
    """Its type in ASN.1: `SEQUENCE`, `[0]`; empty for octets that are no ASN.1."""
    value: str = ""
    note: str = ""
    """What it is for, and where that is written."""
    oid: str = ""
    """The object identifier that stands in it, as numbers."""
    critical: bool | None = None
    """Of an extension: whether it is critical; None for any other field."""
    criticality: str = ""
    """What that means, and how the standards want it."""
    flaw: str = ""
    """What is wrong with it; empty where nothing is."""
    parts: Parts = field(default=no_parts, repr=False, compare=False)

    @lazy_property
    def children(self) -> Sequence["Node"]:
        """What is inside, in the order of the bytes; a long list makes its members when they are asked for."""
        return self.parts()

    @property
    def is_leaf(self) -> bool:
        """Whether it is plain without a look that nothing is inside."""
        return self.parts is no_parts

    @property
    def encoding(self) -> bytes:
        """The octets that the node stands for."""
        return self.source[self.offset : self.end]

    @property
    def length(self) -> int:
        """How many octets those are."""
        return self.end - self.offset

    def to_json(self) -> dict[str, Any]:
        """Return the node and everything inside it as JSON holds it, empty parts left out."""
        facts = {
            "title": self.title,
            "value": self.value,
            "oid": self.oid,
            "critical": self.critical,
            "flaw": self.flaw,
            "note": self.note,
            "type": self.form,
            "offset": self.offset,
            "length": self.length,
            "children": [child.to_json() for child in self.children],
        }
        return {name: fact for name, fact in facts.items() if fact not in ("", None, [])}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a shape finds in an element; the node takes the rest from where the element stands."""

    value: str = ""
    parts: Parts = no_parts
    title: str = ""
    """Takes the place of the title that the field has."""
    note: str = ""
    oid: str = ""
    critical: bool | None = None
    criticality: str = ""
    flaw: str = ""


Shape = Callable[[Tlv], Seen]
"""How an element is read. Raises `DerError` where it is not what it should be; it is then shown as plain ASN.1."""


def look(element: Tlv, shape: Shape, about: Explanation, *, title: str = "") -> Node:
    """Return the node of an element; one that has not the shape that it should have says so, and is shown as plain ASN.1.

    `title` takes the place of the explanation's.
    """
    seen = attempt(element, shape)
    return Node(
        title=printable(seen.title or title or about.title),
        source=element.source,
        offset=element.offset,
        end=element.next_offset,
        header_length=element.header_length,
        form=values.form(element),
        value=printable(seen.value),
        note="\n".join(filter(None, (about.note, seen.note))),
        oid=seen.oid,
        critical=seen.critical,
        criticality=seen.criticality,
        flaw=printable(seen.flaw),
        parts=seen.parts,
    )


def attempt(element: Tlv, shape: Shape) -> Seen:
    """Return what a shape finds, or the plain ASN.1 with what the shape could not make of it."""
    try:
        return shape(element)
    except DerError as error:
        plain = anything(element)
        return Seen(plain.value, plain.parts, flaw=error.sentence)


def piece(title: str, source: bytes, offset: int, end: int, *, value: str = "", note: str = "", flaw: str = "") -> Node:  # fmt: skip
    """Return a node for octets that are no element: a coordinate of a point, a field of a timestamp, a damaged rest."""
    return Node(title, source, offset, end, value=printable(value), note=note, flaw=printable(flaw))


class Elements(Sequence[Node]):
    """The elements inside another one as nodes, made when they are asked for; the last one is what could not be read."""

    def __init__(self, places: Places, make: Callable[[int, Tlv], Node]) -> None:
        self._places = places
        self._made = lru_cache(maxsize=_KEPT)(lambda at: make(at, places[at]))

    def __len__(self) -> int:
        return len(self._places) + (self._places.flaw is not None)

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Node]: ...
    def __getitem__(self, index: int | slice) -> Node | Sequence[Node]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return self._made(at) if at < len(self._places) else rest(self._places)


def read_ahead(root: Node) -> Node:
    """Go over what a tree begins with, and return it: whoever draws it then waits for no long list to be counted.

    Long lists are counted, their members are not made.
    """
    waiting = deque([root])
    for _ in range(_AHEAD):
        if not waiting:
            break
        children = waiting.popleft().children
        if len(children) <= _KEPT:
            waiting.extend(children)
    return root


def rest(places: Places) -> Node:
    """Return what stands behind the last element that could be read."""
    parent = places.parent
    begin = places[len(places) - 1].next_offset if len(places) else parent.offset + parent.header_length
    flaw = places.flaw.sentence if places.flaw else ""
    return piece("Damaged", parent.source, begin, parent.end, flaw=flaw)


_NO_ELEMENT = Explanation("", "")


def anything(element: Tlv) -> Seen:
    """Read an element of any type: its value by its tag, and what is inside it."""
    if element.constructed:
        return Seen(values.counted(element), lambda: _plain_children(element))
    return Seen(values.primitive(element), lambda: _encapsulated(element), oid=values.identifier(element))


def _plain_children(element: Tlv) -> Sequence[Node]:
    """Return what is inside a constructed element, each as plain ASN.1."""
    return Elements(element.places(MOST_CHILDREN), lambda _, child: plain(child))


def plain(element: Tlv, *, flaw: str = "") -> Node:
    """Return an element as plain ASN.1, titled by its type."""
    seen = anything(element)
    shown = Seen(seen.value, seen.parts, values.form(element), oid=seen.oid, flaw=flaw)
    return look(element, lambda _: shown, _NO_ELEMENT)


def _encapsulated(element: Tlv) -> Sequence[Node]:
    """Return the element that a string seems to encode: only a SEQUENCE or SET that takes all of it is believed."""
    if element.tag not in {der.OCTET_STRING, der.BIT_STRING}:
        return ()
    try:
        inner = element.inside(skipped=element.tag == der.BIT_STRING)
    except DerError:
        return ()
    return (plain(inner),) if inner.tag in {der.SEQUENCE, der.SET} and inner.constructed else ()
