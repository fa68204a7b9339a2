"""`tlsca issue` and `tlsca list`."""

from pathlib import Path

import click

from tlsca.authority.advice.advising import warnings_on
from tlsca.authority.catalogue import Catalogue
from tlsca.authority.filter_reading import read_filter
from tlsca.authority.issuing import CertificateForm, issue, plan_certificate
from tlsca.authority.listing import entries, entry
from tlsca.authority.ordering import SORTS, order_of
from tlsca.authority.showing import show_certificate
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
from tlsca.cli.output import say_json, say_table, sign, talk
from tlsca.errors import UsageError
from tlsca.text import remaining, state


@click.command("issue")
@click.argument("names", callback=text_only, nargs=-1, metavar="NAME...")
@click.option(
    "--from-csv", metavar="FILE", help="Issue a certificate for each row of this table; - for stdin."
)
@click.option("--dry-run", is_flag=True, help="With --from-csv: show what would be issued.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="With --from-csv: write each chain there."
)
@content_options
@key_option
@show_option
@store_options
@json_option
def issue_command(
    *,
    names: tuple[str, ...],
    from_csv: str | None,
    dry_run: bool,
    out: Path | None,
    issuer: str | None,
    profile: str,
    sans: tuple[str, ...],
    key: str | None,
    days: int | None,
    until: str | None,
    subject: str | None,
    ocsp_urls: tuple[str, ...],
    issuer_urls: tuple[str, ...],
    crl_urls: tuple[str, ...],
    policies: tuple[str, ...],
    must_staple: bool,
    extensions: tuple[str, ...],
    as_json: bool,
) -> None:
    """Issue one certificate, with a new key that stays in the store.

    Each NAME that reads as a DNS name, an address, an e-mail address or a URI becomes a subject alternative name; anything
    else is the common name.

    The table of --from-csv has a header row: name (several separated by spaces) and, each optional, profile, san, key, days,
    until, issuer and subject; the other options stand for what a row leaves out. All rows are issued or none.
    """
    if bool(names) == bool(from_csv) or (from_csv is None and (dry_run or out is not None)):
        raise UsageError(
            "Give names, or a table with --from-csv FILE.",
            hint="tlsca issue --help shows both; --dry-run and --out go with a table.",
        )
    form = CertificateForm(
        names=names,
        sans=sans,
        issuer=issuer,
        profile=profile,
        key=key or settings().key,
        days=days,
        until=until,
        subject=subject,
        ocsp_urls=ocsp_urls,
        issuer_urls=issuer_urls,
        crl_urls=crl_urls,
        policies=policies,
        must_staple=must_staple,
        extensions=extensions,
    )
    if from_csv is not None:
        from tlsca.cli.bulk import issue_table  # noqa: PLC0415 -- a table is rare, and `tlsca list` has none

        issue_table(from_csv, form, dry_run=dry_run, out=out, as_json=as_json)
        return
    show_instead(lambda: show_certificate(open_desk(), form))
    desk = open_desk()
    plan_certificate(desk, form)
    for warning in warnings_on(desk, form):
        talk(f"{warning.sentence} {warning.hint}")
    unlock_desk(desk)
    issued = issue(desk, form)
    made = entry(desk, issued.record)
    for note in issued.notes:
        talk(note)
    if as_json:
        say_json(made.to_json())
    else:
        talk(f"Issued {made.title}, reference {made.ref}. Next: tlsca export {made.ref} --as chain --out .")


@click.command("list")
@click.argument("words", nargs=-1, metavar="[FILTER]...")
@click.option(
    "--sort", default="", metavar="ORDER", help=f"{', '.join(SORTS)}; -{next(iter(SORTS))} is the other way."
)
@store_options
@json_option
def list_command(words: tuple[str, ...], sort: str, as_json: bool) -> None:
    """List certificates, authorities included.

    FILTER is the app's: expires<30d status:valid issuer:Acme san:*.corp text. A - before a word turns it round; put -- before
    the first of them then.
    """
    wanted, order = read_filter(" ".join(words)), order_of(sort)
    desk = open_desk()
    found = Catalogue(entries(desk)).select(wanted, order).entries
    if as_json:
        say_json([item.to_json() for item in found])
        return
    now = desk.now()
    say_table(
        ("STATE", "NAME", "PROFILE", "ENDS", "KEY", "REF", "RENEWED BY"),
        [
            (
                sign(state(item.status), item.status),
                item.title,
                item.record.profile,
                remaining(item.record.not_after, now),
                item.record.key,
                item.ref,
                item.renewed_by_ref or "",
            )
            for item in found
        ],
    )
