"""Reissue: the form for a certificate like another one, with a name that this one lacks."""

from tlsca.authority.desk import Desk
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.listing import own_title_of
from tlsca.pki.lifetime import whole_days
from tlsca.store.records import CertificateRecord


def form_like(desk: Desk, record: CertificateRecord, *, name: str = "") -> CertificateForm:
    """Return what would be typed to issue a certificate like a record's that holds `name` as well, if one is given."""
    issuer = desk.issuer_of(record)
    names = [*record.names, *([name] if name and name not in record.names else [])]
    return CertificateForm(
        names=tuple(dict.fromkeys(names)),
        issuer=issuer.sha256 if issuer else None,
        profile=record.profile,
        key=record.key,
        days=whole_days(record.not_before, record.not_after),
        subject=_own_subject(record),
    )


def _own_subject(record: CertificateRecord) -> str | None:
    """Return the subject where it says more than the first name, from which it is made anew."""
    return None if record.subject in {"", f"CN={own_title_of(record)}"} else record.subject
