"""Signed certificate timestamps (RFC 6962 section 3.3)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.dump import numbers
from tlsca.pki.dump.basic import Printer, tagged
from tlsca.pki.dump.page import Page, hex_lines

_ALGORITHMS = {(4, 3): b"ecdsa-with-SHA256", (4, 1): b"sha256WithRSAEncryption"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADER_LENGTH = 43  # version, log id, time, length of extensions
_SIGNATURE_HEADER_LENGTH = 4  # hash, signature algorithm, length of signature
_ROW = 16


@dataclass(frozen=True, slots=True)
class _Timestamp:
    log: bytes
    milliseconds: int
    extensions: bytes
    algorithm: bytes
    signature: bytes


def _timestamps(page: Page, content: bytes, indent: int) -> bool:
    entries = list(map(_entry, _split(der.octets(tagged(content, der.OCTET_STRING)))))
    for place, entry in enumerate(entries):
        if place:
            page.write(b"\n")
        _print_entry(page, entry, indent)
    return True


def _split(listed: bytes) -> list[bytes]:
    if len(listed) < 2 or int.from_bytes(listed[:2], "big") != len(listed) - 2:
        raise DerError("a list of timestamps of another length", offset=0)
    entries = []
    position = 2
    while position < len(listed):
        length = int.from_bytes(listed[position : position + 2], "big")
        entry = listed[position + 2 : position + 2 + length]
        if not length or len(entry) != length:
            raise DerError("a timestamp of another length", offset=position)
        entries.append(entry)
        position += 2 + length
    return entries


def _entry(entry: bytes) -> _Timestamp | bytes:
    """Return a timestamp of version 1, and the octets of any other. Raises `DerError`."""
    if entry[0] != 0:
        return entry
    extensions_end = _HEADER_LENGTH + int.from_bytes(entry[41:_HEADER_LENGTH], "big")
    signature_start = extensions_end + _SIGNATURE_HEADER_LENGTH
    algorithm = (
        _ALGORITHMS.get((entry[extensions_end], entry[extensions_end + 1]))
        if len(entry) > signature_start
        else None
    )
    signature_length = int.from_bytes(entry[extensions_end + 2 : signature_start], "big")
    if algorithm is None or signature_start + signature_length > len(entry):
        raise DerError("a timestamp that cannot be read", offset=0)
    return _Timestamp(
        entry[1:33],
        int.from_bytes(entry[33:41], "big"),
        entry[_HEADER_LENGTH:extensions_end],
        algorithm,
        entry[signature_start : signature_start + signature_length],
    )


def _print_entry(page: Page, entry: _Timestamp | bytes, indent: int) -> None:
    margin = b"\n" + b" " * (indent + 4)
    page.write(b"%*sSigned Certificate Timestamp:%sVersion   : " % (indent, b"", margin))
    if isinstance(entry, bytes):
        page.write(b"unknown\n%*s" % (indent + 16, b"") + _rows(entry, indent))
        return
    extensions = _rows(entry.extensions, indent) if entry.extensions else b"none"
    page.write(
        b"v1 (0x0)"
        + margin
        + (b"Log ID    : " + _rows(entry.log, indent) + margin)
        + (b"Timestamp : " + _moment(entry.milliseconds) + margin)
        + (b"Extensions: " + extensions + margin)
        + (b"Signature : " + entry.algorithm + margin)
        + (b"            " + _rows(entry.signature, indent))
    )


def _rows(octets: bytes, indent: int) -> bytes:
    return hex_lines(octets, indent=indent + 16, width=_ROW)


def _moment(milliseconds: int) -> bytes:
    """Return a time as OpenSSL prints it; nothing for one beyond the year 9999."""
    days, rest = divmod(milliseconds, 86_400_000)
    try:
        moment = _EPOCH + timedelta(days=numbers.as_int(days), milliseconds=rest)
    except OverflowError:
        return b""
    if moment.year < 1900:
        return b""
    text = f"{moment:%Y%m%d%H%M%S}.{rest % 1000:03d}Z"
    return numbers.time_text(der.GENERALIZED_TIME, text.encode())


PRINTERS: dict[str, Printer] = {"ct_cert_scts": _timestamps, "ct_precert_scts": _timestamps}
"""Printers by the extension's short name."""
