"""`tlsca` and `python -m tlsca`: the terminal app when nothing is said, a command when one is."""

import sys
from pathlib import Path

from tlsca.cli.command import run


def main() -> None:
    """Run the command line and exit with its status."""
    sys.exit(run(sys.argv[1:], open_app=_open_app))


def _open_app(store: Path | None) -> int:
    # Textual takes longer to load than most commands take to run.
    from tlsca.tui.app import open_app  # noqa: PLC0415 -- see above

    return open_app(store)


if __name__ == "__main__":
    main()
