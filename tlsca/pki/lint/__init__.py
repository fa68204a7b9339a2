"""What is wrong or unwise in one certificate, by the rules for issuing and by what clients are known to refuse.

A chain that verifies today may hold certificates that the next client refuses; this looks at each alone, before that client does.
"""

from datetime import datetime

from tlsca.pki.certificate import Certificate
from tlsca.pki.lint import dates, names, strength, structure, usage
from tlsca.pki.lint.nesting import nesting
from tlsca.pki.lint.remark import Level, Remark, Repair, gravest_first, reaches
from tlsca.pki.lint.subject import Rule, Subject

__all__ = ["Level", "Remark", "Repair", "gravest_first", "lint", "lint_below", "reaches"]

_RULES: tuple[Rule, ...] = (*structure.RULES, *strength.RULES, *dates.RULES, *names.RULES, *usage.RULES)


def lint(certificate: Certificate, *, now: datetime) -> tuple[Remark, ...]:
    """Return every remark on one certificate, gravest first; nothing about its place in a chain.

    Sound or not, any certificate is looked at: of one that cannot be read, that is the remark.
    """
    subject = Subject(certificate, now)
    return gravest_first(remark for rule in _RULES for remark in rule(subject))


def lint_below(
    certificate: Certificate, above: tuple[Certificate, ...], *, now: datetime
) -> tuple[Remark, ...]:
    """Return the same, and every remark on how a certificate fits below its issuers, of which the nearest is first."""
    return gravest_first((*lint(certificate, now=now), *nesting(Subject(certificate, now), above)))
