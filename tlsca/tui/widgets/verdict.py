"""The result of a probe as facts: verdict first, then every problem with its fix, then all that was learnt."""

import pprint
from collections.abc import Iterable, Sequence

from textual.content import Content

from tlsca.pki.certificate import Certificate
from tlsca.pki.describe import Row
from tlsca.probe.result import Direction, Message, Outcome, Problem, Result, Tls
from tlsca.text import printable, rfc3339
from tlsca.tui.widgets.facts import laid_out
from tlsca.tui.wording import in_the_app

_COPIED_WIDTH = 100
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


def result_facts(result: Result) -> list[Row | Content]:
    """Return everything that a probe found out, gravest first."""
    facts: list[Row | Content] = [_verdict(result), *_problems(result.problems), _BLANK]
    if result.tls is not None:
        facts += _tls(result.tls)
    facts += [*_client_auth(result), *_inventory(result)]
    facts += _chain("Chain as sent", result.chain_sent, result)
    facts += _chain("Chain verified", result.chain_verified, result)
    if result.tls is not None and result.tls.peercert is not None:
        told = printable(pprint.pformat(result.tls.peercert, width=76), keep_newlines=True)
        facts += [_BLANK, _heading("getpeercert()"), *(Content(line) for line in told.split("\n"))]
    if result.transcript:
        facts += [_BLANK, _heading("Handshake"), *step_lines(result.transcript)]
    return facts


def result_text(result: Result) -> str:
    """Return the same as text for a clipboard."""
    return "\n".join(line.plain for line in laid_out(result_facts(result), _COPIED_WIDTH))


def step_lines(steps: Sequence[Message]) -> list[Content]:
    """Return the ladder of a handshake: when, who, what."""
    return [_step(step) for step in steps]


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
            lines.append(
                Content.assemble(("  fix: ", "$foreground-muted"), printable(in_the_app(problem.fix)))
            )
    return lines


def _tls(tls: Tls) -> list[Row]:
    exchange = f"{tls.group or 'not known'}, signed with {tls.signature or 'not known'}"
    rows = [
        _row("version()", str(tls.version)),
        _row("cipher()", str(tls.cipher)),
        _row("Key exchange", exchange),
    ]
    return [*rows, _row("ALPN", tls.alpn)] if tls.alpn else rows


def _client_auth(result: Result) -> list[Row]:
    auth = result.client_auth
    if not auth.requested:
        return []
    required = {True: "required", False: "not required", None: "cannot be told whether required"}[
        auth.required
    ]
    accepted = {True: ", accepted", False: ", refused", None: ""}[auth.accepted]
    rows = [_row("Client cert", f"requested, {required}{accepted}")]
    if auth.acceptable_cas:
        rows.append(_row("Accepted CAs", "; ".join(auth.acceptable_cas)))
    return rows


def _inventory(result: Result) -> list[Row]:
    known = result.inventory
    if known is None or known.state == "unknown":
        return []
    newer = f", replaced by {known.newer}" if known.newer else ""
    return [_row("In the store", f"{known.state}, {known.ref}{newer}")]


def _chain(title: str, chain: Sequence[Certificate], result: Result) -> list[Row]:
    culprits = {problem.certificate for problem in result.problems}
    return [
        _link(title if number == 0 else "", number, certificate, at_fault=certificate.sha256 in culprits)
        for number, certificate in enumerate(chain)
    ]


def _link(title: str, number: int, certificate: Certificate, *, at_fault: bool) -> Row:
    ends = rfc3339(certificate.not_after)[:10] if certificate.not_after else "?"
    mark = "✘ " if at_fault else ""
    return Row(title, f"{mark}{number} {printable(certificate.subject)}", f"until {ends}")


def _row(title: str, value: str) -> Row:
    return Row(title, printable(value))


def _heading(title: str) -> Content:
    return Content.styled(title, "$foreground-muted")
