"""The page that a printer writes on: bytes as OpenSSL lays them out, or the same with foreign values made visible.

OpenSSL writes what a certificate holds unchanged, so a newline inside a DNS name forges a second name. Layout and foreign
values therefore reach the page by different doors, `write` and `value`, and a safe page escapes whatever comes by the second.
"""

from collections.abc import Iterable

from tlsca.text import printable

Row = tuple[bytes | None, bytes | None]
"""A name and a value of an extension; what is missing is left out with its colon."""

_JOINED_AT_ONCE = 16_384
"""Pieces; to join a million in one go would keep the interpreter from everybody else for a tenth of a second."""


class Page:
    """Collects text. On a `safe` page no foreign value can move a cursor, forge a line or hide a character."""

    __slots__ = ("_pieces", "safe")

    def __init__(self, *, safe: bool) -> None:
        self.safe = safe
        self._pieces: list[bytes] = []

    def write(self, layout: bytes) -> None:
        """Append text that does not come from the certificate, or was escaped already."""
        self._pieces.append(layout)

    def value(self, foreign: bytes) -> None:
        """Append a value from the certificate: unchanged, or escaped on a safe page."""
        self._pieces.append(_visible_value(foreign) if self.safe else foreign)

    def line(self, indent: int, layout: bytes) -> None:
        """Append a whole line of layout."""
        self._pieces.append(b"%*s%s\n" % (indent, b"", layout))

    def text(self) -> bytes:
        """Return everything that was appended."""
        pieces, step = self._pieces, _JOINED_AT_ONCE
        return b"".join([b"".join(pieces[at : at + step]) for at in range(0, len(pieces), step)])


def _visible_value(foreign: bytes) -> bytes:
    """Return a value as UTF-8 in which every control and every octet that is no text shows as an escape."""
    return printable(foreign.decode("utf-8", "backslashreplace")).encode()


def until_nul(value: bytes) -> bytes:
    """Return a value up to its first zero octet: what C's `%s` prints of it."""
    return value.partition(b"\0")[0]


def dots(value: bytes) -> bytes:
    """Return octets with a dot for each unprintable one, newlines kept (OpenSSL's `ASN1_STRING_print`)."""
    return value.translate(_DOTS)


_DOTS = bytes(octet if 0x20 <= octet <= 0x7E or octet in b"\r\n" else 0x2E for octet in range(256))


def hex_rows(octets: bytes, *, indent: int, width: int) -> bytes:
    """Return octets as rows of `width` pairs of lower-case hexadecimal digits, each row closed by a newline.

    Colons stand between all pairs, so every row but the last ends in one.
    """
    if not octets:
        return b"\n"
    margin = b" " * indent
    digits = octets.hex(":").encode()
    step = 3 * width
    rows = [digits[start : start + step] for start in range(0, len(digits), step)]
    return margin + (b"\n" + margin).join(rows) + b"\n"


def hex_lines(octets: bytes, *, indent: int, width: int) -> bytes:
    """Return octets as rows of upper-case pairs, the first one not indented, the last one not closed by a newline."""
    digits = octets.hex(":").upper().encode()
    step = 3 * width
    rows = [digits[start : start + step] for start in range(0, len(digits), step)]
    return (b"\n" + b" " * indent).join(rows)


def hex_colons(octets: bytes) -> bytes:
    """Return octets as `AB:CD:EF`."""
    return octets.hex(":").upper().encode()


def print_rows(page: Page, rows: Iterable[Row], indent: int, *, one_per_line: bool) -> None:
    """Write names and values, separated by commas or each on its own line (OpenSSL's `X509V3_EXT_val_prn`)."""
    margin = b" " * indent
    separator = b"\n" + margin if one_per_line else b", "
    page.write(margin)
    count = 0
    for name, value in rows:
        if count:
            page.write(separator)
        count += 1
        if name is not None:
            page.write(name if value is None else name + b":")
        if value is not None:
            page.value(value)
    if not count:
        page.write(b"<EMPTY>\n")
