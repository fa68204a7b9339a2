"""`tlsca note`: what an operator knows of certificates and no certificate says."""

import click

from tlsca.authority.annotating import NoteForm, annotate, told
from tlsca.authority.listing import entry
from tlsca.cli.context import json_option, open_desk, store_options, text_only
from tlsca.cli.output import say, say_json, talk
from tlsca.store.records import CertificateRecord


@click.command("note")
@click.argument("references", callback=text_only, nargs=-1, required=True, metavar="REF...")
@click.option("--set", "note", callback=text_only, metavar="TEXT", help="The note, in place of the one there is; '' removes it.")  # fmt: skip
@click.option("--name", "label", callback=text_only, metavar="NAME", help="What to call it from now on; '' goes back to its own name.")  # fmt: skip
@click.option("--tag", "tags", callback=text_only, multiple=True, metavar="WORD", help="Add a tag.")
@click.option("--untag", callback=text_only, multiple=True, metavar="WORD", help="Remove a tag.")
@click.option("--contact", "contacts", callback=text_only, multiple=True, metavar="WHOM", help="Add whom to ask about it.")  # fmt: skip
@click.option("--forget", callback=text_only, multiple=True, metavar="WHOM", help="Remove a contact.")
@store_options
@json_option
def note_command(
    *,
    references: tuple[str, ...],
    note: str | None,
    label: str | None,
    tags: tuple[str, ...],
    untag: tuple[str, ...],
    contacts: tuple[str, ...],
    forget: tuple[str, ...],
    as_json: bool,
) -> None:
    """Note, tag and name certificates, all of them in one act; without an option, show what is noted.

    Nothing of it is ever signed. Find it again with tlsca list tag:WORD note:TEXT contact:WHOM.
    """
    form = NoteForm(
        references=references,
        label=label,
        note=note,
        tags=tags,
        untag=untag,
        contacts=contacts,
        forget=forget,
    )
    desk = open_desk()
    if form.says_nothing:
        records = tuple(desk.ledger.find(reference, now=desk.now()) for reference in references)
    else:
        records = annotate(desk, form)
    if as_json:
        say_json([entry(desk, record).to_json() for record in records])
    elif form.says_nothing:
        for record in records:
            _show(entry(desk, record).title, record)
    else:
        talk(f"Noted about {told(records)}. tlsca undo takes it back.")


def _show(title: str, record: CertificateRecord) -> None:
    say(title)
    for name, values in (("tags", record.tags), ("contacts", record.contacts)):
        if values:
            say(f"  {name}: {', '.join(values)}")
    for line in (record.note or "").splitlines():
        say(f"  {line}")
