"""A watched host as rows: what it serves, until when, what the store knows of it; and in full, with every fix and what changed."""

from collections.abc import Iterator

from textual.content import Content

from tlsca.authority.watched import Watched
from tlsca.pki.life import life_rows
from tlsca.pki.rows import Row
from tlsca.probe.target import AUTO
from tlsca.store.records import WatchReport
from tlsca.text import printable, remaining, rfc3339
from tlsca.tui.widgets.dates import ago
from tlsca.tui.widgets.facts import laid_out
from tlsca.tui.wording import in_the_app

VERDICTS = {
    "trusted": ("✔ trusted", "$text-success"),
    "untrusted": ("✘ untrusted", "$text-error"),
    "failed": ("✘ failed", "$text-error"),
}
NEVER = ("· not yet", "$foreground-muted")
STANDINGS = {
    "current": ("● newest", "$text-success"),
    "superseded": ("◐ superseded", "$text-warning"),
    "revoked": ("✕ revoked", "$text-error"),
    "unknown": ("· not known", "$foreground-muted"),
}
"""What the store says of the certificate that a host serves."""

_COPIED_WIDTH = 100


def verdict_of(one: Watched) -> tuple[str, str]:
    """Return the verdict of the last look as glyph and word, and its colour; a trusted host with a warning has another glyph."""
    if one.record.verdict is None:
        return NEVER
    if one.record.verdict == "trusted" and not one.is_well:
        return "! trusted", "$text-warning"
    return VERDICTS.get(one.record.verdict, NEVER)


def looked_when(one: Watched) -> str:
    """Return how long ago the last look was: `just now`, `3 days ago`, `never`."""
    at = one.record.probed_at
    if at is None:
        return "never"
    return ago(at, one.now)


def headline(one: Watched) -> Content:
    """Return which host it is, and how it is."""
    looked = f"looked at {looked_when(one)}" if one.record.probed_at else "never looked at"
    return Content.assemble(
        (printable(one.record.id), "bold"), "  ", verdict_of(one), (f"  {looked}", "$foreground-muted")
    )


def short_rows(one: Watched) -> Iterator[Row]:
    """Yield what the last look found, in few lines."""
    record = one.record
    if one.codes:
        yield Row("Problems", ", ".join(map(printable, one.codes)))
    if record.sha256 is None:
        yield Row(
            "Serves",
            "nothing yet" if record.probed_at else "",
            "R looks at it" if not record.probed_at else "",
        )
        return
    yield Row("Serves", printable(record.subject or "a certificate without a subject"))
    yield Row("Issuer", printable(record.served_issuer or ""))
    if record.not_after is not None:
        yield Row("Ends", rfc3339(record.not_after), remaining(record.not_after, one.now))
    if record.not_before is not None and record.not_after is not None:
        yield from life_rows(record.not_before, record.not_after, now=one.now)
    yield Row("TLS", printable(record.version or "not known"))
    yield from _standing(one)


def full_facts(one: Watched, report: WatchReport) -> Iterator[Row | Content]:
    """Yield everything: each problem with its fix, what is served, how it is looked at, and what changed, newest first."""
    yield headline(one)
    for problem in report.problems:
        grave = problem["severity"] == "error"
        told = printable(problem["message"])
        mark = (f"{'✘' if grave else '!'} {problem['code']}  ", "$text-error" if grave else "$text-warning")
        yield Content.assemble(mark, told)
        yield Content.assemble(("  fix: ", "$foreground-muted"), printable(in_the_app(problem["fix"])))
    yield Content("")
    yield from (row for row in short_rows(one) if row.title != "Problems")
    if one.record.sha256:
        yield Row("SHA-256", one.record.sha256)
    yield from _asked(one)
    yield Content("")
    yield from _history(report)


def facts_text(one: Watched, report: WatchReport) -> str:
    """Return the same as text for a clipboard."""
    return "\n".join(line.plain.rstrip() for line in laid_out(full_facts(one, report), _COPIED_WIDTH)) + "\n"


def _standing(one: Watched) -> Iterator[Row]:
    if one.known is None:
        return
    newer = f"its successor is {one.known.newer}" if one.known.newer else ""
    reference = f", {one.known.ref}" if one.known.ref else ""
    yield Row("In the store", STANDINGS[one.known.state][0] + reference, newer)


def _asked(one: Watched) -> Iterator[Row]:
    """Yield how the host is looked at, where that is not the usual way."""
    record = one.record
    if record.target != record.id:
        yield Row("Typed as", printable(record.target))
    chosen = {
        "STARTTLS": record.starttls if record.starttls != AUTO else None,
        "Server name": record.server_name,
        "Address": record.address,
        "Verify name": record.verify_name,
    }
    yield from (Row(title, printable(value)) for title, value in chosen.items() if value)
    yield Row("Watched since", rfc3339(record.created_at))


def _history(report: WatchReport) -> Iterator[Row | Content]:
    if not report.changes:
        yield Content.styled("Nothing has changed since it is watched.", "$foreground-muted")
        return
    yield Content.styled("What changed", "bold $primary")
    before = ""
    for change in report.changes:
        day, clock = change["at"][:10], change["at"][11:16]
        told = f"{clock}  {change['what']}: {change['before'] or 'none'} → {change['after'] or 'none'}"
        yield Row("" if day == before else day, printable(told))
        before = day
