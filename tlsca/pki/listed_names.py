"""Alternative names as rows; those of a long list are made when they are asked for.

A certificate may hold two hundred thousand names, of which a summary shows some dozens: a row for each of them would cost a second
and a hundred megabytes before the first one is seen.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import overload

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Places, Tlv
from tlsca.pki.dump.general_names import GeneralName, general_name
from tlsca.pki.name_text import general_name_text, general_name_title
from tlsca.pki.rows import Row
from tlsca.text import printable

_AT_ONCE = 1000
"""A list of at most so many names is read at once, up to the first one that cannot be read."""
_MOST = 2_000_000
"""More elements than these in one list are counted as damage: the largest file that is read could hold no more names worth the word."""


def name_rows(lists: Iterable[bytes]) -> Sequence[Row]:
    """Return a row for each name in these DER GeneralNames (RFC 5280, 4.2.1.6), as far as they can be read."""
    contents = tuple(lists)
    if len(contents) == 1:
        with suppress(DerError):
            places = der.read(contents[0]).places(_MOST)
            if len(places) > _AT_ONCE:
                return _LongList(places)
    return tuple(_row(one) for one in names_in(contents))


def names_in(contents: Iterable[bytes]) -> Iterable[GeneralName]:
    """Yield the names one by one, up to the first that cannot be read."""
    with suppress(DerError):
        for content in contents:
            yield from map(general_name, der.read(content).walk())


class _LongList(Sequence[Row]):
    """Names by where they stand; one that cannot be read says so in its own row."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        return _read_row(self._places[index])


def _read_row(element: Tlv) -> Row:
    try:
        return _row(general_name(element))
    except DerError as error:
        return Row("Damaged", printable(error.sentence))


def _row(one: GeneralName) -> Row:
    return Row(general_name_title(one), printable(general_name_text(one)))
