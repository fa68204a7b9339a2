"""What comes back at the next start: where somebody was in a store and how it was laid out, in a small file of the user's own.

It holds no secrets and nothing that is missed when it is gone: a file that cannot be read is told of and begun anew.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from tlsca.authority.files import make_private_directory, read_file, write_file
from tlsca.errors import TlscaError, Unreadable
from tlsca.settings import own_directory
from tlsca.text import printable
from tlsca.tui.pane_sizes import PaneSizes

_LARGEST = 64 * 1024
_LONGEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How a store was left; without arguments, as it is found the first time."""

    selected: str = ""
    """The record id of the certificate under the cursor."""
    filter: str = ""
    order: str = ""
    """As `order_of` reads it."""
    columns: tuple[str, ...] = ()
    """The columns that were chosen; empty for those that come by width."""
    theme: str = ""
    """The theme that was chosen in the app; empty for that of the settings."""
    sizes: PaneSizes = field(default_factory=PaneSizes)


def session_file(store: Path) -> Path:
    """Return where the session of a store is kept: a name made from the path of the store, in the user's directory for state."""
    name = hashlib.sha256(os.fsencode(store.absolute())).hexdigest()[:16]
    return own_directory("state") / "sessions" / f"{name}.json"


def read_session(place: Path) -> Session:
    """Return the session that is kept in a file; without one, a new one. Raises Unreadable for what is none."""
    try:
        if not place.exists():
            return Session()
        kept = json.loads(read_file(place, most=_LARGEST))
        if not isinstance(kept, dict):
            raise _damaged(place)
        return _session(kept)
    except (OSError, ValueError, RecursionError):
        raise _damaged(place) from None


def write_session(place: Path, session: Session) -> None:
    """Keep a session: whole or not at all, readable by its owner alone. Raises Refused."""
    make_private_directory(place.parent)
    write_file(place, json.dumps(asdict(session)).encode(), private=True, force=True)


def _session(kept: dict[str, Any]) -> Session:
    """Return what of a file is of the right kind; the rest, which another version may have written, is left out."""
    texts = {
        name: kept[name]
        for name in ("selected", "filter", "order", "theme")
        if isinstance(kept.get(name), str) and len(kept[name]) <= _LONGEST
    }
    columns = kept.get("columns")
    if isinstance(columns, list) and all(isinstance(name, str) for name in columns):
        texts["columns"] = tuple(columns)
    return Session(**texts, sizes=_sizes(kept.get("sizes")))


def _sizes(kept: object) -> PaneSizes:
    """Return sizes that were kept, each within what its pane can have."""
    if not isinstance(kept, dict):
        return PaneSizes()
    known = {
        one.name: kept[one.name]
        for one in fields(PaneSizes)
        if isinstance(kept.get(one.name), int) and not isinstance(kept[one.name], bool)
    }
    return PaneSizes(**known).within_bounds()


def _damaged(place: Path) -> TlscaError:
    return Unreadable(
        f"The last session is not to be read: {printable(str(place))} is damaged.",
        hint="It is begun anew, and nothing else is lost.",
    )
