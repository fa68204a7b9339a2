"""Advise on a form for a certificate: every rule of advice over the form and what the store knows."""

from collections.abc import Callable, Iterator

from tlsca.authority.advice.advice import Advice, gravest_first
from tlsca.authority.advice.choices import key_advice, pointer_advice, subject_advice
from tlsca.authority.advice.facts import Facts, facts_of
from tlsca.authority.advice.issuers import (
    constraint_advice,
    duplicate_advice,
    issuer_advice,
    lifetime_advice,
)
from tlsca.authority.advice.names import name_advice
from tlsca.authority.desk import Desk
from tlsca.authority.issuing import CertificateForm
from tlsca.pki.lint.remark import Level

_RULES: tuple[Callable[[CertificateForm, Facts], Iterator[Advice]], ...] = (
    name_advice,
    constraint_advice,
    duplicate_advice,
    issuer_advice,
    key_advice,
    lifetime_advice,
    subject_advice,
    pointer_advice,
)


def advise(desk: Desk, form: CertificateForm) -> tuple[Advice, ...]:
    """Return what is to be said about a form as it stands, gravest first; a form that is not finished is no mistake.

    Raises StoreError where the store cannot be read; nothing in the form makes it raise.
    """
    return advice_on(form, facts_of(desk, form))


def warnings_on(desk: Desk, form: CertificateForm) -> tuple[Advice, ...]:
    """Return what some client minds about a form that can be issued, for who is told the notes of the draft besides. Raises as `advise`."""
    return tuple(one for one in advise(desk, form) if one.level is Level.WARNING and not one.noted)


def advice_on(form: CertificateForm, facts: Facts) -> tuple[Advice, ...]:
    """Return the same from what is known outside the form."""
    return gravest_first(advice for rule in _RULES for advice in rule(form, facts))
