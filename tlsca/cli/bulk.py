"""`tlsca issue --from-csv`: many certificates from a table, all or none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tlsca.authority.bulk import Planned, Progress, issue_many, plan_many, read_table
from tlsca.authority.desk import Desk
from tlsca.authority.exporting import ExportForm, default_name, export
from tlsca.authority.files import file_stem, read_file
from tlsca.authority.issuing import CertificateForm, Issued
from tlsca.authority.listing import entries_of
from tlsca.authority.showing import show_certificate
from tlsca.cli.context import open_desk, show_instead, unlock_desk
from tlsca.cli.output import say_json, say_table, talk
from tlsca.errors import Refused, Unreadable
from tlsca.pki.bundle import format_named
from tlsca.pki.names import dn_text
from tlsca.text import count, printable, rfc3339

_LARGEST_TABLE = 64 * 1024 * 1024


def issue_table(file: str, usual: CertificateForm, *, dry_run: bool, out: Path | None, as_json: bool) -> None:
    """Issue every row of a CSV file (`-` is stdin); with `dry_run` only show what would be issued."""
    rows = read_table(_text_of(file), usual=usual)
    if out is not None and not out.is_dir():
        raise Refused(f"{printable(str(out))} is no directory.", hint="Make it first, or choose another.")
    desk = open_desk()
    plans = plan_many(desk, rows)
    show_instead(lambda: "\n".join(show_certificate(desk, row.form) for row in rows))
    if dry_run:
        _show(plans, as_json=as_json)
        return
    unlock_desk(desk)
    with _progress(len(rows)) as progress:
        issued = issue_many(desk, rows, progress=progress)
    for one in issued:
        for note in one.notes:
            talk(f"{one.record.subject or one.record.serial}: {note}")
    if out is not None:
        _write_chains(desk, issued, out)
    if as_json:
        say_json([item.to_json() for item in entries_of(desk, (one.record for one in issued))])
    else:
        talk(f"Issued {count(len(issued), 'certificate')}.")


def _text_of(file: str) -> str:
    data = (
        sys.stdin.buffer.read(_LARGEST_TABLE) if file == "-" else read_file(Path(file), most=_LARGEST_TABLE)
    )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{printable(file)} is no UTF-8 text.", hint="Save the table as CSV, UTF-8."
        ) from error


def _show(plans: tuple[Planned, ...], *, as_json: bool) -> None:
    if as_json:
        say_json([_as_json(plan) for plan in plans])
        return
    say_table(
        ("ROW", "SUBJECT", "NAMES", "PROFILE", "KEY", "UNTIL", "ISSUER"),
        [
            (
                str(plan.row.number),
                dn_text(plan.draft.subject),
                " ".join(plan.draft.names),
                plan.draft.profile.name,
                plan.draft.key_kind,
                rfc3339(plan.draft.not_after),
                plan.issuer.subject,
            )
            for plan in plans
        ],
    )
    talk(f"{count(len(plans), 'certificate')} would be issued; nothing was.")


def _as_json(plan: Planned) -> dict[str, object]:
    return {
        "row": plan.row.number,
        "subject": dn_text(plan.draft.subject),
        "names": list(plan.draft.names),
        "profile": plan.draft.profile.name,
        "key": plan.draft.key_kind,
        "not_before": rfc3339(plan.draft.not_before),
        "not_after": rfc3339(plan.draft.not_after),
        "issuer": plan.issuer.subject,
        "notes": list(plan.draft.notes),
    }


@contextmanager
def _progress(length: int) -> Iterator[Progress]:
    """Draw a progress bar on a terminal, and nothing elsewhere."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, label="Issuing", file=sys.stderr, hidden=hidden) as bar:
        yield lambda _done, _total: bar.update(1)


def _write_chains(desk: Desk, issued: tuple[Issued, ...], out: Path) -> None:
    """Write each chain under its own name; where two certificates share one, the serial number tells them apart."""
    chain = format_named("chain")
    taken: set[str] = set()
    for one in issued:
        name = default_name(one.record, chain)
        if name in taken:
            name = f"{file_stem(name.removesuffix(chain.suffix))}.{one.record.serial[:8]}{chain.suffix}"
        taken.add(name)
        export(desk, ExportForm(reference=one.record.sha256, format="chain"), out / name)
