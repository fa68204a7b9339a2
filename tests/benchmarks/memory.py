"""How much memory a process needs that has everything of a store at hand which it ever can: indexes, records, and what the list is filtered by.

    python tests/benchmarks/memory.py [CERTIFICATES]

The most that the process ever had, in MB, after each step; in the app Textual's own comes on top of it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from filters import FILTERS
from large import SIZES, make_store
from size import megabytes

from tlsca.authority.catalogue import Catalogue
from tlsca.authority.desk import Desk
from tlsca.authority.filter_reading import read_filter
from tlsca.authority.listing import entries
from tlsca.authority.ordering import SORTS, Order
from tlsca.store.indexes import Index
from tlsca.store.ledger import Ledger


def tell(step: str) -> None:
    sys.stdout.write(f"{step:<28}{megabytes():8.1f}\n")


def main(store: Path) -> None:
    """Take in a store step by step."""
    tell("before")
    ledger = Ledger.open(store)
    tell("opened")
    for index in vars(ledger._certificates).values():
        if isinstance(index, Index):
            index.words()
    tell("every index")
    ledger.certificates()
    tell("every record")
    catalogue = Catalogue().followed_by(entries(Desk(ledger=ledger)))
    tell("every text")
    for text in FILTERS:
        catalogue.select(read_filter(text), Order())
    tell("every filter")
    for by in SORTS:
        catalogue.select(read_filter(""), Order(by))
    tell("every order")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--in"]:
        main(Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            make_store(Path(temporary) / "store", int(sys.argv[1]) if sys.argv[1:] else SIZES[-1])
            subprocess.run([sys.executable, __file__, "--in", str(Path(temporary) / "store")], check=True)
