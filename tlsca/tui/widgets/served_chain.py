"""The chain as the host sent it beside the chain as it was verified, with the link that fails, and the end of every certificate."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from textual.content import Content

from tlsca.pki.certificate import Certificate
from tlsca.pki.tie import Bond, tie
from tlsca.probe.result import Problem
from tlsca.text import count
from tlsca.tui.widgets.dates import ends, glyph, life
from tlsca.tui.widgets.proof import Proof
from tlsca.tui.widgets.setting import (
    BAD,
    BLANK,
    CAREFUL,
    GOOD,
    QUIET,
    column_width,
    heading,
    paragraph,
    side_by_side,
    spread,
)

_MARGIN = "│ "
_LIFE_CELLS = 8
_ROOM_FOR_LIFE = 50
_BONDS = {
    Bond.SIGNED: ("✔ signed by the next", GOOD),
    Bond.KEY: ("≈ key id of the next matches", CAREFUL),
    Bond.NAME: ("≈ name of the next matches", CAREFUL),
}
_AT_THE_END = frozenset(
    {"untrusted-root", "unknown-ca", "missing-intermediate", "rekeyed-ca", "self-signed", "partial-chain"}
)
"""Problems of the place where the path to a trusted root ends."""


def chain_lines(proof: Proof, width: int, *, beside: bool) -> list[Content]:
    """Return both chains, `beside` each other or one below the other."""
    if not proof.result.chain_sent:
        return list(paragraph("No certificate was sent: there was no TLS that far.", width, QUIET))
    room = column_width(width) if beside else width
    sent, verified = list(_sent(proof, room)), list(_verified(proof, room))
    if beside:
        return list(side_by_side(sent, verified, width))
    return [*sent, BLANK, *verified]


def _sent(proof: Proof, width: int) -> Iterator[Content]:
    chain = proof.result.chain_sent
    yield heading("As sent", width, note=count(len(chain), "certificate"))
    for place, one in enumerate(chain):
        yield from _card(proof, one, place, width)
        after = chain[place + 1] if place + 1 < len(chain) else None
        yield from _link(one, after, width) if after else _sent_end(proof, one, width)


def _verified(proof: Proof, width: int) -> Iterator[Content]:
    chain = proof.result.chain_verified
    if not chain:
        yield heading("As verified", width, note="no path")
        yield from paragraph("✘ No path leads to anything that is trusted here.", width, BAD)
        for problem in proof.result.problems:
            if problem.code in _AT_THE_END:
                yield from paragraph(problem.message, width, margin="  ")
        return
    yield heading("As verified", width, note=count(len(chain), "certificate"))
    for place, one in enumerate(chain):
        yield from _card(proof, one, place, width)
        if place + 1 < len(chain):
            yield from _link(one, chain[place + 1], width)
        else:
            yield Content.styled("╰ ✔ trusted here", GOOD)


def _card(proof: Proof, one: Certificate, place: int, width: int) -> Iterator[Content]:
    """Yield one certificate: name, end, fingerprint, and what is wrong with it."""
    problems = _problems_of(proof, one)
    grave = any(problem.is_error for problem in problems)
    mark, colour = ("✘", BAD) if grave else glyph(one, proof.at)
    role = _role(proof, one, place)
    name = Content.assemble((mark, f"bold {colour}"), " ", (one.label, "bold"))
    yield spread(name, Content.styled(role, QUIET), width)
    yield from _facts(one, proof.at, width)
    for problem in problems:
        sign, style = ("✘", BAD) if problem.is_error else ("!", CAREFUL)
        yield from paragraph(f"{sign} {problem.code}", width, style, margin=_MARGIN)


def _facts(one: Certificate, now: datetime, width: int) -> Iterator[Content]:
    when = Content.assemble((_MARGIN, QUIET), ends(one, now, exact=True))
    yield spread(when, life(one, now, _LIFE_CELLS), width) if width >= _ROOM_FOR_LIFE else when
    issuer = "itself" if one.is_self_issued else one.issuer
    yield from (line.stylize(QUIET) for line in _one_line(f"issuer {issuer}", width))
    yield Content.styled(f"{_MARGIN}{one.sha256[:16]}…", QUIET)


def _one_line(text: str, width: int) -> Iterator[Content]:
    lines = list(paragraph(text, width, margin=_MARGIN))
    yield from lines[:2]


def _role(proof: Proof, one: Certificate, place: int) -> str:
    result = proof.result
    if place == 0:
        return "leaf"
    if one not in result.chain_sent:
        return "from our trust"
    if result.chain_verified and one not in result.chain_verified:
        return "not needed"
    return "root" if one.is_self_issued else "authority"


def _link(one: Certificate, after: Certificate, width: int) -> Iterator[Content]:
    """Yield how a certificate hangs on the next one."""
    found = tie(one, after)
    if not found.holds:
        yield from _broken(found.why, width)
        return
    words, colour = _BONDS[found.bond]
    yield Content.assemble(("├ ", QUIET), (words, colour))


def _sent_end(proof: Proof, last: Certificate, width: int) -> Iterator[Content]:
    """Yield what comes after the last certificate that was sent."""
    verified = proof.result.chain_verified
    further = _next_of(verified, last)
    if last.is_self_issued:
        trusted = last in verified
        told = (
            "✔ signed by itself, and trusted here" if trusted else "✘ signed by itself, and not trusted here"
        )
        yield from _end(told, width, GOOD if trusted else BAD)
    elif further is not None:
        yield from _end(f"✔ goes on with {further.label}, which is known here", width, GOOD)
    elif verified:
        yield from _end("the path does not go over this one", width, QUIET)
    else:
        yield from _broken(f"{last.issuer} was not sent", width)


def _broken(why: str, width: int) -> Iterator[Content]:
    yield from paragraph(f"the chain breaks here: {why}", width, f"bold {BAD}", margin="  ", first="✘ ")


def _end(told: str, width: int, style: str) -> Iterator[Content]:
    yield from paragraph(told, width, style, margin="    ", first="╰ ")


def _next_of(chain: Sequence[Certificate], one: Certificate) -> Certificate | None:
    place = next((at for at, link in enumerate(chain) if link.sha256 == one.sha256), None)
    return chain[place + 1] if place is not None and place + 1 < len(chain) else None


def _problems_of(proof: Proof, one: Certificate) -> list[Problem]:
    return [problem for problem in proof.result.problems if problem.certificate == one.sha256]
