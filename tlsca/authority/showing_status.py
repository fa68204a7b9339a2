"""Show the command for what tells of revocations: the openssl commands that sign lists, parts of lists and OCSP answers."""

from collections.abc import Iterable
from dataclasses import replace

from tlsca.authority.answering import OcspForm, plan_answer
from tlsca.authority.desk import Desk
from tlsca.authority.files import file_stem
from tlsca.authority.listing import title_of
from tlsca.authority.lists import full_list
from tlsca.authority.partitioning import PartitionForm, plan_partitions
from tlsca.authority.partitions import PLACE
from tlsca.authority.publishing import CrlForm, left_out_before, list_changes, list_form, plan_crl
from tlsca.authority.revocations import revocations
from tlsca.authority.shown_files import files_of, list_files, signer
from tlsca.pki import openssl_lines as lines
from tlsca.pki import openssl_revocation as revoking
from tlsca.pki import shell
from tlsca.pki.revoke import Revocation, list_extensions
from tlsca.store.records import CertificateRecord


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
