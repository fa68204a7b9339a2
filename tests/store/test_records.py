import json
from dataclasses import fields, replace
from datetime import timedelta, timezone

import pytest

from tlsca.errors import StoreDamaged, StoreReadOnly
from tlsca.store.records import CertificateRecord, KeyRecord, Reason


@pytest.fixture
def record(make):
    return make(1)[0]


@pytest.fixture
def full(record, now):
    """A record none of whose fields is None."""
    return replace(
        record,
        revoked_at=now,
        reason=Reason.HOLD,
        invalid_since=now,
        renewed_by="f" * 32,
        last_seen="host:443",
        last_seen_at=now,
        partition=1,
        label="The shop",
        note="Ask before touching it.\nTwice.",
        tags=("shop", "web"),
        contacts=("ops@example.com",),
    )


def test_a_record_comes_back_from_the_text_of_its_document(record, full):
    for given in (record, replace(record, issuer_id=None, names=(), subject=""), full):
        assert CertificateRecord.from_document(json.loads(json.dumps(given.to_document()))) == given
    assert not {field.name for field in fields(full)} - full.to_document().keys()


def test_a_record_as_read_is_what_its_document_gives(record, full, now):
    stockholm = timezone(timedelta(hours=1))
    for given in (
        record,
        full,
        replace(full, last_seen_at=now.astimezone(stockholm)),
        replace(record, created_at=now.replace(microsecond=7)),
    ):
        read, back = given.as_read(), CertificateRecord.from_document(given.to_document())
        assert read == back
        assert read.to_document() == back.to_document()


def test_a_key_comes_back_from_its_document(now):
    key = KeyRecord(id="ab" * 32, kind="ec-p256", sealed="AAAA", created_at=now)
    assert KeyRecord.from_document(key.to_document()) == key


def test_times_are_kept_in_utc_and_whole_seconds(record, now):
    elsewhere = timezone(timedelta(hours=2))
    given = replace(record, created_at=now.astimezone(elsewhere).replace(microsecond=9))
    assert given.to_document()["created_at"] == "2030-01-31T09:30:00Z"
    assert CertificateRecord.from_document(given.to_document()).created_at == now


def test_fields_that_an_older_schema_lacks_take_their_defaults(full, record):
    optional = (
        "issuer_id",
        "revoked_at",
        "reason",
        "invalid_since",
        "renewed_by",
        "last_seen",
        "last_seen_at",
        "partition",
        "label",
        "note",
        "tags",
        "contacts",
    )
    document = {name: value for name, value in full.to_document().items() if name not in optional}
    assert CertificateRecord.from_document(document) == replace(record, issuer_id=None)


def test_a_record_of_the_first_schema_is_written_as_it_stood(record):
    assert not {"label", "note", "tags", "contacts"} & record.to_document().keys()


def test_a_field_of_a_newer_schema_is_not_dropped_in_silence(record):
    with pytest.raises(StoreReadOnly, match="has a field trust_anchor that this tlsca does not know"):
        CertificateRecord.from_document({**record.to_document(), "trust_anchor": True})


@pytest.mark.parametrize(
    "changes",
    [
        {"not_after": "tomorrow"},
        {"not_after": 7},
        {"names": None},
        {"reason": "boredom"},
        {"serial": ...},
    ],
)
def test_what_is_no_record_is_damage(record, changes):
    document = {
        name: value for name, value in {**record.to_document(), **changes}.items() if value is not ...
    }
    with pytest.raises(StoreDamaged, match="A certificate's record in the store cannot be read"):
        CertificateRecord.from_document(document)


def test_a_key_that_is_none_is_damage():
    with pytest.raises(StoreDamaged, match="A key's record in the store cannot be read"):
        KeyRecord.from_document({"id": "ab"})
