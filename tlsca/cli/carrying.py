"""The options that say what a certificate carries, how long it lives and who signs it: several commands take each of them."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tlsca.cli.context import text_only
from tlsca.pki.keys import KINDS

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _texts(option: str, name: str, metavar: str, text: str) -> Callable[[_Command], _Command]:
    return click.option(option, name, callback=text_only, multiple=True, metavar=metavar, help=text)


def issuer_option(command: _Command) -> _Command:
    """Let a command take --issuer."""
    text = "The authority that signs; may be left out where only one can."
    return click.option("--issuer", metavar="REF", help=text)(command)


def key_option(command: _Command) -> _Command:
    """Let a command take --key; it is None where the settings decide."""
    text = f"Kind of key: {', '.join(KINDS)}."
    return click.option("--key", type=click.Choice(KINDS), metavar="KIND", help=text)(command)


_CONTENT: tuple[Callable[[Any], Any], ...] = (
    issuer_option,
    click.option(
        "--profile",
        callback=text_only,
        default="server",
        show_default=True,
        metavar="NAME",
        help="What it is for; tlsca profile list shows them.",
    ),
    _texts("--san", "sans", "NAME", "A further subject alternative name."),
    click.option(
        "--subject",
        callback=text_only,
        metavar="DN",
        help="The whole subject, RFC 4514: CN=Alice,O=Example.",
    ),
    click.option("--days", type=click.IntRange(min=1), help="Days of validity; 90 for a server or client."),
    click.option("--until", metavar="DATE", help="Valid until this date instead: 2027-12-31."),
    _texts("--ocsp", "ocsp_urls", "URL", "Where its OCSP responder answers."),
    _texts("--ca-issuers", "issuer_urls", "URL", "Where its issuer's certificate is fetched."),
    _texts("--crl-url", "crl_urls", "URL", "Where its issuer's CRL is published."),
    _texts("--policy", "policies", "OID[,cps=URL][,notice=TEXT]", "A certificate policy."),
    click.option("--must-staple", is_flag=True, help="Clients shall insist on a stapled OCSP response."),
    _texts("--extension", "extensions", "OID=[critical,]DER-HEX", "A further extension."),
)


_BOUNDS: tuple[Callable[[Any], Any], ...] = (
    click.option("--path-length", type=click.IntRange(min=0), help="How many authorities there may be below it."),
    _texts("--permit", "permit", "NAME", "Names it may certify: corp.example, 10.0.0.0/8, @corp.example, uri:host."),
    _texts("--exclude", "exclude", "NAME", "Names it may not certify."),
)  # fmt: skip


def content_options(command: _Command) -> _Command:
    """Let a command take the options of a certificate for a host, a person or a program, whoever made its key."""
    return _with_options(command, _CONTENT)


def bounds_options(command: _Command) -> _Command:
    """Let a command take the options that say what an authority may certify."""
    return _with_options(command, _BOUNDS)


def _with_options(command: _Command, options: tuple[Callable[[Any], Any], ...]) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command
