"""Which tool made a directory, by the names in it; and which of its files are that tool's own bookkeeping."""

import re
from collections.abc import Set as AbstractSet

STEP = "step"

_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    ("easy-rsa", frozenset({"index.txt", "issued", "private"})),
    (STEP, frozenset({"certs", "secrets", "config"})),
    ("mkcert", frozenset({"rootCA.pem"})),
    ("openssl ca", frozenset({"index.txt"})),
)
"""What lies in a directory of each tool, the most particular first."""

_BOOKKEEPING = re.compile(r"(index\.(txt|db)|serial|crlnumber)(\.attr|\.old|\.new)*")
_BADGER = re.compile(r"[0-9]{5,6}\.(vlog|sst|mem)|MANIFEST|KEYREGISTRY|DISCARD|LOCK")


def tool_of(names: AbstractSet[str]) -> str | None:
    """Return the tool in whose directory these names lie, or None."""
    return next((tool for tool, marks in _MARKS if marks <= names), None)


def is_bookkeeping(name: str) -> bool:
    """Say whether a file's name is one that `openssl ca` keeps numbers or older states under."""
    return _BOOKKEEPING.fullmatch(name) is not None


def is_badger(names: AbstractSet[str]) -> bool:
    """Say whether this is a directory of Badger, the database in which step-ca remembers what it issued and revoked."""
    return "MANIFEST" in names and all(_BADGER.fullmatch(name) for name in names)
