"""What DER is by its shape alone: which tags stand side by side, one level down or two.

A loader says that something is no certificate also when it is one with a mistake in it; here a mistake does no harm.
"""

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.cms import TYPES
from tlsca.pki.dump import objects
from tlsca.pki.found import Kind

_MOST_TAGS = 12
_LARGEST_INDEFINITE = 4 * 1024 * 1024
_TIMES = {der.UTC_TIME, der.GENERALIZED_TIME}
_SIGNED = [der.SEQUENCE, der.SEQUENCE, der.BIT_STRING]
_BITS_OF_SUBGROUP = range(150, 520)
"""How long q of DSA is, which stands second; in Diffie-Hellman's parameters the generator does."""


class Shape:
    """The beginning of one element: its tags, and those of its first child."""

    def __init__(self, element: der.Tlv) -> None:
        self._children = heads(element)
        self.tags = [child.tag for child in self._children]

    def inside(self) -> list[int]:
        """Return the tags in the first child."""
        return [child.tag for child in heads(self._children[0])] if self._children else []

    def identifier(self) -> str:
        """Return the OBJECT IDENTIFIER that comes first; empty if something else does."""
        first = self._children[0] if self.tags[:1] == [der.OBJECT_IDENTIFIER] else None
        return "" if first is None else der.dotted(first.content)

    def numbers(self) -> list[int]:
        """Return the children that are INTEGERs, unsigned."""
        return [der.unsigned_integer(child) for child in self._children if child.tag == der.INTEGER]


def heads(element: der.Tlv) -> list[der.Tlv]:
    """Return at most a dozen of the elements inside; none where they break off. Never more, however large it is."""
    found: list[der.Tlv] = []
    at = element.offset + element.header_length
    try:
        while element.constructed and at < element.end and len(found) < _MOST_TAGS:
            found.append(der.read(element.source, at))
            at = found[-1].next_offset
    except DerError:
        return []
    return found if at <= element.end else []


def element_at(data: bytes, offset: int = 0) -> der.Tlv | None:
    """Return the element that begins here, if it is whole; one of indefinite length only if it is not very large."""
    is_indefinite = data[offset + 1 : offset + 2] == b"\x80"
    if is_indefinite and len(data) - offset > _LARGEST_INDEFINITE:
        return None
    try:
        return der.read(data, offset)
    except DerError:
        return None


def kind_of(element: der.Tlv) -> Kind:
    """Say what an element is; `Kind.STRUCTURE` where its shape is that of nothing known."""
    shape = Shape(element)
    tags = shape.tags
    if tags == _SIGNED:
        return _signed_kind(shape.inside())
    if tags[:2] == [der.INTEGER, der.SEQUENCE] and shape.numbers()[0] == 3:
        return Kind.PKCS12
    if _is_private_key(tags):
        return Kind.PRIVATE_KEY
    if tags == [der.SEQUENCE, der.BIT_STRING] or _is_rsa_public_key(shape):
        return Kind.PUBLIC_KEY
    if element.tag == der.OBJECT_IDENTIFIER or (set(tags) == {der.INTEGER} and len(tags) in {2, 3}):
        return Kind.PARAMETERS
    return Kind.PKCS7 if len(tags) <= 2 and shape.identifier() in TYPES else Kind.STRUCTURE


def _signed_kind(inside: list[int]) -> Kind:
    """Tell certificate, request and list apart by their to-be-signed part (RFC 5280, 4.1 and 5.1; RFC 2986, 4.1)."""
    if der.CONTEXT | 0 in inside[:1] or inside.count(der.SEQUENCE) >= 4:
        return Kind.CERTIFICATE
    return Kind.CRL if _TIMES & set(inside) else Kind.REQUEST


def _is_private_key(tags: list[int]) -> bool:
    """Say whether this is PKCS#8, sealed or not (RFC 5958), or a traditional RSA, DSA or EC key."""
    if tags == [der.SEQUENCE, der.OCTET_STRING] or tags[:3] == [der.INTEGER, der.SEQUENCE, der.OCTET_STRING]:
        return True
    if tags[:2] == [der.INTEGER, der.OCTET_STRING]:
        return True
    return set(tags) == {der.INTEGER} and len(tags) in {6, 9}


def _is_rsa_public_key(shape: Shape) -> bool:
    """Say whether two INTEGERs are modulus and exponent (RFC 8017, A.1.1) rather than Diffie-Hellman's prime and generator.

    An exponent is odd; a generator that stands in a file of its own is 2, or 5 beside a safe prime.
    """
    numbers = shape.numbers()
    return shape.tags == [der.INTEGER, der.INTEGER] and numbers[1] % 2 == 1 and numbers[1] != 5


def parameters_title(element: der.Tlv) -> str:
    """Say in words whose parameters these are, by their shape: Diffie-Hellman's, DSA's, or a curve."""
    if element.tag == der.OBJECT_IDENTIFIER:
        return f"the curve {objects.short_name(element.content).decode('ascii')}"
    shape = Shape(element)
    numbers = shape.numbers()
    if shape.tags[1:2] == [der.SEQUENCE]:
        return "explicit curve"
    is_dsa = len(numbers) == 3 and numbers[1].bit_length() in _BITS_OF_SUBGROUP and numbers[1] < numbers[2]
    return "DSA" if is_dsa else "Diffie-Hellman"
