"""One thing that is wrong with a certificate or a chain, in a form that people, scripts and both front ends can use.

Codes are public: scripts branch on them, so they only ever get added. The sentence and the fix are for people and may change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding keeps a certificate from being accepted, or is worth knowing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect and its culprit."""

    code: str
    severity: Severity
    certificate: str | None
    """SHA-256 fingerprint of the certificate at fault, lower-case hexadecimal; None when none is."""
    message: str
    """One sentence that says what is wrong."""
    fix: str
    """One imperative sentence that an operator can act on."""
    remedy: str = ""
    """What a program can do about it at once, as `starttls:smtp` or `legacy`; empty where only a person can act."""

    @property
    def is_error(self) -> bool:
        """Whether a client refuses because of this."""
        return self.severity is Severity.ERROR

    def to_json(self) -> dict[str, str | None]:
        """Return the finding as JSON holds it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "certificate": self.certificate,
            "message": self.message,
            "fix": self.fix,
        }


def error(code: str, message: str, fix: str, *, certificate: str | None = None, remedy: str = "") -> Finding:
    """Return a finding because of which a client refuses."""
    return Finding(code, Severity.ERROR, certificate, message, fix, remedy)


def warning(code: str, message: str, fix: str, *, certificate: str | None = None) -> Finding:
    """Return a finding that is worth knowing and keeps nobody out."""
    return Finding(code, Severity.WARNING, certificate, message, fix)


def gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without repetitions, errors before warnings, otherwise in the order they were found."""
    once = dict.fromkeys(findings)
    return tuple(sorted(once, key=lambda finding: not finding.is_error)) if once else ()
