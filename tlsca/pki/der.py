"""A lenient reader of BER and DER: tags, lengths and the primitive values that X.509 is made of.

`cryptography` refuses many certificates that OpenSSL loads and that operators meet: negative serial numbers, indefinite
lengths, odd strings. Looking at those needs a reader that accepts what OpenSSL accepts. Whatever it is given, it returns or
raises `DerError`: lengths are checked against the bytes at hand, nothing recurses, and nesting has a limit.
"""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tlsca.errors import DerError

# The class bits of an identifier octet (X.690 section 8.1.2).
APPLICATION = 0x40
CONTEXT = 0x80
PRIVATE = 0xC0

# The universal tags that X.509 uses (X.680 section 8.4).
BOOLEAN = 1
INTEGER = 2
BIT_STRING = 3
OCTET_STRING = 4
NULL = 5
OBJECT_IDENTIFIER = 6
ENUMERATED = 10
UTF8_STRING = 12
SEQUENCE = 16
SET = 17
NUMERIC_STRING = 18
PRINTABLE_STRING = 19
T61_STRING = 20
IA5_STRING = 22
UTC_TIME = 23
GENERALIZED_TIME = 24
VISIBLE_STRING = 26
UNIVERSAL_STRING = 28
BMP_STRING = 30

MAXIMUM_DEPTH = 64
"""How deep elements may nest. OpenSSL's templates stop at 30; no certificate in use comes near either."""

_MAXIMUM_OPEN = 100_000
"""How many indefinite lengths may be open at once; beyond, what is inside could not be looked at anyway."""
_MAXIMUM_SKIPPED = 5_000_000
"""How many elements are gone over in search of the end of an indefinite length: some seconds' worth."""
_MAXIMUM_STRING_DEPTH = 5  # ASN1_MAX_STRING_NEST in OpenSSL: string segments within string segments
_MAXIMUM_TAG_NUMBER = 0x7FFFFFFF
_MAXIMUM_LENGTH_OCTETS = 8


@dataclass(frozen=True, slots=True)
class Tlv:
    """One element: where it stands in `source`, and what its identifier and length octets say.

    `tag` joins class and number for comparisons: `SEQUENCE`, or `CONTEXT | 0` for `[0]`. `end` is the offset behind the last
    content octet. `next_offset` is the offset behind the whole element, which differs from `end` by the two end-of-contents
    octets of an indefinite length.
    """

    source: bytes
    offset: int
    header_length: int
    end: int
    next_offset: int
    tag: int
    constructed: bool
    depth: int
    ends: dict[int, int] = field(repr=False, compare=False)
    """Where the contents of indefinite length end, by where they begin: found out once for all that nest in each other."""

    @property
    def tag_class(self) -> int:
        """The class bits: 0 for universal, or `APPLICATION`, `CONTEXT`, `PRIVATE`."""
        return self.tag & 0xC0

    @property
    def number(self) -> int:
        """The tag number without its class."""
        return self.tag & 0x1F or self.tag >> 8

    @property
    def content(self) -> bytes:
        """The content octets, still encoded if the element is constructed."""
        return self.source[self.offset + self.header_length : self.end]

    @property
    def encoding(self) -> bytes:
        """The whole element: identifier, length and content octets."""
        return self.source[self.offset : self.next_offset]

    @property
    def is_indefinite(self) -> bool:
        """Whether the length was left open and end-of-contents octets close the element."""
        return self.next_offset != self.end

    def children(self) -> list["Tlv"]:
        """Return the elements that the content octets hold, in order.

        Raises `DerError` where they are cut short, and where they nest deeper than `MAXIMUM_DEPTH`.
        """
        return list(self.walk())

    def inside(self, skipped: int = 0) -> "Tlv":
        """Return the element that the content octets of a string encode, behind `skipped` of them; its offsets stay those of `source`.

        Extensions stand in OCTET STRINGs, keys in BIT STRINGs, whose first octet counts unused bits. Raises `DerError` where
        there is none, where it does not take all of the string, and where it nests too deep.
        """
        if self.constructed:
            raise DerError("a string in segments", offset=self.offset)
        if self.depth >= MAXIMUM_DEPTH:
            raise DerError(f"elements nest deeper than {MAXIMUM_DEPTH}", offset=self.offset)
        found = _element(
            self.source, self.offset + self.header_length + skipped, self.end, self.depth + 1, self.ends
        )
        if found.next_offset != self.end:
            raise DerError("octets are left over behind an element", offset=found.next_offset)
        return found

    def places(self, most: int) -> "Places":
        """Return where the elements stand that the content octets hold: at most so many, and none behind one that is damaged."""
        found = array("Q")
        if self.depth >= MAXIMUM_DEPTH:
            return Places(
                self, found, DerError(f"elements nest deeper than {MAXIMUM_DEPTH}", offset=self.offset)
            )
        position = self.offset + self.header_length
        try:
            while position < self.end and len(found) < most:
                next_position = _next_offset(self.source, position, self.end, self.ends)
                found.append(position)
                position = next_position
        except DerError as error:
            return Places(self, found, error)
        more = position < self.end
        return Places(
            self, found, DerError(f"more than {most:,} elements", offset=position) if more else None
        )

    def walk(self) -> Iterator["Tlv"]:
        """Yield the same elements one by one, those before a damaged one too. Raises `DerError` where `children` does."""
        if self.depth >= MAXIMUM_DEPTH:
            raise DerError(f"elements nest deeper than {MAXIMUM_DEPTH}", offset=self.offset)
        position = self.offset + self.header_length
        while position < self.end:
            child = _element(self.source, position, self.end, self.depth + 1, self.ends)
            if self.source[position] == 0 == self.source[position + 1]:
                raise DerError("end-of-contents octets inside a definite length", offset=position)
            yield child
            position = child.next_offset


@dataclass(frozen=True, slots=True)
class Places:
    """Where the elements inside another one begin: eight octets for each, so that a million can be kept."""

    parent: Tlv
    offsets: "array[int]"
    flaw: DerError | None
    """What stands behind the last one and cannot be read; its offset says where."""

    def __len__(self) -> int:
        return len(self.offsets)

    def __getitem__(self, index: int) -> Tlv:
        parent = self.parent
        return _element(parent.source, self.offsets[index], parent.end, parent.depth + 1, parent.ends)


def read(source: bytes, offset: int = 0) -> Tlv:
    """Return the element that begins at `offset`; octets behind it are left alone. Raises `DerError`."""
    return _element(source, offset, len(source), 0, {})


def _element(source: bytes, offset: int, limit: int, depth: int, ends: dict[int, int]) -> Tlv:
    """Return the element at `offset`, all of which must lie before `limit`."""
    start, length, tag, constructed = _header(source, offset, limit)
    if length >= 0:
        end = start + length
        if end > limit:
            raise DerError(f"{length} bytes announced, {limit - start} left", offset=offset)
        return Tlv(source, offset, start - offset, end, end, tag, constructed, depth, ends)
    end = _end_of_contents(source, start, limit, ends)
    return Tlv(source, offset, start - offset, end, end + 2, tag, constructed, depth, ends)


def _next_offset(source: bytes, offset: int, limit: int, ends: dict[int, int]) -> int:
    """Return the offset behind the element at `offset`: what `_element` finds, without making one."""
    start, length, _, _ = _header(source, offset, limit)
    if length < 0:
        return _end_of_contents(source, start, limit, ends) + 2
    if start + length > limit:
        raise DerError(f"{length} bytes announced, {limit - start} left", offset=offset)
    return start + length


def _header(source: bytes, offset: int, limit: int) -> tuple[int, int, int, bool]:
    """Return the content's offset and length (-1 if indefinite), the tag, and whether it is constructed."""
    if limit - offset < 2:
        raise DerError("an element is cut short", offset=offset)
    first = source[offset]
    tag = first & 0xDF
    constructed = first & 0x20 != 0
    position = offset + 1
    if first & 0x1F == 0x1F:
        tag, position = _high_tag(source, offset, limit)
    if position >= limit:
        raise DerError("an element is cut short", offset=offset)
    length = source[position]
    position += 1
    if length < 0x80:
        return position, length, tag, constructed
    if length == 0x80:
        if not constructed:
            raise DerError("a primitive element of indefinite length", offset=offset)
        return position, -1, tag, constructed
    return *_long_length(source, position, length & 0x7F, limit), tag, constructed


def _high_tag(source: bytes, offset: int, limit: int) -> tuple[int, int]:
    number = 0
    position = offset + 1
    while position < limit:
        octet = source[position]
        position += 1
        number = number << 7 | octet & 0x7F
        if number > _MAXIMUM_TAG_NUMBER:
            break
        if octet < 0x80:
            tag_class = source[offset] & 0xC0
            return (tag_class | number if number < 0x1F else number << 8 | tag_class), position
    raise DerError("a tag number is too large or cut short", offset=offset)


def _long_length(source: bytes, position: int, count: int, limit: int) -> tuple[int, int]:
    """Return the content's offset and length, from `count` length octets. BER allows leading zeros."""
    if limit - position < count:
        raise DerError("a length is cut short", offset=position)
    digits = source[position : position + count].lstrip(b"\0")
    if len(digits) > _MAXIMUM_LENGTH_OCTETS:
        raise DerError(f"a length of {len(digits)} octets", offset=position)
    return position + count, int.from_bytes(digits, "big")


def _end_of_contents(source: bytes, begin: int, limit: int, ends: dict[int, int]) -> int:
    """Return where the end-of-contents octets stand that close the element whose content begins at `begin`.

    Keeps a list of open elements instead of descending into them, so nesting costs no stack; and remembers where each of them
    ends, so that going down into them costs no second search.
    """
    if begin not in ends:
        _find_ends(source, begin, limit, ends)
    if ends[begin] + 2 > limit:
        raise DerError("an indefinite length is never closed", offset=begin)
    return ends[begin]


def _find_ends(source: bytes, begin: int, limit: int, ends: dict[int, int]) -> None:
    still_open = [begin]
    position = begin
    for _ in range(_MAXIMUM_SKIPPED):
        if position >= limit:
            raise DerError("an indefinite length is never closed", offset=begin)
        if source[position : position + 2] == b"\0\0" and position + 2 <= limit:
            ends[still_open.pop()] = position
            if not still_open:
                return
            position += 2
            continue
        position, length, _, _ = _header(source, position, limit)
        if length >= 0:
            position += length
        elif len(still_open) < _MAXIMUM_OPEN:
            still_open.append(position)
        else:
            raise DerError(f"indefinite lengths nest deeper than {_MAXIMUM_OPEN:,}", offset=begin)
    raise DerError(f"more than {_MAXIMUM_SKIPPED:,} elements in an indefinite length", offset=begin)


class Fields:
    """The elements of one SEQUENCE, taken one after the other, optional ones by their tag.

    Reads as OpenSSL's templates do: an optional element that is not there is skipped, and what is left over at `end` is an
    error.
    """

    __slots__ = ("_elements", "_parent", "_taken")

    def __init__(self, parent: Tlv) -> None:
        if not parent.constructed:
            raise DerError("a SEQUENCE in primitive form", offset=parent.offset)
        self._parent = parent
        self._elements = parent.children()
        self._taken = 0

    def peek(self) -> Tlv | None:
        """Return the next element without taking it; None behind the last one."""
        return self._elements[self._taken] if self._taken < len(self._elements) else None

    def any(self) -> Tlv:
        """Take the next element, whatever its tag. Raises `DerError` behind the last one."""
        if self._taken >= len(self._elements):
            raise DerError("an element is missing", offset=self._parent.end)
        element = self._elements[self._taken]
        self._taken += 1
        return element

    def take(self, *tags: int) -> Tlv:
        """Take the next element, which must have one of `tags`. Raises `DerError` if it has another or is missing."""
        element = self.any()
        if element.tag not in tags:
            raise DerError(f"unexpected tag {element.tag_class:#x}/{element.number}", offset=element.offset)
        return element

    def maybe(self, *tags: int) -> Tlv | None:
        """Take the next element if it has one of `tags`; otherwise return None and leave it."""
        if self._taken < len(self._elements) and self._elements[self._taken].tag in tags:
            return self.any()
        return None

    def end(self) -> None:
        """Raise `DerError` if elements are left."""
        if self._taken < len(self._elements):
            raise DerError("unexpected further elements", offset=self._elements[self._taken].offset)


def sequence(element: Tlv) -> Fields:
    """Return the fields of a SEQUENCE. Raises `DerError` if it is none."""
    if element.tag != SEQUENCE:
        raise DerError("a SEQUENCE was expected", offset=element.offset)
    return Fields(element)


def explicit(element: Tlv) -> Tlv:
    """Return the one element inside an EXPLICIT tag. Raises `DerError` unless there is exactly one."""
    fields = Fields(element)
    inner = fields.any()
    fields.end()
    return inner


def octets(element: Tlv) -> bytes:
    """Return the octets of a string; the segments of a constructed one are joined (BER, X.690 section 8.21).

    Like OpenSSL, any tag does for a segment, and segments nest five deep at most. Raises `DerError`.
    """
    if not element.constructed:
        return element.content
    joined: list[bytes] = []
    waiting = [(child, 0) for child in reversed(element.children())]
    while waiting:
        segment, depth = waiting.pop()
        if not segment.constructed:
            joined.append(segment.content)
            continue
        if depth == _MAXIMUM_STRING_DEPTH:
            raise DerError("a string whose segments nest too deep", offset=segment.offset)
        waiting.extend((child, depth + 1) for child in reversed(segment.children()))
    return b"".join(joined)


def _primitive(element: Tlv) -> bytes:
    if element.constructed:
        raise DerError("a value in constructed form that has none", offset=element.offset)
    return element.content


def integer(element: Tlv, *, tag: int = INTEGER) -> int:
    """Return the value of an INTEGER, or of another `tag` that holds one; of any size and sign.

    Raises `DerError` for another tag, for no content and for superfluous leading octets (X.690 section 8.3.2), as OpenSSL
    does.
    """
    if element.tag != tag:
        raise DerError("an INTEGER was expected", offset=element.offset)
    content = _primitive(element)
    if not content:
        raise DerError("an INTEGER without content", offset=element.offset)
    if len(content) > 1 and (content[0] == 0xFF) == (content[1] >= 0x80) and content[0] in {0x00, 0xFF}:
        raise DerError("an INTEGER with superfluous leading octets", offset=element.offset)
    return int.from_bytes(content, "big", signed=True)


def unsigned_integer(element: Tlv) -> int:
    """Return an INTEGER's content as a number without a sign: how OpenSSL reads RSA and DSA parameters.

    Raises `DerError` for another tag.
    """
    if element.tag != INTEGER:
        raise DerError("an INTEGER was expected", offset=element.offset)
    return int.from_bytes(_primitive(element), "big")


def boolean(element: Tlv) -> bool:
    """Return a BOOLEAN; any octet but zero is true. Raises `DerError` unless it is one octet."""
    content = _primitive(element)
    if len(content) != 1:
        raise DerError("a BOOLEAN that is not one octet", offset=element.offset)
    return content != b"\0"


def null(element: Tlv) -> None:
    """Raise `DerError` unless the element is a NULL without content."""
    if element.tag != NULL or _primitive(element):
        raise DerError("a NULL was expected", offset=element.offset)


@dataclass(frozen=True, slots=True)
class BitString:
    """The octets of a BIT STRING, in which the `unused` lowest bits of the last one are zero."""

    unused: int
    content: bytes

    def has(self, bit: int) -> bool:
        """Whether a named bit is set; bit 0 is the highest of the first octet (X.680 section 22)."""
        octet, place = divmod(bit, 8)
        return octet < len(self.content) and bool(self.content[octet] & 0x80 >> place)


def bit_string(element: Tlv) -> BitString:
    """Return a BIT STRING; unused bits that were set are cleared. Raises `DerError` for none or more than seven of them."""
    content = octets(element)
    if not content or content[0] > 7:
        raise DerError("a BIT STRING without a valid count of unused bits", offset=element.offset)
    unused = content[0]
    if unused and len(content) > 1:
        return BitString(unused, content[1:-1] + bytes([content[-1] & 0xFF << unused & 0xFF]))
    return BitString(unused, content[1:])


_OBJECT_IDENTIFIER = re.compile(rb"(?:(?:[\x81-\xff][\x80-\xff]*)?[\x00-\x7f])+", re.DOTALL)


def object_identifier(element: Tlv, *, tag: int = OBJECT_IDENTIFIER) -> bytes:
    """Return the content octets of an OBJECT IDENTIFIER, which compare and look up faster than numbers.

    `dotted` turns them into text. Raises `DerError` for another `tag` and for octets that are no identifier (X.690 section
    8.19).
    """
    content = _primitive(element)
    if element.tag != tag:
        raise DerError("an OBJECT IDENTIFIER was expected", offset=element.offset)
    if not _OBJECT_IDENTIFIER.fullmatch(content):
        raise DerError("an OBJECT IDENTIFIER that cannot be read", offset=element.offset)
    return content


def dotted(content: bytes) -> str:
    """Return the content octets of an OBJECT IDENTIFIER as `1.2.840.113549`; octets that end early end the text early."""
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        return ""
    root = min(numbers[0] // 40, 2)
    return ".".join(map(str, [root, numbers[0] - 40 * root, *numbers[1:]]))


def any_content(element: Tlv) -> bytes:
    """Return what an element of any type holds, after the checks that OpenSSL makes of its type.

    Strings are joined, a BIT STRING keeps its first octet, and SEQUENCE, SET and everything outside the universal class
    stay encoded. Raises `DerError`.
    """
    if element.tag_class or element.tag in {SEQUENCE, SET}:
        if not element.constructed and not element.tag_class:
            raise DerError("a SEQUENCE or SET in primitive form", offset=element.offset)
        return element.encoding
    if element.tag == ENUMERATED:
        integer(element, tag=ENUMERATED)
        return element.content
    if element.tag in _CHECKED:
        _CHECKED[element.tag](element)
        return element.content
    if element.tag == BIT_STRING:
        bits = bit_string(element)
        return bytes([bits.unused]) + bits.content
    content = octets(element)
    if len(content) % _CHARACTER_WIDTH.get(element.tag, 1):
        raise DerError("a string that ends inside a character", offset=element.offset)
    return content


_CHARACTER_WIDTH = {BMP_STRING: 2, UNIVERSAL_STRING: 4}
_CHECKED: dict[int, Callable[[Tlv], object]] = {
    OBJECT_IDENTIFIER: object_identifier,
    NULL: null,
    BOOLEAN: boolean,
    INTEGER: integer,
}


def encoded_length(length: int) -> bytes:
    """Return the length octets of DER for a content of `length` octets."""
    if length < 0x80:
        return bytes([length])
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits
