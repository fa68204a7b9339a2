"""Show the command for renewals: the openssl commands that make the next certificate, and put the old one's files aside."""

from collections.abc import Iterator
from dataclasses import replace

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.renewing import Renewal, RenewalForm, plan_renewal
from tlsca.authority.shown_files import files_of, old_stem, signer
from tlsca.pki import openssl_lines as lines
from tlsca.pki import shell
from tlsca.pki.openssl_lines import Files, Signer
from tlsca.pki.renew import key_identifier_of


def show_renewal(desk: Desk, form: RenewalForm) -> str:
    """Return the commands that renew certificates; the files of the old ones get their end into their names. Raises as `plan_renewal`."""
    plans = plan_renewal(desk, form)
    kinds = [kind for plan in plans for kind in (plan.draft.key_kind, plan.issuer.key if plan.issuer else "")]
    return lines.script(kinds, *(_renewal(desk, plan) for plan in plans))


def _renewal(desk: Desk, plan: Renewal) -> str:
    files = files_of(desk, plan.old)
    stem = old_stem(files.stem, plan.old)
    old = Files(stem, stem if plan.rekey else files.key_stem)
    above = signer(desk, plan.issuer) if plan.issuer else Signer(files, plan.draft.key_kind)
    text = lines.title("The next certificate for", plan.draft.subject) + lines.set_aside(files, old)
    if plan.rekey:
        text += lines.new_key(files, plan.draft.key_kind)
    certificate = desk.certificate(plan.old)
    identifier = "hash" if plan.rekey else _key_identifier(certificate)
    text += "\n" + lines.renewed_certificate(plan.draft, files, above, old, identifier)
    return text + "".join(_crosses(plan, files, old, certificate))


def _key_identifier(certificate: x509.Certificate) -> str:
    """Return the key identifier that a certificate with the same key gets: the old one's, however that was made."""
    own = key_identifier_of(certificate)
    usual = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
    return own.digest.hex() if own and own != usual else "hash"


def _crosses(plan: Renewal, files: Files, old: Files, certificate: x509.Certificate) -> Iterator[str]:
    """Yield what makes the cross-certificates of a root with a new key (RFC 4210, 4.4)."""
    if not plan.crossed:
        return
    end = min(certificate.not_valid_after_utc, plan.draft.not_after)
    before = Signer(old, plan.old.key, certificate)
    after = Signer(files, plan.draft.key_kind)
    forward = replace(plan.draft, not_after=end)
    back = replace(forward, not_before=certificate.not_valid_before_utc)
    for name, draft, subject, above in (
        ("new-with-old", forward, files, before),
        ("old-with-new", back, old, after),
    ):
        cross = Files(f"{files.stem}.{name}", subject.key_stem)
        note = shell.comment(f"A cross-certificate, {name.replace('-', ' ')}, for clients that know only the one that signs it.")  # fmt: skip
        yield f"\n{note}" + lines.renewed_certificate(draft, cross, above, subject, "hash")
