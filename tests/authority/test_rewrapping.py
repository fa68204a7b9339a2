"""Changing the passphrase, and what a guess at it costs."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from tlsca.authority import keeping
from tlsca.authority.rewrapping import change_passphrase, kdf_parameters, raised
from tlsca.errors import PassphraseWeak, PassphraseWrong, StoreConflict, UsageError
from tlsca.store.ledger import Ledger

NEW = "another four words entirely"


def acts(desk) -> list[str]:
    return [act.act for act in keeping.history(desk)]


def opens(desk, passphrase: str) -> bool:
    try:
        keeping.unlock(desk, passphrase)
    except PassphraseWrong:
        return False
    return True


def test_the_new_passphrase_opens_and_the_old_one_does_not(desk, create, passphrase):
    root = create("Acme Root")
    before = len(acts(desk))
    change_passphrase(desk, passphrase, NEW)
    assert acts(desk)[before:] == ["change-passphrase"]
    keeping.lock(desk)
    assert not opens(desk, passphrase)
    assert opens(desk, NEW)
    assert desk.private_key(root)


def test_whoever_is_unlocked_stays_so(desk, create, passphrase):
    root = create("Acme Root")
    change_passphrase(desk, passphrase, NEW)
    assert desk.private_key(root)
    keeping.lock(desk)
    change_passphrase(desk, NEW, passphrase)
    assert not desk.unlocked


def test_a_wrong_passphrase_changes_nothing(desk, passphrase):
    with pytest.raises(PassphraseWrong):
        change_passphrase(desk, "not the passphrase", NEW)
    assert acts(desk)[-1] == "unlock-failed"
    assert opens(desk, passphrase)


def test_a_weak_passphrase_is_refused(desk, passphrase, unchanged):
    unchanged()
    with pytest.raises(PassphraseWeak):
        change_passphrase(desk, passphrase, "short")


def test_what_a_guess_costs_can_be_raised_under_the_same_passphrase(desk, passphrase):
    change_passphrase(desk, passphrase, passphrase, parameters=raised(desk, memory_mib=1, passes=2))
    found = kdf_parameters(desk)
    assert (found.memory_kib, found.passes) == (1024, 2)
    assert opens(desk, passphrase)


def test_what_a_guess_costs_is_never_lowered(desk, passphrase):
    change_passphrase(desk, passphrase, passphrase, parameters=raised(desk, memory_mib=2, passes=2))
    for less in ({"memory_mib": 1}, {"passes": 1}):
        with pytest.raises(UsageError, match="would cost less"):
            raised(desk, **less)
    with pytest.raises(UsageError, match="from 1 to 1,024 MiB"):
        raised(desk, memory_mib=5000)


def test_of_two_who_change_it_at_once_one_is_told(desk, directory, clock, passphrase, monkeypatch):
    other = keeping.open_store(directory, clock=clock)
    opened = keeping.opened_vault

    def meanwhile(own, given):
        monkeypatch.undo()
        change_passphrase(other, passphrase, NEW)
        return opened(own, given)

    monkeypatch.setattr("tlsca.authority.rewrapping.opened_vault", meanwhile)
    with pytest.raises(StoreConflict, match="Somebody else changed the passphrase"):
        change_passphrase(desk, passphrase, "a third one that loses")
    assert opens(desk, NEW)
    other.close()


_CHANGE_AND_DIE = """
import sys
from pathlib import Path
from tlsca.authority import keeping
from tlsca.authority.rewrapping import change_passphrase
from tlsca.store import journal
import os, signal
desk = keeping.open_store(Path(sys.argv[1]))
write, half = journal.FileJournal._write, int(sys.argv[2])
def dying(self, descriptor, content, offset):
    write(self, descriptor, content[: len(content) * half // 2], offset)
    os.kill(os.getpid(), signal.SIGKILL)
journal.FileJournal._write = dying
change_passphrase(desk, sys.argv[3], sys.argv[4])
"""


@pytest.mark.parametrize(("half", "opened_by_new"), [(0, False), (1, False), (2, True)])
def test_who_is_killed_in_the_middle_has_the_old_one_or_the_new(
    desk, directory, passphrase, half, opened_by_new
):
    desk.close()
    ran = subprocess.run(
        [sys.executable, "-c", _CHANGE_AND_DIE, str(directory), str(half), passphrase, NEW],
        check=False,
        timeout=60,
        env=os.environ,
    )
    assert ran.returncode == -signal.SIGKILL
    again = keeping.open_store(directory)
    assert opens(again, NEW) is opened_by_new
    assert opens(again, passphrase) is not opened_by_new
    again.close()


# Wrong passphrases


def test_wrong_passphrases_are_answered_ever_later_but_never_very_late(locked):
    waited: list[float] = []
    locked.wait = waited.append
    for _ in range(7):
        assert not opens(locked, "not the passphrase")
    assert waited == [0.0, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_right_passphrase_never_waits_and_begins_anew(locked, passphrase):
    waited: list[float] = []
    locked.wait = waited.append
    for given in ("not the passphrase", "nor this one", passphrase, "wrong again"):
        opens(locked, given)
    assert waited == [0.0, 0.5, 0.0]


def test_another_process_goes_on_where_the_last_one_failed_for_a_while(locked, directory, clock):
    locked.wait = lambda _: None
    for _ in range(3):
        opens(locked, "not the passphrase")
    waited: list[float] = []
    other = keeping.open_store(directory, clock=clock)
    other.wait = waited.append
    opens(other, "not the passphrase")
    clock.move(hours=1)
    other.failures = 0
    opens(other, "not the passphrase")
    assert waited == [2.0, 0.0]
    other.close()


# Rows that were edited


def test_a_record_that_names_another_key_signs_nothing(desk, create, issue):
    root, other = create("Acme Root"), create("Other Root")
    with desk.ledger.transaction("edit", at=desk.now()) as change:
        swapped = change.replace_certificate(root, replace(root, key_id=other.key_id))
    with pytest.raises(Exception, match="is not its certificate's") as refused:
        issue("www.example.com", issuer="Acme Root")
    assert refused.value.title == "Store damaged"
    assert not desk.ledger.by_issuer(swapped.id)[1:]


def test_sealed_keys_that_were_swapped_open_nothing(desk, create):
    root, other = create("Acme Root"), create("Other Root")
    rows = [desk.ledger.key(record.key_id) for record in (root, other)]
    with desk.ledger.transaction("edit", at=desk.now()) as change:
        for row, sealed in zip(rows, reversed(rows), strict=True):
            change.remove_key(row.id)
            change.add_key(replace(row, sealed=sealed.sealed))
    for record in (root, other):
        with pytest.raises(Exception, match="damaged, or belongs to another record"):
            desk.private_key(record)


def test_a_store_is_read_by_others_while_the_passphrase_changes(desk, directory, clock, passphrase, create):
    root = create("Acme Root")
    other = Ledger.open(directory, clock=clock)
    change_passphrase(desk, passphrase, NEW)
    assert other.refresh()
    assert other.key(root.key_id)
    other.close()
