"""`tlsca ca`: make and list authorities, and vouch for those of others."""

import click

from tlsca.authority.issuing import AuthorityForm, create_authority, plan_authority
from tlsca.authority.listing import authorities, entry
from tlsca.authority.showing import show_authority
from tlsca.cli.carrying import bounds_options, key_option
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
from tlsca.cli.crosssigning import cross_sign_command
from tlsca.cli.output import say_json, say_table, sign, talk
from tlsca.cli.partitioning import partition_command
from tlsca.text import remaining, state


@click.group("ca")
def ca_command() -> None:
    """Make and list authorities, and vouch for those of others."""


ca_command.add_command(cross_sign_command)
ca_command.add_command(partition_command)


@ca_command.command("create")
@click.argument("name", callback=text_only)
@click.option("--issuer", metavar="REF", help="The authority that signs it; without, it is a root.")
@key_option
@click.option(
    "--days", type=click.IntRange(min=1), help="Days of validity; 3650 for a root, 1825 for an intermediate."
)
@click.option("--until", metavar="DATE", help="Valid until this date instead: 2035-12-31.")
@bounds_options
@show_option
@store_options
@json_option
def create(
    *,
    name: str,
    issuer: str | None,
    key: str | None,
    days: int | None,
    until: str | None,
    path_length: int | None,
    permit: tuple[str, ...],
    exclude: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make a root authority, or with --issuer an intermediate.

    NAME is a common name, or a distinguished name like CN=Root,O=Example.
    """
    form = AuthorityForm(
        name=name,
        issuer=issuer,
        key=key or settings().key,
        days=days,
        until=until,
        path_length=path_length,
        permit=permit,
        exclude=exclude,
    )
    show_instead(lambda: show_authority(open_desk(), form))
    desk = open_desk()
    plan_authority(desk, form)
    unlock_desk(desk)
    issued = create_authority(desk, form)
    for note in issued.notes:
        talk(note)
    if as_json:
        say_json(entry(desk, issued.record).to_json())
    else:
        talk(f"Made {issued.record.subject}, reference {entry(desk, issued.record).ref}.")


@ca_command.command("list")
@store_options
@json_option
def list_authorities(as_json: bool) -> None:
    """Show the tree of authorities."""
    desk = open_desk()
    tree = authorities(desk)
    if as_json:
        say_json([item.to_json() for _, item in tree])
        return
    now = desk.now()
    say_table(
        ("AUTHORITY", "STATE", "ENDS", "KEY", "REF", "RENEWED BY"),
        [
            (
                "  " * depth + item.title,
                sign(state(item.status), item.status),
                remaining(item.record.not_after, now),
                item.record.key,
                item.ref,
                item.renewed_by_ref or "",
            )
            for depth, item in tree
        ],
    )
