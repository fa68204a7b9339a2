"""`tlsca issue --from-csv`: many certificates from a table, all or none."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from tlsca.authority.bulk import Planned, Progress, issue_many, plan_many, read_table
from tlsca.authority.bulk_files import FilesForm, check_files, write_files
from tlsca.authority.dry_run import dry_run as look_over
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.listing import entries_of
from tlsca.authority.sheet import LARGEST_TABLE, table_text, text_of_file
from tlsca.authority.showing import show_certificates
from tlsca.cli.context import open_desk, show_instead, unlock_desk
from tlsca.cli.output import plain, say_json, say_table, talk
from tlsca.pki.names import dn_text
from tlsca.text import count, rfc3339


def issue_table(file: str, usual: CertificateForm, *, dry_run: bool, out: Path | None, as_json: bool) -> None:
    """Issue every row of a CSV file (`-` is stdin); with `dry_run` only show what would be issued."""
    text = _text_of(file)
    if dry_run:
        _look_over(text, usual, out, as_json=as_json)
        return
    rows = read_table(text, usual=usual)
    desk = open_desk()
    plans = plan_many(desk, rows)
    show_instead(lambda: show_certificates(desk, (row.form for row in rows)))
    files = _files(out, plans)
    unlock_desk(desk)
    with _progress(len(rows)) as progress:
        issued = issue_many(desk, rows, progress=progress)
    for one in issued:
        for note in one.notes:
            talk(f"{one.record.subject or one.record.serial}: {note}")
    if files is not None:
        write_files(desk, issued, files)
    if as_json:
        say_json([item.to_json() for item in entries_of(desk, (one.record for one in issued))])
    else:
        talk(f"Issued {count(len(issued), 'certificate')}.")


def _look_over(text: str, usual: CertificateForm, out: Path | None, *, as_json: bool) -> None:
    """Show what would be issued, and say of every wrong row what is wrong. Raises the first of them."""
    desk = open_desk()
    found = look_over(desk, text, usual=usual, table=True)
    if not found.rows:
        read_table(text, usual=usual)  # says why there are none
    show_instead(lambda: show_certificates(desk, (one.row.form for one in found.planned)))
    _files(out, found.planned)
    _show(found.planned, as_json=as_json)
    for wrong in found.wrong[1:]:
        talk(wrong.error.sentence)
    if found.wrong:
        raise found.wrong[0].error
    talk(f"{count(len(found.planned), 'certificate')} would be issued; nothing was.")


def _files(out: Path | None, plans: Sequence[Planned]) -> FilesForm | None:
    """Return what is to be written, having made sure that there is room for it. Raises Refused."""
    if out is None:
        return None
    files = FilesForm(out)
    check_files(files, plans)
    return files


def _text_of(file: str) -> str:
    if file != "-":
        return text_of_file(Path(file))
    return table_text(sys.stdin.buffer.read(LARGEST_TABLE + 1), "Standard input")


def _show(plans: Sequence[Planned], *, as_json: bool) -> None:
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
    hidden = not sys.stderr.isatty() or plain()
    with click.progressbar(length=length, label="Issuing", file=sys.stderr, hidden=hidden) as bar:
        yield lambda _done, _total: bar.update(1)
