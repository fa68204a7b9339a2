"""Signed certificate timestamps, which are TLS structures inside an OCTET STRING and no ASN.1 (RFC 6962, 3.2 and 3.3)."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Tlv
from tlsca.pki.structure import values
from tlsca.pki.structure.node import Node, Seen, piece
from tlsca.pki.structure.shapes import count_of
from tlsca.text import rfc3339

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIXED = 43  # version, log id, time, length of the extensions
_HASHES = {0: "none", 1: "MD5", 2: "SHA-1", 3: "SHA-224", 4: "SHA-256", 5: "SHA-384", 6: "SHA-512"}
_SIGNATURES = {0: "anonymous", 1: "RSA", 2: "DSA", 3: "ECDSA"}


def timestamps(element: Tlv) -> Seen:
    """Read the OCTET STRING that holds a SignedCertificateTimestampList. Raises `DerError`."""
    if element.tag != der.OCTET_STRING or element.constructed:
        raise DerError("an OCTET STRING was expected", offset=element.offset)
    begin = element.offset + element.header_length
    announced = int.from_bytes(element.source[begin : begin + 2], "big")
    if element.end - begin < 2 or announced != element.end - begin - 2:
        raise DerError("a list of timestamps of another length", offset=begin)
    spans = tuple(_spans(element.source, begin + 2, element.end))
    return Seen(
        count_of(len(spans), "timestamp"), lambda: tuple(_timestamp(element.source, *span) for span in spans)
    )


def _spans(source: bytes, position: int, end: int) -> list[tuple[int, int]]:
    """Return where each timestamp begins and ends, its length left out; a damaged one ends the list."""
    found = []
    while position + 2 <= end:
        length = int.from_bytes(source[position : position + 2], "big")
        begin = position + 2
        found.append((begin, min(begin + length, end)))
        position = begin + length
    return found


def _timestamp(source: bytes, begin: int, end: int) -> Node:
    title = "Timestamp"
    if end - begin < _FIXED or source[begin] != 0:
        return piece(title, source, begin, end, flaw="This is no timestamp of version 1.")
    moment = _moment(int.from_bytes(source[begin + 33 : begin + 41], "big"))
    log = source[begin + 1 : begin + 33]
    return Node(
        title,
        source,
        begin,
        end,
        value=f"{moment}, {_named(log)}",
        note="A log's promise to list the certificate within a day or less. (RFC 6962, 3.2)",
        parts=lambda: _fields(source, begin, end, moment),
    )


def _fields(source: bytes, begin: int, end: int, moment: str) -> Sequence[Node]:
    log = source[begin + 1 : begin + 33]
    signature = begin + _FIXED + int.from_bytes(source[begin + 41 : begin + _FIXED], "big")
    in_base64 = base64.b64encode(log).decode("ascii")
    return (
        piece("Version", source, begin, begin + 1, value="1", note="Written as 0. (RFC 6962, 3.2)"),
        piece(
            "Log id",
            source,
            begin + 1,
            begin + 33,
            value=values.octets(log),
            note=f"SHA-256 of the public key of {_named(log)}. Lists of logs write it in base64: {in_base64} (RFC 6962, 3.2)",
        ),
        piece("Time", source, begin + 33, begin + 41, value=moment, note="When the log promised, to the millisecond. (RFC 6962, 3.2)"),
        piece("Extensions", source, begin + 41, min(signature, end), value=values.octets(source[begin + _FIXED : min(signature, end)]) or "none"),
        *_signature(source, signature, end),
    )  # fmt: skip


def _signature(source: bytes, begin: int, end: int) -> Sequence[Node]:
    if end - begin < 4:
        return (piece("Signature", source, min(begin, end), end, flaw="The signature is cut short."),)
    digest, kind = source[begin], source[begin + 1]
    named = f"{_SIGNATURES.get(kind, kind)} with {_HASHES.get(digest, digest)}"
    return (
        piece("Signature algorithm", source, begin, begin + 2, value=named, note="(RFC 5246, 7.4.1.4.1)"),
        piece(
            "Signature",
            source,
            begin + 2,
            end,
            value=values.octets(source[begin + 4 : end]),
            note="The log's, over the timestamp and the certificate. (RFC 6962, 3.2)",
        ),
    )


def _named(log: bytes) -> str:
    """Return a log by its name, or the beginning of its id."""
    from tlsca.pki.structure.logs import LOGS  # noqa: PLC0415 -- few certificates hold timestamps

    name = LOGS.get(base64.b64encode(log).decode("ascii"))
    return f"log {name}" if name else f"unknown log {values.octets(log[:4])}…"


def _moment(milliseconds: int) -> str:
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return f"{milliseconds} ms after 1970, which is no date"
    return rfc3339(moment).replace("Z", f".{milliseconds % 1000:03d}Z")
