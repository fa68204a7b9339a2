"""One element after the other: where it begins, what its tag is, where it ends.

Whatever it is given, it returns or raises `DerError`: lengths are checked against the bytes at hand, nothing recurses, and nesting
has a limit.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from tlsca.errors import DerError

MAXIMUM_DEPTH = 64
"""How deep elements may nest. OpenSSL's templates stop at 30; no certificate in use comes near either."""

_MAXIMUM_OPEN = 100_000
"""How many indefinite lengths may be open at once; beyond, what is inside could not be looked at anyway."""
_MAXIMUM_SKIPPED = 5_000_000
"""How many elements are gone over in search of the end of an indefinite length: some seconds' worth."""
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


def encoded_length(length: int) -> bytes:
    """Return the length octets of DER for a content of `length` octets."""
    if length < 0x80:
        return bytes([length])
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits
