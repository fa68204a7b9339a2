"""A chain in words, leaf to root, as the app draws it: who, how each link holds, where it was found, and who is missing."""

from collections.abc import Iterator

from tlsca.authority.chaining import Chain, Link, Missing
from tlsca.pki.tie import Bond, Tie
from tlsca.text import listing, printable, rfc3339

_STEP = "   "


def chain_lines(chain: Chain) -> Iterator[str]:
    """Yield the chain, its leaf first, each certificate set in below the one it issued; printable."""
    yield chain.sentence
    yield ""
    for depth, link in enumerate(chain.links):
        yield from _link(link, _STEP * depth)
        if link.tie is not None:
            yield _bond(link.tie, _STEP * depth, itself=depth == len(chain.links) - 1)
    if chain.missing is not None:
        yield from _missing(chain.missing, len(chain.links))


def _link(link: Link, margin: str) -> Iterator[str]:
    one = link.certificate
    until = f", until {rfc3339(one.not_after)}" if one.not_after else ""
    trusted = ", trusted as a root" if link.trusted else ""
    yield f"{margin}{printable(one.subject) or one.label}"
    yield f"{margin}{link.status}{until}, SHA-256 {one.sha256}"
    yield f"{margin}found: {listing(list(link.places))}{trusted}"


def _bond(tie: Tie, margin: str, *, itself: bool) -> str:
    words = "signed by itself: the root" if itself and tie.bond is Bond.SIGNED else tie.bond.value
    why = f", {printable(tie.why)}" if tie.why else ""
    return f"{margin}{'' if itself else '-> '}{words}{why}"


def _missing(missing: Missing, depth: int) -> Iterator[str]:
    margin = _STEP * depth
    yield f"{_STEP * (depth - 1)}-> missing"
    yield f"{margin}{missing.issuer}"
    if missing.key_id:
        yield f"{margin}key id {missing.key_id}"
    for url in missing.urls:
        yield f"{margin}to be had at {url}, which was not asked"
    yield f"{margin}{missing.advice}"
    for link in missing.namesakes:
        yield ""
        yield f"{margin}Another of that name, which did not sign it:"
        yield from _link(link, margin)
        if link.tie is not None:
            yield f"{margin}{printable(link.tie.why)}"
