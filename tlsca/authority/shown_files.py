"""The files that shown commands are about: each certificate of the store has the same clear names in every text.

So a root that one text makes is the root that the next one signs with, and a whole story can be pasted piece by piece.
"""

from collections.abc import Iterable
from dataclasses import replace

from tlsca.authority.desk import Desk
from tlsca.authority.files import file_stem
from tlsca.authority.listing import title, title_of
from tlsca.authority.scope import Scope
from tlsca.pki.issue import Draft
from tlsca.pki.names import dn_text
from tlsca.pki.openssl_lines import Files, Signer
from tlsca.pki.renew import CROSS
from tlsca.store.records import CertificateRecord


def files_of(desk: Desk, record: CertificateRecord) -> Files:
    """Return the files of a certificate in the store.

    One that was replaced is named with its end, and shares its key's file with the one that replaced it where it shares the key.
    """
    stem = _stems(desk, record)[-1]
    if record.profile == CROSS:
        return Files(f"{stem}.cross-{record.not_after:%Y%m%d}", stem)
    if record.renewed_by is None:
        return Files(stem, stem)
    old = old_stem(stem, record)
    same_key = desk.ledger.certificate(record.renewed_by).key_id == record.key_id
    return Files(old, stem if same_key else old)


def certificate_files(desk: Desk, records: Iterable[CertificateRecord]) -> tuple[str, ...]:
    """Return the file of each certificate alone, in their order."""
    return tuple(files_of(desk, record).certificate for record in records)


def old_stem(stem: str, record: CertificateRecord) -> str:
    """Return what a certificate's files are called once another took its place."""
    return f"{stem}.until-{record.not_after:%Y%m%d}"


def list_files(files: Files, scope: Scope, *, delta: bool) -> Files:
    """Return an authority's files for its list of a scope; one that does not name all that it revoked has books of its own."""
    part = f".partition-{scope.partition}" if scope.partition else f".{scope.only}" if scope.only else ""
    marks = part + (".delta" if delta else "")
    return replace(files, list_stem=files.stem + marks) if marks else files


def new_files(desk: Desk, plan: Draft, issuer: CertificateRecord | None) -> Files:
    """Return the files of a certificate that is yet to be made."""
    called = title(dn_text(plan.subject), plan.names, is_authority=plan.profile.authority)
    stem = _free(file_stem(called), _stems(desk, issuer) if issuer else [])
    return Files(stem, stem)


def signer(desk: Desk, record: CertificateRecord) -> Signer:
    """Return an authority as somebody who signs with its files."""
    return Signer(files_of(desk, record), record.key, desk.certificate(record))


def _stems(desk: Desk, record: CertificateRecord) -> list[str]:
    """Return the stems of a certificate and of those above it, the root's first: no two in a chain share their files."""
    found: list[str] = []
    for link in reversed(desk.chain(record)):
        found.append(_free(file_stem(title_of(link)), found))
    return found


def _free(stem: str, taken: list[str]) -> str:
    """Return a stem that is none of those taken, also where the file system tells no upper case from lower."""
    lowered = {one.lower() for one in taken}
    number, free = 2, stem
    while free.lower() in lowered:
        number, free = number + 1, f"{stem}-{number}"
    return free
