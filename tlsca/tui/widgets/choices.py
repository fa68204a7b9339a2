"""The choices that several forms offer: kinds of key, lifetimes, issuers, profiles."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from textual.content import Content

from tlsca.authority.desk import Desk
from tlsca.authority.habits import habits
from tlsca.authority.issuers import issuers
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.listing import Entry, entries_of
from tlsca.authority.profiling import find_profile, profile_names
from tlsca.errors import TlscaError
from tlsca.pki.key_rows import NOTES
from tlsca.pki.keys import KINDS
from tlsca.text import count, printable, remaining

Choice = tuple[Content, str]
"""What is shown, and the value that it stands for."""

_PROFILE_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Offer:
    """What a store offers to whoever fills in a form."""

    issuers: tuple[Entry, ...]
    """Authorities that can issue."""
    profiles: tuple[Choice, ...]
    habits: Mapping[str, CertificateForm] = field(default_factory=dict)
    """With what to begin, by the fingerprints of those authorities from which something was issued before."""


UNTIL_ISSUER_ENDS = "issuer"

LEAF_LIFETIMES: tuple[Choice, ...] = (
    (Content("90 days"), "90"),
    (Content("47 days"), "47"),
    (Content("200 days"), "200"),
    (Content("1 year"), "365"),
    (Content("398 days"), "398"),
    (Content("until the issuer ends"), UNTIL_ISSUER_ENDS),
)
AUTHORITY_LIFETIMES: tuple[Choice, ...] = (
    (Content("10 years"), "3650"),
    (Content("5 years"), "1825"),
    (Content("2 years"), "730"),
    (Content("20 years"), "7300"),
)


def key_choices() -> list[Choice]:
    """Return the kinds of key with what speaks for each."""
    return [
        (Content.assemble(kind.ljust(10), (f"  {NOTES[kind]}", "$foreground-muted")), kind) for kind in KINDS
    ]


def issuer_choices(entries: Iterable[Entry]) -> list[Choice]:
    """Return authorities by name and end; the value is a fingerprint, which no other certificate answers to."""
    return [
        (
            Content.assemble(
                f"{printable(entry.title)}  ",
                (
                    f"ends {remaining(entry.record.not_after, entry.record.not_after - entry.remaining)}",
                    "$foreground-muted",
                ),
            ),
            entry.record.sha256,
        )
        for entry in entries
    ]


def offered(desk: Desk, *, authorities: bool = False) -> Offer:
    """Return the issuers and the profiles of a store, with `authorities` also those of authorities below others.

    A profile is shown with the first words of its title; what choosing it means is told where it is chosen.

    It reads the operator's own profiles from disk, so that it is called in a thread.
    """
    able = issuers(desk)
    return Offer(entries_of(desk, able), tuple(_profiles(desk, authorities=authorities)), habits(desk, able))


def days_choice(days: int) -> Choice:
    """Return a lifetime of so many days, for those that are not offered by themselves."""
    return Content(count(days, "day")), str(days)


def _profiles(desk: Desk, *, authorities: bool) -> Iterator[Choice]:
    for name in profile_names(desk):
        try:
            profile = find_profile(desk, name)
        except TlscaError as error:  # it stays in the list, and says why it cannot be chosen
            yield _profile(name, f"! {printable(error.sentence)}"), name
        else:
            if not profile.self_signed and (authorities or not profile.authority):
                yield _profile(name, profile.title.partition(":")[0]), name


def _profile(name: str, title: str) -> Content:
    return Content.assemble(printable(name).ljust(_PROFILE_WIDTH), (f"  {title}", "$foreground-muted"))
