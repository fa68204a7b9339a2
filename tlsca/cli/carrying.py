"""The options that say what a certificate carries and how long it lives, whoever made its key: shared by `issue` and `sign`."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tlsca.cli.context import text_only

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _texts(option: str, name: str, metavar: str, text: str) -> Callable[[_Command], _Command]:
    return click.option(option, name, callback=text_only, multiple=True, metavar=metavar, help=text)


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
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


def content_options(command: _Command) -> _Command:
    """Let a command take the options that say what a certificate carries."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
