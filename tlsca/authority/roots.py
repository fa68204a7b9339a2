"""Roots that others gathered: those of this machine, and those of certifi where Python has it installed.

They end chains, and they fill in a link that nobody sent; what the store itself trusts is read from the store.
"""

import importlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from tlsca.authority.files import read_file
from tlsca.errors import Unreadable
from tlsca.pki.certificate import certificates
from tlsca.pki.path import Shelf, shelve
from tlsca.pki.read import LARGEST, Kind, read
from tlsca.probe.trust import system_roots


def system_shelf() -> Shelf:
    """Return the roots that this machine trusts, by subject."""
    return _shelf(system_roots())


def certifi_shelf() -> Shelf:
    """Return the roots of certifi, which many Python programs trust in the system's place; none where it is not installed."""
    return _shelf(certifi_roots())


@lru_cache(maxsize=1)
def certifi_roots() -> tuple[bytes, ...]:
    """Return the same as DER."""
    if importlib.util.find_spec("certifi") is None:
        return ()
    try:
        place = Path(str(importlib.import_module("certifi").where()))
        found = read(read_file(place, most=LARGEST), name="certifi")
    except (ImportError, AttributeError, Unreadable):
        return ()
    return tuple(one.der for one in found if one.kind is Kind.CERTIFICATE)


@lru_cache(maxsize=2)
def _shelf(ders: tuple[bytes, ...]) -> Shelf:
    return shelve(certificates(ders))
