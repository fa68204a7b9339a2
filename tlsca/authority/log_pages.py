"""The audit log a page at a time, newest first: a log of ten years is looked at without being read as a whole."""

from dataclasses import dataclass

from tlsca.authority.auditing import Activity, activity
from tlsca.authority.desk import Desk
from tlsca.text import rfc3339

_AT_ONCE = 1000
"""Lines that are read before it is asked whether there are enough."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some acts of the log."""

    acts: tuple[Activity, ...]
    """Newest first."""
    first: int
    """Down to which line the log was read for them; 1 where it was read to its beginning."""

    def followed_by(self, older: "LogPage") -> "LogPage":
        """Return both as one; `older` goes on where this one ends."""
        return LogPage((*self.acts, *older.acts), older.first)


def read_log(desk: Desk, words: str = "", *, before: int | None = None, most: int = 200) -> LogPage:
    """Return the last acts before a line, or the last there are, in which all words occur; at least `most`, if there are as many.

    Raises StoreDamaged.
    """
    wanted = words.casefold().split()
    end = desk.ledger.position + 1 if before is None else before
    found: list[Activity] = []
    while end > 1 and len(found) < most:
        read = [one for one in activity(desk, before=end, most=_AT_ONCE) if _has(one, wanted)]
        found += reversed(read)
        end = max(end - _AT_ONCE, 1)
    return LogPage(tuple(found), end)


def _has(one: Activity, wanted: list[str]) -> bool:
    """Say whether all words occur in what is told of an act."""
    told = f"{one.what} {one.act} {one.who}@{one.host} {rfc3339(one.at)}".casefold()
    return all(word in told for word in wanted)
