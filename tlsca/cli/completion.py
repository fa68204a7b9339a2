"""`tlsca completion`: what makes a shell complete the words of a command, and the answers when it asks.

The shell runs tlsca itself with the words so far in its environment. What is in the store is told without the passphrase.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

from tlsca.cli.command import LazyGroup, root
from tlsca.cli.output import say_safe_text
from tlsca.errors import TlscaError
from tlsca.text import printable, shorten

VARIABLE = "_TLSCA_COMPLETE"
"""The environment variable by which a shell asks."""

_SHELLS = ("bash", "zsh", "fish")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]*")
"""A name that no shell takes apart."""
_LONGEST_HELP = 60

if TYPE_CHECKING:
    _ParamType = click.ParamType[Any]
else:
    _ParamType = click.ParamType  # older ones take no parameter

Source = Callable[[click.Context, str], Iterator[CompletionItem[str]]]
"""Yields how a word that is begun can go on."""


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def completion_command(shell: str) -> None:
    """Print what makes a shell complete the words of tlsca: commands, options, formats, and what is in the store.

    bash: put source <(tlsca completion bash) into ~/.bashrc. zsh: put the same with zsh into ~/.zshrc, after compinit. fish: write it to
    ~/.config/fish/completions/tlsca.fish.
    """
    completing = get_completion_class(shell)
    if completing is not None:
        say_safe_text(completing(root, {}, "tlsca", VARIABLE).source())


def answer(instruction: str) -> int:
    """Tell a shell how the words in its environment can go on, and return the status; `instruction` is what VARIABLE holds."""
    knowing = KnowingGroup("tlsca", params=root.params)
    return shell_complete(knowing, {}, "tlsca", VARIABLE, instruction)


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

    def __init__(self, before: _ParamType, source: Source) -> None:
        self.name = before.name
        self._before = before
        self._source = source

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 -- click's signature
        return self._before.convert(value, param, ctx)

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 -- click's signature
        incomplete: str,
    ) -> list[CompletionItem[str]]:
        return list(self._source(ctx, incomplete))


def _teach(command: click.Command) -> None:
    for parameter in command.params:
        source = _BY_NAME.get(parameter.name or "") or _BY_METAVAR.get(
            (parameter.metavar or "").strip("[].…")
        )
        if source is not None:
            parameter.type = _Known(parameter.type, source)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _teach(inner)


def _references(ctx: click.Context, begun: str) -> Iterator[CompletionItem[str]]:
    """Yield the certificates of the store: by name where that is one word and names one alone, else by reference."""
    try:
        found = [(entry.ref, entry.title, entry.status) for entry in _entries(ctx)]
    except TlscaError:
        return  # a shell that completes is no place for sentences
    often = Counter(title for _, title, _ in found)
    for ref, title, status in found:
        by_name = often[title] == 1 and bool(_PLAIN_WORD.fullmatch(title))
        word = title if by_name and not ref.startswith(begun or " ") else ref
        if word.startswith(begun):
            told = status if word == title else f"{title}, {status}"
            yield CompletionItem(word, help=shorten(printable(told), _LONGEST_HELP))


def _entries(ctx: click.Context) -> Iterator[Any]:
    from tlsca.authority.keeping import open_store  # noqa: PLC0415 -- only who completes a reference opens a store
    from tlsca.authority.listing import entries  # noqa: PLC0415 -- likewise
    from tlsca.settings import load_settings  # noqa: PLC0415 -- likewise

    said = ctx.meta.get("tlsca.store") or ctx.find_root().params.get("store")
    desk = open_store(load_settings(os.environ, store=said).store, read_only=True)
    try:
        yield from entries(desk)
    finally:
        desk.close()


def _files(_ctx: click.Context, begun: str) -> Iterator[CompletionItem[str]]:
    yield CompletionItem(begun, type="file")


def _references_and_files(ctx: click.Context, begun: str) -> Iterator[CompletionItem[str]]:
    yield from _references(ctx, begun)
    yield from _files(ctx, begun)


def _profiles(_ctx: click.Context, begun: str) -> Iterator[CompletionItem[str]]:
    from tlsca.pki.profiles import PROFILES  # noqa: PLC0415 -- likewise

    yield from (CompletionItem(name) for name in PROFILES if name.startswith(begun))


def _filters(_ctx: click.Context, begun: str) -> Iterator[CompletionItem[str]]:
    from tlsca.authority.completing import Vocabulary, completions  # noqa: PLC0415 -- likewise

    yield from (CompletionItem(text) for text in completions(begun, Vocabulary({})))


def _targets(ctx: click.Context, begun: str) -> Iterator[CompletionItem[str]]:
    """Yield the names of certificates that hosts may have."""
    yield from (item for item in _references(ctx, begun) if "." in item.value or item.value == "localhost")


_BY_NAME: Mapping[str, Source] = MappingProxyType({"profile": _profiles, "words": _filters})
_BY_METAVAR: Mapping[str, Source] = MappingProxyType({
    "REF": _references, "FILE": _files, "CSR": _files, "WHAT": _references_and_files, "A": _references_and_files,
    "B": _references_and_files, "REF|FILE": _references_and_files, "FILE|REF": _references_and_files,
    "CERTFILE|REF": _references_and_files, "system|REF|FILE|none": _references_and_files, "FILTER": _filters, "TARGET": _targets,
})  # fmt: skip
