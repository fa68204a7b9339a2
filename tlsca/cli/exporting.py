"""`tlsca export`: certificates, in the form that a program reads, or as the directory that it wants."""

import os
from pathlib import Path

import click

from tlsca.authority.desk import Desk
from tlsca.authority.exporting import ExportForm, default_name, export, export_octets
from tlsca.authority.files import check_target
from tlsca.authority.showing_export import show_export
from tlsca.cli.context import (
    json_option,
    open_desk,
    passphrase,
    show_instead,
    show_option,
    store_options,
    unlock_desk,
)
from tlsca.cli.deploying import Order, deploy_all, write_public_tree
from tlsca.cli.output import say_json, say_octets, say_safe_text, talk, to_terminal
from tlsca.errors import PassphraseMissing, Refused, UsageError
from tlsca.pki.bundle import FORMATS, Format, format_named
from tlsca.pki.programs.catalogue import PROGRAMS
from tlsca.text import printable

VARIABLE = "TLSCA_EXPORT_PASSPHRASE"


@click.command("export")
@click.argument("references", metavar="REF...", nargs=-1)
@click.option("--as", "form", type=click.Choice(list(FORMATS)), help="The format: one file for each.")
@click.option("--for", "program", type=click.Choice(list(PROGRAMS)), help="The program: the files that it wants, in a directory, with a README.")  # fmt: skip
@click.option("--tree", type=click.Path(path_type=Path), metavar="DIR", help="Everything public in the store: authorities, certificates, CRLs.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="File, or directory; without, stdout, or for a program a directory here.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--export-passphrase-file", metavar="FILE", help=f"File that holds the passphrase for the exported key (or {VARIABLE}).")  # fmt: skip
@click.option("--no-passphrase", is_flag=True, help="Write the private key in the clear.")
@show_option
@store_options
@json_option
def export_command(
    *,
    references: tuple[str, ...],
    form: str | None,
    program: str | None,
    tree: Path | None,
    out: Path | None,
    force: bool,
    export_passphrase_file: str | None,
    no_passphrase: bool,
    as_json: bool,
) -> None:
    """Write certificates, their chains, their keys or bundles of them; or everything that a program wants."""
    _check_words(references, form, program, tree)
    if tree is not None:
        write_public_tree(open_desk(), tree, force=force, as_json=as_json)
        return
    file = export_passphrase_file
    if program is not None:
        show_instead(_no_commands)
        order = Order(references, program, out, force=force, clear_key=no_passphrase, as_json=as_json)
        deploy_all(open_desk(), order, lambda: _passphrase(file))
        return
    show_instead(lambda: _commands(references, str(form), clear_key=no_passphrase))
    chosen = format_named(str(form))
    _check_place(chosen, out, several=len(references) > 1, as_json=as_json)
    desk = open_desk()
    forms = _forms(desk, references, chosen, file, clear_key=no_passphrase)
    _check_files(desk, forms, out, force=force)
    _write_all(desk, forms, out, force=force, as_json=as_json)


def _check_words(
    references: tuple[str, ...], form: str | None, program: str | None, tree: Path | None
) -> None:
    if sum(choice is not None for choice in (form, program, tree)) != 1:
        raise UsageError(
            "Exactly one of --as, --for and --tree says what to write.",
            hint="--as pem, or --for nginx, or --tree DIR.",
        )
    if (tree is None) != bool(references):
        raise UsageError(
            "--tree is about the whole store." if references else "There is nothing named to export.",
            hint="Leave the REF out." if references else "Give a serial number, a fingerprint or a name.",
        )


def _no_commands() -> str:
    raise UsageError("--show-command shows what makes one format.", hint="Give --as in the place of --for.")


def _commands(references: tuple[str, ...], form: str, *, clear_key: bool) -> str:
    desk = open_desk()
    asked = (ExportForm(reference=reference, format=form, clear_key=clear_key) for reference in references)
    return "\n".join(show_export(desk, one) for one in asked)


def _check_place(chosen: Format, out: Path | None, *, several: bool, as_json: bool) -> None:
    if out is None and as_json:
        raise UsageError("--json says where a file went, so it needs one.", hint="Give --out FILE.")
    if out is None and to_terminal() and chosen.binary:
        raise UsageError(f"A terminal cannot show {chosen.name}.", hint="Give --out FILE.")
    if several and (out is None or not out.is_dir()):
        raise UsageError(
            "Several certificates go to a directory, a file for each.",
            hint="Give --out DIR, one that is there.",
        )


def _forms(
    desk: Desk, references: tuple[str, ...], chosen: Format, file: str | None, *, clear_key: bool
) -> list[ExportForm]:
    """Return what is asked for, each certificate once, under one passphrase where one is wanted."""
    ordered = dict.fromkeys(desk.ledger.find(reference, now=desk.now()).sha256 for reference in references)
    if chosen.has_key:
        unlock_desk(desk)
    given = file or (not chosen.has_key and os.environ.get(VARIABLE))
    wanted = (chosen.has_key and not clear_key) or (chosen.takes_passphrase and given)
    secret = _passphrase(file) if wanted else None
    return [
        ExportForm(reference=sha256, format=chosen.name, passphrase=secret, clear_key=clear_key)
        for sha256 in ordered
    ]


def _passphrase(file: str | None) -> str:
    return passphrase(
        file, VARIABLE, "Passphrase for the exported file", option="--export-passphrase-file", confirm=True
    )


def _check_files(desk: Desk, forms: list[ExportForm], out: Path | None, *, force: bool) -> None:
    """Refuse before the first is written what would stop a later one: a file that is there, or two of one name."""
    if out is None or len(forms) == 1:
        return
    taken: set[str] = set()
    for form in forms:
        record = desk.ledger.find(form.reference, now=desk.now())
        name = default_name(record, format_named(form.format))
        check_target(out / name, force=force)
        if name in taken:
            raise Refused(
                f"Two of them would be {printable(name)}.", hint="Export them one by one (--out FILE)."
            )
        taken.add(name)


def _write_all(desk: Desk, forms: list[ExportForm], out: Path | None, *, force: bool, as_json: bool) -> None:
    told = [_unlocked_if_need_be(desk, form, out, force=force) for form in forms]
    if as_json:
        say_json(told[0] if len(told) == 1 else told)


def _unlocked_if_need_be(desk: Desk, form: ExportForm, out: Path | None, *, force: bool) -> dict[str, object]:
    try:
        return _write(desk, form, out, force=force)
    except PassphraseMissing:
        if desk.unlocked:
            raise
        unlock_desk(desk)  # a request that has yet to be signed
        return _write(desk, form, out, force=force)


def _write(desk: Desk, wanted: ExportForm, out: Path | None, *, force: bool) -> dict[str, object]:
    """Write one, and return what `--json` says of it."""
    if out is None:
        form, data = export_octets(desk, wanted)
        if form.name == "text" and to_terminal():
            say_safe_text(printable(data.decode("utf-8", "backslashreplace"), keep_newlines=True))
        else:
            say_octets(data)
        return {}
    written = export(desk, wanted, out, force=force)
    talk(f"Wrote {written.path}, read back: {written.proof}.")
    return {
        "path": str(written.path),
        "format": wanted.format,
        "octets": written.octets,
        "holds": written.proof.holds,
        "sealing": {row.title: row.value for row in written.proof.sealing},
    }
