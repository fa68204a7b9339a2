"""Show the command for cross-signing: `openssl ca` signs another authority's certificate as it would sign a request.

As in `showing`, nothing is done and no passphrase is needed. The other authority's key is not needed either, and not there: what
OpenSSL takes in its place is the signature by which that authority vouches for itself.
"""

from cryptography import x509

from tlsca.authority.crosssigning import CrossForm, plan_cross
from tlsca.authority.desk import Desk
from tlsca.authority.files import file_stem
from tlsca.authority.listing import title
from tlsca.authority.shown_files import signer
from tlsca.errors import Refused
from tlsca.pki import openssl_lines as lines
from tlsca.pki.names import dn_text
from tlsca.pki.openssl_lines import Files
from tlsca.pki.renew import key_identifier_of
from tlsca.text import printable


def show_cross(desk: Desk, form: CrossForm) -> str:
    """Return the commands that cross-sign an authority, whose certificate is in them.

    Raises as `plan_cross`, and Refused for an authority that does not sign itself, which no command of OpenSSL 3.0 takes.
    """
    plan = plan_cross(desk, form)
    foreign = plan.foreign
    if foreign.subject != foreign.issuer:
        raise Refused(
            f"OpenSSL cross-signs only who signs itself, and {printable(dn_text(foreign.subject))} does not.",
            hint="Show the command for the root above it.",
        )
    above = signer(desk, plan.issuer)
    called = file_stem(title(dn_text(foreign.subject), [], is_authority=True))
    files = Files(f"{called}.cross-{plan.draft.not_after:%Y%m%d}", called)
    return lines.script(
        [plan.draft.key_kind, above.key_kind],
        lines.title("A cross-certificate for", foreign.subject)
        + lines.cross_certificate(plan.draft, files, above, foreign, _identifier(foreign)),
    )


def _identifier(foreign: x509.Certificate) -> str:
    """Return the key identifier that the other authority's own certificate has, in hexadecimal; `hash` where it has none."""
    own = key_identifier_of(foreign)
    return own.digest.hex() if own else "hash"
