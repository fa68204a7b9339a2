"""Show the command for certificate requests: the openssl commands that make one, and those that sign somebody's."""

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.files import file_stem
from tlsca.authority.issuers import chosen_issuer
from tlsca.authority.listing import title
from tlsca.authority.requesting import RequestForm, SignForm, plan_request, plan_signature
from tlsca.authority.shown_files import new_files, signer
from tlsca.pki import openssl_lines as lines
from tlsca.pki.names import dn_text
from tlsca.pki.openssl_lines import Files
from tlsca.pki.request import request_extensions


def show_request(form: RequestForm) -> str:
    """Return the commands that make a certificate request. Raises as `plan_request`."""
    subject, names = plan_request(form)
    called = title(dn_text(subject), [str(name) for name in names], is_authority=False)
    stem = file_stem(called)
    files = Files(stem, stem)
    extensions = request_extensions(subject, names)
    return lines.script(
        [form.key],
        lines.title("A certificate request for", subject) + lines.new_key(files, form.key),
        lines.new_request(files, subject, extensions),
    )


def show_signature(desk: Desk, form: SignForm) -> str:
    """Return the commands that sign somebody's request, which is in them. Raises as `plan_signature`."""
    signing = plan_signature(desk, form)
    issuer = chosen_issuer(desk, form.issuer)
    files = new_files(desk, signing.draft, issuer)
    request = x509.load_der_x509_csr(signing.request.der)
    return lines.script(
        [signing.draft.key_kind, issuer.key],
        lines.title("A certificate for", signing.draft.subject)
        + lines.signed_request(signing.draft, files, signer(desk, issuer), request),
    )
