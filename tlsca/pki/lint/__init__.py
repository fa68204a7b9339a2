"""What is wrong or unwise in one certificate, by the rules for issuing and by what clients are known to refuse.

A chain that verifies today may hold certificates that the next client refuses; this looks at each alone, before that client does.
The rules are loaded when there is something to judge: they take `cryptography`, and talking of remarks does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.pki.lint.remark import Level, Remark, Repair, gravest_first, reaches

if TYPE_CHECKING:
    from datetime import datetime

    from tlsca.pki.certificate import Certificate

__all__ = ["Level", "Remark", "Repair", "gravest_first", "lint", "lint_below", "reaches"]


def lint(certificate: Certificate, *, now: datetime) -> tuple[Remark, ...]:
    """Return every remark on one certificate, gravest first; nothing about its place in a chain.

    Sound or not, any certificate is looked at: of one that cannot be read, that is the remark.
    """
    from tlsca.pki.lint.rules import RULES  # noqa: PLC0415 -- see above
    from tlsca.pki.lint.subject import Subject  # noqa: PLC0415 -- see above

    subject = Subject(certificate, now)
    return gravest_first(remark for rule in RULES for remark in rule(subject))


def lint_below(
    certificate: Certificate, above: tuple[Certificate, ...], *, now: datetime
) -> tuple[Remark, ...]:
    """Return the same, and every remark on how a certificate fits below its issuers, of which the nearest is first."""
    from tlsca.pki.lint.nesting import nesting  # noqa: PLC0415 -- see above
    from tlsca.pki.lint.subject import Subject  # noqa: PLC0415 -- see above

    return gravest_first((*lint(certificate, now=now), *nesting(Subject(certificate, now), above)))
