"""How an operator's word for a certificate becomes one certificate: a name, a serial number or a fingerprint.

Kept apart from the ledger because it is a decision among values, and one that people argue with.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from tlsca.errors import Ambiguous, NotFound
from tlsca.store.indexes import PREFIX
from tlsca.store.records import CertificateRecord
from tlsca.text import printable, rfc3339, shorten

_MOST_LISTED = 10
_MOST_COMPARED = 5000
_SHOWN_SERIAL = 16
_SEPARATORS = str.maketrans("", "", ": ")
_HEX = re.compile(r"[0-9a-f]+")


def hex_digits(reference: str) -> str | None:
    """Return what a reference says as lower-case hexadecimal, colons dropped; None if it is no number."""
    digits = reference.lower().translate(_SEPARATORS)
    return digits if _HEX.fullmatch(digits) else None


def has_prefix(record: CertificateRecord, digits: str) -> bool:
    """Tell whether serial number or fingerprint are these digits or, from four on, start with them."""
    if digits in (record.serial, record.sha256):
        return True
    return len(digits) >= PREFIX and (record.serial.startswith(digits) or record.sha256.startswith(digits))


def _is_current(record: CertificateRecord, now: datetime) -> bool:
    """Tell whether a certificate is neither renewed, revoked nor expired."""
    return record.renewed_by is None and record.revoked_at is None and record.not_after >= now


def choose(reference: str, candidates: Sequence[CertificateRecord], now: datetime) -> CertificateRecord:
    """Return the one certificate that was meant: of several, the only current one.

    Raises Ambiguous, listing them, if that does not decide it.
    """
    current = [record for record in candidates if _is_current(record, now)]
    left = current or candidates
    if len(left) == 1:
        return left[0]
    raise Ambiguous(
        f"{_quoted(reference)} names {len(left)} certificates.", hint="One of:\n" + "\n".join(_listed(left))
    )


def _listed(candidates: Sequence[CertificateRecord]) -> list[str]:
    lines = [
        f"  {record.serial[:_SHOWN_SERIAL]}  {printable(record.subject) or '(no subject)'}, "
        f"until {rfc3339(record.not_after)}"
        for record in candidates[:_MOST_LISTED]
    ]
    rest = len(candidates) - len(lines)
    return [*lines, f"  and {rest} more"] if rest else lines


def unknown(reference: str, names: Iterable[str]) -> NotFound:
    """Return the error for a reference that nothing answers to, with the nearest of `names` (lower-case) as its hint."""
    near = difflib.get_close_matches(reference.lower(), _comparable(reference.lower(), names), n=1)
    hint = f"The nearest name is {_quoted(near[0])}." if near else "See `tlsca list` for what there is."
    return NotFound(f"Nothing in the store is called {_quoted(reference)}.", hint=hint)


def _comparable(reference: str, names: Iterable[str]) -> list[str]:
    """Return the names worth a closer comparison, which takes 20 µs each: of about the same length, few enough."""
    letters = set(reference)
    alike = []
    for name in names:
        if abs(len(name) - len(reference)) <= 2 and len(letters.symmetric_difference(name)) <= 3:
            alike.append(name)
            if len(alike) == _MOST_COMPARED:
                break
    return alike


def _quoted(reference: str) -> str:
    return f"“{shorten(printable(reference), 80)}”"
