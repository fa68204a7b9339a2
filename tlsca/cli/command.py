"""The root of the command line: which commands there are, and what is said of one that is not.

Commands are loaded when they run: `tlsca --version` and `tlsca --help` load neither cryptography nor Textual.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

import tlsca
from tlsca.cli.edge import at_the_edge
from tlsca.cli.output import PLAIN, talk, talk_lines
from tlsca.errors import UsageError

if TYPE_CHECKING:
    from tlsca.settings import KeyChoice

OpenApp = Callable[[Path | None, bool, bool], int]
"""Runs the app over a store, or the one that the settings name; whether for reading only; whether over the demo; returns the exit status."""
ListKeys = Callable[["Sequence[KeyChoice]"], Mapping[str, tuple[str, str]]]
"""Returns for each act of the app, by its id, the keys that do it and what it does. Raises SettingsError."""

# Name of the command -> its module and one line of help.
_COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("tlsca.cli.keeping", "Make the store and its passphrase."),
    "ca": ("tlsca.cli.authorities", "Make and list authorities."),
    "issue": ("tlsca.cli.certificates", "Issue a certificate."),
    "request": ("tlsca.cli.requesting", "Make a certificate request whose key stays here."),
    "requests": ("tlsca.cli.requesting", "List certificate requests."),
    "sign": ("tlsca.cli.requesting", "Sign somebody's certificate request."),
    "profile": ("tlsca.cli.profiles", "Show the kinds of certificate, your own among them."),
    "list": ("tlsca.cli.certificates", "List certificates."),
    "inspect": ("tlsca.cli.inspecting", "Show a file, a certificate of the store, or a live host's."),
    "diff": ("tlsca.cli.diffing", "Compare two of certificate, request, CRL and live host."),
    "renew": ("tlsca.cli.renewing", "Renew certificates and authorities."),
    "revoke": ("tlsca.cli.revoking", "Revoke certificates, or put them on hold."),
    "unhold": ("tlsca.cli.revoking", "Release certificates from hold."),
    "crl": ("tlsca.cli.publishing", "Publish an authority's revocation list."),
    "ocsp": ("tlsca.cli.publishing", "Answer an OCSP request."),
    "export": ("tlsca.cli.exporting", "Write a certificate, chain, key or bundle."),
    "trust": ("tlsca.cli.trusting", "Trust a root in the system, NSS and Java."),
    "import": ("tlsca.cli.importing", "Take in files, directories and databases of other tools."),
    "probe": ("tlsca.cli.probing", "Test the TLS connection to hosts."),
    "watch": ("tlsca.cli.watching", "Keep targets, probe them again, say what changed."),
    "listen": ("tlsca.cli.listening", "Serve a certificate on 127.0.0.1."),
    "lint": ("tlsca.cli.checking", "Find what is wrong in a certificate."),
    "verify": ("tlsca.cli.checking", "Check a certificate and its chain."),
    "doctor": ("tlsca.cli.checking", "Look at the whole authority's health."),
    "explain": ("tlsca.cli.explaining", "Say what a problem means, and what mends it."),
    "calendar": ("tlsca.cli.checking", "Write down what ends when, as iCalendar."),
    "note": ("tlsca.cli.noting", "Note, tag and name certificates."),
    "trash": ("tlsca.cli.putting_away", "Put certificates away, and take them back."),
    "undo": ("tlsca.cli.putting_away", "Undo the last act, where that is possible."),
    "passphrase": ("tlsca.cli.passphrase", "Change the passphrase of the store."),
    "backup": ("tlsca.cli.backing_up", "Write the whole store into one file."),
    "restore": ("tlsca.cli.backing_up", "Make a store of a backup."),
    "log": ("tlsca.cli.auditing", "Show or verify the audit log."),
    "config": ("tlsca.cli.keeping", "Show the settings in force."),
    "completion": ("tlsca.cli.completion", "Have a shell complete the words of tlsca."),
    "man": ("tlsca.cli.manual", "Print the manual page."),
    "schema": ("tlsca.cli.describing", "Print the JSON schema of what a command prints."),
}


def _keep_plain(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[PLAIN] = True


_PLAIN_OPTION = click.Option(
    ["--plain"],
    is_flag=True,
    expose_value=False,
    callback=_keep_plain,
    help="Print for a screen reader: one fact on each line, no signs, nothing that moves.",
)


def _let_it_be_plain(command: click.Command) -> None:
    """Let a command, and those below it, take --plain."""
    if _PLAIN_OPTION not in command.params:
        command.params.append(_PLAIN_OPTION)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _let_it_be_plain(inner)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the names of the commands, in the order of the story."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Import and return a command, or None when there is none of this name."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        command = getattr(module, f"{cmd_name}_command")
        if not isinstance(command, click.Command):
            return None
        _let_it_be_plain(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in _COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(tlsca.__version__, prog_name="tlsca", message="%(prog)s %(version)s")
@click.option(
    "--store",
    metavar="DIR",
    type=click.Path(readable=False, path_type=Path),
    help="Directory of the store (or TLSCA_STORE).",
)
@click.option(
    "--passphrase-file", metavar="FILE", help="File that holds the store's passphrase; - for stdin."
)
@click.option("--read-only", is_flag=True, help="Look, and change nothing.")
@click.option("--demo", is_flag=True, help="Play in the app with a company that is thrown away.")
@click.pass_context
def root(
    ctx: click.Context, store: Path | None, passphrase_file: str | None, read_only: bool, demo: bool
) -> None:
    """Run a certificate authority in the terminal: issue, deploy, prove.

    Without a command the app opens. Every act of the app is also a command over the same store.
    """
    ctx.meta["tlsca.store"] = store
    ctx.meta["tlsca.passphrase_file"] = passphrase_file
    ctx.meta["tlsca.read_only"] = read_only
    if demo and (store or read_only or ctx.invoked_subcommand):
        raise UsageError("The demo has a store of its own, in the app alone.", hint="Say tlsca --demo.")
    if ctx.invoked_subcommand is None:
        open_app: OpenApp = ctx.obj
        ctx.exit(open_app(store, read_only, demo))


root.params.append(_PLAIN_OPTION)


def run(arguments: Sequence[str], *, open_app: OpenApp, list_keys: ListKeys) -> int:
    """Run the command that the arguments name and return the exit status; what it needs of the app is handed to it."""
    return at_the_edge(lambda: _told_of_usage(lambda: _invoke(arguments, open_app, list_keys)))


def _told_of_usage(act: Callable[[], int]) -> int:
    """Do something, and tell what click says against the words of the command."""
    try:
        return act()
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        _tell_usage(error)
        return UsageError.exit_status


def _invoke(arguments: Sequence[str], open_app: OpenApp, list_keys: ListKeys) -> int:
    """Do what click's own `main` does, which would turn a reader who has seen enough into status 1: a check that said no."""
    try:
        with root.make_context("tlsca", list(arguments), obj=open_app) as ctx:
            ctx.meta["tlsca.list_keys"] = list_keys
            status = root.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    return status if isinstance(status, int) else 0


def _tell_usage(error: click.ClickException) -> None:
    """Say what was wrong with the words of a command, in the form of every other refusal."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    talk(error.format_message())
    context = error.ctx if isinstance(error, click.UsageError) else None
    talk_lines(f"See {context.command_path if context else 'tlsca'} --help.")
