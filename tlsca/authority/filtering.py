"""The filter that the list and the app share: `expires<30d status:valid issuer:Acme san:*.corp text`.

Words are joined by *and*. `field:pattern` looks into one field, `*` standing for anything; `-word` turns a word round; a bare word
is looked for in every name and number.
"""

import fnmatch
import re
from collections.abc import Callable
from datetime import timedelta

from tlsca.authority.listing import Entry
from tlsca.errors import UsageError
from tlsca.text import printable

Predicate = Callable[[Entry], bool]

_EXPIRES = re.compile(r"expires([<>])(\d{1,6})([dwmy]?)")
_DAYS = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}

_FIELDS: dict[str, Callable[[Entry], tuple[str, ...]]] = {
    "issuer": lambda entry: (entry.record.issuer,),
    "subject": lambda entry: (entry.record.subject,),
    "san": lambda entry: entry.record.names,
    "name": lambda entry: (entry.title, *entry.record.names),
    "profile": lambda entry: (entry.record.profile,),
    "key": lambda entry: (entry.record.key,),
    "serial": lambda entry: (entry.record.serial,),
    "seen": lambda entry: (entry.record.last_seen or "",),
}

FIELD_NAMES: tuple[str, ...] = ("status", *_FIELDS, "expires")
"""What may stand before a colon, and `expires` before `<` or `>`."""


def compile_filter(text: str) -> Predicate:
    """Return the test for an entry that the text means; an empty text lets everything through. Raises UsageError."""
    words = [_word(word) for word in text.split()]
    return lambda entry: all(word(entry) for word in words)


def _word(word: str) -> Predicate:
    if word.startswith("-") and len(word) > 1:
        wanted = _word(word[1:])
        return lambda entry: not wanted(entry)
    if re.match(r"expires[<>=:]", word):
        return _expires(word)
    field, colon, pattern = word.partition(":")
    if colon and field == "status":
        # From its beginning: “valid” is not to find “not-yet-valid”.
        return _in_field(lambda entry: (entry.status,), pattern.lower() + "*")
    if colon and field in _FIELDS:
        return _in_field(_FIELDS[field], pattern.lower())
    needle = word.lower()
    return lambda entry: needle in _haystack(entry)


def _expires(word: str) -> Predicate:
    found = _EXPIRES.fullmatch(word)
    if not found:
        raise UsageError(
            f"“{printable(word)}” is no filter.",
            hint="Write expires<30d, expires>1y; units are d, w, m and y.",
        )
    span = timedelta(days=int(found[2]) * _DAYS[found[3]])
    if found[1] == "<":
        return lambda entry: entry.remaining < span
    return lambda entry: entry.remaining > span


def _in_field(values: Callable[[Entry], tuple[str, ...]], pattern: str) -> Predicate:
    if "*" in pattern:
        # Square brackets are no wildcard here: an IPv6 address may stand in them.
        glob = re.compile(fnmatch.translate(pattern.replace("[", "[[]")))
        return lambda entry: any(glob.match(value.lower()) for value in values(entry))
    return lambda entry: any(pattern in value.lower() for value in values(entry))


def _haystack(entry: Entry) -> str:
    record = entry.record
    return " ".join(
        (record.subject, *record.names, record.serial, record.sha256, record.profile, entry.status)
    ).lower()
