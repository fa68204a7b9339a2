"""What commands share: the options that every one takes, the store they open, and how they come to a passphrase.

A passphrase is never an argument: it comes from a file, the environment, or a prompt that shows nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from tlsca.authority.files import read_file
from tlsca.cli.output import say_safe_text, talk
from tlsca.errors import (
    PassphraseMissing,
    PassphraseWrong,
    StoreMissing,
    TlscaError,
    Unreadable,
    UsageError,
)
from tlsca.text import printable, shorten

if TYPE_CHECKING:  # a command that needs no store does not load one
    from tlsca.authority.desk import Desk
    from tlsca.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Words = TypeVar("_Words", str, tuple[str, ...], None)


class _Said(TypedDict):
    store: Path | None
    read_only: bool


_LONGEST_PASSPHRASE_FILE = 64 * 1024
_STORE_VARIABLE = "TLSCA_PASSPHRASE"

ATTEMPTS = 3
"""How often a person is asked."""


def text_only(_ctx: click.Context, _parameter: click.Parameter, value: _Words) -> _Words:
    """Let words through that are text: an argument may hold any octets, and those that are no UTF-8 arrive as lone surrogates.

    Raises Unreadable.
    """
    words: tuple[str, ...] = (value,) if isinstance(value, str) else value or ()
    for word in words:
        if any("\ud800" <= char <= "\udfff" for char in word):
            raise Unreadable(
                f"“{shorten(printable(word), 80)}” is no UTF-8 text.", hint="Write names in UTF-8."
            )
    return value


def store_options(command: _Command) -> _Command:
    """Let a command take --store and --passphrase-file after its name too, where people look for them."""
    read_only = click.option("--read-only", is_flag=True, default=None, expose_value=False, callback=_keep("tlsca.read_only"), help="Change nothing in the store.")  # fmt: skip
    store = click.option("--store", metavar="DIR", type=click.Path(readable=False, path_type=Path), expose_value=False, callback=_keep("tlsca.store"), help="Directory of the store (or TLSCA_STORE).")  # fmt: skip
    passphrase = click.option("--passphrase-file", metavar="FILE", expose_value=False, callback=_keep("tlsca.passphrase_file"), help="File that holds the store's passphrase; - for stdin.")  # fmt: skip
    return store(passphrase(read_only(command)))


def json_option(command: _Command) -> _Command:
    """Let a command take --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def show_option(command: _Command) -> _Command:
    """Let a command take --show-command; its body calls `show_instead` once it knows what to do."""
    option = click.option("--show-command", is_flag=True, expose_value=False, callback=_keep("tlsca.show_command"), help="Print the openssl commands that do the same, and do nothing.")  # fmt: skip
    return option(command)


def show_instead(text: Callable[[], str]) -> None:
    """Where --show-command was given, print the text and end the command; else do nothing."""
    context = click.get_current_context()
    if context.meta.get("tlsca.show_command"):
        say_safe_text(text())
        context.exit(0)


def settings() -> Settings:
    """Return the settings in force for the running command. Raises SettingsError."""
    from tlsca.settings import load_settings  # noqa: PLC0415 -- only who has a store has settings

    return load_settings(os.environ, **_said())


def settings_sources() -> dict[str, str]:
    """Return where each setting in force comes from. Raises SettingsError."""
    from tlsca.settings import sources  # noqa: PLC0415 -- likewise

    return sources(os.environ, **_said())


def key_list() -> Mapping[str, tuple[str, str]]:
    """Return for each act of the app the keys that do it, as the settings have them, and what it does. Raises SettingsError."""
    table: Mapping[str, tuple[str, str]] = click.get_current_context().meta["tlsca.list_keys"](
        settings().keys
    )
    return table


def _said() -> _Said:
    """Return what the command line says of the settings."""
    said = click.get_current_context().meta
    return {"store": said.get("tlsca.store"), "read_only": bool(said.get("tlsca.read_only"))}


def open_desk() -> Desk:
    """Open the store, locked; it is closed when the command ends. Raises StoreMissing, StoreError."""
    from tlsca.authority.keeping import open_store  # noqa: PLC0415 -- a command that needs no store does not load one

    chosen = settings()
    expiring = timedelta(days=chosen.expiring_days)
    desk = open_store(chosen.store, read_only=chosen.read_only, expiring=expiring)
    click.get_current_context().call_on_close(desk.close)
    click.get_current_context().call_on_close(partial(_look_after, desk, chosen, desk.ledger.position))
    for notice in desk.ledger.notices:
        talk(notice)
    if desk.ledger.read_only and not chosen.read_only:
        talk(f"{desk.ledger.read_only} The store is open for reading only.")
    return desk


def _look_after(desk: Desk, chosen: Settings, position: int) -> None:
    """After a command that wrote something, do what is due in the store; the command has answered, and its status stands."""
    if desk.ledger.position > position:
        from tlsca.authority.upkeep import upkeep  # noqa: PLC0415 -- likewise

        for sentence in upkeep(desk, chosen):
            talk(sentence)


def open_desk_if_any() -> Desk | None:
    """Open the store, or return None where there is none."""
    try:
        return open_desk()
    except StoreMissing:
        return None


def confirm(question: str) -> None:
    """Go on once a person said yes. Raises UsageError where there is nobody to ask, TlscaError where the answer is no."""
    if not sys.stdin.isatty():
        raise UsageError("There is nobody to ask.", hint="Give --yes to do it without asking.")
    if not click.confirm(question, err=True):
        raise TlscaError("Nothing was changed.")


def unlock_desk(desk: Desk) -> None:
    """Unlock with the passphrase that the command is given. Raises PassphraseMissing, PassphraseWrong."""
    from tlsca.authority.keeping import unlock  # noqa: PLC0415 -- likewise

    for attempt in range(1, ATTEMPTS + 1):
        if desk.unlocked:
            return
        try:
            unlock(desk, store_passphrase(attempt=attempt))
        except PassphraseWrong as error:
            if _store_passphrase_file() is not None or os.environ.get(_STORE_VARIABLE):
                raise PassphraseWrong(
                    error.sentence, hint=f"Look at what --passphrase-file or {_STORE_VARIABLE} holds."
                ) from None
            if attempt == ATTEMPTS:
                raise PassphraseWrong(
                    f"{ATTEMPTS} passphrases do not open the store.", hint="Nothing was changed."
                ) from None


def store_passphrase(*, confirm: bool = False, attempt: int = 1) -> str:
    """Return the store's passphrase from --passphrase-file, TLSCA_PASSPHRASE or a prompt. Raises PassphraseMissing."""
    again = f" (attempt {attempt} of {ATTEMPTS})" if attempt > 1 else ""
    return passphrase(
        _store_passphrase_file(),
        _STORE_VARIABLE,
        f"Passphrase of the store{again}",
        option="--passphrase-file",
        confirm=confirm,
    )


def _store_passphrase_file() -> str | None:
    given: str | None = click.get_current_context().meta.get("tlsca.passphrase_file")
    return given


def passphrase(file: str | None, variable: str, prompt: str, *, option: str, confirm: bool = False) -> str:
    """Return a passphrase from a file (`-` is stdin), an environment variable or a hidden prompt, in this order.

    Of a file the first line counts; octets that are no UTF-8 become lone surrogates, as in the environment. Raises
    PassphraseMissing when the file holds none or nobody can be asked, PassphraseWrong where the two that are to agree differ time
    after time, and Unreadable.
    """
    if file is not None:
        return _passphrase_in(file)
    if os.environ.get(variable):
        return os.environ[variable]
    if not can_ask():
        who = "a command in the background cannot ask" if sys.stdin.isatty() else "there is nobody to ask"
        raise PassphraseMissing(
            f"{prompt} is needed, and {who}.", hint=f"Give {option} FILE or set {variable}."
        )
    for attempt in range(1, ATTEMPTS + 1):
        chosen = _typed(prompt if attempt == 1 else f"They differ. {prompt}")
        if not confirm or _typed("Repeat for confirmation") == chosen:
            return chosen
    raise PassphraseWrong(
        f"The passphrase and its repetition differed {ATTEMPTS} times.", hint="Nothing was made."
    )


def can_ask() -> bool:
    """Tell whether somebody at a terminal can answer; a command in the background would only be stopped by it."""
    if not sys.stdin.isatty():
        return False
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:  # the terminal of somebody else: there are no jobs in it
        return True


def _typed(prompt: str) -> str:
    return str(click.prompt(prompt, hide_input=True, err=True))


def _passphrase_in(file: str) -> str:
    if file == "-":
        data = sys.stdin.buffer.read(_LONGEST_PASSPHRASE_FILE)
    else:
        data = read_file(Path(file), most=_LONGEST_PASSPHRASE_FILE)
    secret = data.decode("utf-8", "surrogateescape").partition("\n")[0].removesuffix("\r")
    if not secret:
        place = "Standard input" if file == "-" else printable(file)
        raise PassphraseMissing(f"{place} holds no passphrase.", hint="Its first line is the passphrase.")
    return secret


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _parameter: click.Parameter, value: object) -> None:
        if value is not None:
            ctx.meta[name] = value

    return keep
