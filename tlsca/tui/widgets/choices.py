"""The choices that several forms offer: kinds of key, lifetimes, issuers."""

from collections.abc import Iterable

from textual.content import Content

from tlsca.authority.listing import Entry
from tlsca.pki.keys import KINDS, NOTES
from tlsca.text import printable, remaining

Choice = tuple[Content, str]
"""What is shown, and the value that it stands for."""

UNTIL_ISSUER_ENDS = "issuer"

LEAF_LIFETIMES: tuple[Choice, ...] = (
    (Content("90 days"), "90"),
    (Content("47 days, what public CAs will allow from 2029"), "47"),
    (Content("1 year"), "365"),
    (Content("398 days, the most that browsers accept of public CAs"), "398"),
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
                printable(entry.title),
                (
                    f"  ends {remaining(entry.record.not_after, entry.record.not_after - entry.remaining)}",
                    "$foreground-muted",
                ),
            ),
            entry.record.sha256,
        )
        for entry in entries
    ]
