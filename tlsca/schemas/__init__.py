"""JSON schemas of what `--json` prints, for whoever reads it with a program: draft 2020-12, one file for each.

They admit nothing that they do not name, so that tests notice when the output drifts from them; for a reader, keys and codes only
ever get added.
"""

import json
from importlib.resources import files
from typing import Any

from tlsca.errors import NotFound
from tlsca.text import listing, printable

NAMES = ("list", "inspect", "probe", "doctor", "log")
"""The commands whose output has a schema."""


def schema(name: str) -> dict[str, Any]:
    """Return the schema of what a command prints. Raises NotFound."""
    if name not in NAMES:
        raise NotFound(
            f"There is no schema of “{printable(name)}”.", hint=f"There are {listing(list(NAMES))}."
        )
    read: dict[str, Any] = json.loads(files(__name__).joinpath(f"{name}.json").read_text("utf-8"))
    return read
