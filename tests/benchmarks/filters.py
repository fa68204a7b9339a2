"""What a filter costs with every key that is pressed, for each thing that a filter can say, at four sizes.

    python tests/benchmarks/filters.py [CERTIFICATES...]

Times are processor time in milliseconds, the least of several turns; *first* is the first time in a catalogue as a screen has it, when
nothing was looked for in it yet. Below the names of the sizes stands what Python takes to pick out of a bare list of the first names
those that have a word in them, and to count the names: what is written beside each filter is how many times that pick it takes at the
largest size. After the last letter of a word that is typed, only what the letters before it kept is looked at.
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from large import SIZES, make_store

from tlsca.authority.catalogue import Catalogue, Selection
from tlsca.authority.desk import Desk
from tlsca.authority.filter_reading import read_filter
from tlsca.authority.listing import Entry, entries
from tlsca.authority.ordering import Order
from tlsca.store.ledger import Ledger

TURNS = 5
BOUND = 50.0
"""Milliseconds that no filter may take."""
FILTERS = (
    *("h", "host9", "host99999", "example", '"acme server"', "host9 www", "-host9", "-x"),
    *("9999", "-9999", "9999 host"),
    *("name:host9", "name:*.com", "name:www.*", "-name:*.com", "name:h*9*com"),
    *("san:host9", "san:*.example.com", "san:*.host99.example.com", "san:www.*", "san:www.*.com"),
    *("san:*host*exam*", "-san:host9", "-san:*.example.com", "san:host9,host8", "san:*.com,*.org"),
    *("subject:host9", "subject:*acme", "subject:cn=*", "subject:cn=*o=acme"),
    *("serial:7", "serial:7*", "serial:7*9", "sha256:9", "sha256:99*", "-sha256:9"),
    *("status:valid", "status:valid,expired", "-status:valid", "issuer:acme", "issuer:*ca", "-issuer:acme"),
    *("profile:server", "key:ec", "reason:superseded", "renewed:no", "seen:x"),
    *("tag:prod", "-tag:prod", "note:x", "contact:x"),
    *("expires<30d", "expires>30d", "-expires<30d", "expires:2030", "expires:2030-05", "expires<2030-05-01"),
    *("issued<7d", "issued>7d", "issued:2030", "seen<7d"),
    "expires>30d san:*.example.com -status:revoked host",
)
TYPED = ("host99", "san:*.example.com", "issuer:acme")
"""Typed letter by letter; the dearest letter counts."""


def milliseconds(act: Callable[[], object]) -> float:
    """Return the processor time of an act, without what clearing up after it takes."""
    begun = time.process_time()
    kept = act()
    taken = time.process_time() - begun
    del kept
    return taken * 1000


def least(act: Callable[[], object]) -> float:
    return min(milliseconds(act) for _ in range(TURNS))


def dearest_letter(catalogue: Catalogue, text: str) -> float:
    """Type a filter, and return what the dearest of its letters costs."""
    before: Selection | None = None
    dearest = 0.0
    for end in range(1, len(text) + 1):
        wanted = read_filter(text[:end])
        dearest = max(
            dearest, least(lambda wanted=wanted, before=before: catalogue.select(wanted, Order(), before))
        )
        before = catalogue.select(wanted, Order(), before)
    return dearest


def measured(every: Sequence[Entry]) -> dict[str, float]:
    """Measure everything over some certificates."""
    names = [entry.record.names[0] for entry in every]
    figures = {
        "bare: pick “host9”": least(lambda: [name for name in names if "host9" in name]),
        "bare: count names": least(lambda: sum(1 for _ in names)),
    }
    gc.collect()
    catalogue = Catalogue().followed_by(every)
    catalogue.select(read_filter(""), Order())
    for text in FILTERS:
        wanted = read_filter(text)
        figures[f"{text} (first)"] = milliseconds(
            lambda wanted=wanted: Catalogue(every, catalogue.haystacks).select(wanted, Order())
        )
        figures[text] = least(lambda wanted=wanted: catalogue.select(wanted, Order()))
    for text in TYPED:
        figures[f"{text}, typed"] = dearest_letter(catalogue, text)
    return figures


def main(sizes: Sequence[int]) -> None:
    """Measure every size, and print a curve for each figure."""
    found: list[dict[str, float]] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            make_store(Path(temporary) / "store", size)
            desk = Desk(ledger=Ledger.open(Path(temporary) / "store"))
            found.append(measured(entries(desk)))
            desk.ledger.close()
    bare = found[-1]["bare: pick “host9”"]
    sys.stdout.write(f"{'certificates':<52}" + "".join(f"{size:>10,}" for size in sizes) + "  x bare\n")
    for name, last in found[-1].items():
        row = f"{name:<52}" + "".join(f"{one[name]:>10.2f}" for one in found) + f"{last / bare:>8.1f}"
        sys.stdout.write(row + ("   more than it may be\n" if last > BOUND else "\n"))


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(SIZES))
