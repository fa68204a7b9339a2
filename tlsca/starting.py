"""How the program starts: its streams, what opens the app, and whether there is a terminal to draw it on."""

import gc
import io
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import tlsca
from tlsca.cli import typewriter
from tlsca.cli.edge import at_the_edge
from tlsca.errors import UsageError
from tlsca.text import printable

_OBJECTS_BETWEEN_COLLECTIONS = 100_000
_COMPLETING = "_TLSCA_COMPLETE"
_CANNOT_DRAW = ("", "dumb", "unknown")
_INSTEAD = "Every act of the app is a command too: tlsca list, tlsca issue, tlsca probe. tlsca --help names them all."

if TYPE_CHECKING:
    from tlsca.settings import KeyChoice


def start() -> None:
    """Run the command line and exit with its status."""
    _prepare_streams()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # libraries warn of what they read; a person gets findings instead
    # A short command makes no garbage worth the look: looking for it, also once more at the end, takes a tenth of its time.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    status = _run(sys.argv[1:])
    gc.freeze()
    sys.exit(status)


def _run(arguments: Sequence[str]) -> int:
    if _COMPLETING in os.environ:
        from tlsca.cli.completion import answer  # noqa: PLC0415 -- a shell asks, and nothing is run

        return answer(os.environ[_COMPLETING])
    if not arguments:
        return at_the_edge(lambda: _open_app(None, False, False))
    if list(arguments) == ["--version"]:  # as the command line says it, without loading what reads one
        sys.stdout.write(f"tlsca {tlsca.__version__}\n")
        return 0
    from tlsca.cli.command import run  # noqa: PLC0415 -- the app opens without it

    return run(arguments, open_app=_open_app, list_keys=_list_keys)


def _prepare_streams() -> None:
    """Have all three streams, and print what the locale cannot encode in another way instead of failing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 -- for as long as we run
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=typewriter.ERRORS)


def _open_app(store: Path | None, read_only: bool, demo: bool) -> int:
    require_terminal(os.environ)
    # Textual takes longer to load than most commands take to run.
    from tlsca.tui.app import open_app  # noqa: PLC0415 -- see above

    return open_app(store, read_only=read_only, demo=demo)


def _list_keys(choices: "Sequence[KeyChoice]") -> dict[str, tuple[str, str]]:
    from tlsca.tui.places import key_table  # noqa: PLC0415 -- hardly any command asks

    return key_table(choices)


def require_terminal(environment: Mapping[str, str]) -> None:
    """Make sure that there is a terminal which the app can be drawn on. Raises UsageError."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("The app needs a terminal, and there is none here.", hint=_INSTEAD)
    kind = environment.get("TERM", "")
    if sys.platform != "win32" and kind in _CANNOT_DRAW:
        told = f"TERM is “{printable(kind)}”" if kind else "TERM is not set"
        raise UsageError(
            f"This terminal cannot be drawn on, or does not say that it can: {told}.",
            hint=f"If it can, set TERM, to xterm-256color for example.\n{_INSTEAD}",
        )
