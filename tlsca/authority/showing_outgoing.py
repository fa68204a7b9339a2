"""Show the command for what goes out to a program: the openssl commands that make the same files, format by format."""

from tlsca.authority.desk import Desk
from tlsca.authority.destinations import destinations
from tlsca.authority.exporting import ExportForm
from tlsca.authority.outgoing import Outgoing
from tlsca.authority.showing_checks import show_export
from tlsca.store.records import CertificateRecord

_AS = {
    "browser": ("pkcs12",),
    "windows": ("pkcs12",),
    "windows-old": ("pkcs12-compatible",),
    "macos": ("pkcs12-compatible",),
    "ios": ("pkcs12-compatible",),
    "android": ("pkcs12-compatible",),
    "java": ("pkcs12", "truststore"),
}
_PEM = ("chain", "key")


def show_outgoing(desk: Desk, form: Outgoing) -> str:
    """Return the commands that write the files of each certificate. Raises NotFound, Ambiguous, UsageError."""
    records = [desk.ledger.find(reference, now=desk.now()) for reference in form.references]
    if not form.is_program:
        return "\n".join(_shown(desk, form, record, form.target) for record in records)
    chosen = next(one for one in destinations(desk, form.references) if one.name == form.target)
    if chosen.obstacle is not None:
        raise chosen.obstacle
    formats = _AS.get(form.target, _PEM) if chosen.needs_key else ()
    return "\n".join(
        part
        for record in records
        for part in (
            *(_shown(desk, form, record, one) for one in formats),
            *_root(desk, form, record),
        )
    )


def _root(desk: Desk, form: Outgoing, record: CertificateRecord) -> tuple[str, ...]:
    top = desk.chain(record)[-1]
    return (_shown(desk, form, top, "pem"),) if top.issuer_id == top.id else ()


def _shown(desk: Desk, form: Outgoing, record: CertificateRecord, name: str) -> str:
    return show_export(desk, ExportForm(reference=record.sha256, format=name, clear_key=form.clear_key))
