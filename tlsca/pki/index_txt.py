"""The database of `openssl ca`, index.txt: one line for each certificate that an authority issued.

easy-rsa and many scripts around OpenSSL keep the same file, and XCA writes it: it is where their revocations are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from tlsca.pki.moment import moment
from tlsca.pki.revoke import Revocation

_Reason = x509.ReasonFlags

# apps/ca.c of OpenSSL: the words of CRLReason, and three of its own whose argument follows.
_REASONS = {
    **{reason.value.lower(): reason for reason in _Reason},
    "holdinstruction": _Reason.certificate_hold,
    "keytime": _Reason.key_compromise,
    "cakeytime": _Reason.ca_compromise,
}
_WITH_TIME = {"keytime", "cakeytime"}
_LINE = re.compile(r"[VRE]\t[0-9]{12,14}Z\t")
_TAB = re.compile(r"(?<!\\)\t")  # one after a backslash belongs to its field


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One certificate as index.txt knows it."""

    serial: int
    not_after: datetime
    subject: str
    """As OpenSSL writes it on one line: `/C=DE/CN=www.example.com`. Not yet printable."""
    revocation: Revocation | None = None


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of index.txt that cannot be read; `number` counts from 1."""

    number: int
    why: str


def is_index(data: bytes) -> bool:
    """Say whether a file reads as an index.txt that has at least one certificate, by its first line."""
    first = next(iter(_lines(data[:65536])), None)
    return first is not None and _LINE.match(first[1]) is not None


def read_index(data: bytes) -> Iterator[IndexEntry | BadLine]:
    """Yield every line of an index.txt as what it says, or as what is wrong with it."""
    for number, line in _lines(data):
        try:
            yield _entry(line)
        except ValueError as error:
            yield BadLine(number, str(error))


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.removesuffix("\r")


def _entry(line: str) -> IndexEntry:
    fields = _TAB.split(line)
    if len(fields) != 6 or fields[0] not in {"V", "R", "E"}:
        raise ValueError("it has not the six columns of an index.txt")
    status, not_after, revocation, serial, _file, subject = fields
    number = _serial(serial)
    revoked = _revocation(number, revocation) if status == "R" else None
    return IndexEntry(number, _time(not_after), subject, revoked)


def _revocation(serial: int, revocation: str) -> Revocation:
    at, _, rest = revocation.partition(",")
    word, _, argument = rest.partition(",")
    reason = _REASONS.get(word.lower()) if word else None
    if word and reason is None:
        raise ValueError("its reason of revocation is none of OpenSSL's")
    since = _time(argument) if word.lower() in _WITH_TIME else None
    return Revocation(serial, _time(at), reason, since)


def _serial(text: str) -> int:
    if not re.fullmatch(r"-?[0-9A-Fa-f]{1,64}", text):
        raise ValueError("its serial number is not hexadecimal")
    return int(text, 16)


def _time(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError:
        raise ValueError("one of its times is no time") from None
