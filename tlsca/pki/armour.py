"""PEM armour: the blocks of a text, whatever stands around them, and the blocks that are not whole.

RFC 7468 allows explanatory text between blocks; mail programs, web forms and PowerShell add to it.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tlsca.errors import Unreadable
from tlsca.text import printable

BEGIN = b"-----BEGIN "

_END = re.compile(rb"-----END ([A-Z0-9 .#]{1,64})-----")
_OPENING = re.compile(rb"-----BEGIN ([A-Z0-9 .#]{1,64})-----")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MOST_WIDE = 8 * 1024 * 1024
_MOST_BARE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its label, what stands between BEGIN and END, and whether there is an END."""

    label: bytes
    body: bytes
    whole: bool = True

    @property
    def encoding(self) -> bytes:
        """The block as it stood there."""
        return b"-----BEGIN %s-----%s-----END %s-----\n" % (self.label, self.body, self.label)

    @property
    def title(self) -> str:
        """Its label, for a person."""
        return printable(self.label.decode("ascii"))

    def header(self, name: bytes) -> str:
        """Return the value of an RFC 1421 header; empty if there is none."""
        for line in self.body.splitlines():
            title, colon, value = line.partition(b":")
            if colon and title == name:
                return printable(value.strip().decode("ascii", "backslashreplace"))
        return ""

    def octets(self) -> bytes:
        """Return what the base64 stands for. Raises Unreadable."""
        # RFC 1421 headers, as some tools still write.
        lines = [line for line in self.body.splitlines() if b":" not in line]
        try:
            octets = base64.b64decode(b"".join(lines))
        except binascii.Error:
            octets = b""
        if not octets:
            raise Unreadable("A PEM block does not hold base64.", hint="Copy it again, whole.")
        return octets


def blocks(data: bytes) -> Iterator[Block]:
    """Yield each PEM block (RFC 7468), and at most one that is not whole for each gap between those that are.

    Goes from END to END, so that a file of nothing but BEGINs costs one pass and not one for each of them.
    """
    start = 0
    for end in _END.finditer(data):
        opening = b"-----BEGIN %s-----" % end[1]
        begin = data.rfind(opening, start, end.start())
        if begin >= 0:
            yield from _torn(data, start, begin)
            yield Block(end[1], data[begin + len(opening) : end.start()])
        start = end.end()
    yield from _torn(data, start, len(data))


def _torn(data: bytes, start: int, end: int) -> Iterator[Block]:
    opening = _OPENING.search(data, start, end)
    if opening:
        yield Block(opening[1], b"", whole=False)


def as_octets(text: bytes) -> bytes:
    """Return a text in UTF-16, as PowerShell writes it, in UTF-8; anything else as it is."""
    encoding = _WIDE.get(text[:2])
    if encoding is None or len(text) > _MOST_WIDE:
        return text
    return text[2:].decode(encoding, "replace").encode("utf-8", "replace")


def bare(data: bytes) -> bytes:
    """Return what base64 without armour stands for; nothing if it is none."""
    if len(data) > _MOST_BARE or not _BASE64.fullmatch(data):
        return b""
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except binascii.Error:
        return b""


def pem(label: str, der: bytes) -> bytes:
    """Return DER in PEM armour (RFC 7468): `label` is what stands after BEGIN."""
    text = base64.b64encode(der).decode("ascii")
    body = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n".encode("ascii")
