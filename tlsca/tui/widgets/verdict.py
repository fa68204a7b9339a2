"""The result of a probe as content: verdict first, then every problem with its fix, then all that was learnt."""

import pprint
from collections.abc import Iterable, Sequence

from textual.content import Content

from tlsca.pki.certificate import Certificate
from tlsca.probe.result import Direction, Message, Outcome, Problem, Result, Tls
from tlsca.text import printable, rfc3339

_TITLE_WIDTH = 18
_BLANK = Content("")
_VERDICTS = {
    Outcome.TRUSTED: ("✔ trusted", "bold $text-success", "the chain and the name are verified"),
    Outcome.UNTRUSTED: (
        "✘ untrusted",
        "bold $text-error",
        "TLS was spoken, but this host is not to be trusted as it is",
    ),
    Outcome.FAILED: ("✘ failed", "bold $text-error", "no TLS session came about"),
}
_ARROWS = {Direction.SENT: "→", Direction.RECEIVED: "←"}


def result_content(result: Result) -> Content:
    """Return everything that a probe found out, gravest first."""
    lines = [_verdict(result), *_problems(result.problems)]
    if result.tls is not None:
        lines += [_BLANK, *_tls(result.tls)]
    lines += [*_client_auth(result), *_inventory(result)]
    lines += _chain("Chain as sent", result.chain_sent, result) + _chain(
        "Chain verified", result.chain_verified, result
    )
    if result.tls is not None and result.tls.peercert is not None:
        lines += [
            _BLANK,
            Content.styled("getpeercert()", "$foreground-muted"),
            Content(printable(pprint.pformat(result.tls.peercert, width=76), keep_newlines=True)),
        ]
    if result.transcript:
        lines += [_BLANK, Content.styled("Handshake", "$foreground-muted"), steps_content(result.transcript)]
    return Content("\n").join(lines)


def steps_content(steps: Sequence[Message]) -> Content:
    """Return the ladder of a handshake: when, who, what."""
    return Content("\n").join(_step(step) for step in steps)


def _step(step: Message) -> Content:
    return Content.assemble(
        (f"{step.at_ms:8.1f} ms ", "$foreground-muted"),
        f"{_ARROWS[step.direction]} {printable(step.message)}",
        (f"  {printable(step.detail)}" if step.detail else "", "$foreground-muted"),
    )


def _verdict(result: Result) -> Content:
    words, style, meaning = _VERDICTS[result.verdict]
    target = result.target
    where = f"{target.host}:{target.port}" if target.port else target.host
    took = f"  {result.timings_ms.total:.0f} ms" if result.timings_ms.total is not None else ""
    return Content.assemble((words, style), f"  {printable(where)}: {meaning}.", (took, "$foreground-muted"))


def _problems(problems: Iterable[Problem]) -> list[Content]:
    lines: list[Content] = []
    for problem in problems:
        grave = problem.severity.value == "error"
        lines.append(
            Content.assemble(
                (f"{'✘' if grave else '!'} {problem.code}  ", "$text-error" if grave else "$text-warning"),
                printable(problem.message),
            )
        )
        if problem.fix:
            lines.append(Content.assemble(("  fix: ", "$foreground-muted"), printable(problem.fix)))
    return lines


def _tls(tls: Tls) -> list[Content]:
    exchange = f"{tls.group or 'not known'}, signed with {tls.signature or 'not known'}"
    lines = [
        _fact("version()", str(tls.version)),
        _fact("cipher()", str(tls.cipher)),
        _fact("Key exchange", exchange),
    ]
    return [*lines, _fact("ALPN", tls.alpn)] if tls.alpn else lines


def _client_auth(result: Result) -> list[Content]:
    auth = result.client_auth
    if not auth.requested:
        return []
    required = {True: "required", False: "not required", None: "cannot be told whether required"}[
        auth.required
    ]
    accepted = {True: ", accepted", False: ", refused", None: ""}[auth.accepted]
    lines = [_fact("Client cert", f"requested, {required}{accepted}")]
    if auth.acceptable_cas:
        lines.append(_fact("Accepted CAs", "; ".join(auth.acceptable_cas)))
    return lines


def _inventory(result: Result) -> list[Content]:
    known = result.inventory
    if known is None or known.state == "unknown":
        return []
    newer = f", replaced by {known.newer}" if known.newer else ""
    return [_fact("In the store", f"{known.state}, {known.ref}{newer}")]


def _chain(title: str, chain: Sequence[Certificate], result: Result) -> list[Content]:
    culprits = {problem.certificate for problem in result.problems}
    lines: list[Content] = []
    for number, certificate in enumerate(chain):
        mark = ("✘ ", "$text-error") if certificate.sha256 in culprits else ("", "")
        ends = rfc3339(certificate.not_after)[:10] if certificate.not_after else "?"
        line = Content.assemble(
            ((title if number == 0 else "").ljust(_TITLE_WIDTH), "$foreground-muted"),
            mark,
            f"{number} {printable(certificate.subject)}",
            (f"  until {ends}", "$foreground-muted"),
        )
        lines.append(line)
    return lines


def _fact(title: str, value: str) -> Content:
    return Content.assemble((title.ljust(_TITLE_WIDTH), "$foreground-muted"), printable(value))
