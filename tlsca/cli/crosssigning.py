"""`tlsca ca cross-sign`."""

import sys

import click

from tlsca.authority.crosssigning import CrossForm, cross_sign, plan_cross
from tlsca.authority.listing import entry
from tlsca.authority.showing_cross import show_cross
from tlsca.cli.carrying import bounds_options, issuer_option
from tlsca.cli.context import (
    json_option,
    open_desk,
    show_instead,
    show_option,
    store_options,
    text_only,
    unlock_desk,
)
from tlsca.cli.output import say_json, say_table, talk
from tlsca.errors import Unreadable

_LARGEST = 4 * 1024 * 1024


@click.command("cross-sign")
@click.argument("what", callback=text_only, metavar="CERTFILE|REF")
@issuer_option
@click.option("--days", type=click.IntRange(min=1), help="Days of validity; 1825, if neither ends before.")
@click.option("--until", metavar="DATE", help="Valid until this date instead: 2035-12-31.")
@bounds_options
@show_option
@store_options
@json_option
def cross_sign_command(
    *,
    what: str,
    issuer: str | None,
    days: int | None,
    until: str | None,
    path_length: int | None,
    permit: tuple[str, ...],
    exclude: tuple[str, ...],
    as_json: bool,
) -> None:
    """Vouch for somebody else's authority: a certificate for its name and key, below one of ours.

    CERTFILE is a file, or - for stdin. The result ends no later than the other's own certificate, and allows it no more.
    """
    form = CrossForm(
        what=what,
        data=_standard_input() if what == "-" else None,
        issuer=issuer,
        days=days,
        until=until,
        path_length=path_length,
        permit=permit,
        exclude=exclude,
    )
    desk = open_desk()
    show_instead(lambda: show_cross(desk, form))
    plan = plan_cross(desk, form)
    unlock_desk(desk)
    signed = cross_sign(desk, form)
    for note in signed.notes:
        talk(note)
    made = entry(desk, signed.record)
    if as_json:
        say_json(made.to_json())
        return
    say_table(("FIELD", "VALUE"), [(row.title, row.value) for row in plan.rows])
    talk(f"Cross-signed {made.title}, reference {made.ref}. Next: tlsca export {made.ref} --as pem --out .")


def _standard_input() -> bytes:
    data = sys.stdin.buffer.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Unreadable(f"Standard input is larger than the {_LARGEST:,} octets that are looked at.")
    return data
