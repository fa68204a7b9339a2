"""Names: distinguished names attribute by attribute, general names by their kind."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.addresses import octets_text
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import objects
from tlsca.pki.explanations import fields
from tlsca.pki.explanations.attributes import NAME_ATTRIBUTES
from tlsca.pki.explanations.explanation import Explanation
from tlsca.pki.structure import values
from tlsca.pki.structure.node import Elements, Node, Seen, Shape, look
from tlsca.pki.structure.shapes import (
    ANYTHING,
    Field,
    check_constructed,
    choice,
    explicit,
    identifier_of,
    leaf,
    list_of,
    named,
)

_MOST_ATTRIBUTES = 100_000
_SHOWN_ATTRIBUTES = 50
_SPECIAL = re.compile(r'([,+"\\<>;])')
_ATTRIBUTE = Explanation("Attribute", "")
_RELATIVE = Explanation(
    "Relative name", "Several attributes that count as one step of the name.", "X.501, 9.3"
)


def name(element: Tlv) -> Seen:
    """Read a Name: RFC 4514 text, and a node for each attribute. Raises `DerError`."""
    check_constructed(element)
    places = element.places(_MOST_ATTRIBUTES)
    steps = [_step_text(places[at]) for at in range(min(len(places), _SHOWN_ATTRIBUTES))]
    more = ",…" if len(places) > len(steps) else ""
    shown = ",".join(reversed(steps)) + more
    return Seen(shown or "(empty)", lambda: Elements(places, lambda _, step: _step(step)))


def relative_name(element: Tlv) -> Seen:
    """Read a RelativeDistinguishedName, whatever its own tag. Raises `DerError`."""
    check_constructed(element)
    places = element.places(_MOST_ATTRIBUTES)
    return Seen(
        _step_text(element), lambda: Elements(places, lambda _, child: look(child, _attribute, _ATTRIBUTE))
    )


def _step(element: Tlv) -> Node:
    """Return one step of a name: its attribute, or a node of its own where there are several."""
    places = element.places(2) if element.constructed else None
    if places is not None and len(places) == 1 and places.flaw is None:
        return look(places[0], _attribute, _ATTRIBUTE)
    return look(element, relative_name, _RELATIVE)


def _step_text(element: Tlv) -> str:
    return "+".join(_pairs(element))


def _pairs(step: Tlv) -> Iterator[str]:
    places = step.places(_SHOWN_ATTRIBUTES) if step.constructed else ()
    for at in range(len(places)):
        title, value, _ = _parts(places[at])
        yield f"{title}={_escaped(value)}"


def _parts(element: Tlv) -> tuple[str, str, str]:
    """Return title, value and OID of an attribute; a damaged one has question marks. The value is printable."""
    try:
        oid = identifier_of(element)
        places = element.places(3)
        value = values.primitive(places[1]) if len(places) == 2 else "?"
    except DerError:
        return "?", "?", ""
    about = NAME_ATTRIBUTES.get(oid)
    return about.title if about else _short(oid, places[0]), value, oid


def _short(oid: str, element: Tlv) -> str:
    return objects.known_as(der.object_identifier(element)) or oid


def _escaped(value: str) -> str:
    """Return a value as RFC 4514, 2.4, writes it, so that no comma inside can pass for one between attributes."""
    text = _SPECIAL.sub(r"\\\1", value)
    if text[:1] in {" ", "#"}:
        text = "\\" + text
    return text[:-1] + "\\ " if text.endswith(" ") and len(text) > 1 else text


def _attribute(element: Tlv) -> Seen:
    oid = identifier_of(element)
    places = element.places(3)
    if len(places) != 2:
        raise DerError("an attribute is a type and one value", offset=element.offset)
    title, value, _ = _parts(element)
    about = NAME_ATTRIBUTES.get(oid)
    kind = f"Written as {values.form(places[1])}."
    note = f"{about.note} {kind}" if about else kind
    return Seen(value, title=title, note=note, oid=oid)


def address(element: Tlv) -> str:
    """Return an IP address, or a subtree of them with its mask. Raises `DerError` for another length."""
    octets = der.octets(element)
    if len(octets) in {4, 16}:
        return octets_text(octets)
    if len(octets) in {8, 32}:
        half = len(octets) // 2
        return f"{octets_text(octets[:half])}/{_mask(octets[half:])}"
    raise DerError(f"an IP address of {len(octets)} octets", offset=element.offset)


def _mask(octets: bytes) -> str:
    """Return how many bits a mask keeps, or the mask itself where they are not the first ones."""
    kept = int.from_bytes(octets, "big").bit_count()
    whole = 8 * len(octets)
    is_prefix = int.from_bytes(octets, "big") == (1 << whole) - (1 << (whole - kept))
    return str(kept) if is_prefix else octets_text(octets)


def _registered_id(element: Tlv) -> Seen:
    """Read an OBJECT IDENTIFIER under an implicit tag. Raises `DerError`."""
    octets = der.object_identifier(element, tag=element.tag)
    oid = objects.dotted(octets)
    return Seen(objects.long_name(octets).decode("utf-8", "backslashreplace"), oid=oid)


def _other_name(element: Tlv) -> Seen:
    oid = identifier_of(element)
    places = element.places(3)
    shown = ""
    if len(places) == 2 and places[1].constructed and len(inner := places[1].places(2)) == 1:
        shown = f": {values.primitive(inner[0])}"
    kind = values.object_name(places[0])
    return Seen(f"{kind}{shown}", lambda: _other_name_parts(element), oid=oid)


def _other_name_parts(element: Tlv) -> Sequence[Node]:
    places = element.places(3)
    abouts = (Explanation("Kind", "Says which kind of name follows."), Explanation("Name", ""))
    shapes: tuple[Shape, Shape] = (named({}), explicit(ANYTHING))
    return Elements(places, lambda at, child: look(child, shapes[min(at, 1)], abouts[min(at, 1)]))


_IA5 = leaf(values.ia5)
GENERAL_NAME: Shape = choice(
    {
        CONTEXT | number: Field(about, shape)
        for number, (about, shape) in enumerate(
            zip(
                fields.GENERAL_NAMES,
                (
                    _other_name,
                    _IA5,
                    _IA5,
                    ANYTHING,
                    explicit(name),
                    ANYTHING,
                    _IA5,
                    leaf(address),
                    _registered_id,
                ),
                strict=True,
            )
        )
    }
)
"""One GeneralName."""


def labelled_general_name(element: Tlv) -> Seen:
    """Read a GeneralName whose value begins with its kind, as lists of mixed kinds need it."""
    seen = GENERAL_NAME(element)
    return replace(seen, value=f"{seen.title}:{seen.value}")


GENERAL_NAMES: Shape = list_of(GENERAL_NAME, Explanation("Name", ""), "name")
"""A SEQUENCE OF GeneralName, whatever its own tag."""
