"""`tlsca renew`."""

import click

from tlsca.authority.desk import Desk
from tlsca.authority.listing import entry, title_of
from tlsca.authority.renewing import RenewalForm, Renewed, plan_renewal, renew
from tlsca.authority.showing_renewal import show_renewal
from tlsca.cli.context import (
    json_option,
    open_desk,
    show_instead,
    show_option,
    store_options,
    text_only,
    unlock_desk,
)
from tlsca.cli.output import say, say_json, say_table, talk
from tlsca.pki.difference import Difference
from tlsca.pki.keys import KINDS
from tlsca.text import printable, shorten

_WIDEST_CELL = 72


@click.command("renew")
@click.argument("references", callback=text_only, nargs=-1, required=True, metavar="REF...")
@click.option("--rekey", is_flag=True, help="With a new key of the same kind.")
@click.option(
    "--key",
    type=click.Choice(KINDS),
    metavar="KIND",
    help="With a new key of this kind: " + ", ".join(KINDS) + ".",
)
@click.option("--days", type=click.IntRange(min=1), help="Days of validity; as many as the old one had.")
@click.option("--until", metavar="DATE", help="Valid until this date instead: 2027-12-31.")
@show_option
@store_options
@json_option
def renew_command(
    *,
    references: tuple[str, ...],
    rekey: bool,
    key: str | None,
    days: int | None,
    until: str | None,
    as_json: bool,
) -> None:
    """Renew certificates, all of them or none: the same names and extensions, and the same key unless --rekey says otherwise.

    What an authority issued stays valid after it was renewed with the same key. A root with a new key gets two cross-certificates
    besides, by which the old key and the new one vouch for each other. Shows what changed.
    """
    form = RenewalForm(references=references, rekey=rekey, key=key, days=days, until=until)
    show_instead(lambda: show_renewal(open_desk(), form))
    desk = open_desk()
    plan_renewal(desk, form)
    unlock_desk(desk)
    done = renew(desk, form)
    for note in dict.fromkeys(note for one in done for note in one.notes):
        talk(note)
    if as_json:
        crosses = [cross for one in done for cross in one.crosses]
        say_json([entry(desk, record).to_json() for record in [*(one.record for one in done), *crosses]])
        return
    _say_differences(done)
    for one in done:
        _tell_next(desk, one)


def _say_differences(done: tuple[Renewed, ...]) -> None:
    for one in done:
        if len(done) > 1:
            say(title_of(one.record))
        say_table(("FIELD", "OLD", "NEW"), [_cells(difference) for difference in one.differences])


def _cells(difference: Difference) -> tuple[str, str, str]:
    old, new = (shorten(text or "-", _WIDEST_CELL) for text in (difference.old, difference.new))
    return difference.field, old, new


def _tell_next(desk: Desk, one: Renewed) -> None:
    reference, name = entry(desk, one.record).ref, printable(title_of(one.record))
    talk(f"Renewed {name}, reference {reference}. Next: tlsca export {reference} --as chain --out .")
    if one.crosses:
        new_with_old, old_with_new = (entry(desk, cross).ref for cross in one.crosses)
        talk(
            f"For clients that trust only the old {name}: {new_with_old}, its new key signed by its old one."
        )
        talk(
            f"For clients that trust only the new {name}: {old_with_new}, its old key signed by its new one."
        )
