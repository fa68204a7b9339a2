"""`tlsca crl` and `tlsca ocsp`: tell the world what was revoked."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tlsca.authority.answering import DAYS as ANSWER_DAYS
from tlsca.authority.answering import OcspAnswer, OcspForm, answer_request, plan_answer
from tlsca.authority.desk import Desk
from tlsca.authority.files import check_target, read_file, write_file
from tlsca.authority.listing import title_of
from tlsca.authority.publishing import (
    DAYS,
    MOST_DAYS,
    CrlForm,
    PublishedCrl,
    plan_all,
    plan_crl,
    publish_all,
    publish_crl,
)
from tlsca.authority.scope import Scope, scope_of
from tlsca.authority.showing_status import show_answer, show_crl
from tlsca.authority.shown_files import files_of, list_files
from tlsca.cli.context import (
    json_option,
    open_desk,
    show_instead,
    show_option,
    store_options,
    text_only,
    unlock_desk,
)
from tlsca.cli.output import say_json, say_octets, talk, to_terminal
from tlsca.errors import Refused, UsageError
from tlsca.pki.ocsp import LARGEST as LARGEST_REQUEST
from tlsca.pki.revoke import Only
from tlsca.store.records import CertificateRecord, CrlRecord
from tlsca.text import listing, printable, rfc3339, serial_hex


@click.command("crl")
@click.argument("reference", metavar="REF", callback=text_only)
@click.option(
    "--as", "form", type=click.Choice(["pem", "der"]), default="pem", show_default=True, help="The format."
)
@click.option("--delta", is_flag=True, help="Only what changed since the last full CRL.")
@click.option("--partition", type=click.IntRange(min=1), metavar="N", help="The list of one partition.")
@click.option(
    "--only", type=click.Choice([str(kind) for kind in Only]), help="The list of one kind of certificate."
)
@click.option(
    "--all", "every", is_flag=True, help="The whole list and those of all partitions, into --out DIR."
)
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=DAYS,
    show_default=True,
    help="How long it is current.",
)
@click.option(
    "--freshest",
    callback=text_only,
    multiple=True,
    metavar="URL",
    help="Where the deltas of this full CRL will be.",
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; without, stdout.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@show_option
@store_options
@json_option
def crl_command(
    *,
    reference: str,
    form: str,
    delta: bool,
    partition: int | None,
    only: str | None,
    every: bool,
    days: int,
    freshest: tuple[str, ...],
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Sign and publish the certificate revocation list of an authority.

    Without --partition or --only it is about everything that the authority issued.
    """
    if sum((partition is not None, only is not None, every)) > 1:
        raise UsageError(
            "A list is about one partition, about one kind of certificate, or about all.",
            hint="Give --partition, --only or --all.",
        )
    scope = Scope(partition, Only(only) if only else None)
    wanted = CrlForm(reference=reference, delta=delta, days=days, freshest=freshest, scope=scope)
    if every:
        show_instead(lambda: _shown(open_desk(), wanted))
        _publish_all(wanted, form, out, force=force, as_json=as_json)
        return
    show_instead(lambda: show_crl(open_desk(), wanted))
    _check_out(out, force=force, as_json=as_json, binary=form == "der")
    desk = open_desk()
    plan_crl(desk, wanted)
    unlock_desk(desk)
    published = publish_crl(desk, wanted)
    data = published.pem if form == "pem" else published.der
    if out is None:
        say_octets(data)
        return
    path = write_file(out, data, private=False, force=force)
    if as_json:
        say_json({"path": str(path), "format": form, **_crl_json(published)})
    else:
        talk(f"Wrote {printable(str(path))}: {_described(published.record)}.")


def _publish_all(wanted: CrlForm, form: str, out: Path | None, *, force: bool, as_json: bool) -> None:
    """Publish the lists of all scopes of an authority, each into a file of a directory."""
    if out is None or not out.is_dir():
        where = printable(str(out)) if out else "Standard output"
        raise Refused(
            f"{where} is no directory, and there are several lists.", hint="Give --out DIR, a directory."
        )
    desk = open_desk()
    authority, scopes = plan_all(desk, wanted)
    paths = {scope: out / _file_name(desk, authority, replace(wanted, scope=scope)) for scope in scopes}
    for path in paths.values():
        check_target(path, force=force)
    unlock_desk(desk)
    written = []
    for one in publish_all(desk, wanted):
        data = one.pem if form == "pem" else one.der
        path = write_file(paths[one.scope], data, private=False, force=force)
        written.append({"path": str(path), "format": form, **_crl_json(one)})
        if not as_json:
            talk(f"Wrote {printable(str(path))}: {_described(one.record)}.")
    if as_json:
        say_json(written)


def _file_name(desk: Desk, authority: CertificateRecord, form: CrlForm) -> str:
    return list_files(files_of(desk, authority), form.scope, delta=form.delta).crl


def _shown(desk: Desk, wanted: CrlForm) -> str:
    _, scopes = plan_all(desk, wanted)
    return "\n".join(show_crl(desk, replace(wanted, scope=scope)) for scope in scopes)


@click.command("ocsp")
@click.argument("reference", metavar="REF", callback=text_only)
@click.argument("request", type=click.Path(path_type=Path))
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=ANSWER_DAYS,
    show_default=True,
    help="How long the answer is current.",
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; without, stdout.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@show_option
@store_options
@json_option
def ocsp_command(
    *, reference: str, request: Path, days: int, out: Path | None, force: bool, as_json: bool
) -> None:
    """Answer one OCSP request: a DER file, or - for stdin.

    REF is the authority that issued the certificates it asks about; where that had several keys, the request says which is
    meant. A certificate with the profile ocsp signs the answer if the authority has one in the store, else the authority itself.
    """
    data = (
        sys.stdin.buffer.read(LARGEST_REQUEST)
        if str(request) == "-"
        else read_file(request, most=LARGEST_REQUEST)
    )
    form = OcspForm(reference=reference, request=data, days=days)
    show_instead(lambda: show_answer(open_desk(), form, request=_path_of(request)))
    _check_out(out, force=force, as_json=as_json, binary=True)
    desk = open_desk()
    plan_answer(desk, form)
    unlock_desk(desk)
    answer = answer_request(desk, form)
    if out is None:
        say_octets(answer.der)
        return
    path = write_file(out, answer.der, private=False, force=force)
    if as_json:
        say_json({"path": str(path), **_answer_json(answer)})
        return
    words = [f"{serial_hex(status.asked.serial)} {status.word}" for status in answer.statuses]
    talk(
        f"Wrote {printable(str(path))}, signed by {printable(title_of(answer.responder))}: {listing(words)}."
    )


# Before it is done


def _path_of(request: Path) -> str:
    return "/dev/stdin" if str(request) == "-" else str(request)


def _check_out(out: Path | None, *, force: bool, as_json: bool, binary: bool) -> None:
    """Refuse what could not be written before anything is signed and counted. Raises UsageError, Refused."""
    if out is not None:
        check_target(out, force=force)
    elif as_json:
        raise UsageError("--json says where a file went, so it needs one.", hint="Give --out FILE.")
    elif binary and to_terminal():
        raise UsageError("A terminal cannot show DER.", hint="Give --out FILE.")


# JSON


def _crl_json(published: PublishedCrl) -> dict[str, Any]:
    record = published.record
    return {
        "issuer": published.authority.subject,
        "partition": record.partition,
        "only": record.only,
        "url": published.url,
        "number": record.number,
        "base": record.base,
        "this_update": rfc3339(record.this_update),
        "next_update": rfc3339(record.next_update),
        "entries": record.entries,
        "sha256": record.sha256,
    }


def _answer_json(answer: OcspAnswer) -> dict[str, Any]:
    return {
        "issuer": answer.authority.subject,
        "responder": answer.responder.subject,
        "answers": [
            {
                "serial": serial_hex(status.asked.serial),
                "status": status.word,
                "revoked_at": rfc3339(status.revocation.revoked_at) if status.revocation else None,
            }
            for status in answer.statuses
        ],
    }


def _described(record: CrlRecord) -> str:
    kind = f"delta of {record.base}" if record.base else "full CRL"
    about = scope_of(record).list_title.removeprefix("CRL")
    count = f"{record.entries} entr{'y' if record.entries == 1 else 'ies'}"
    return f"{kind}{about}, number {record.number}, {count}, current until {rfc3339(record.next_update)}"
