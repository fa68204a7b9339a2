import errno
import hashlib
import json
import os
import resource
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import (
    StoreConflict,
    StoreDamaged,
    StoreError,
    StoreMissing,
    StoreReadOnly,
    StoreWriteFailed,
)
from tlsca.store.journal import FileJournal
from tlsca.store.ledger import Ledger
from tlsca.store.lines import START, Entry, Position, decode, encode


def entry(act: str = "issue", **documents) -> Entry:
    return Entry(act, "2030-01-31T09:30:00Z", "ada", "host", {}, {"table": documents}, {}, [])


SOUND = b'{"seq":%d,"act":"a","at":"2030-01-31","who":"","host":""}'


def chained(body: bytes, before: Position) -> bytes:
    """A line with any body, as somebody who knows the form would write it."""
    digest = hashlib.sha256(before.digest + body).hexdigest().encode()
    return b"%08x %s %s\n" % (len(body), digest, body)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


@pytest.fixture
def journal(path):
    return FileJournal.create(path, entry("init"))


def end_of(journal: FileJournal):
    return [START, *(lines.after for lines in journal.read(START))][-1]


@pytest.fixture
def three_lines(ledger, directory):
    """The bytes of a store's journal of three lines, and the documents after each."""
    states = [{}]
    table = ledger.database.table("hosts")
    table.insert({"name": "a"})
    states.append(tables_of(ledger))
    table.insert({"name": "b"})
    states.append(tables_of(ledger))
    return (directory / "journal.jsonl").read_bytes(), states


def tables_of(ledger: Ledger) -> dict:
    return {name: dict(table) for name, table in ledger.database.storage.read().items()}


# The form of a line


def test_a_line_declares_its_length_and_chains_its_hash_to_the_line_before(journal, path):
    journal.append(end_of(journal), entry(**{"1": {"name": "www"}}))
    digest = bytes(32)
    for number, raw in enumerate(path.read_bytes().splitlines(), 1):
        length, shown, body = raw.split(b" ", 2)
        digest = hashlib.sha256(digest + body).digest()
        assert int(length, 16) == len(body)
        assert shown.decode() == digest.hex()
        assert json.loads(body)["seq"] == number


def test_what_is_read_is_what_was_appended(journal):
    said = entry("revoke", **{"7": {"name": "\u202e\ud800\n", "list": [1, None, True]}})
    before = end_of(journal)
    appended = journal.append(before, said)
    assert appended.entries == [said]
    assert list(journal.read(before)) == [appended]


def test_reading_from_a_position_starts_behind_it(journal):
    first = end_of(journal)
    journal.append(first, entry("one"))
    assert [entry.act for lines in journal.read(first) for entry in lines.entries] == ["one"]
    assert list(journal.read(end_of(journal))) == []


def test_appending_anywhere_but_at_the_end_is_a_conflict(journal):
    first = end_of(journal)
    journal.append(first, entry())
    with pytest.raises(StoreConflict):
        journal.append(first, entry())


def test_a_line_with_another_number_is_damaged_even_if_its_hash_is_right():
    body = json.dumps({"seq": 2, "act": "init", "at": "2030-01-31", "who": "", "host": ""}).encode()
    raw = chained(body, START)
    assert refused(raw) == "Line 1 of the journal is damaged: it says that it is line 2."


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b"[]",
        b"{}",
        b'{"seq":1,"act":"a","at":"2030-01-31","who":"","host":"","put":{"t":{"x":{}}}}',
        b'{"seq":1,"act":"a","at":"2030-01-31","who":"","host":"","put":{"t":{"01":{}}}}',
        b'{"seq":1,"act":"a","at":"2030-01-31","who":"","host":"","put":{"t":{"\\u00b2":{}}}}',
        b'{"seq":1,"act":"a","at":"2030-01-31","who":"","host":"","put":{"t":{"1":3}}}',
        b'{"seq":1,"act":"a","at":"2030-01-31","who":"","host":"","put":[]}',
        b'{"seq":1,"act":"a","at":"2030-01-31","who":"","host":"","remove":{"t":"1"}}',
        b'{"seq":1,"act":"a","at":"2030-01-31","who":"","host":"","detail":[]}',
        b'{"seq":1,"act":7,"at":"2030-01-31","who":"","host":""}',
        b'{"seq":1,"act":"a","at":"2030-01-31","who":"","host":"","drop":"t"}',
        b'{"seq":1,"act":"a","at":"yesterday","who":"","host":""}',
    ],
)
def test_a_line_whose_text_is_no_transaction_is_damaged_even_if_its_hash_is_right(body):
    raw = chained(body, START)
    assert refused(raw) == "Line 1 of the journal is damaged: its text is not that of a transaction."


def refused(raw: bytes) -> str:
    lines, damage = decode([raw], START)
    assert lines == ([], [], START)
    return damage.sentence


@given(
    bodies=st.lists(
        st.sampled_from(
            [SOUND, b'{"seq":%d,"x":[{}', b'{"seq":%d}]}', b"%d", b"", b"{},{}", b"nonsense", b"\xff"]
        ),
        max_size=5,
    )
)
def test_lines_that_are_read_together_say_what_each_says_by_itself(bodies):
    raws, position = [], START
    for number, body in enumerate(bodies, 1):
        raws.append(chained(body % number if b"%d" in body else body, position))
        position = Position(number, position.offset + len(raws[-1]), bytes.fromhex(raws[-1][9:73].decode()))
    together = decode(raws, START)
    one_by_one, position, error = [], START, None
    while raws and error is None:
        lines, error = decode([raws.pop(0)], position)
        one_by_one += lines.each()
        position = lines.after
    assert list(together[0].each()) == one_by_one
    assert together[0].after == position
    assert str(together[1]) == str(error)


def test_a_missing_journal_is_a_missing_store(path):
    with pytest.raises(StoreMissing, match="There is no store in"):
        FileJournal(path)


# Cuts and flips: every one of them


def test_a_cut_at_any_byte_loses_at_most_the_line_it_is_in(three_lines, tmp_path):
    whole, states = three_lines
    ends = [position for position, byte in enumerate(whole, 1) if byte == 10]
    for cut in range(len(whole)):
        copy = store_of(tmp_path / str(cut), whole[:cut])
        lines = sum(end <= cut for end in ends)
        if lines == 0:
            with pytest.raises(StoreDamaged, match="Line 1 of the journal"):
                Ledger.open(copy)
            continue
        with Ledger.open(copy) as ledger:
            assert tables_of(ledger) == states[lines - 1]
            assert ledger.read_only is None
            torn = whole[ends[lines - 1] : cut]
            assert [path.read_bytes() for path in copy.glob("journal.torn-1")] == ([torn] if torn else [])
            assert len(ledger.repairs) == (1 if torn else 0)
            assert (copy / "journal.jsonl").read_bytes() == whole[:cut].removesuffix(torn)


def test_a_flipped_bit_anywhere_is_refused_by_the_number_of_its_line(three_lines, tmp_path, put_byte):
    whole, states = three_lines
    copy = store_of(tmp_path / "copy", whole)
    for place in range(len(whole)):
        number = whole[:place].count(b"\n") + 1
        for bit in range(8):
            put_byte(copy / "journal.jsonl", place, whole[place] ^ 1 << bit)
            if number == 1:
                with pytest.raises(StoreDamaged, match="Line 1 of the journal is damaged"):
                    Ledger.open(copy)
                continue
            with Ledger.open(copy) as ledger:
                assert ledger.read_only.startswith(f"Line {number} of the journal is damaged")
                assert tables_of(ledger) == states[number - 2]
        put_byte(copy / "journal.jsonl", place, whole[place])
    assert not list(copy.glob("journal.torn-*"))
    assert (copy / "journal.jsonl").read_bytes() == whole


def store_of(directory: Path, journal: bytes) -> Path:
    directory.mkdir()
    (directory / "journal.jsonl").write_bytes(journal)
    return directory


def test_a_damaged_store_shows_what_stands_before_and_writes_nothing(three_lines, tmp_path):
    whole, states = three_lines
    store_of(tmp_path / "copy", whole.replace(b'"name":"b"', b'"name":"c"'))
    with Ledger.open(tmp_path / "copy") as ledger:
        assert tables_of(ledger) == states[1]
        with pytest.raises(StoreReadOnly, match="Line 3 of the journal is damaged"):
            ledger.database.insert({})
        with pytest.raises(StoreDamaged, match="Line 3 of the journal"):
            ledger.verify()
        assert not ledger.refresh()


@pytest.mark.parametrize("zeros", [1, 73, 74, 5000])
def test_zeros_behind_the_last_line_are_a_torn_tail(three_lines, tmp_path, zeros):
    whole, states = three_lines
    store_of(tmp_path / "copy", whole + bytes(zeros))
    with Ledger.open(tmp_path / "copy") as ledger:
        assert tables_of(ledger) == states[2]
        assert "Line 4 of the journal was torn off" in ledger.repairs[0]
        ledger.database.insert({"goes": "on"})
        assert ledger.verify() == 4


def test_a_line_of_which_only_the_first_block_was_written_is_a_torn_tail(three_lines, tmp_path):
    whole, states = three_lines
    store_of(tmp_path / "copy", whole[:-40] + bytes(40))
    with Ledger.open(tmp_path / "copy") as ledger:
        assert tables_of(ledger) == states[1]
        assert ledger.repairs


def test_zeros_amid_the_journal_are_damage_and_nothing_behind_them_is_thrown_away(three_lines, tmp_path):
    whole, states = three_lines
    second = whole.index(b"\n") + 1
    zeroed = whole[:second] + bytes(20) + whole[second + 20 :] + bytes(9)
    copy = store_of(tmp_path / "copy", zeroed)
    with Ledger.open(copy) as ledger:
        assert ledger.read_only.startswith("Line 2 of the journal is damaged")
        assert tables_of(ledger) == states[0]
    assert (copy / "journal.jsonl").read_bytes() == zeroed


def test_each_torn_tail_gets_a_file_of_its_own(three_lines, tmp_path):
    whole, _ = three_lines
    copy = store_of(tmp_path / "copy", whole + b"one")
    Ledger.open(copy).close()
    with (copy / "journal.jsonl").open("ab") as file:
        file.write(b"two")
    Ledger.open(copy).close()
    assert [(copy / f"journal.torn-{n}").read_bytes() for n in (1, 2)] == [b"one", b"two"]
    assert stat.S_IMODE((copy / "journal.torn-1").stat().st_mode) == 0o600


def test_reading_only_leaves_a_torn_tail_where_it_is_and_says_so(three_lines, tmp_path):
    whole, states = three_lines
    copy = store_of(tmp_path / "copy", whole + b"torn")
    with Ledger.open(copy, read_only=True) as ledger:
        assert tables_of(ledger) == states[2]
        assert "never written to its end" in ledger.repairs[0]
    assert (copy / "journal.jsonl").read_bytes() == whole + b"torn"


# Writes that fail


def test_a_full_disk_leaves_the_journal_and_the_memory_as_they_were(ledger, directory):
    table = ledger.database.table("hosts")
    table.insert({"name": "a"})
    path = directory / "journal.jsonl"
    before, soft_hard = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, soft_hard[1]))
        with pytest.raises(StoreWriteFailed, match="The journal cannot be written: File too large"):
            table.insert({"name": "b"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, soft_hard)
    assert path.read_bytes() == before
    assert [dict(document) for document in table] == [{"name": "a"}]
    table.insert({"name": "c"})
    assert ledger.verify() == 3


def test_after_a_failed_sync_nothing_more_is_written_until_the_store_is_opened_again(
    ledger, directory, monkeypatch
):
    path = directory / "journal.jsonl"
    before = path.read_bytes()

    def fail(descriptor):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)  # no file system here fails on demand
        with pytest.raises(StoreWriteFailed, match="Input/output error"):
            ledger.database.insert({})
    with pytest.raises(StoreWriteFailed, match="could not be made durable"):
        ledger.database.insert({})
    assert path.read_bytes() == before
    assert len(ledger.database) == 0
    with Ledger.open(directory) as again:
        again.database.insert({})
        assert again.verify() == 2


def test_a_transaction_is_one_line_and_one_sync(ledger, directory, monkeypatch):
    synced = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(descriptor), sync(descriptor)))
    with ledger.database.storage.transaction():
        for number in range(20):
            ledger.database.insert({"number": number})
    assert len(synced) == 1
    assert ledger.verify() == 2


# Files of others


def test_a_journal_that_was_cut_under_an_open_ledger_makes_it_read_only(ledger, directory):
    ledger.database.insert({})
    os.truncate(directory / "journal.jsonl", 10)
    assert not ledger.refresh()
    with pytest.raises(StoreReadOnly, match="The journal was cut short: line 2 is gone"):
        ledger.database.insert({})


def test_a_journal_that_was_replaced_under_an_open_ledger_makes_it_read_only(ledger, directory):
    path = directory / "journal.jsonl"
    path.rename(directory / "old")
    path.write_bytes((directory / "old").read_bytes() * 2)
    with pytest.raises(StoreReadOnly, match="replaced by another file"):
        ledger.database.insert({})


def test_a_journal_that_was_removed_under_an_open_ledger_makes_it_read_only(ledger, directory):
    (directory / "journal.jsonl").unlink()
    with pytest.raises(StoreReadOnly, match="There is no store"):
        ledger.database.insert({})


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_files_are_private_from_their_creation_under_any_mask(tmp_path, make, now, mask):
    previous = os.umask(mask)
    try:
        ledger = Ledger.create(tmp_path / "new" / "store", at=now, random=os.urandom)
        with ledger.transaction("issue", at=now) as change:
            change.add_certificate(*make(1))
    finally:
        os.umask(previous)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


def test_a_symbolic_link_in_place_of_the_journal_is_not_followed(ledger, directory):
    (directory / "journal.jsonl").rename(directory / "elsewhere")
    (directory / "journal.jsonl").symlink_to(directory / "elsewhere")
    before = (directory / "elsewhere").read_bytes()
    with pytest.raises(StoreError, match=r"The store in .* cannot be opened"):
        ledger.database.insert({})
    assert (directory / "elsewhere").read_bytes() == before


def test_lines_encode_without_what_is_empty():
    raw, after = encode(Entry("act", "at", "who", "host", {}, {}, {}, []), START)
    assert json.loads(raw[74:]) == {"seq": 1, "act": "act", "at": "at", "who": "who", "host": "host"}
    assert after.offset == len(raw)
