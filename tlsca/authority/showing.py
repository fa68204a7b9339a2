"""Show the command: what an act makes, as `openssl` commands that make the same when they are pasted into a shell.

Nothing is changed and no passphrase is needed: the acts are planned as they always are, and the plan is written down. The commands
work on files in the current directory, since OpenSSL cannot reach into the store. Here is what makes certificates; what plans more than
that is in modules of its own, which only those load who do that.
"""

from collections.abc import Iterable

from tlsca.authority.desk import Desk
from tlsca.authority.issuers import authority_record, chosen_issuer
from tlsca.authority.issuing import AuthorityForm, CertificateForm, plan_authority, plan_certificate
from tlsca.authority.shown_files import new_files, signer
from tlsca.pki import openssl_lines as lines
from tlsca.pki.issue import Draft
from tlsca.pki.openssl_lines import Signer
from tlsca.store.records import CertificateRecord


def show_authority(desk: Desk, form: AuthorityForm) -> str:
    """Return the commands that make an authority. Raises as `plan_authority`."""
    issuer = authority_record(desk, form.issuer) if form.issuer else None
    return _new_certificate(desk, plan_authority(desk, form), issuer)


def show_certificate(desk: Desk, form: CertificateForm) -> str:
    """Return the commands that issue a certificate. Raises as `plan_certificate`."""
    return _new_certificate(desk, plan_certificate(desk, form), chosen_issuer(desk, form.issuer))


def show_certificates(desk: Desk, forms: Iterable[CertificateForm]) -> str:
    """Return the commands that issue many certificates, one after the other. Raises as `plan_certificate`."""
    return "\n".join(show_certificate(desk, form) for form in forms)


def _new_certificate(desk: Desk, plan: Draft, issuer: CertificateRecord | None) -> str:
    files = new_files(desk, plan, issuer)
    above = signer(desk, issuer) if issuer else Signer(files, plan.key_kind)
    return lines.script(
        [plan.key_kind, above.key_kind],
        lines.title("A certificate for", plan.subject) + lines.new_key(files, plan.key_kind),
        lines.new_certificate(plan, files, above),
    )
