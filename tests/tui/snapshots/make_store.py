"""Make the store that the pictures show: the demo's, at a time that stands still. Once, because keys are never the same twice.

python tests/tui/snapshots/make_store.py
"""

import functools
import sys
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[3]))

from tlsca.authority import demo
from tlsca.authority.keeping import create_store

NOW = datetime.fromisoformat("2030-01-31T09:30:00Z")

if __name__ == "__main__":
    with (
        patch.object(demo, "create_store", functools.partial(create_store, clock=lambda: NOW)),
        patch("tlsca.store.account.user", return_value="operator"),
        patch("platform.node", return_value="ca.example"),
    ):
        demo.create_demo(Path(__file__).parent / "store").close()
