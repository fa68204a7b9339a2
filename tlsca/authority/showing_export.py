"""Show the command for what goes out: the openssl commands that write a certificate's file in a format, as `showing` does."""

from tlsca.authority.desk import Desk
from tlsca.authority.exporting import ExportForm
from tlsca.authority.listing import title_of
from tlsca.authority.shown_files import certificate_files, files_of
from tlsca.pki.bundle import format_named
from tlsca.pki.openssl_export import Parts, export
from tlsca.pki.openssl_lines import script
from tlsca.text import printable


def show_export(desk: Desk, form: ExportForm) -> str:
    """Return the commands that write a certificate's file in a format. Raises NotFound, Ambiguous, UsageError."""
    chosen = format_named(form.format)
    record = desk.ledger.find(form.reference, now=desk.now())
    above = desk.chain(record)[1:]
    parts = Parts(
        files=files_of(desk, record),
        above=certificate_files(desk, above),
        sent=certificate_files(desk, [link for link in above if link.issuer_id != link.id]),
        friendly_name=printable(title_of(record)),
        crl=files_of(desk, (above or (record,))[0] if not record.is_authority else record).crl,
        clear_key=form.clear_key,
    )
    return script([record.key], export(chosen, parts))
