"""Whether an act can be done just now, and else why not: one sentence, from what there is for it to be done to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlsca.text import printable
from tlsca.tui.actions import Act, Needs

if TYPE_CHECKING:
    from tlsca.authority.listing import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What there is on a screen for acts to be done to."""

    closed: str = ""
    """Why no store is open; empty where one is."""
    read_only: str = ""
    """Why the store takes no change; empty where it does."""
    nothing: str = ""
    """Why there is nothing under the cursor; empty where there is something."""
    entry: "Entry | None" = None
    """The certificate under the cursor, where it is one of the store."""
    marked: int = 0


def hindrance(act: Act, standing: Standing) -> str:
    """Say why an act cannot be done; empty where it can, or where it says so by itself of all that are marked."""
    if act.needs >= Needs.STORE and standing.closed:
        return standing.closed
    if act.writes and standing.read_only:
        return f"{act.title} changes the store. {printable(standing.read_only)}"
    if act.needs < Needs.CERTIFICATE or (act.several and standing.marked):
        return ""
    if standing.nothing:
        return standing.nothing
    return act.refusal(standing.entry) if standing.entry is not None else ""
