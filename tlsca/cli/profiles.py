"""`tlsca profile`: the kinds of certificate that can be issued, the operator's own among them."""

from typing import Any

import click

from tlsca.authority.profiling import find_profile, own_profiles, profile_names
from tlsca.cli.context import json_option, open_desk, store_options
from tlsca.cli.output import say, say_json, say_table
from tlsca.pki.keys import DEFAULT_KIND, KINDS
from tlsca.pki.profile_rows import ProfileRow, profile_rows
from tlsca.pki.profiles import Profile


@click.group("profile")
def profile_command() -> None:
    """Show the profiles: what each kind of certificate carries."""


@profile_command.command("list")
@store_options
@json_option
def list_profiles(*, as_json: bool) -> None:
    """List the profiles: the built-in ones, then your own.

    Your own are TOML files in profiles/ of the store's directory, or beside the settings.
    """
    desk = open_desk()
    own = own_profiles(desk)
    found = [find_profile(desk, name) for name in profile_names(desk)]
    if as_json:
        say_json([_summary(profile, own) for profile in found])
        return
    say_table(
        ("PROFILE", "DAYS", "FOR", "FROM"),
        [
            (
                profile.name,
                str(profile.days),
                profile.title,
                str(own[profile.name]) if profile.name in own else "built in",
            )
            for profile in found
        ],
    )


@profile_command.command("show")
@click.argument("name")
@click.option(
    "--key", type=click.Choice(KINDS), default=DEFAULT_KIND, show_default=True, help="For this kind of key."
)
@store_options
@json_option
def show_profile(*, name: str, key: str, as_json: bool) -> None:
    """Show what a profile says of each extension: its value, whether it is critical, whether a request may bring its own."""
    desk = open_desk()
    profile = find_profile(desk, name)
    rows = profile_rows(profile, key)
    if as_json:
        say_json(_summary(profile, own_profiles(desk)) | {"extensions": [_row_json(row) for row in rows]})
        return
    say(f"{profile.name}: {profile.title}; {profile.days} days")
    say_table(
        ("EXTENSION", "VALUE", "CRITICAL", "OF A REQUEST"),
        [(row.extension, row.value, "yes" if row.critical else "no", row.brought) for row in rows],
    )


def _summary(profile: Profile, own: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": profile.name,
        "title": profile.title,
        "days": profile.days,
        "authority": profile.authority,
        "file": str(own[profile.name]) if profile.name in own else None,
    }


def _row_json(row: ProfileRow) -> dict[str, Any]:
    return {
        "extension": row.extension,
        "value": row.value,
        "critical": row.critical,
        "request": str(row.brought),
    }
