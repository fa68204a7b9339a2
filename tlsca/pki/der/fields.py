"""The elements of a SEQUENCE, taken in turn as OpenSSL's templates take them."""

from tlsca.errors import DerError
from tlsca.pki.der.element import Tlv
from tlsca.pki.der.tags import SEQUENCE


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
