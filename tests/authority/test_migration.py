"""Stores of every earlier schema, as an earlier tlsca wrote them, open and are carried forward."""

import re
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tlsca.authority import keeping
from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.listing import entries
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.errors import StoreReadOnly
from tlsca.store.records import SCHEMA_VERSION

DATA = Path(__file__).parents[1] / "data"
STORES = sorted(DATA.glob("store-schema-*.tar.gz"))


def schema_of(archive: Path) -> int:
    return int(re.search(r"schema-(\d+)", archive.name)[1])


@pytest.fixture(params=STORES, ids=lambda path: f"schema {schema_of(path)}")
def old(request, directory, clock):
    """The directory of a store that an earlier tlsca made in November 2026."""
    clock.time = datetime(2026, 11, 21, tzinfo=UTC)
    directory.mkdir(mode=0o700)
    with tarfile.open(request.param) as archive:
        archive.extractall(directory, filter="tar")
    return directory


def test_there_is_a_store_of_every_earlier_schema():
    assert [schema_of(path) for path in STORES] == list(range(1, SCHEMA_VERSION))


def test_an_old_store_opens_whole_and_the_first_act_carries_it_forward(old, clock, passphrase):
    desk = keeping.open_store(old, clock=clock)
    assert {one.title: one.status for one in entries(desk)} == {
        "Acme Root": "valid",
        "Acme Issuing": "valid",
        "www.example.com": "valid",
        "old.example.com": "revoked",
    }
    before = desk.ledger.position
    keeping.unlock(desk, passphrase)
    (line,) = desk.ledger.history(before + 1)
    assert (line.act, line.detail["schema"], desk.ledger.schema) == ("unlock", SCHEMA_VERSION, SCHEMA_VERSION)
    for record in desk.ledger.certificates():
        assert desk.private_key(record)
    desk.close()


def test_it_is_worked_with_like_any_other(old, clock, passphrase):
    desk = keeping.open_store(old, clock=clock)
    keeping.unlock(desk, passphrase)
    annotate(desk, NoteForm(references=("www.example.com",), tags=("shop",)))
    issue(desk, CertificateForm(names=("new.example.com",), issuer="Acme Issuing"))
    assert publish_crl(desk, CrlForm(reference="Acme Issuing")).record.entries == 1
    desk.close()
    again = keeping.open_store(old, clock=clock)
    assert [one.record.tags for one in entries(again)][2] == ("shop",)
    assert (
        sum("schema" in act.detail for act in keeping.history(again)) == 2
    )  # the first line, and the first of this tlsca
    assert keeping.verify_history(again) == again.ledger.position
    again.close()


def test_looking_at_it_changes_nothing(old, clock, unchanged):
    (old / "lock").touch(mode=0o600)  # readers share a lock, in a file of their own making
    unchanged()
    desk = keeping.open_store(old, clock=clock)
    assert len(entries(desk)) == 4
    desk.close()


def test_a_store_of_a_newer_schema_is_read_and_says_why_it_is_not_written(
    desk, create, directory, clock, passphrase
):
    create("Acme Root")
    with desk.ledger.transaction("edit", at=clock.time, detail={"schema": SCHEMA_VERSION + 1}):
        pass
    desk.close()
    newer = keeping.open_store(directory, clock=clock)
    assert [one.title for one in entries(newer)] == ["Acme Root"]
    keeping.unlock(newer, passphrase)
    with pytest.raises(StoreReadOnly, match=f"written by a newer tlsca: its schema is {SCHEMA_VERSION + 1}"):
        issue(newer, CertificateForm(names=("a.example.com",)))
    newer.close()
