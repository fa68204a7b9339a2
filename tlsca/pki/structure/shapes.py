"""The shapes that ASN.1 builds from: records, lists, wrappers, choices, flags; each reads an element and says what is inside.

A shape never hides an element: what does not fit a field is shown as what it is, and what is missing is named.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Places, Tlv
from tlsca.pki.explanations.explanation import Explanation
from tlsca.pki.structure import values
from tlsca.pki.structure.node import (
    MOST_CHILDREN,
    Elements,
    Node,
    Seen,
    Shape,
    anything,
    attempt,
    look,
    piece,
    plain,
    rest,
)
from tlsca.text import count, printable

_UNEXPECTED = 64
"""So many elements beyond a record's fields are shown; the rest is one damaged piece."""
_SPELT_OUT = 12
"""Lists of at most so many members show them all in their own row."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: what it is, how it is read, which tags it may have (none: any), and whether it may be missing."""

    about: Explanation
    shape: Shape
    tags: tuple[int, ...] = ()
    optional: bool = False


def leaf(show: Callable[[Tlv], str], *, tag: int | None = None, title: str = "", note: str = "") -> Shape:
    """Return the shape of an element that has a value and nothing inside."""

    def shape(element: Tlv) -> Seen:
        if tag is not None and element.tag != tag:
            raise DerError(f"{values.form(element)} stands in its place", offset=element.offset)
        return Seen(show(element), title=title, note=note)

    return shape


def record(*fields: Field, value: Callable[[Tlv], str] | None = None) -> Shape:
    """Return the shape of a SEQUENCE of these fields."""

    def shape(element: Tlv) -> Seen:
        check_constructed(element)
        return Seen(value(element) if value else "", lambda: _field_nodes(element, fields))

    return shape


def _field_nodes(element: Tlv, fields: Sequence[Field]) -> Sequence[Node]:
    """Return a node for each element of a record: a field where one fits in its turn, plain ASN.1 where none does."""
    places = element.places(len(fields) + _UNEXPECTED)
    nodes: list[Node] = []
    turn = 0
    for at in range(len(places)):
        child = places[at]
        fitting = _fitting(fields, turn, child.tag)
        if fitting is None:
            nodes.append(plain(child, flaw="Nothing like this is expected here."))
        else:
            nodes.append(look(child, fields[fitting].shape, fields[fitting].about))
            turn = fitting + 1
    nodes += [_missing(element, field) for field in fields[turn:] if not field.optional]
    return (*nodes, rest(places)) if places.flaw else tuple(nodes)


def _fitting(fields: Sequence[Field], turn: int, tag: int) -> int | None:
    """Return the field that an element of this tag is: the next one, or one behind fields that may be missing."""
    for at in range(turn, len(fields)):
        if not fields[at].tags or tag in fields[at].tags:
            return at
        if not fields[at].optional:
            return None
    return None


def _missing(element: Tlv, field: Field) -> Node:
    return piece(
        field.about.title,
        element.source,
        element.end,
        element.end,
        note=field.about.note,
        flaw="It is missing.",
    )


def check_constructed(element: Tlv) -> None:
    """Raise `DerError` for an element in primitive form, which can hold no others."""
    if not element.constructed:
        raise DerError("no element can be inside a primitive one", offset=element.offset)


def _by_value(seen: Seen) -> str:
    """Say a member of a list by its value."""
    return seen.value


def by_title(seen: Seen) -> str:
    """Say a member of a list by its title and its value."""
    return f"{seen.title}: {seen.value}"


def list_of(
    shape: Shape, about: Explanation, noun: str, *, say: Callable[[Seen], str] | None = _by_value
) -> Shape:
    """Return the shape of a SEQUENCE OF or SET OF.

    The row of a short list says its members by `say`; that of a long one, or without `say`, how many of `noun` there are.
    """

    def make(at: int, child: Tlv) -> Node:
        return look(child, shape, about, title=f"{about.title} {at + 1}")

    def read(element: Tlv) -> Seen:
        check_constructed(element)
        places = element.places(MOST_CHILDREN)
        said = _spelt_out(places, shape, say) if say else ""
        return Seen(said or count_of(len(places), noun), lambda: Elements(places, make))

    return read


def _spelt_out(places: Places, shape: Shape, say: Callable[[Seen], str]) -> str:
    """Return the members of a short list in a row; nothing where a comma or a control inside one could pass for two."""
    if not 0 < len(places) <= _SPELT_OUT:
        return ""
    said = [say(attempt(places[at], shape)) for at in range(len(places))]
    is_plain = all(text and "," not in text and text == printable(text) for text in said)
    return ", ".join(said) if is_plain or len(said) == 1 else ""


def count_of(number: int, noun: str) -> str:
    """Return a number of things, thousands apart: `200,000 names`."""
    return count(number, noun).replace(str(number), f"{number:,}", 1)


def only(element: Tlv) -> Tlv:
    """Return the one element inside another. Raises `DerError` unless there is exactly one."""
    check_constructed(element)
    places = element.places(2)
    if places.flaw is not None:
        raise places.flaw
    if len(places) != 1:
        raise DerError(f"{count(len(places), 'element')} where one belongs", offset=element.offset)
    return places[0]


def explicit(shape: Shape) -> Shape:
    """Return the shape of an EXPLICIT tag around another shape; both are one node."""
    return lambda element: shape(only(element))


def inside(shape: Shape, *, skipped: int = 0) -> Shape:
    """Return the shape of a string that encodes an element; both are one node."""
    return lambda element: shape(element.inside(skipped))


def choice(options: Mapping[int, Field]) -> Shape:
    """Return the shape of a CHOICE, by tag; what is chosen titles the node."""

    def shape(element: Tlv) -> Seen:
        field = options.get(element.tag)
        if field is None:
            raise DerError(f"{values.form(element)} is none of the choices", offset=element.offset)
        seen = attempt(element, field.shape)
        note = "\n".join(filter(None, (field.about.note, seen.note)))
        # Spelt out: `replace` takes longer than all the rest, and lists of names are long.
        return Seen(
            seen.value,
            seen.parts,
            field.about.title,
            note,
            seen.oid,
            seen.critical,
            seen.criticality,
            seen.flaw,
        )

    return shape


def flags(bits: Sequence[Explanation], *, implicit: bool = False) -> Shape:
    """Return the shape of a BIT STRING of named bits, each set one a node."""

    def shape(element: Tlv) -> Seen:
        if not implicit and element.tag != der.BIT_STRING:
            raise DerError("a BIT STRING was expected", offset=element.offset)
        found = der.bit_string(element)
        places = [at for at in range(8 * len(found.content[:32])) if found.has(at)]
        said = ", ".join(_bit(bits, at).title for at in places)
        return Seen(said or "none", lambda: tuple(_bit_node(element, _bit(bits, at), at) for at in places))

    return shape


def _bit(bits: Sequence[Explanation], at: int) -> Explanation:
    return bits[at] if at < len(bits) else Explanation(f"Bit {at}", "No standard that tlsca knows names this bit.")  # fmt: skip


def _bit_node(element: Tlv, about: Explanation, at: int) -> Node:
    octet = element.offset + element.header_length + 1 + at // 8
    is_simple = not element.constructed
    begin, end = (octet, octet + 1) if is_simple else (element.offset, element.next_offset)
    return piece(about.title, element.source, begin, end, value=f"bit {at}", note=about.note)


def named(table: Mapping[str, Explanation]) -> Shape:
    """Return the shape of an OBJECT IDENTIFIER that a table may explain; its row says its title."""

    def shape(element: Tlv) -> Seen:
        name = values.object_name(element)
        oid = values.identifier(element)
        about = table.get(oid)
        return Seen(about.title, note=about.note, oid=oid) if about else Seen(name, oid=oid)

    return shape


def identifier_of(element: Tlv) -> str:
    """Return the OBJECT IDENTIFIER that a record begins with. Raises `DerError` where it begins with none."""
    check_constructed(element)
    places = element.places(1)
    if not len(places):
        raise places.flaw or DerError("an identifier is missing", offset=element.offset)
    found = values.identifier(places[0])
    if not found:
        raise DerError("an OBJECT IDENTIFIER was expected", offset=places[0].offset)
    return found


ANYTHING: Shape = anything
"""The shape of an element that can be of any type."""
NUMBER = leaf(values.number, tag=der.INTEGER)
BOOLEAN = leaf(values.boolean, tag=der.BOOLEAN)
OCTETS = leaf(values.octet_string, tag=der.OCTET_STRING)
