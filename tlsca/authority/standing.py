"""How each authority stands: where in the tree, how many of its certificates are good, and whether its revocation list is.

The counts come from what was listed already; only the tree and the lists are looked up.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry, authorities
from tlsca.authority.publishing import CrlState, Why

_LIVE = frozenset({"valid", "expiring", "not-yet-valid"})


@dataclass(frozen=True, slots=True)
class AuthorityStanding:
    """One authority in the tree."""

    entry: Entry
    depth: int
    """How far below a root, which has 0."""
    live: int
    """How many certificates it has issued that are neither revoked nor over."""
    expiring: int
    """How many of those end soon and have no successor."""
    why: Why | None
    """Why one of its revocation lists wants publishing; None where they are right, or there is none."""
    until: datetime | None
    """When the first of its lists goes stale; None where none was published."""


def standings(
    desk: Desk, entries: Sequence[Entry], lists: Sequence[CrlState]
) -> tuple[AuthorityStanding, ...]:
    """Return the tree of authorities, each with what was listed below it and the state of its lists. Raises StoreDamaged."""
    live = Counter(entry.issuer_ref for entry in entries if _counts(entry))
    expiring = Counter(entry.issuer_ref for entry in entries if _is_unreplaced(entry))
    return tuple(
        AuthorityStanding(entry, depth, live[entry.ref], expiring[entry.ref], *_lists(entry, lists))
        for depth, entry in authorities(desk)
    )


def _counts(entry: Entry) -> bool:
    return entry.status in _LIVE and entry.record.issuer_id != entry.record.id


def _is_unreplaced(entry: Entry) -> bool:
    return entry.status == "expiring" and entry.renewed_by_ref is None and _counts(entry)


def _lists(entry: Entry, lists: Sequence[CrlState]) -> tuple[Why | None, datetime | None]:
    own = [state for state in lists if state.authority.id == entry.record.id]
    wanted = [state.why for state in own if state.why]
    return wanted[0] if wanted else None, min((state.until for state in own if state.until), default=None)
