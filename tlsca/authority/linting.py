"""Lint what an operator points at: each certificate in a file, or one of the store with the commands that mend it."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.doctor import command_for
from tlsca.authority.looking import look_at
from tlsca.pki.certificate import Certificate
from tlsca.pki.lint import Level, Remark, lint, reaches


@dataclass(frozen=True, slots=True)
class Linted:
    """One certificate, and what is remarked upon in it."""

    source: str
    """Where it came from, for a person; printable."""
    certificate: Certificate
    remarks: tuple[Remark, ...]
    """Gravest first."""

    @property
    def sound(self) -> bool:
        """Whether nothing in it is an error."""
        return not reaches(self.remarks, Level.ERROR)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "source": self.source,
            "certificate": self.certificate.sha256,
            "about": self.certificate.label,
            "sound": self.sound,
            "remarks": [remark.to_json() for remark in self.remarks],
        }


def lint_what(
    desk: Desk | None, what: str, *, data: bytes | None = None, passphrase: str | None = None
) -> tuple[Linted, ...]:
    """Lint every certificate in a file or in `data`, else the one of the store that `what` refers to.

    Raises NotFound, Ambiguous, Unreadable, PassphraseError.
    """
    seen = look_at(desk, what, data=data, passphrase=passphrase)
    now = desk.now() if desk else system_clock()
    found = []
    for one in seen.certificates:
        remarks = lint(one, now=now)
        if desk is not None and seen.record is not None:
            record = seen.record
            remarks = tuple(
                dataclasses.replace(
                    remark, repair=command_for(desk, record, remark.repair.act) if remark.repair else None
                )
                for remark in remarks
            )
        found.append(Linted(seen.source, one, remarks))
    return tuple(found)
