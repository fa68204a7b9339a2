"""What is wrong or unwise in one certificate, by the rules for issuing and by what clients are known to refuse.

A chain that verifies today may hold certificates that the next client refuses; this looks at each alone, before that client does.
The rules are loaded when there is something to judge: talking of remarks does not take them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsca.pki.lint.remark import Level, Remark, Repair, gravest_first, reaches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tlsca.pki.certificate import Certificate
    from tlsca.pki.lint.subject import Subject

__all__ = ["Level", "Remark", "Repair", "gravest_first", "lint", "lint_below", "lint_der", "reaches"]


def lint(certificate: Certificate, *, now: datetime) -> tuple[Remark, ...]:
    """Return every remark on one certificate, gravest first; nothing about its place in a chain.

    Sound or not, any certificate is looked at: of one that cannot be read, that is the remark.
    """
    return gravest_first(_alone(_loaded(certificate, now)))


def lint_der(der: bytes, *, now: datetime) -> tuple[Remark, ...]:
    """Return the same of a DER certificate, one of the plain form without loading `cryptography`."""
    from tlsca.pki.lint.plainly import plain_facts  # noqa: PLC0415 -- see above
    from tlsca.pki.lint.subject import Subject  # noqa: PLC0415 -- see above
    from tlsca.pki.plain import plain_certificate  # noqa: PLC0415 -- see above

    read = plain_certificate(der)
    if read is not None:
        return gravest_first(_alone(Subject(der, plain_facts(read, der), now)))
    from tlsca.pki.certificate import certificate  # noqa: PLC0415 -- see above

    return lint(certificate(der), now=now)


def lint_below(
    certificate: Certificate, above: tuple[Certificate, ...], *, now: datetime
) -> tuple[Remark, ...]:
    """Return the same, and every remark on how a certificate fits below its issuers, of which the nearest is first."""
    from tlsca.pki.lint.nesting import nesting  # noqa: PLC0415 -- see above

    subject = _loaded(certificate, now)
    return gravest_first((*gravest_first(_alone(subject)), *nesting(subject, above)))


def _loaded(certificate: Certificate, now: datetime) -> Subject:
    from tlsca.pki.lint.loaded import loaded_facts  # noqa: PLC0415 -- see above
    from tlsca.pki.lint.subject import Subject  # noqa: PLC0415 -- see above

    return Subject(certificate.der, loaded_facts(certificate), now)


def _alone(subject: Subject) -> Iterator[Remark]:
    from tlsca.pki.lint.rules import RULES  # noqa: PLC0415 -- see above

    return (remark for rule in RULES for remark in rule(subject))
