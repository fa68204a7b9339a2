import os
import platform
import pwd
import ssl
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from tinydb import where

from tlsca.errors import (
    Ambiguous,
    Duplicate,
    NotFound,
    StoreConflict,
    StoreDamaged,
    StoreExists,
    StoreMissing,
    StoreReadOnly,
    StoreWriteFailed,
)
from tlsca.store.journal import FileJournal
from tlsca.store.ledger import Ledger
from tlsca.store.lines import START, Entry, encode
from tlsca.store.records import SCHEMA_VERSION, KeyRecord, Reason


@pytest.fixture
def change(ledger, now):
    """Run one transaction whose body is the function given."""

    def run(body, act="change"):
        with ledger.transaction(act, at=now) as change:
            return body(change)

    return run


def key(number: int, now) -> KeyRecord:
    return KeyRecord(id=f"{number:064x}", kind="ec-p256", sealed="AAAA", created_at=now)


# Making and opening


def test_a_second_store_in_the_same_directory_is_refused(ledger, directory, now):
    with pytest.raises(StoreExists, match="There is a store in"):
        Ledger.create(directory, at=now, random=os.urandom)


def test_a_store_may_be_made_in_a_directory_that_exists(tmp_path, now):
    with Ledger.create(tmp_path, at=now, random=os.urandom) as ledger:
        assert (ledger.directory, ledger.position, ledger.read_only) == (tmp_path, 1, None)


def test_a_directory_that_cannot_be_made_is_a_failed_write(tmp_path, now):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreWriteFailed, match="cannot be made: "):
        Ledger.create(tmp_path / "file" / "store", at=now, random=os.urandom)


@pytest.mark.parametrize("name", ["absent", "file/below"])
def test_a_store_that_is_not_there_is_missing(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreMissing) as caught:
        Ledger.open(tmp_path / name)
    assert "tlsca init" in caught.value.hint


def test_the_first_line_says_which_schema_and_which_store(ledger, tmp_path, now):
    first = next(ledger.history())
    assert (first.seq, first.act, first.at) == (1, "init", now)
    assert first.detail["schema"] == SCHEMA_VERSION
    other = Ledger.create(tmp_path / "other", at=now, random=os.urandom)
    assert next(other.history()).detail["store"] != first.detail["store"]


def test_a_store_of_a_newer_schema_is_read_and_not_written(ledger, directory, now):
    with ledger.transaction("upgrade", at=now, detail={"schema": SCHEMA_VERSION + 1}):
        pass
    with Ledger.open(directory) as again:
        assert again.read_only == (
            f"The store was written by a newer tlsca: its schema is {SCHEMA_VERSION + 1}, this one knows {SCHEMA_VERSION}."
        )
        with pytest.raises(StoreReadOnly, match="newer tlsca"):
            again.database.insert({})


@pytest.mark.parametrize("how", ["asked", "closed"])
def test_a_ledger_that_is_not_to_write_says_why(ledger, directory, how):
    other = Ledger.open(directory, read_only=how == "asked")
    if how == "closed":
        other.close()
    with pytest.raises(StoreReadOnly) as caught:
        other.database.insert({})
    assert caught.value.sentence == other.read_only
    ledger.database.insert({})
    assert other.refresh()


# Certificates


def test_a_certificate_that_was_added_is_there_after_the_next_start(directory, change, make):
    record, pem = make(1)
    assert change(lambda change: change.add_certificate(record, pem)) == record
    with Ledger.open(directory) as again:
        assert again.certificates() == [record]
        assert again.certificate(record.id) == record
        assert again.object_pem(record.sha256) == pem
        assert (again.read_only, again.repairs) == (None, ())


def test_certificates_come_in_the_order_of_their_making(ledger, add):
    assert [record.id for record in add(3, 1, 2)] == [record.id for record in ledger.certificates()]


def test_a_transaction_that_raises_changes_nothing_and_leaves_no_object(directory, ledger, change, make):
    def body(change):
        change.add_certificate(*make(1))
        raise LookupError

    with pytest.raises(LookupError):
        change(body)
    assert ledger.certificates() == []
    assert ledger.position == 1
    assert not list(directory.rglob("*.pem"))


def test_an_object_that_was_there_before_survives_a_transaction_that_raises(ledger, change, make):
    record, pem = make(1)
    sha256 = change(lambda change: change.add_object(pem))

    def body(change):
        change.add_certificate(record, pem)
        raise LookupError

    with pytest.raises(LookupError):
        change(body)
    assert ledger.object_pem(sha256) == pem


def test_a_write_that_fails_leaves_no_object_either(directory, ledger, change, make, monkeypatch):
    def fail(*_):
        raise StoreWriteFailed("No space left.")

    monkeypatch.setattr(ledger._replica._journal, "append", fail)
    with pytest.raises(StoreWriteFailed):
        change(lambda change: change.add_certificate(*make(1)))
    assert ledger.certificates() == []
    assert not list(directory.rglob("*.pem"))


def test_many_changes_are_one_line(ledger, now, make):
    with ledger.transaction("issue", at=now, detail={"count": 5}) as change:
        for number in range(5):
            change.add_certificate(*make(number))
        change.add_key(key(1, now))
        change.put_setting("vault", {})
    assert ledger.position == 2
    assert next(ledger.history(2)).detail == {"count": 5}


@pytest.mark.parametrize(
    "fields", [{"id": f"{1:032x}"}, {"serial": "ab12"}], ids=["identity", "serial of one issuer"]
)
def test_what_must_be_unique_is_refused_a_second_time(ledger, add, fields):
    add(1, serial="ab12")
    with pytest.raises(Duplicate):
        add(2, **fields)
    assert len(ledger.certificates()) == 1


def test_what_must_be_unique_is_refused_a_second_time_within_one_transaction(ledger, add):
    with pytest.raises(Duplicate, match="CN=Acme Root has issued serial number 07 already"):
        add(1, 2, serial="07")
    assert ledger.certificates() == []


@pytest.fixture
def add_many(ledger, make, now):
    """Add certificates as a table of them is added."""

    def add(*numbers: int, **fields):
        made = [make(number, **fields) for number in numbers]
        with ledger.transaction("issue-many", at=now) as change:
            return change.add_certificates(
                [(record, ssl.PEM_cert_to_DER_cert(pem.decode())) for record, pem in made]
            )

    return add


@pytest.mark.parametrize("count", [3, 60])
def test_many_are_added_as_one_by_one(ledger, add_many, count):
    kept = add_many(*range(count))
    assert kept == ledger.certificates()
    assert all(ledger.object_pem(record.sha256) for record in kept)


@pytest.mark.parametrize("count", [3, 60])
def test_of_many_with_a_duplicate_among_them_none_stays(ledger, add_many, directory, count):
    with pytest.raises(Duplicate):
        add_many(*range(count), serial="07")
    assert ledger.certificates() == []
    assert [path for path in (directory / "objects").rglob("*") if path.is_file()] == []


def test_a_certificate_is_in_the_store_once(add):
    add(1)
    with pytest.raises(Duplicate, match="is in the store already"):
        add(1, id="f" * 32)


def test_two_issuers_may_use_the_same_serial_number(ledger, add):
    add(1, serial="01")
    add(2, serial="01", issuer_id="1" * 32)
    add(3, serial="01", issuer_id=None, issuer="CN=Elsewhere")
    add(4, serial="01", issuer_id=None, issuer="CN=Somewhere")
    assert len(ledger.by_serial("01")) == 4
    with pytest.raises(Duplicate):
        add(5, serial="01", issuer_id=None, issuer="CN=Elsewhere")


def test_the_pem_must_be_the_certificate_that_the_record_describes(change, make):
    with pytest.raises(ValueError, match="not the record's certificate"):
        change(lambda change: change.add_certificate(make(1)[0], make(2)[1]))


def test_a_record_is_replaced_by_a_later_state_of_itself(ledger, directory, add, change, now):
    (old,) = add(1)
    new = revoked(old, now)
    assert change(lambda change: change.replace_certificate(old, new)) == new
    assert ledger.certificate(old.id) == new
    with Ledger.open(directory) as again:
        assert again.certificates() == [new]


def revoked(record, at):
    return replace(record, revoked_at=at, reason=Reason.KEY_COMPROMISE)


def test_a_field_that_became_none_is_gone(ledger, add, change, now):
    (record,) = add(1)
    held = revoked(record, now)
    change(lambda change: change.replace_certificate(record, held))
    change(lambda change: change.replace_certificate(held, record))
    assert ledger.certificate(record.id) == record


def test_replacing_what_somebody_else_changed_is_a_conflict(ledger, directory, add, change, now):
    (record,) = add(1)
    with Ledger.open(directory) as other, other.transaction("revoke", at=now) as theirs:
        theirs.replace_certificate(record, revoked(record, now))
    with pytest.raises(StoreConflict, match="was changed by somebody else"):
        change(lambda change: change.replace_certificate(record, record))
    assert ledger.certificate(record.id).revoked_at == now


def test_replacing_one_certificate_by_another_is_a_defect(add, change):
    one, other = add(1, 2)
    with pytest.raises(ValueError, match="later state of itself"):
        change(lambda change: change.replace_certificate(one, other))


def test_a_certificate_that_was_removed_is_not_found_and_its_object_stays(ledger, add, change, make):
    (record,) = add(1)
    change(lambda change: change.remove_certificate(record))
    assert ledger.certificates() == ledger.by_name("host1.example.com") == []
    assert ledger.object_pem(record.sha256) == make(1)[1]
    with pytest.raises(NotFound):
        ledger.certificate(record.id)
    for act in (
        lambda change: change.remove_certificate(record),
        lambda change: change.replace_certificate(record, record),
    ):
        with pytest.raises(NotFound):
            change(act)


def test_a_certificate_may_be_removed_and_added_again_in_one_transaction(ledger, add, change, make):
    one, other = add(1, 2)

    def body(change):
        change.remove_certificate(one)
        change.add_certificate(*make(1))

    change(body)
    assert ledger.certificates() == [other, one]


def test_what_was_added_can_be_replaced_in_the_same_transaction(ledger, change, make, now):
    record, pem = make(1)

    def body(change):
        added = change.add_certificate(record, pem)
        change.replace_certificate(added, revoked(added, now))

    change(body)
    assert ledger.certificates() == [revoked(record, now)]


# Keys and settings


def test_keys_are_found_by_their_public_half(ledger, directory, change, now):
    change(lambda change: change.add_key(key(1, now)))
    assert ledger.key(f"{1:064x}") == key(1, now)
    assert ledger.key(f"{2:064x}") is None
    with pytest.raises(Duplicate, match="is in the store already"):
        change(lambda change: change.add_key(key(1, now)))
    change(lambda change: change.remove_key(f"{1:064x}"))
    with Ledger.open(directory) as again:
        assert again.key(f"{1:064x}") is None
    with pytest.raises(NotFound):
        change(lambda change: change.remove_key(f"{1:064x}"))


def test_settings_are_named_documents(ledger, directory, change):
    change(lambda change: change.put_setting("vault", {"salt": "x", "list": [1]}))
    change(lambda change: [change.put_setting("watch:a", {}), change.put_setting("watch:a", {"b": 1})])
    assert ledger.setting("vault") == {"salt": "x", "list": [1]}
    assert ledger.setting("watch:a") == {"b": 1}
    assert ledger.setting("nothing") is None
    assert ledger.settings() == ["vault", "watch:a"]
    assert ledger.settings("watch:") == ["watch:a"]
    change(lambda change: change.put_setting("vault", {"salt": "y"}))
    ledger.setting("vault")["salt"] = "changed by a caller"
    with Ledger.open(directory) as again:
        assert again.setting("vault") == ledger.setting("vault") == {"salt": "y"}
    change(lambda change: change.remove_setting("vault"))
    assert ledger.setting("vault") is None
    with pytest.raises(NotFound):
        change(lambda change: change.remove_setting("vault"))


# Finding


def test_certificates_are_found_by_everything_that_identifies_them(ledger, add):
    one, two = add(1, 2)
    assert ledger.by_serial(one.serial) == [one]
    assert ledger.by_fingerprint(two.sha256) == two
    assert ledger.by_fingerprint("00" * 32) is None
    assert ledger.by_name("HOST1.example.com") == [one]
    assert ledger.by_issuer("0" * 32) == [one, two]
    assert ledger.with_key(two.key_id) == [two]


def test_the_revoked_certificates_of_an_issuer_are_found_without_the_others(ledger, add, change, now):
    one, two = add(1, 2)
    assert ledger.revoked_by(one.issuer_id) == []
    revoked = replace(one, revoked_at=now, reason=Reason.SUPERSEDED)
    change(lambda change: change.replace_certificate(one, revoked))
    assert ledger.revoked_by(one.issuer_id) == [revoked]
    change(lambda change: change.replace_certificate(revoked, one))
    assert ledger.revoked_by(two.issuer_id) == []


def test_authorities_are_found_without_the_others(ledger, add, change):
    _, two = add(1, 2)
    assert ledger.authorities() == []
    authority = replace(two, is_authority=True)
    change(lambda change: change.replace_certificate(two, authority))
    assert ledger.authorities() == [authority]
    change(lambda change: change.replace_certificate(authority, two))
    assert ledger.authorities() == []


def test_indexes_follow_every_change_whether_they_were_asked_before_or_not(
    ledger, directory, add, change, now
):
    (record,) = add(1)
    ledger.by_name("host1.example.com")
    renamed = replace(record, names=("new.example.com",), subject="CN=New", not_after=now)
    change(lambda change: change.replace_certificate(record, renamed))
    with Ledger.open(directory) as fresh:
        for ledger_ in (ledger, fresh):
            assert ledger_.by_name("host1.example.com") == []
            assert ledger_.by_name("new") == ledger_.by_name("CN=new") == [renamed]
            assert ledger_.by_name("new.example.com") == [renamed]
        ledger.database.drop_table("certificates")
        assert fresh.refresh()
        assert ledger.by_name("new") == fresh.by_name("new") == fresh.certificates() == []


@pytest.mark.parametrize(
    "reference",
    [
        "host1.example.com",
        "HOST1.EXAMPLE.COM",
        "  www.example.com ",
        "10.0.0.1",
        "a,b",
        "CN=a\\,b,O=Acme",
        "cn=A\\,B,o=acme",
        "abcd",
        "AB:CD:EF",
        "abcdef0123456789",
    ],
)
def test_a_reference_may_be_any_name_or_the_first_digits_of_a_number(ledger, add, now, reference):
    add(
        1,
        serial="abcdef0123456789",
        subject="CN=a\\,b,O=Acme",
        names=("host1.example.com", "www.example.com", "10.0.0.1"),
    )
    add(2, serial="ff00")
    assert ledger.find(reference, now=now).id == f"{1:032x}"


def test_a_reference_may_be_the_first_digits_of_the_fingerprint(ledger, add, now):
    one, two = add(1, 2)
    assert ledger.find(two.sha256[:4], now=now) == two
    assert ledger.find(one.sha256.upper(), now=now) == one


@pytest.mark.parametrize("reference", ["abc", "", "abcde0", "example.com", "zz"])
def test_too_few_digits_or_a_part_of_a_name_find_nothing(ledger, add, now, reference):
    add(1, serial="abcdef0123456789")
    with pytest.raises(NotFound, match="Nothing in the store is called"):
        ledger.find(reference, now=now)


def test_a_short_serial_number_is_found_as_a_whole(ledger, add, now):
    one, _ = add(1, serial="01"), add(2, serial="0102030405")
    assert ledger.find("01", now=now) == one[0]


def test_an_exact_name_wins_over_the_digits_of_another(ledger, add, now):
    add(1, serial="beef0000")
    named = add(2, names=("beef",), subject="CN=beef")
    assert ledger.find("beef", now=now) == named[0]


def test_a_name_means_the_certificate_that_is_in_force(ledger, add, now):
    name = {"names": ("www.example.com",), "subject": "CN=www.example.com"}
    add(1, **name, renewed_by=f"{4:032x}")
    add(2, **name, revoked_at=now, reason=Reason.SUPERSEDED)
    add(3, **name, not_after=now - timedelta(seconds=1))
    add(4, **name)
    assert ledger.find("www.example.com", now=now).id == f"{4:032x}"


def test_a_name_that_only_an_expired_certificate_has_means_that_one(ledger, add, now):
    add(1, not_after=now - timedelta(days=1))
    assert ledger.find("host1.example.com", now=now).id == f"{1:032x}"


def test_an_ambiguous_reference_lists_at_most_ten_candidates(ledger, add, now):
    for number in range(12):
        add(number, names=("www.example.com",), subject="CN=www\u202egpj")
    with pytest.raises(Ambiguous, match="names 12 certificates") as caught:
        ledger.find("www.example.com", now=now)
    lines = caught.value.hint.splitlines()
    assert len(lines) == 12
    first = ledger.certificates()[0]
    assert lines[1] == f"  {first.serial[:16]}  CN=www\\u202egpj, until 2030-05-01T09:30:00Z"
    assert lines[-1] == "  and 2 more"
    assert "\n" not in caught.value.sentence


def test_only_those_that_are_asked_for_are_meant(ledger, add, now):
    add(1, names=("acme",), subject="CN=Acme")
    authority = add(2, names=(), subject="CN=Acme", is_authority=True)
    with pytest.raises(Ambiguous):
        ledger.find("acme", now=now)
    assert ledger.find("acme", now=now, among=lambda record: record.is_authority) == authority[0]
    with pytest.raises(NotFound):
        ledger.find("acme", now=now, among=lambda record: False)


def test_an_unknown_name_is_answered_with_the_nearest(ledger, add, now):
    add(1, 2)
    with pytest.raises(NotFound) as caught:
        ledger.find("hots1.example.com", now=now)
    assert caught.value.hint == "The nearest name is “host1.example.com”."
    with pytest.raises(NotFound) as caught:
        ledger.find("\x1b[2J", now=now)
    assert caught.value.sentence == "Nothing in the store is called “\\x1b[2J”."
    assert "tlsca list" in caught.value.hint


# The audit log


def test_the_audit_log_says_who_did_what_when_and_where(ledger, now, monkeypatch):
    monkeypatch.setenv("LOGNAME", "somebody else")
    with ledger.transaction("export-key", at=now + timedelta(hours=1), detail={"ref": "ab12"}):
        pass
    act = list(ledger.history())[-1]
    assert (act.seq, act.act, act.detail) == (2, "export-key", {"ref": "ab12"})
    assert act.at == now + timedelta(hours=1)
    assert (act.who, act.host) == (pwd.getpwuid(os.geteuid()).pw_name, platform.node())
    assert ledger.verify() == 2


def test_what_is_changed_through_tinydb_is_an_edit_of_its_own(ledger, now):
    ledger.database.insert({})
    assert [(act.act, act.at) for act in ledger.history(2)] == [("edit", now)]


def test_history_starts_anywhere_also_far_from_a_mark(ledger, directory):
    grow(directory, 2010)
    ledger.refresh()
    for first in (1, 2, 999, 1000, 1001, 2000, 2011):
        assert [act.seq for act in ledger.history(first)] == list(range(first, 2012))
    assert list(ledger.history(5000)) == []
    assert next(ledger.history(0)).seq == 1


def grow(directory, lines: int) -> None:
    """Append lines as other processes would, without the syncs."""
    path = directory / "journal.jsonl"
    *_, last = FileJournal(path).read(START)
    position, text = last.after, b""
    for _ in range(lines):
        line, position = encode(Entry("act", "2030-01-31T09:30:00Z", "ada", "host", {}, {}, {}, []), position)
        text += line
    with path.open("ab") as file:
        file.write(text)


def test_the_log_shows_what_this_ledger_knows_even_when_others_wrote_more(ledger, directory):
    grow(directory, 1)
    assert [act.seq for act in ledger.history()] == [1]
    assert ledger.verify() == 2


def test_verifying_finds_damage_that_happened_after_the_store_was_opened(ledger, directory, add):
    add(1)
    add(2)
    path = directory / "journal.jsonl"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"host1.example.com", b"host7.example.com", 1))
    with pytest.raises(StoreDamaged, match="Line 2 of the journal"):
        ledger.verify()


# Transactions among threads


def test_a_transaction_within_a_transaction_is_a_defect(ledger, change, now):
    with pytest.raises(RuntimeError, match="in a transaction already"):
        change(lambda _: change(lambda _: None))
    assert ledger.position == 1


def test_reading_does_not_wait_for_a_transaction_of_another_thread(ledger, add, now, make):
    add(1)
    begun, done = threading.Event(), threading.Event()

    def write():
        with ledger.transaction("slow", at=now) as change:
            change.add_certificate(*make(2))
            begun.set()
            done.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait(10)
    started = time.monotonic()
    assert len(ledger.certificates()) == 1
    assert ledger.find("host1.example.com", now=now)
    assert not ledger.refresh()
    assert ledger.database.table("certificates").count(where("id").exists()) == 1
    assert time.monotonic() - started < 5
    done.set()
    thread.join()
    assert len(ledger.certificates()) == 2


def test_threads_that_write_and_read_at_once_lose_nothing(ledger, now, make):
    failures = []

    def write(start: int):
        for number in range(start, start + 10):
            with ledger.transaction("issue", at=now) as change:
                change.add_certificate(*make(number))

    def read():
        for _ in range(50):
            records = ledger.certificates()
            if any(ledger.by_fingerprint(record.sha256) != record for record in records):
                failures.append(records)

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 10, 20)]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {record.id for record in ledger.certificates()} == {f"{number:032x}" for number in range(30)}
    assert ledger.verify() == 31
