"""`tlsca completion`: what makes a shell complete the words of a command, and the answers when it asks.

The shell runs tlsca itself with the words so far in its environment. What is in the store is told without the passphrase.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from tlsca.cli import completing
from tlsca.cli.command import LazyGroup, root
from tlsca.cli.completing import Source, words
from tlsca.cli.output import say_safe_text
from tlsca.cli.shells import SHELLS
from tlsca.errors import TlscaError

VARIABLE = "_TLSCA_COMPLETE"
"""The environment variable by which a shell asks."""

if TYPE_CHECKING:
    _ParamType = click.ParamType[Any]
else:
    _ParamType = click.ParamType  # older ones take no parameter


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion_command(shell: str) -> None:
    """Print what makes a shell complete the words of tlsca: commands, options, formats, and what is in the store.

    bash: put source <(tlsca completion bash) into ~/.bashrc. zsh: put the same with zsh into ~/.zshrc, after compinit. fish: write it to
    ~/.config/fish/completions/tlsca.fish.
    """
    say_safe_text(SHELLS[shell](root, {}, "tlsca", VARIABLE).source())


def answer(instruction: str) -> int:
    """Tell a shell how the words in its environment can go on, and return the status; `instruction` is what VARIABLE holds."""
    shell, _, asked = instruction.partition("_")
    if shell not in SHELLS or asked != "complete":
        return 1
    knowing = KnowingGroup("tlsca", params=root.params)
    click.echo(SHELLS[shell](knowing, {}, "tlsca", VARIABLE).complete().encode())
    return 0


class KnowingGroup(LazyGroup):
    """The commands, each of which knows what its words can be."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command that was taught, or None when there is none of this name."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _teach(command)
        return command


class _Known(_ParamType):
    """A type of parameter that knows how its words can go on, and else is as before."""

    def __init__(self, before: _ParamType, sources: tuple[Source, ...]) -> None:
        self.name = before.name
        self._before = before
        self._sources = sources

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 -- click's signature
        return self._before.convert(value, param, ctx)

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 -- click's signature
        incomplete: str,
    ) -> list[CompletionItem[str]]:
        found = [item for source in self._sources for item in _all_of(source, ctx, incomplete)]
        return list({(item.type, item.value): item for item in reversed(found)}.values())[::-1]


def _all_of(source: Source, ctx: click.Context, begun: str) -> list[CompletionItem[str]]:
    """Return all that a source yields; what cannot be told is left out: a shell that completes is no place for sentences."""
    found: list[CompletionItem[str]] = []
    try:
        found.extend(source(ctx, begun))
    except TlscaError:
        return found
    return found


def _teach(command: click.Command) -> None:
    for parameter in command.params:
        sources = (
            _BY_COMMAND.get(f"{command.name} {parameter.name}")
            or _BY_NAME.get(parameter.name or "")
            or _BY_METAVAR.get((parameter.metavar or "").strip("[].…"))
        )
        if sources is not None:
            parameter.type = _Known(parameter.type, sources)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _teach(inner)


Sources = Mapping[str, tuple[Source, ...]]
_FILES = (completing.files,)
_REFERENCES = (completing.certificates,)
_SHOWN = (completing.certificates, completing.hosts, completing.files)
_DIALLED = (completing.hosts, completing.names_of_hosts)
_TRUSTED = (words("system", "store", "none"), completing.authorities, completing.files)

_BY_COMMAND: Sources = MappingProxyType({
    "crl reference": (completing.authorities,), "ocsp reference": (completing.authorities,),
    "partition reference": (completing.authorities,), "unhold references": (completing.held,),
    "restore references": (completing.discarded,), "empty references": (completing.discarded,),
    "run targets": (completing.hosts,), "show targets": (completing.hosts,), "remove targets": (completing.hosts,),
    "show name": (completing.profiles,), "schema name": (completing.schemas,), "trust what": (completing.authorities, completing.files),
    "install what": (completing.authorities, completing.files), "inspect what": _SHOWN,
})  # fmt: skip
"""What the words of one command are, where they are others than elsewhere: the command's own name and the parameter's."""
_BY_NAME: Sources = MappingProxyType({
    "profile": (completing.profiles,), "issuer": (completing.authorities,), "signer": (completing.authorities,),
    "sort": (completing.orders,), "acts": (completing.acts,), "code": (completing.codes,),
    "tags": (completing.tags,), "untag": (completing.tags,), "contacts": (completing.contacts,), "forget": (completing.contacts,),
    "csr": _FILES, "what": (*_REFERENCES, *_FILES), "a": _SHOWN, "b": _SHOWN, "trust": _TRUSTED,
})  # fmt: skip
_BY_METAVAR: Sources = MappingProxyType({
    "REF": _REFERENCES, "FILE": _FILES, "REF|FILE": (*_REFERENCES, *_FILES), "FILE|REF": (*_REFERENCES, *_FILES),
    "CERTFILE|REF": (*_REFERENCES, *_FILES), "system|REF|FILE|none": _TRUSTED, "TARGET": _DIALLED,
    "FILTER": (completing.filters,),
    "PLACE": (words("system", "nss", "java"),),
})  # fmt: skip
