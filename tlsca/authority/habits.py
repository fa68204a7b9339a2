"""Habits: what was chosen for the last certificate of an authority, with which the form for its next one begins.

They are kept in the store, so that everybody who issues from an authority begins alike, and in the same transaction as the
certificate, so that no line of the journal is about them alone.
"""

from collections.abc import Iterable
from dataclasses import fields

from tlsca.authority.desk import Desk
from tlsca.authority.issuers import chosen_issuer
from tlsca.authority.issuing import CertificateForm, Issued, issue
from tlsca.authority.revocations import mark
from tlsca.store.records import CertificateRecord, HabitsRecord
from tlsca.store.transaction import Change

_PREFIX = "habits:"
_CHOICES = tuple(field.name for field in fields(HabitsRecord))


def issue_and_remember(desk: Desk, form: CertificateForm) -> Issued:
    """Issue a certificate and keep what was chosen for it. Raises as `issuing.issue`; nothing is changed then."""
    issuer = chosen_issuer(desk, form.issuer)
    chosen = HabitsRecord(**{name: getattr(form, name) for name in _CHOICES})

    def keep(change: Change, _record: CertificateRecord) -> None:
        change.put_setting(_PREFIX + mark(issuer), chosen.to_document())

    return issue(desk, form, also=keep)


def habits(desk: Desk, issuers: Iterable[CertificateRecord]) -> dict[str, CertificateForm]:
    """Return the forms to begin with, by the fingerprint of those authorities from which something was issued before."""
    kept = {issuer.sha256: desk.ledger.setting(_PREFIX + mark(issuer)) for issuer in issuers}
    return {
        sha256: _form(sha256, HabitsRecord.from_document(document))
        for sha256, document in kept.items()
        if document is not None
    }


def _form(issuer: str, chosen: HabitsRecord) -> CertificateForm:
    return CertificateForm(names=(), issuer=issuer, **{name: getattr(chosen, name) for name in _CHOICES})
