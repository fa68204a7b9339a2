"""The columns that certificates can be shown in, and which of them a width has room for.

Without a choice the table shows what most want to see, the more the wider it is. A choice is a tuple of names; what of it has no room is
left out, what is worth least first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tlsca.text import printable, remaining, state
from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.line_table import Column

if TYPE_CHECKING:
    from tlsca.authority.listing import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One column: what stands in it, and how much room it takes."""

    title: str
    help: str
    least: int
    """Cells below which it is left out."""
    share: int = 0
    """How much of the room that is left over it gets, beside the others."""
    worth: int = 0
    """What is worth least is left out first."""
    sort: str = ""
    """The order that goes by it, if any."""
    write: "Callable[[Entry, int], str]"
    """Its text for a certificate in so many cells. Printable."""


def _last_seen(entry: "Entry", width: int) -> str:
    """Return where a probe last saw it and how long ago; where there is no room for both, of the place only the beginning."""
    record = entry.record
    if record.last_seen is None:
        return ""
    ago = remaining(record.last_seen_at, entry.now) if record.last_seen_at else ""
    place, room = printable(record.last_seen), width - len(ago) - 1
    return f"{place if cell_len(place) <= room else fitted(place, max(room, 1))} {ago}".rstrip()


def _issuer(entry: "Entry") -> str:
    if entry.record.issuer_id == entry.record.id:
        return "itself"
    return printable(entry.record.issuer.split(",", 1)[0].removeprefix("CN="))


def _joined(words: Sequence[str]) -> str:
    return printable(" ".join(words))


COLUMNS: Mapping[str, Kind] = {
    "state": Kind(
        title="STATE",
        help="as a sign and a word",
        least=10,
        worth=99,
        sort="state",
        write=lambda entry, _: state(entry.status),
    ),
    "name": Kind(
        title="NAME",
        help="what it is called",
        least=28,
        share=4,
        worth=100,
        sort="name",
        write=lambda entry, _: printable(entry.title),
    ),
    "names": Kind(
        title="ALTERNATIVE NAMES",
        help="all names it is good for",
        least=14,
        share=4,
        worth=3,
        write=lambda entry, _: _joined(entry.record.names),
    ),
    "issuer": Kind(
        title="ISSUER",
        help="who signed it",
        least=16,
        share=2,
        worth=8,
        sort="issuer",
        write=lambda entry, _: _issuer(entry),
    ),
    "profile": Kind(
        title="PROFILE",
        help="what it is for",
        least=13,
        worth=10,
        sort="profile",
        write=lambda entry, _: printable(entry.record.profile),
    ),
    "tags": Kind(
        title="TAGS",
        help="its tags",
        least=10,
        share=1,
        worth=7,
        write=lambda entry, _: _joined(entry.record.tags),
    ),
    "ends": Kind(
        title="ENDS",
        help="how long it is good for still",
        least=14,
        worth=98,
        sort="end",
        write=lambda entry, _: remaining(entry.record.not_after, entry.now),
    ),
    "until": Kind(
        title="UNTIL",
        help="the day on which it ends",
        least=10,
        worth=6,
        sort="end",
        write=lambda entry, _: f"{entry.record.not_after:%Y-%m-%d}",
    ),
    "issued": Kind(
        title="ISSUED",
        help="the day on which it begins",
        least=10,
        worth=5,
        sort="issued",
        write=lambda entry, _: f"{entry.record.not_before:%Y-%m-%d}",
    ),
    "key": Kind(
        title="KEY",
        help="kind of key",
        least=10,
        worth=9,
        sort="key",
        write=lambda entry, _: entry.record.key,
    ),
    "seen": Kind(
        title="LAST SEEN",
        help="where a probe saw it, and when",
        least=24,
        share=5,
        worth=4,
        sort="seen",
        write=_last_seen,
    ),
    "serial": Kind(
        title="SERIAL",
        help="serial number",
        least=16,
        share=2,
        worth=2,
        write=lambda entry, _: entry.record.serial,
    ),
    "ref": Kind(
        title="REFERENCE", help="what commands take", least=12, worth=1, write=lambda entry, _: entry.ref
    ),
    "note": Kind(
        title="NOTE",
        help="what was written about it",
        least=16,
        share=3,
        worth=3,
        write=lambda entry, _: printable(entry.record.note or ""),
    ),
}
"""By the names of which a choice is made, in the order in which they stand."""

AUTOMATIC = ("state", "name", "issuer", "profile", "ends", "key")
"""What is shown without a choice, and `seen` where any certificate has been."""

_NAME_BESIDE_MANY = 16
"""What the name makes do with where more was asked for."""


def laid_out(choice: Sequence[str], width: int, *, state_width: int, any_seen: bool) -> list[Column]:
    """Return the columns that a width has room for; `state_width` is that of the longest state there is."""
    names = choice or (*AUTOMATIC, *(["seen"] if any_seen else []))
    least = {name: kind.least for name, kind in COLUMNS.items() if name in names or name == "name"}
    if choice:
        least["name"] = _NAME_BESIDE_MANY
    if "state" in least:
        least["state"] = state_width
    while len(least) > 1 and sum(least.values()) + len(least) > width:
        least.pop(min(least, key=lambda name: _worth(name, choice)))
    return _widened(least, width - sum(least.values()) - len(least))


def _worth(name: str, choice: Sequence[str]) -> int:
    """Return what a column is worth; what somebody asked for beside what is always shown is worth more than that."""
    asked_for = name in choice and name not in AUTOMATIC
    return COLUMNS[name].worth + (50 if asked_for else 0)


def _widened(least: Mapping[str, int], left: int) -> list[Column]:
    """Return columns of at least these widths, which share what is left; the name gets what cannot be shared."""
    shares = sum(COLUMNS[name].share for name in least)
    more = {name: max(left, 0) * COLUMNS[name].share // shares for name in least}
    more["name"] += max(left, 0) - sum(more.values())
    return [Column(COLUMNS[name].title, least[name] + more[name], name) for name in least]
