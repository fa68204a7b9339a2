"""What client and server agreed on: version, suite, key exchange, signature, protocol, ticket, and whether the past stays secret."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from tlsca.authority.deepening import why_not
from tlsca.probe.deep import Depth, staple_text
from tlsca.probe.messages import FINITE_FIELD, Direction, Message
from tlsca.probe.result import Result, Tls
from tlsca.probe.suites import Suite, all_suites
from tlsca.text import count, printable
from tlsca.tui.widgets.setting import BAD, CAREFUL, GOOD, QUIET, Part, fact

_TICKET = "NewSessionTicket"
_RETIRED = {"SSLv3": "RFC 7568", "TLSv1": "RFC 8996", "TLSv1.1": "RFC 8996"}


def session_lines(result: Result, width: int) -> Iterator[Content]:
    """Yield what was agreed on."""
    tls = result.tls
    if tls is None:
        return
    suite = suite_called(tls.cipher[0]) if tls.cipher else None
    yield from fact("Protocol", _version(tls.version), width)
    yield from fact("Cipher suite", _cipher(tls, suite), width)
    yield from fact("Key exchange", _group(tls.group), width)
    yield from fact("Signature", _signature(tls), width)
    yield from fact("Forward secrecy", forward_secrecy(suite), width)
    yield from fact("ALPN", printable(tls.alpn) if tls.alpn else ("none agreed on", QUIET), width)
    yield from fact("Session ticket", _tickets(result.transcript), width)


def deep_lines(depth: Depth | None, width: int) -> Iterator[Content]:
    """Yield what a modern client learns; where nobody asked, how to ask."""
    if depth is None:
        reason = why_not()
        asked = f"not known: {reason}" if reason else "M asks for staple and post-quantum"
        yield from fact("Modern client", (asked, QUIET), width)
        return
    if depth.unknown:
        why: list[Part] = [("not known: ", CAREFUL), printable(depth.unknown)]
        yield from fact("Modern client", why, width)
        return
    mark = ("✔ post-quantum", GOOD) if depth.post_quantum else ("not post-quantum", CAREFUL)
    yield from fact("Modern client", [f"{printable(str(depth.group))}  ", mark], width)
    stapled = staple_text(depth.staple) if depth.staple else ""
    good = depth.staple is not None and depth.staple.status == "good"
    told = (
        (f"{'✔ ' if good else ''}{stapled}", GOOD if good else BAD) if stapled else ("none was sent", QUIET)
    )
    yield from fact("OCSP staple", told, width)


def suite_called(name: str) -> Suite | None:
    """Return the suite that OpenSSL, or IANA, calls so; None for one that nobody here knows."""
    return next((one for one in all_suites() if name in {one.openssl, one.name}), None)


def forward_secrecy(suite: Suite | None) -> Sequence[Part]:
    """Say whether what is recorded today stays secret when the server's key is stolen tomorrow."""
    if suite is None:
        return [("cannot be told of this suite", QUIET)]
    if suite.forward_secrecy:
        return [("✔ yes", GOOD)]
    return [("✘ no: whoever gets the server's key reads what was recorded before", BAD)]


def _version(version: str | None) -> Sequence[Part]:
    retired = _RETIRED.get(version or "")
    return [str(version), (f"  ✘ retired ({retired})", BAD)] if retired else [str(version)]


def _cipher(tls: Tls, suite: Suite | None) -> Sequence[Part]:
    if tls.cipher is None:
        return [("not known", QUIET)]
    told: list[Part] = [printable(tls.cipher[0]), (f"  {tls.cipher[2]} bits", QUIET)]
    if suite is not None and suite.weakness:
        told.append((f"  ✘ {suite.weakness}", BAD))
    return told


def _group(group: str | None) -> Sequence[Part]:
    if group is None:
        return ["RSA key transport"]
    return ["finite-field Diffie-Hellman"] if group == FINITE_FIELD else [printable(group)]


def _signature(tls: Tls) -> Part:
    if tls.signature is not None:
        return tls.signature
    return ("none" if tls.group is None else "not seen: the handshake ended before it", QUIET)


def _tickets(transcript: Sequence[Message]) -> Sequence[Part]:
    got = [step for step in transcript if step.message == _TICKET and step.direction is Direction.RECEIVED]
    if not got:
        return [("none was seen", QUIET)]
    told = got[0].detail.partition(";")[0]
    return [f"{count(len(got), 'ticket')}", (f"  {told}", QUIET)]
