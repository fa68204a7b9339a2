"""What is told of a watched target beyond its record: the last problems with their fixes, and what changed, and when.

It is a document of its own, written only when it changes: targets are looked at every few minutes, and hardly ever change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tlsca.authority.desk import Desk
from tlsca.pki.finding import Finding
from tlsca.store.records import WatchRecord, WatchReport
from tlsca.text import printable, rfc3339, shorten

REPORT = "watch-report:"
"""How the documents are named."""
MOST_CHANGES = 20
"""Changes that are kept of each target, the newest."""
_MOST_PROBLEMS = 20
_LONGEST = 1000
"""Characters of a sentence that are kept: some of its words are the host's."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was."""

    what: str
    """`certificate`, `issuer`, `expiry`, `version`, `verdict` or `problems`."""
    before: str
    """Printable, as `after`."""
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before or 'none'} → {self.after or 'none'}"

    def to_json(self) -> dict[str, str]:
        """Return the object that `--json` prints."""
        return {"what": self.what, "before": self.before, "after": self.after}


def report_of(desk: Desk, name: str) -> WatchReport:
    """Return the report of the target with this `id`; an empty one where nothing was ever wrong and nothing changed."""
    document = desk.ledger.setting(REPORT + name)
    return WatchReport.from_document(document) if document else WatchReport(id=name)


def report_after(
    report: WatchReport, changes: Sequence[Change], problems: Sequence[Finding], at: datetime
) -> WatchReport:
    """Return a report as it is after one more look."""
    newest = [{"at": rfc3339(at), **_bounded(change.to_json())} for change in changes]
    return replace(
        report,
        problems=tuple(_problem(problem) for problem in problems[:_MOST_PROBLEMS]),
        changes=(*newest, *report.changes)[:MOST_CHANGES],
    )


def changes(before: WatchRecord, after: WatchRecord) -> tuple[Change, ...]:
    """Return what is not as it was; a host that serves nothing now has not changed its certificate."""
    if before.verdict is None:
        return ()
    pairs = [("verdict", before.verdict, after.verdict or "")]
    if before.sha256 and after.sha256:
        pairs += [
            ("certificate", before.sha256[:16], after.sha256[:16]),
            ("issuer", before.served_issuer or "", after.served_issuer or ""),
            ("expiry", _day(before.not_after), _day(after.not_after)),
            ("version", before.version or "", after.version or ""),
        ]
    pairs.append(("problems", ", ".join(before.codes), ", ".join(after.codes)))
    return tuple(Change(what, printable(old), printable(new)) for what, old, new in pairs if old != new)


def _problem(problem: Finding) -> Mapping[str, str]:
    return _bounded(
        {
            "code": problem.code,
            "severity": problem.severity.value,
            "message": problem.message,
            "fix": problem.fix,
        }
    )


def _bounded(told: Mapping[str, str]) -> dict[str, str]:
    return {name: shorten(printable(text), _LONGEST) for name, text in told.items()}


def _day(moment: datetime | None) -> str:
    return rfc3339(moment) if moment else ""
