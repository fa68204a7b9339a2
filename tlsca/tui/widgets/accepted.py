"""What a host accepts: versions, cipher suites in its own order and groups, each weakness marked by glyph, word and colour."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from tlsca.probe.enumeration import Accepted, Capabilities
from tlsca.probe.suites import Suite
from tlsca.text import count, listing, printable
from tlsca.tui.widgets.setting import BAD, BLANK, CAREFUL, GOOD, QUIET, fact, heading, paragraph, spread

_ASKED = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3")
_ORDERS = {True: "in its own order", False: "in the client's order", None: ""}
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_MANY_GROUPS = 12
_WEAK_PRIME = 2048
"""Bits below which a prime is broken by whoever can afford it."""


def accepts_lines(found: Capabilities, width: int) -> list[Content]:
    """Return everything that was found out."""
    lines = list(_verdict(found, width))
    for one in found.accepted:
        lines += [BLANK, *_version(one, width)]
    refused = [version for version in _ASKED if version not in {one.version for one in found.accepted}]
    if refused:
        lines += [BLANK, heading("Refused", width), *paragraph(listing(refused), width, QUIET)]
    if found.cut_short is not None:
        lines += [BLANK, *paragraph(f"! Cut short: {found.cut_short.message}", width, CAREFUL)]
    return lines


def asking_lines(what: str, handshakes: int, width: int) -> list[Content]:
    """Return how far the asking is."""
    turn = _SPINNER[handshakes % len(_SPINNER)]
    told = f"{turn} Asking for {what}: {count(handshakes, 'handshake')} so far. Escape stops it."
    return list(paragraph(told, width, "$primary"))


def unasked_lines(width: int) -> list[Content]:
    """Return what this view is for, and how to begin."""
    what = "Which protocol versions, cipher suites and groups the host accepts, in its own order, is found out by elimination: one handshake for each that it accepts, so some dozens."
    return [
        *paragraph(what, width, QUIET),
        BLANK,
        Content.assemble(
            (" Enter ", "bold $background on $accent"), (" asks what else it accepts", "$text-accent")
        ),
    ]


def _verdict(found: Capabilities, width: int) -> Iterator[Content]:
    weaknesses = list(_weaknesses(found.accepted))
    made = Content.styled(count(found.handshakes, "handshake"), QUIET)
    about = (printable(str(found.target)), "bold")
    yield spread(Content.assemble(_judged(found, len(weaknesses)), "  ", about), made, width)
    if weaknesses:
        yield BLANK
    for weakness in weaknesses:
        yield from paragraph(weakness, width, BAD, margin="  ", first="✘ ")


def _judged(found: Capabilities, weaknesses: int) -> Content:
    """Return the verdict in two words, on a ground in its colour."""
    if not found.accepted:
        return Content.styled(" ✘ NOTHING ACCEPTED ", "bold $background on $error")
    if weaknesses:
        words = "1 WEAKNESS" if weaknesses == 1 else f"{weaknesses} WEAKNESSES"
        return Content.styled(f" ✘ {words} ", "bold $background on $error")
    return Content.styled(" ✔ NOTHING WEAK ", "bold $background on $success")


def _weaknesses(accepted: Sequence[Accepted]) -> Iterator[str]:
    """Yield what is weak, each kind of it once."""
    retired = [f"{one.version} ({one.retired})" for one in accepted if one.retired]
    if retired:
        yield f"retired: {listing(retired)}"
    kinds: dict[str, set[str]] = {}
    for one in accepted:
        for suite in one.suites:
            if suite.weakness:
                kinds.setdefault(suite.weakness, set()).add(suite.openssl or suite.name)
    for weakness, suites in kinds.items():
        yield f"{weakness}: {listing(sorted(map(printable, suites)), most=4)}"
    bits = [one.prime_bits for one in accepted if one.prime_bits is not None and one.prime_bits < _WEAK_PRIME]
    if bits:
        yield f"a Diffie-Hellman prime of {min(bits)} bits: Logjam (CVE-2015-4000)"


def _version(one: Accepted, width: int) -> Iterator[Content]:
    order = _ORDERS[one.own_order]
    yield heading(one.version, width, note=order)
    if one.retired:
        yield from paragraph(f"✘ retired ({one.retired})", width, BAD)
    for place, suite in enumerate(one.suites, 1):
        yield _suite(place, suite, width)
        if suite.weakness:
            yield from paragraph(suite.weakness, width, BAD, margin="      ")
    if one.groups:
        yield from _groups(one.groups, width)
    if one.prime_bits is not None:
        weak = one.prime_bits < _WEAK_PRIME
        yield from fact(
            "DH prime", (f"{'✘ ' if weak else ''}{one.prime_bits} bits", BAD if weak else ""), width
        )


def _suite(place: int, suite: Suite, width: int) -> Content:
    mark, colour = ("✘", BAD) if suite.weakness else ("✔", GOOD) if suite.forward_secrecy else ("!", CAREFUL)
    name = printable(suite.openssl or suite.name)
    secrecy = ("✔ forward secret", GOOD) if suite.forward_secrecy else ("! not forward secret", CAREFUL)
    left = Content.assemble((f"{place:>3} ", QUIET), (mark, colour), f" {name}")
    return spread(left, Content.styled(*secrecy), width)


def _groups(groups: Sequence[str], width: int) -> Iterator[Content]:
    shown = [printable(name) for name in groups]
    yield from fact("Groups", listing(shown, most=_MANY_GROUPS), width)
