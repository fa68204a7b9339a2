import os

import pytest

from tlsca.errors import StoreError
from tlsca.store.ledger import Ledger

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")


def told(directory, now) -> list[str]:
    with Ledger.open(directory, clock=lambda: now) as ledger:
        return list(ledger.notices)


def test_of_a_store_that_is_its_owners_alone_nothing_is_told(ledger, directory, now):
    assert told(directory, now) == []


@pytest.mark.parametrize(
    ("mode", "may"), [(0o750, "read"), (0o704, "read"), (0o720, "change"), (0o777, "change")]
)
def test_a_mode_that_lets_others_in_is_told(ledger, directory, now, mode, may):
    directory.chmod(mode)
    (sentence,) = told(directory, now)
    assert (
        sentence
        == f"Others than its owner may {may} {directory}: its mode is {mode:04o}, and should be 0700."
    )


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give a directory away")
def test_a_foreign_owner_is_told(ledger, directory, now):
    os.chown(directory, 12345, -1)
    (sentence,) = told(directory, now)
    assert sentence == f"Somebody else owns {directory} (user 12345), and can change what is in it."


def test_a_link_in_place_of_the_store_is_told(ledger, directory, now, tmp_path):
    (tmp_path / "link").symlink_to(directory)
    (sentence,) = told(tmp_path / "link", now)
    assert sentence.startswith(f"{tmp_path}/link is a symbolic link")


@pytest.mark.parametrize("name", ["journal.jsonl", "lock"])
def test_a_link_in_place_of_the_journal_or_the_lock_is_refused(ledger, directory, now, name):
    (directory / name).rename(directory / "elsewhere")
    (directory / name).symlink_to(directory / "elsewhere")
    with pytest.raises(StoreError, match="cannot be opened"):
        told(directory, now)
