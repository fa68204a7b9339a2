"""The root of the command line: which commands there are, and the one edge where an error becomes a sentence and a status.

Commands are loaded when they run: `tlsca --version` and `tlsca --help` load neither cryptography nor Textual.
"""

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

import tlsca
from tlsca.cli.output import talk
from tlsca.defect import write_report
from tlsca.errors import TlscaError
from tlsca.text import printable

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl+C ended."""

OpenApp = Callable[[Path | None], int]

# Name of the command -> its module and one line of help.
_COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("tlsca.cli.keeping", "Make the store and its passphrase."),
    "ca": ("tlsca.cli.authorities", "Make and list authorities."),
    "issue": ("tlsca.cli.certificates", "Issue a certificate."),
    "list": ("tlsca.cli.certificates", "List certificates."),
    "inspect": ("tlsca.cli.inspecting", "Show a file, a certificate of the store, or a live host's."),
    "export": ("tlsca.cli.exporting", "Write a certificate, chain, key or bundle."),
    "import": ("tlsca.cli.importing", "Take in certificates and keys from files."),
    "probe": ("tlsca.cli.probing", "Test the TLS connection to hosts."),
    "listen": ("tlsca.cli.listening", "Serve a certificate on 127.0.0.1."),
    "log": ("tlsca.cli.keeping", "Show or verify the audit log."),
    "config": ("tlsca.cli.keeping", "Show the settings in force."),
}


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
        return command if isinstance(command, click.Command) else None

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
    "--store", metavar="DIR", type=click.Path(path_type=Path), help="Directory of the store (or TLSCA_STORE)."
)
@click.option(
    "--passphrase-file", metavar="FILE", help="File that holds the store's passphrase; - for stdin."
)
@click.pass_context
def root(ctx: click.Context, store: Path | None, passphrase_file: str | None) -> None:
    """Run a certificate authority in the terminal: issue, deploy, prove.

    Without a command the app opens. Every act of the app is also a command over the same store.
    """
    ctx.meta["tlsca.store"] = store
    ctx.meta["tlsca.passphrase_file"] = passphrase_file
    if ctx.invoked_subcommand is None:
        open_app: OpenApp = ctx.obj
        ctx.exit(open_app(store))


def run(arguments: Sequence[str], *, open_app: OpenApp) -> int:
    """Run the command that the arguments name and return the exit status."""
    try:
        status = root.main(args=list(arguments), prog_name="tlsca", standalone_mode=False, obj=open_app)
    except click.exceptions.Abort:
        talk("Stopped.")
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except TlscaError as error:
        _tell(error)
        return error.exit_status
    except BrokenPipeError:
        # Whoever read us has seen enough; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 -- the edge of the command line
        talk(
            f"A defect in tlsca ({type(error).__name__}); a report without secrets is in {write_report(error)}."
        )
        return 3
    return status if isinstance(status, int) else 0


def _tell(error: TlscaError) -> None:
    talk(printable(error.sentence))
    if error.hint:
        talk(f"  {printable(error.hint)}")
