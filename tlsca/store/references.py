"""How an operator's word for a certificate becomes one certificate: a name, a serial number or a fingerprint.

Kept apart from the ledger because it is a decision among values, and one that people argue with.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from heapq import nsmallest
from itertools import islice

from tlsca.errors import Ambiguous, NotFound
from tlsca.store.indexes import PREFIX
from tlsca.store.records import CertificateRecord
from tlsca.text import printable, rfc3339, shorten

_MOST_LISTED = 10
_MOST_LOOKED_AT = 4000
_MOST_COMPARED = 50
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


def unknown(reference: str, names_with: Callable[[str], Iterable[str]]) -> NotFound:
    """Return the error for a reference that nothing answers to, with the nearest name as its hint.

    `names_with` yields the names, in lower case, in which a text is.
    """
    near = nearest(reference.lower(), names_with)
    hint = f"The nearest name is {_quoted(near)}." if near else "See `tlsca list` for what there is."
    return NotFound(f"Nothing in the store is called {_quoted(reference)}.", hint=hint)


def nearest(name: str, names_with: Callable[[str], Iterable[str]]) -> str | None:
    """Return a name that somebody may have meant who wrote this one; None if there is none.

    Who mistypes one letter, leaves one out or exchanges two leaves two thirds of a name as they are: so only names with a third of
    it are looked at, of which the rarest third has few.
    """
    found = {one for part in _thirds(name) for one in islice(names_with(part), _MOST_LOOKED_AT)}
    alike = (one for one in found if one and abs(len(one) - len(name)) <= 2)
    closest = nsmallest(_MOST_COMPARED, alike, key=lambda one: (_apart(name, one), one))
    if closest and _apart(name, closest[0]) == 1:
        return closest[0]
    return next(iter(difflib.get_close_matches(name, closest, n=1)), None)


def _thirds(name: str) -> set[str]:
    third = max(1, len(name) // 3)
    return {name[:third], name[third:-third] or name, name[-third:]}


def _apart(one: str, other: str) -> int:
    """Return how many letters are between what both begin with and what both end in; two that are exchanged count as one."""
    begin = _alike(one, other)
    one, other = one[begin:][::-1], other[begin:][::-1]
    end = _alike(one, other)
    one, other = one[end:], other[end:]
    return 1 if len(one) == 2 and one == other[::-1] else max(len(one), len(other))


def _alike(one: str, other: str) -> int:
    """Return how many letters both begin with."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _quoted(reference: str) -> str:
    return f"“{shorten(printable(reference), 80)}”"
