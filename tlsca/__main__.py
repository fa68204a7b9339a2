"""`tlsca` and `python -m tlsca`: the terminal app when nothing is said, a command when one is."""

import gc
import io
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tlsca.cli.command import run

_OBJECTS_BETWEEN_COLLECTIONS = 100_000
_USUAL_THRESHOLD = gc.get_threshold()[0]

if TYPE_CHECKING:
    from tlsca.settings import KeyChoice


def main() -> None:
    """Run the command line and exit with its status."""
    _prepare_streams()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # libraries warn of what they read; a person gets findings instead
    # A short command makes no garbage worth the look: looking for it, also once more at the end, takes a tenth of its time.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    status = run(sys.argv[1:], open_app=_open_app, list_keys=_list_keys)
    gc.freeze()
    sys.exit(status)


def _prepare_streams() -> None:
    """Have all three streams, and print what the locale cannot encode as escapes instead of failing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 -- for as long as we run
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _open_app(store: Path | None, read_only: bool) -> int:
    # Textual takes longer to load than most commands take to run.
    from tlsca.tui.app import open_app  # noqa: PLC0415 -- see above

    gc.set_threshold(_USUAL_THRESHOLD)  # many short looks, so that none of them is felt
    return open_app(store, read_only=read_only)


def _list_keys(choices: "Sequence[KeyChoice]") -> dict[str, tuple[str, str]]:
    from tlsca.tui.places import key_table  # noqa: PLC0415 -- hardly any command asks

    return key_table(choices)


if __name__ == "__main__":
    main()
