"""Show the command for what goes out to a program: the openssl commands that make the same files, format by format."""

from collections.abc import Iterable, Iterator

from tlsca.authority.desk import Desk
from tlsca.authority.destinations import destinations
from tlsca.authority.exporting import ExportForm
from tlsca.authority.outgoing import Outgoing
from tlsca.authority.showing_export import show_export
from tlsca.authority.shown_files import files_of
from tlsca.pki.shell import comment
from tlsca.store.records import CertificateRecord

_PKCS12 = {
    "browser": "pkcs12",
    "windows": "pkcs12",
    "windows-old": "pkcs12-compatible",
    "macos": "pkcs12-compatible",
    "ios": "pkcs12-compatible",
    "android": "pkcs12-compatible",
    "java": "pkcs12",
}
"""The format of those that take key and chain in one file; all others take PEM."""


def show_outgoing(desk: Desk, form: Outgoing) -> str:
    """Return the commands that write the files of each certificate. Raises NotFound, Ambiguous, UsageError, Refused."""
    records = [desk.ledger.find(reference, now=desk.now()) for reference in form.references]
    if not form.is_program:
        return _under_one_head(_shown(desk, form, record, form.target) for record in records)
    chosen = next(one for one in destinations(desk, form.references) if one.name == form.target)
    if chosen.obstacle is not None:
        raise chosen.obstacle
    key = chosen.needs_key
    return _under_one_head(part for record in records for part in _parts(desk, form, record, key=key))


def _parts(desk: Desk, form: Outgoing, record: CertificateRecord, *, key: bool) -> Iterator[str]:
    bag = _PKCS12.get(form.target)
    for name in ((bag,) if bag else ("chain", "key")) if key else ():
        yield _shown(desk, form, record, name)
    top = desk.chain(record)[-1]
    if top.issuer_id == top.id:
        yield _root(desk, form, top, bag)


def _root(desk: Desk, form: Outgoing, root: CertificateRecord, bag: str | None) -> str:
    if form.target == "java":
        return _shown(desk, form, root, "truststore")
    if bag is not None:
        return _shown(desk, form, root, "der")
    return comment(f"The root is {files_of(desk, root).certificate} as it is.")


def _shown(desk: Desk, form: Outgoing, record: CertificateRecord, name: str) -> str:
    return show_export(desk, ExportForm(reference=record.sha256, format=name, clear_key=form.clear_key))


def _under_one_head(texts: Iterable[str]) -> str:
    """Join texts; the first paragraph, which says for which OpenSSL they are, is not repeated."""
    paragraphs: list[str] = []
    for text in texts:
        head, blank, rest = text.rstrip("\n").partition("\n\n")
        paragraphs += [part for part in ((head, rest) if blank else (head,)) if part not in paragraphs]
    return "\n\n".join(paragraphs) + "\n"
