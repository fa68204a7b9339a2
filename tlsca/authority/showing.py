"""Show the command: what an act makes, as `openssl` commands that make the same when they are pasted into a shell.

Nothing is changed and no passphrase is needed: the acts are planned as they always are, and the plan is written down. The commands
work on files in the current directory, since OpenSSL cannot reach into the store.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cryptography import x509

from tlsca.authority.answering import OcspForm, plan_answer
from tlsca.authority.desk import Desk
from tlsca.authority.files import file_stem
from tlsca.authority.issuers import authority_record, chosen_issuer
from tlsca.authority.issuing import AuthorityForm, CertificateForm, plan_authority, plan_certificate
from tlsca.authority.listing import title, title_of
from tlsca.authority.lists import full_list
from tlsca.authority.partitioning import PartitionForm, plan_partitions
from tlsca.authority.partitions import PLACE
from tlsca.authority.publishing import CrlForm, left_out_before, list_changes, list_form, plan_crl
from tlsca.authority.renewing import Renewal, RenewalForm, plan_renewal
from tlsca.authority.requesting import RequestForm, SignForm, plan_request, plan_signature
from tlsca.authority.revocations import revocations
from tlsca.authority.revoking import RevocationForm, RevocationPlan, Target, plan_release, plan_revocation
from tlsca.authority.shown_files import files_of, list_files, new_files, old_stem, signer
from tlsca.pki import openssl_lines as lines
from tlsca.pki import openssl_revocation as revoking
from tlsca.pki import shell
from tlsca.pki.issue import Draft
from tlsca.pki.names import dn_text
from tlsca.pki.openssl_lines import Files, Signer
from tlsca.pki.renew import key_identifier_of
from tlsca.pki.request import request_extensions
from tlsca.pki.revoke import REASONS, Revocation, list_extensions
from tlsca.store.records import CertificateRecord, Reason


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


def show_partitions(desk: Desk, form: PartitionForm) -> str:
    """Return the commands that write the extensions of each partition: of its certificates, and of its list.

    OpenSSL knows no partitions: a certificate names its list, and a list says which it is (RFC 5280, 4.2.1.13, 5.2.5). Raises as
    `plan_partitions`.
    """
    plan = plan_partitions(desk, form)
    before, _, behind = plan.partitions.url.partition(PLACE)
    stem = shell.word(f"{file_stem(title_of(plan.authority))}.partition-")
    url = f'{shell.word(f"URI:{before}")}"$n"{shell.word(behind)}'
    return (
        f"for n in $(seq 1 {plan.partitions.count}); do\n"
        f"  printf 'crlDistributionPoints = %s\\n' {url} > {stem}\"$n\".certificate.cnf\n"
        "  printf 'issuingDistributionPoint = critical, @idp\\n[idp]\\nfullname = %s\\n' "
        f'{url} > {stem}"$n".crl.cnf\n'
        "done\n"
    )


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


def show_renewal(desk: Desk, form: RenewalForm) -> str:
    """Return the commands that renew certificates; the files of the old ones get their end into their names. Raises as `plan_renewal`."""
    plans = plan_renewal(desk, form)
    kinds = [kind for plan in plans for kind in (plan.draft.key_kind, plan.issuer.key if plan.issuer else "")]
    return lines.script(kinds, *(_renewal(desk, plan) for plan in plans))


def show_revocation(desk: Desk, form: RevocationForm) -> str:
    """Return the commands that revoke certificates; a CRL tells of it. Raises as `plan_revocation`."""
    plan = plan_revocation(desk, form)
    by_issuer = {target.issuer.id: target.issuer for target in plan.targets}
    parts = []
    for issuer in by_issuer.values():
        own = signer(desk, issuer)
        mine = [target for target in plan.targets if target.issuer.id == issuer.id]
        revoke = "".join(_revocation(desk, own, plan, target) for target in mine)
        parts.append(lines.authority(own) + revoke)
    return lines.script([issuer.key for issuer in by_issuer.values()], *parts)


def show_release(desk: Desk, references: tuple[str, ...], *, issuer: str | None = None) -> str:
    """Return the commands that release certificates from hold. Raises as `plan_release`."""
    targets = plan_release(desk, references, issuer=issuer)
    return lines.script(
        [target.issuer.key for target in targets],
        *(
            revoking.changed_entry(signer(desk, target.issuer), _serial(desk, target), None)
            for target in targets
        ),
    )


def show_crl(desk: Desk, form: CrlForm) -> str:
    """Return the commands that sign a revocation list.

    What the store knows to be revoked is entered into the index first. A delta, and a list about some certificates alone, has an index of
    its own: `openssl ca` lists all that is revoked in one. Raises as `plan_crl`.
    """
    authority = plan_crl(desk, form)
    now, scope = desk.now().replace(microsecond=0), form.scope
    said = list_form(desk, form, authority, scope, now)
    own = signer(desk, authority)
    own = replace(own, files=list_files(own.files, scope, delta=form.delta))
    index = revoking.new_index(own) if own.files.list_stem else ""
    return lines.script(
        [authority.key],
        lines.authority(own, list_extensions(said)),
        index + revoking.noted(own, _entries(desk, authority, form)),
        revoking.new_crl(own, said.number, now, said.next_update),
    )


def _entries(desk: Desk, authority: CertificateRecord, form: CrlForm) -> Iterable[Revocation]:
    full = full_list(desk, authority, form.scope)
    if full is None or not form.delta:
        return revocations(desk, authority, scope=form.scope)
    current = revocations(desk, authority, since=left_out_before(full, delta=True), scope=form.scope)
    return list_changes(desk, authority, full, current, form.scope)


def show_answer(desk: Desk, form: OcspForm, *, request: str) -> str:
    """Return the commands that answer an OCSP request, which is in the file `request`. Raises as `plan_answer`."""
    plan = plan_answer(desk, form)
    own, responder = signer(desk, plan.authority), files_of(desk, plan.responder)
    return lines.script(
        [plan.authority.key, plan.responder.key],
        lines.authority(own) + revoking.noted(own, revocations(desk, plan.authority)),
        revoking.answer(own, responder, request, form.days),
    )


def _new_certificate(desk: Desk, plan: Draft, issuer: CertificateRecord | None) -> str:
    files = new_files(desk, plan, issuer)
    above = signer(desk, issuer) if issuer else Signer(files, plan.key_kind)
    return lines.script(
        [plan.key_kind, above.key_kind],
        lines.title("A certificate for", plan.subject) + lines.new_key(files, plan.key_kind),
        lines.new_certificate(plan, files, above),
    )


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


def _revocation(desk: Desk, own: Signer, plan: RevocationPlan, target: Target) -> str:
    reason = None if plan.reason is Reason.UNSPECIFIED else REASONS[plan.reason]
    at = target.held_since or desk.now()
    revocation = Revocation(int(target.serial, 16), at, reason, plan.invalid_since)
    if target.held_since is not None:
        return revoking.changed_entry(own, _serial(desk, target), revocation)
    if target.record is None:
        return revoking.noted(own, [revocation])
    return revoking.revoked(files_of(desk, target.record), own, revocation)


def _serial(desk: Desk, target: Target) -> str:
    """Return the shell's words for a certificate's serial number, which its file tells where there is one."""
    if target.record is None:
        return revoking.even_hex(int(target.serial, 16))
    return revoking.serial_in(files_of(desk, target.record))
