"""Making a store, opening and locking it, and what the audit log says of that."""

import threading

import pytest

from tlsca.authority import keeping
from tlsca.errors import (
    PassphraseMissing,
    PassphraseWeak,
    PassphraseWrong,
    StoreDamaged,
    StoreError,
    StoreExists,
    StoreMissing,
)
from tlsca.store.ledger import Ledger


def acts(desk) -> list[str]:
    return [act.act for act in keeping.history(desk)]


def test_a_new_store_is_unlocked_and_says_who_made_it(desk, clock):
    assert desk.unlocked
    assert acts(desk) == ["init", "set-passphrase"]
    assert {act.at for act in keeping.history(desk)} == {clock.time}
    assert keeping.verify_history(desk) == 2


def test_a_store_is_made_where_there_is_none(desk, new_store, directory, unchanged):
    unchanged()
    with pytest.raises(StoreExists):
        new_store(directory)


def test_a_weak_passphrase_makes_no_store(tmp_path):
    with pytest.raises(PassphraseWeak):
        keeping.create_store(tmp_path / "store", "short")
    assert not (tmp_path / "store").exists()


def test_a_store_that_was_begun_and_never_got_its_passphrase_is_taken_up(directory, clock, new_store):
    Ledger.create(directory, at=clock.time, random=bytes, clock=clock).close()
    assert acts(new_store(directory)) == ["init", "set-passphrase"]


def test_of_two_who_make_a_store_at_once_one_wins(directory, new_store):
    made, refused = [], []
    barrier = threading.Barrier(2)

    def make() -> None:
        barrier.wait()
        try:
            made.append(new_store(directory))
        except StoreError as error:
            refused.append(error)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (1, 1)
    assert acts(made[0]).count("set-passphrase") == 1


def test_a_missing_store_is_told(tmp_path):
    with pytest.raises(StoreMissing):
        keeping.open_store(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_an_opened_store_is_locked_until_its_passphrase_is_given(desk, directory, clock, passphrase):
    desk.close()
    again = keeping.open_store(directory, clock=clock)
    assert not again.unlocked
    with pytest.raises(PassphraseMissing, match="locked"):
        again.open_vault()
    keeping.unlock(again, passphrase)
    assert again.unlocked
    assert acts(again)[-1] == "unlock"
    again.close()
    assert not again.unlocked


def test_a_wrong_passphrase_is_written_down_and_changes_nothing_else(locked):
    before = acts(locked)
    with pytest.raises(PassphraseWrong):
        keeping.unlock(locked, "not the passphrase")
    assert not locked.unlocked
    assert acts(locked) == [*before, "unlock-failed"]
    assert "not the passphrase" not in (locked.ledger.directory / "journal.jsonl").read_text()


def test_a_wrong_passphrase_leaves_an_unlocked_store_unlocked(desk):
    with pytest.raises(PassphraseWrong):
        keeping.unlock(desk, "not the passphrase")
    assert desk.unlocked


def test_locking_twice_is_no_error(locked):
    keeping.lock(locked)
    assert not locked.unlocked


def test_unlocking_again_forgets_the_first_vault(desk, passphrase):
    first = desk.vault
    keeping.unlock(desk, passphrase)
    with pytest.raises(PassphraseMissing):
        first.seal(b"", b"")


def test_a_store_that_lost_its_vault_says_so(directory, clock, passphrase):
    Ledger.create(directory, at=clock.time, random=bytes, clock=clock).close()
    desk = keeping.open_store(directory, clock=clock)
    with pytest.raises(StoreDamaged, match="no vault"):
        keeping.unlock(desk, passphrase)
    desk.close()


def test_a_short_passphrase_is_advised_against():
    assert "12 or more" in keeping.passphrase_advice("eightchr")
    assert not keeping.passphrase_advice("correct horse battery")


def test_the_passphrase_is_in_no_file_and_no_repr(desk, create, directory, passphrase):
    create("Acme Root")
    for path in directory.rglob("*"):
        if path.is_file():
            assert passphrase.encode() not in path.read_bytes()
            assert path.stat().st_mode & 0o077 == 0
    assert passphrase not in repr(desk)
    assert "Vault" not in repr(desk)
