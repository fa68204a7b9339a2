"""Algorithms, public keys and signatures, down to the numbers that they are made of."""

from collections.abc import Sequence

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import objects
from tlsca.pki.dump.named_curves import CURVES as SHAPES_OF_CURVES
from tlsca.pki.explanations import fields
from tlsca.pki.explanations.algorithms import ALGORITHMS, CURVES
from tlsca.pki.explanations.explanation import Explanation
from tlsca.pki.structure import values
from tlsca.pki.structure.node import Node, Seen, Shape, attempt, look, piece, rest
from tlsca.pki.structure.shapes import (
    ANYTHING,
    NUMBER,
    Field,
    check_constructed,
    explicit,
    identifier_of,
    inside,
    leaf,
    named,
    record,
)

_RSA = frozenset({"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "2.5.8.1.1"})
_CURVE_KEYS = frozenset({"1.2.840.10045.2.1", "1.2.156.10197.1.301"})
_DSA = frozenset({"1.2.840.10040.4.1", "1.3.14.3.2.12"})
_PSS = "1.2.840.113549.1.1.10"
_FORMS = {2: "compressed", 3: "compressed", 4: "uncompressed", 6: "hybrid", 7: "hybrid"}


def algorithm(element: Tlv) -> Seen:
    """Read an AlgorithmIdentifier. Raises `DerError`."""
    oid = identifier_of(element)
    about = ALGORITHMS.get(oid)
    title = about.title if about else values.object_name(element.places(1)[0])
    details = _parameters_in_words(element, oid)
    return Seen(
        f"{title}, {details}" if details else title,
        lambda: _algorithm_parts(element, oid),
        note=about.note if about else "",
        oid=oid,
    )


def _algorithm_parts(element: Tlv, oid: str) -> Sequence[Node]:
    places = element.places(8)
    nodes = []
    for at in range(len(places)):
        if at == 0:
            nodes.append(look(places[0], named(ALGORITHMS), fields.ALGORITHM_OID))
        else:
            nodes.append(look(places[at], _parameter_shape(oid), fields.PARAMETERS))
    return (*nodes, rest(places)) if places.flaw else tuple(nodes)


def _parameter_shape(oid: str) -> Shape:
    if oid in _CURVE_KEYS:
        return _curve
    if oid == _PSS:
        return _pss
    return _dsa_domain if oid in _DSA else _parameters


def _parameters(element: Tlv) -> Seen:
    return Seen("NULL") if element.tag == der.NULL else ANYTHING(element)


def _curve(element: Tlv) -> Seen:
    if element.tag != der.OBJECT_IDENTIFIER:
        return Seen(
            "a curve of its own",
            ANYTHING(element).parts,
            note="The curve is spelt out, which clients refuse: crafted curves have forged signatures (CVE-2020-0601).",
        )
    seen = named(CURVES)(element)
    return Seen(seen.value, title=fields.CURVE.title, note=seen.note or fields.CURVE.note, oid=seen.oid)


_pss = record(
    Field(Explanation("Hash algorithm", "The digest of what is signed; SHA-1 where it is left out.", "RFC 4055, 3.1"), explicit(algorithm), (CONTEXT | 0,), optional=True),
    Field(Explanation("Mask generation", "Stretches a digest over the whole width of the key.", "RFC 4055, 3.1"), explicit(algorithm), (CONTEXT | 1,), optional=True),
    Field(Explanation("Salt length", "How many random octets make each signature different; as long as the digest, as a rule.", "RFC 4055, 3.1"), explicit(NUMBER), (CONTEXT | 2,), optional=True),
    Field(Explanation("Trailer field", "Always 1.", "RFC 4055, 3.1"), explicit(NUMBER), (CONTEXT | 3,), optional=True),
)  # fmt: skip


def _dsa_domain(element: Tlv) -> Seen:
    titles = (("P", "The prime of the field."), ("Q", "The prime order of the group."), ("G", "What generates the group."))  # fmt: skip
    return record(
        *(Field(Explanation(title, text, "RFC 3279, 2.3.2"), _wide_number, (der.INTEGER,)) for title, text in titles)
    )(element)  # fmt: skip


def _parameters_in_words(element: Tlv, oid: str) -> str:
    """Return what a key's algorithm says of the key by its parameters: the curve."""
    places = element.places(2)
    if oid not in _CURVE_KEYS or len(places) != 2:
        return ""
    return attempt(places[1], _curve).value


def public_key_info(element: Tlv) -> Seen:
    """Read a SubjectPublicKeyInfo: the algorithm, and the key by it. Raises `DerError`."""
    check_constructed(element)
    places = element.places(8)
    oid, said = "", ""
    if len(places):
        oid = identifier_of(places[0])
        said = algorithm(places[0]).value
    size = _size(oid, places[1]) if len(places) > 1 else ""
    about = ALGORITHMS.get(oid)
    shape = record(
        Field(Explanation("Algorithm", "What kind of key it is."), algorithm),
        Field(fields.PUBLIC_KEY, _key_shape(oid, places[0] if len(places) else element)),
    )
    return Seen(
        f"{said}, {size}" if size else said, shape(element).parts, note=about.note if about else "", oid=oid
    )


def _size(oid: str, key: Tlv) -> str:
    """Return how long an RSA or DSA key is, where it can be read."""
    try:
        if oid in _RSA:
            return f"{_modulus(key).bit_length():,} bit"
    except DerError:
        pass
    return ""


def _modulus(key: Tlv) -> int:
    numbers = key.inside(skipped=1)
    check_constructed(numbers)
    places = numbers.places(2)
    if not len(places):
        raise DerError("the modulus is missing", offset=numbers.offset)
    return der.unsigned_integer(places[0])


def _wide_number(element: Tlv) -> Seen:
    value = der.unsigned_integer(element)
    return Seen(f"{value.bit_length():,} bit: {values.octets(element.content.lstrip(bytes(1)))}")


def _key_shape(oid: str, algorithm_element: Tlv) -> Shape:
    if oid in _RSA:
        return inside(_rsa_key, skipped=1)
    if oid in _DSA:
        return inside(_wide_number, skipped=1)
    if oid in _CURVE_KEYS:
        width = _coordinate_width(algorithm_element)
        return lambda element: _point(element, width)
    return leaf(values.bits, tag=der.BIT_STRING)


_RSA_FIELDS = (
    Field(fields.MODULUS, _wide_number, (der.INTEGER,)),
    Field(fields.EXPONENT, leaf(lambda element: values.shown_number(der.unsigned_integer(element))), (der.INTEGER,)),
)  # fmt: skip


def _rsa_key(element: Tlv) -> Seen:
    check_constructed(element)
    seen = record(*_RSA_FIELDS)(element)
    numbers = [node.value for node in seen.parts()[:2]]
    bits = numbers[0].split(":")[0] if numbers else ""
    exponent = numbers[1] if len(numbers) > 1 else "?"
    return Seen(f"{bits}, exponent {exponent}", seen.parts)


def _coordinate_width(algorithm_element: Tlv) -> int:
    """Return how many octets a coordinate takes on the curve of the parameters; 0 for a curve that is not known."""
    places = algorithm_element.places(2)
    if len(places) != 2 or places[1].tag != der.OBJECT_IDENTIFIER:
        return 0
    try:
        name = objects.known_as(der.object_identifier(places[1]))
    except DerError:
        return 0
    curve = SHAPES_OF_CURVES.get(name or "")
    return curve.field_octets if curve else 0


def _point(element: Tlv, width: int) -> Seen:
    """Read a point (SEC 1, 2.3.3). Raises `DerError` where its length is none that its form and its curve can have."""
    octets = der.bit_string(element).content
    shown = _FORMS.get(octets[0] if octets else -1, "of an unknown form")
    coordinates = 1 if shown == "compressed" else 2
    if width and len(octets) != 1 + coordinates * width:
        raise DerError(
            f"a point of {len(octets)} octets on a curve of {8 * width} bits", offset=element.offset
        )
    parts = () if element.constructed or not width else _coordinates(element, octets, width)
    return Seen(f"{shown} point: {values.octets(octets)}", lambda: parts)


def _coordinates(element: Tlv, octets: bytes, width: int) -> Sequence[Node]:
    begin = element.offset + element.header_length + 1
    form = piece(
        fields.POINT_FORM.title,
        element.source,
        begin,
        begin + 1,
        value=f"{octets[0]} ({_FORMS.get(octets[0], 'unknown')})",
        note=fields.POINT_FORM.note,
    )
    ends = range(1, len(octets), width)
    return (
        form,
        *(
            piece(
                about.title,
                element.source,
                begin + at,
                begin + at + width,
                value=values.octets(octets[at : at + width]),
                note=about.note,
            )
            for about, at in zip((fields.POINT_X, fields.POINT_Y), ends, strict=False)
        ),
    )


def signature(element: Tlv) -> Seen:
    """Read a signature: two numbers where it is one of DSA or ECDSA, octets otherwise. Raises `DerError`."""
    if element.tag != der.BIT_STRING:
        raise DerError("a BIT STRING was expected", offset=element.offset)
    try:
        pair = element.inside(skipped=1)
        numbers = pair.places(3)
        is_pair = pair.tag == der.SEQUENCE and len(numbers) == 2 and {numbers[0].tag, numbers[1].tag} == {2}
    except DerError:
        is_pair = False
    if not is_pair:
        return Seen(values.bits(element))
    shape = record(
        Field(Explanation("r", "Fixed by the random number of this signature.", "RFC 3279, 2.2.3"), _wide_number),
        Field(Explanation("s", "Ties r to what was signed and to the private key.", "RFC 3279, 2.2.3"), _wide_number),
    )  # fmt: skip
    return Seen(values.bits(element), shape(pair).parts)
