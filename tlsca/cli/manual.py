"""`tlsca man`: the manual page, made from the commands themselves, so that it cannot tell of others."""

from collections.abc import Iterable, Iterator

import click

import tlsca
from tlsca.cli.command import root
from tlsca.cli.output import say_safe_text

_SIGNS = str.maketrans({"\\": r"\e", "-": r"\-", "“": r"\(lq", "”": r"\(rq", "…": "...", "→": r"\(->"})
ENVIRONMENT = (
    ("TLSCA_STORE", "Directory of the store; --store wins over it."),
    ("TLSCA_PASSPHRASE", "Passphrase of the store. A file (--passphrase-file) is seen by fewer."),
    ("TLSCA_NEW_PASSPHRASE", "The new one, for tlsca passphrase."),
    ("TLSCA_EXPORT_PASSPHRASE", "Passphrase of what is exported."),
    ("TLSCA_IMPORT_PASSPHRASE", "Passphrase of what is imported, inspected, verified or linted."),
    ("TLSCA_CLIENT_KEY_PASSPHRASE", "Passphrase of the file that tlsca probe --client-key names."),
    ("TLSCA_PROXY", "Proxy of probes, with its name and password: socks5://name:password@host:port."),
    ("TLSCA_CONFIG", "The settings file, instead of the platform's own place."),
    ("TLSCA_PLAIN", "Anything but 0: print as --plain does."),
    ("NO_COLOR", "Anything: draw without colours."),
    ("PAGER", "The program in which the app opens what it shows."),
)
"""Each variable of the environment that is read, and what it does."""
_FILES = (
    (
        "~/.local/share/tlsca",
        "The store, on Linux; tlsca config says where it is. Only its owner can read it.",
    ),
    ("~/.config/tlsca/config.toml", "The settings; tlsca config tells those in force."),
    ("~/.config/tlsca/profiles", "Profiles of one's own."),
)
_STATUS = (
    ("0", "Done."),
    ("1", "The check says no."),
    ("2", "Wrong usage."),
    ("3", "It could not be done, and nothing was changed."),
    ("4", "The passphrase is missing or wrong."),
    ("130", "Ctrl+C ended it."),
)


@click.command("man")
def man_command() -> None:
    """Print the manual page; `tlsca man | man -l -` shows it."""
    say_safe_text(manual())


def manual() -> str:
    """Return the manual page of all commands, in the language of man(7)."""
    context = click.Context(root, info_name="tlsca", **root.context_settings)
    lines = [
        f'.TH TLSCA 1 "" "tlsca {tlsca.__version__}" "User Commands"',
        ".SH NAME",
        r"tlsca \- a certificate authority that fits in a terminal",
        ".SH SYNOPSIS",
        ".B tlsca",
        _text("[OPTIONS] [COMMAND [WORDS]...]"),
        ".SH DESCRIPTION",
        *_paragraphs(root),
        ".SH OPTIONS",
        "Every command takes them too, after its name.",
        *_options(root, context, known=()),
        ".SH COMMANDS",
        *_commands(root, context),
        ".SH EXIT STATUS",
        *_terms(_STATUS),
        ".SH ENVIRONMENT",
        *_terms(ENVIRONMENT),
        ".SH FILES",
        *_terms(_FILES),
        ".SH SEE ALSO",
        ".BR openssl (1)",
    ]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, inner)
            continue
        yield f'.SS "{_text(" ".join([inner.command_path, *command.collect_usage_pieces(inner)]))}"'
        yield from _paragraphs(command)
        yield from _options(command, inner, known={one.name for one in root.params})


def _paragraphs(command: click.Command) -> Iterator[str]:
    """Yield the help of a command, its first paragraph first."""
    for number, paragraph in enumerate((command.help or "").split("\n\n")):
        if number:
            yield ".PP"
        yield _text(" ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context, known: Iterable[str | None]) -> Iterator[str]:
    """Yield what is said of each option but those that are known already."""
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if (
            record is not None
            and record[1]
            and parameter.name not in known
            and "--help" not in parameter.opts
        ):
            yield from _terms([record])


def _terms(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, said in pairs:
        yield ".TP"
        yield f".B {_text(term)}"
        yield _text(said)


def _text(text: str) -> str:
    """Return text in which roff finds no request of its own."""
    plain = text.translate(_SIGNS)
    return rf"\&{plain}" if plain.startswith((".", "'")) else plain
