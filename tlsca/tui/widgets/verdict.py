"""The verdict of a probe: one sentence, every problem with its culprit, its fix and the key that mends it, then what was learnt."""

import pprint
from collections.abc import Iterator, Sequence
from datetime import datetime

from textual.content import Content

from tlsca.authority.mending import Act, Repair
from tlsca.pki.certificate import Certificate
from tlsca.probe.result import Outcome, Problem, Result
from tlsca.text import count, listing, printable, rfc3339
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.moving_acts import EXPLAIN
from tlsca.tui.widgets.dates import ago, ends, glyph, life
from tlsca.tui.widgets.negotiated import deep_lines, session_lines
from tlsca.tui.widgets.proof import Proof
from tlsca.tui.widgets.setting import (
    BAD,
    BLANK,
    CAREFUL,
    GOOD,
    QUIET,
    fact,
    heading,
    paragraph,
    spread,
    verbatim,
    verbatim_room,
)
from tlsca.tui.wording import in_the_app

_BANNERS = {
    Outcome.TRUSTED: (" ✔ TRUSTED ", "bold $background on $success"),
    Outcome.UNTRUSTED: (" ✘ NOT TRUSTED ", "bold $background on $error"),
    Outcome.FAILED: (" ✘ NO TLS ", "bold $background on $error"),
}
_MOST_AUTHORITIES = 8
_LIFE_CELLS = 10
_ROOM_FOR_LIFE = 70
_PYTHON_WIDTH = 76


def verdict_lines(proof: Proof, width: int, now: datetime) -> list[Content]:
    """Return the whole view, at most `width` cells wide."""
    result = proof.result
    lines = [
        banner(proof, width),
        *tested(proof, width, now),
        BLANK,
        *paragraph(sentence(proof), width, "bold"),
    ]
    if result.problems:
        lines += [BLANK, *_problems(proof, width)]
    if result.tls is not None:
        lines += [BLANK, heading("Session", width), *session_lines(result, width)]
        lines += [*deep_lines(result.depth, width)]
    if result.chain_sent:
        lines += [BLANK, heading("Certificates", width), *_certificates(proof, width)]
    if result.client_auth.requested:
        lines += [BLANK, heading("Client certificate", width), *_client_auth(proof, width)]
    if result.strict:
        lines += [BLANK, heading("Strict clients", width), *_strict(result, width)]
    if result.tls is not None:
        lines += [BLANK, heading("As Python gives it", width), *_python(result, width)]
    return lines


def banner(proof: Proof, width: int) -> Content:
    """Return the verdict in two words, about whom, and how long it took."""
    result = proof.result
    words, style = _BANNERS[result.verdict]
    about, address = _about(proof)
    left = Content.assemble((words, style), "  ", (printable(about), "bold"), (f"  {address}", QUIET))
    took = result.timings_ms.total
    return spread(left, Content.styled(f"{took:.1f} ms" if took is not None else "", QUIET), width)


def tested(proof: Proof, width: int, now: datetime) -> Iterator[Content]:
    """Yield when it was tested: what is shown may have changed since."""
    yield from paragraph(f"Tested {ago(proof.at, now)}, at {rfc3339(proof.at)}.", width, QUIET)


def _about(proof: Proof) -> tuple[str, str]:
    """Return who was probed, and by which address, where that says more."""
    target = proof.result.target
    if proof.rehearsal:
        return f"pre-flight of {target.verify_name}", "served on this machine"
    dialled = proof.result.address or ""
    return str(target) if target.port else target.host, dialled if dialled != target.host else ""


def sentence(proof: Proof) -> str:
    """Return the verdict in one sentence."""
    result = proof.result
    if result.verdict is not Outcome.TRUSTED:
        gravest = result.problems[0].message if result.problems else "Nothing more is known."
        rest = len(result.problems) - 1
        return f"{gravest.rstrip('.')}; and {count(rest, 'more problem')}." if rest > 0 else gravest
    root = result.chain_verified[-1].label if result.chain_verified else "a trusted root"
    named = printable(result.target.verify_name)
    client = ", and it accepted our client certificate" if result.client_auth.accepted else ""
    tried = "Its clients will see that" if proof.rehearsal else "The host proves that"
    return f"{tried} it is {named}, by a chain that ends at {root}{client}."


# Problems


def _problems(proof: Proof, width: int) -> Iterator[Content]:
    result = proof.result
    grave = sum(problem.is_error for problem in result.problems)
    warned = len(result.problems) - grave
    counted = [count(grave, "problem")] if grave else []
    counted += [count(warned, "warning")] if warned else []
    keys = ", ".join(filter(None, (f"{IN_FORCE.get().shown(EXPLAIN)} explains", shown_keys(proof.repairs))))
    yield heading(listing(counted), width, note=keys)
    for number, problem in enumerate(result.problems):
        if number:
            yield BLANK
        yield from _problem(proof, problem, width)


def _problem(proof: Proof, problem: Problem, width: int) -> Iterator[Content]:
    mark, colour = ("✘", BAD) if problem.is_error else ("!", CAREFUL)
    yield Content.assemble((f"{mark} {problem.code}", f"bold {colour}"))
    if problem.message != sentence(proof):  # the verdict says it already where it is the only one
        yield from paragraph(problem.message, width, margin="  ")
    culprit = _culprit(proof.result, problem)
    if culprit:
        yield from _aside("at fault", culprit, width)
    if problem.fix:
        yield from _aside("fix", in_the_app(problem.fix), width)
    for number, repair in enumerate(proof.repairs, 1):
        if _mends(proof, repair) is problem:
            yield from _repair(number, repair, width)


def _aside(title: str, text: str, width: int) -> Iterator[Content]:
    room = max(width - 12, 16)
    for number, line in enumerate(Content(printable(text)).wrap(room)):
        yield Content.assemble((f"  {title if number == 0 else '':<10}", QUIET), line)


def _repair(number: int, repair: Repair, width: int) -> Iterator[Content]:
    lines = Content(repair_title(repair)).wrap(max(width - 8, 16))
    yield Content.assemble(
        "  ", (f" {number} ", "bold $background on $accent"), " ", lines[0].stylize("$text-accent")
    )
    for line in lines[1:]:
        yield Content.assemble("      ", line.stylize("$text-accent"))


def repair_title(repair: Repair) -> str:
    """Return what a repair does; the fingerprint of a root stands in the question that comes first."""
    if repair.act is Act.IMPORT and repair.certificate is not None:
        return f"Import {repair.certificate.label} and trust it, after a look at its fingerprint"
    return repair.title


def _mends(proof: Proof, repair: Repair) -> Problem | None:
    """Return the problem below which a repair stands: of its code, and about the same certificate where there is one."""
    about = {one.sha256 for one in (repair.record, repair.certificate) if one is not None}
    of_code = [problem for problem in proof.result.problems if problem.code == repair.code]
    exact = [problem for problem in of_code if problem.certificate in about]
    return next(iter(exact or of_code), None)


def _culprit(result: Result, problem: Problem) -> str:
    """Return the certificate at fault, by place, name and fingerprint."""
    if problem.certificate is None:
        return ""
    for place, one in enumerate(result.chain_sent):
        if one.sha256 == problem.certificate:
            return f"{_place(place)}, {one.label}, {one.sha256[:12]}"
    for one in result.chain_verified:
        if one.sha256 == problem.certificate:
            return f"not sent, {one.label}, {one.sha256[:12]}"
    return f"not sent, {problem.certificate[:12]}"


def _place(place: int) -> str:
    return "the leaf" if place == 0 else f"number {place + 1} of the chain"


def shown_keys(repairs: Sequence[Repair]) -> str:
    """Return which digits mend something; empty where nothing here can."""
    if not repairs:
        return ""
    last = len(repairs)
    return "1 mends" if last == 1 else f"1 {'or' if last == 2 else 'to'} {last} mend"


# What was learnt


def _certificates(proof: Proof, width: int) -> Iterator[Content]:
    """Yield every certificate of the chain, sent or found here, with its end."""
    result = proof.result
    every = {one.sha256: one for one in (*result.chain_sent, *result.chain_verified)}
    blamed = {problem.certificate for problem in result.problems if problem.is_error}
    for place, one in enumerate(every.values()):
        yield _certificate(proof, one, place, width, at_fault=one.sha256 in blamed)
    known = result.inventory
    if known is not None:
        yield from fact("In the store", _known(known.state, known.ref, known.newer), width)


def _certificate(proof: Proof, one: Certificate, place: int, width: int, *, at_fault: bool) -> Content:
    state, colour = glyph(one, proof.at)
    mark = ("✘ ", f"bold {BAD}") if at_fault else (f"{state} ", colour)
    role = " leaf" if place == 0 else " not sent" if one not in proof.result.chain_sent else ""
    name = Content.assemble(mark, one.label, (role, QUIET))
    when = ends(one, proof.at)
    if width >= _ROOM_FOR_LIFE:
        when = Content.assemble(life(one, proof.at, _LIFE_CELLS), "  ", when)
    return spread(name, when, width)


def _known(state: str, ref: str | None, newer: str | None) -> list[tuple[str, str]]:
    if state == "unknown":
        return [("the leaf is not in this store", QUIET)]
    colour = GOOD if state == "current" else BAD if state == "revoked" else CAREFUL
    told = [(state, colour), (f"  {ref}", QUIET)]
    return [*told, (f"  replaced by {newer}", "")] if newer else told


def _client_auth(proof: Proof, width: int) -> Iterator[Content]:
    auth = proof.result.client_auth
    required = {True: ("yes", ""), False: ("no", ""), None: ("cannot be told", QUIET)}[auth.required]
    accepted = {True: ("✔ yes", GOOD), False: ("✘ no", BAD), None: ("cannot be told: none was sent", QUIET)}
    yield from fact("Requested", "yes", width)
    yield from fact("Required", [required], width)
    yield from fact("Accepted", [accepted[auth.accepted]], width)
    named = auth.acceptable_cas
    shown = listing(list(named), most=_MOST_AUTHORITIES) if named else "names no authority, so any may do"
    yield from fact("Its authorities", [(printable(shown), "" if named else QUIET)], width)
    yield from fact("Ours", _qualifying(proof), width)


def _qualifying(proof: Proof) -> str:
    if not proof.clients:
        return "there is no client certificate with its key in this store"
    titles = [printable(entry.title) for entry in proof.fitting]
    told = f"{len(proof.fitting)} of your {count(proof.clients, 'client certificate')} qualify"
    return f"{told}: {listing(titles)}" if titles else told


def _strict(result: Result, width: int) -> Iterator[Content]:
    told = f"Python 3.13 and others that verify strictly would refuse it: {listing(list(result.strict))}."
    yield from paragraph(told, width, CAREFUL)


def _python(result: Result, width: int) -> Iterator[Content]:
    if result.tls is None:
        return
    room = min(verbatim_room(width), _PYTHON_WIDTH)
    given: dict[str, object] = {"version()": result.tls.version, "cipher()": result.tls.cipher}
    if result.tls.peercert is not None:
        given["getpeercert()"] = result.tls.peercert
    for call, value in given.items():
        told = pprint.pformat(value, width=room, sort_dicts=False)
        yield from verbatim(call, printable(told, keep_newlines=True), width)
