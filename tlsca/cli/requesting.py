"""`tlsca request`, `tlsca requests` and `tlsca sign`."""

import re
import sys
from pathlib import Path

import click

from tlsca.authority.desk import Desk
from tlsca.authority.files import check_target, is_readable_file, read_file, write_file
from tlsca.authority.listing import entry
from tlsca.authority.requesting import (
    RequestForm,
    SignForm,
    find_request,
    make_request,
    plan_signature,
    request_pem,
    requests,
    sign_request,
)
from tlsca.authority.showing_requests import show_request, show_signature
from tlsca.cli.carrying import content_options, key_option
from tlsca.cli.context import (
    json_option,
    open_desk,
    settings,
    show_instead,
    show_option,
    store_options,
    text_only,
    unlock_desk,
)
from tlsca.cli.output import say_json, say_octets, say_table, talk
from tlsca.errors import Unreadable
from tlsca.pki.merge import MergeRow
from tlsca.store.records import RequestRecord
from tlsca.text import printable, rfc3339, shorten

_LARGEST_REQUEST = 4 * 1024 * 1024
_WIDEST_CELL = 44
_REF_LENGTH = 12


@click.command("request")
@click.argument("names", callback=text_only, nargs=-1, required=True, metavar="NAME...")
@key_option
@click.option(
    "--subject", callback=text_only, metavar="DN", help="The whole subject, RFC 4514: CN=Alice,O=Example."
)
@click.option("--out", type=click.Path(path_type=Path), help="File for the request; without, stdout.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@show_option
@store_options
@json_option
def request_command(
    *,
    names: tuple[str, ...],
    key: str | None,
    subject: str | None,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Make a certificate request; its new key stays in the store.

    The certificate that comes back finds its key by itself: tlsca import FILE.
    """
    form = RequestForm(names=names, key=key or settings().key, subject=subject)
    show_instead(lambda: show_request(form))
    desk = open_desk()
    if out is not None:
        check_target(out, force=force)
    unlock_desk(desk)
    made = make_request(desk, form)
    path = write_file(out, made.pem, private=False, force=force) if out is not None else None
    if as_json:
        say_json(_request_json(made.record, made.pem) | {"path": str(path) if path else None})
    elif path is None:
        say_octets(made.pem)
    else:
        talk(f"Wrote {path}. Its certificate is taken in by: tlsca import FILE.")


@click.command("requests")
@store_options
@json_option
def requests_command(*, as_json: bool) -> None:
    """List the certificate requests that the store knows, and what became of them."""
    desk = open_desk()
    found = requests(desk)
    if as_json:
        say_json([_request_json(record, request_pem(desk, record)) for record in found])
        return
    say_table(
        ("REQUEST", "FOR", "KEY", "MADE", "CERTIFICATES"),
        [
            (
                record.id[:_REF_LENGTH],
                shorten(", ".join(record.names) or record.subject, _WIDEST_CELL),
                record.key,
                rfc3339(record.created_at),
                str(len(record.certificate_ids)),
            )
            for record in found
        ],
    )


@click.command("sign")
@click.argument("csr", metavar="CSR")
@content_options
@click.option(
    "--take",
    callback=text_only,
    multiple=True,
    metavar="EXT",
    help="Take this extension from the request too: keyUsage, extendedKeyUsage …, or an OID.",
)
@click.option("--dry-run", is_flag=True, help="Show what would result, and sign nothing.")
@show_option
@store_options
@json_option
def sign_command(
    *,
    csr: str,
    issuer: str | None,
    profile: str,
    take: tuple[str, ...],
    sans: tuple[str, ...],
    subject: str | None,
    days: int | None,
    until: str | None,
    ocsp_urls: tuple[str, ...],
    issuer_urls: tuple[str, ...],
    crl_urls: tuple[str, ...],
    policies: tuple[str, ...],
    must_staple: bool,
    extensions: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Sign somebody's certificate request: a file, - for stdin, or the reference of one that the store knows.

    Shows what was asked for, what the profile says, and what results. A request proves only that its maker has the key: the profile
    decides, the names are taken as asked, and no leaf becomes an authority.
    """
    desk = open_desk()
    form = SignForm(
        request=_octets(desk, csr),
        source=printable(csr) if csr != "-" else "Standard input",
        issuer=issuer,
        profile=profile,
        take=take,
        sans=sans,
        subject=subject,
        days=days,
        until=until,
        ocsp_urls=ocsp_urls,
        issuer_urls=issuer_urls,
        crl_urls=crl_urls,
        policies=policies,
        must_staple=must_staple,
        extensions=extensions,
    )
    show_instead(lambda: show_signature(desk, form))
    plan = plan_signature(desk, form)
    if not as_json:
        _say_rows(plan.rows)
    if dry_run:
        if as_json:
            say_json({"merge": [row.to_json() for row in plan.rows], "names": list(plan.draft.names)})
        _tell(plan.draft.notes, plan.rows if as_json else ())
        return
    unlock_desk(desk)
    signed = sign_request(desk, form)
    _tell(signed.issued.notes, signed.rows if as_json else ())
    made = entry(desk, signed.issued.record)
    if as_json:
        say_json(made.to_json())
    else:
        talk(f"Signed {made.title}, reference {made.ref}. Next: tlsca export {made.ref} --as chain --out .")


def _octets(desk: Desk, csr: str) -> bytes:
    if csr != "-" and not is_readable_file(Path(csr)) and re.fullmatch(r"[0-9a-fA-F]{4,64}", csr):
        return request_pem(desk, find_request(desk, csr))
    if csr != "-":
        return read_file(Path(csr), most=_LARGEST_REQUEST)
    data = sys.stdin.buffer.read(_LARGEST_REQUEST + 1)
    if len(data) > _LARGEST_REQUEST:
        raise Unreadable(f"Standard input is larger than the {_LARGEST_REQUEST:,} octets that are looked at.")
    return data


def _say_rows(rows: tuple[MergeRow, ...]) -> None:
    say_table(
        ("EXTENSION", "ASKED", "PROFILE", "RESULT", "WON", "WHY"),
        [
            (row.extension, _cell(row.asked), _cell(row.profile), _cell(row.result), row.won, row.why)
            for row in rows
        ],
    )


def _cell(text: str | None) -> str:
    return "-" if text is None else shorten(text, _WIDEST_CELL)


def _tell(notes: tuple[str, ...], rows: tuple[MergeRow, ...]) -> None:
    """Say what is not as asked, where no table says it."""
    for note in notes:
        talk(note)
    for row in rows:
        if row.dropped:
            talk(f"{row.extension}: asked {row.asked}, granted {row.result or 'nothing'}: {row.why}.")


def _request_json(record: RequestRecord, pem: bytes) -> dict[str, object]:
    return {
        "id": record.id,
        "subject": record.subject,
        "names": list(record.names),
        "key": record.key,
        "created_at": rfc3339(record.created_at),
        "certificates": list(record.certificate_ids),
        "pem": pem.decode("ascii"),
    }
