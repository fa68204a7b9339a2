"""One thing that is wrong or unwise in a certificate or an authority: what, in which part, by which rule, and what mends it.

A chain's findings say why a client refuses. A remark also reaches what every client accepts today and nobody should issue, so it
has a third level, and a source that can be looked up. Codes are public: they only ever get added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tlsca.pki.finding import Finding


class Level(StrEnum):
    """How much a remark matters, from the least."""

    NOTICE = "notice"
    """Worth knowing; whether it matters depends on who the clients are."""
    WARNING = "warning"
    """Some client refuses, or a rule for issuing is broken."""
    ERROR = "error"
    """Clients refuse, or it is not secure."""

    @property
    def rank(self) -> int:
        """A number that grows with the level."""
        return tuple(Level).index(self)


@dataclass(frozen=True, slots=True)
class Repair:
    """What mends it."""

    act: str
    """Names the act, as the command that does it: `renew`, `rekey` (`renew --rekey`), `issue`, `revoke`, `crl`, `cross-sign`, `restore`, `chmod`,
    `chown`, `backup`, `passphrase`."""
    command: str = ""
    """The whole command line, quoted for a shell; empty where no store says what the certificate is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One remark."""

    code: str
    level: Level
    culprit: str
    """The part at fault, in the field's own words: `subjectAltName`, `serialNumber`, `journal`."""
    message: str
    """One sentence that says what is wrong; safe for a terminal."""
    fix: str
    """One imperative sentence that an operator can act on."""
    source: str
    """Where the rule stands: `RFC 5280, 4.1.2.2`."""
    repair: Repair | None = None
    """None where nothing in this store mends it."""
    certificate: str | None = None
    """SHA-256 fingerprint of the certificate, lower-case hexadecimal; None where it is about no single one."""
    about: str = ""
    """What a person calls that certificate; safe for a terminal."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "code": self.code,
            "severity": self.level.value,
            "certificate": self.certificate,
            "about": self.about,
            "culprit": self.culprit,
            "message": self.message,
            "fix": self.fix,
            "source": self.source,
            "repair": {"act": self.repair.act, "command": self.repair.command} if self.repair else None,
        }


def adopt(finding: Finding, *, about: str, culprit: str, source: str, act: str) -> Remark:
    """Return a chain's finding as a remark."""
    return Remark(
        code=finding.code,
        level=Level(finding.severity.value),
        culprit=culprit,
        message=finding.message,
        fix=finding.fix,
        source=source,
        repair=Repair(act),
        certificate=finding.certificate,
        about=about,
    )


def gravest_first(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """Return remarks without repetitions, errors first, otherwise in the order they were found."""
    return tuple(sorted(dict.fromkeys(remarks), key=lambda remark: -remark.level.rank))


def reaches(remarks: Iterable[Remark], level: Level) -> bool:
    """Say whether any remark is of this level or above."""
    return any(remark.level.rank >= level.rank for remark in remarks)
