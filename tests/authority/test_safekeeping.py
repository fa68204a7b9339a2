"""What the doctor says of backups, of the passphrase's derivation, and of whose files they are."""

import os

import pytest

from tlsca.authority.backup import backup
from tlsca.authority.doctor import examine
from tlsca.authority.keeping import open_store
from tlsca.authority.rewrapping import RECOMMENDED


def found(desk) -> dict[str, object]:
    return {remark.code: remark for remark in examine(desk).remarks}


def test_a_store_without_a_backup_is_told_of_after_a_week(desk, create, clock):
    create("Acme Root")
    assert "backup-missing" not in found(desk)
    clock.move(days=8)
    remark = found(desk)["backup-missing"]
    assert remark.message == "The store was made 8 days ago, and no backup of it was ever made."
    assert remark.repair.command == "tlsca backup FILE"


def test_a_backup_that_is_old_is_told_of_once_something_was_written_after_it(
    desk, create, issue, clock, tmp_path
):
    create("Acme Root")
    backup(desk, tmp_path / "a.tar")
    clock.move(days=40)
    assert not {code for code in found(desk) if code.startswith("backup")}
    issue("www.example.com")
    assert "40 days old, and the journal has 1 lines more" in found(desk)["backup-old"].message


def test_a_backup_that_is_damaged_or_gone_is_told_of(desk, create, tmp_path):
    create("Acme Root")
    made = backup(desk, tmp_path / "a.tar")
    made.path.write_bytes(made.path.read_bytes()[:3000])
    assert found(desk)["backup-damaged"].level == "error"
    made.path.unlink()
    assert found(desk)["backup-gone"].level == "notice"


def test_a_derivation_below_what_is_recommended_is_told_of(desk, monkeypatch):
    monkeypatch.setattr("tlsca.authority.safekeeping.RECOMMENDED", RECOMMENDED)
    remark = found(desk)["weak-derivation"]
    assert remark.message.startswith("A guess at the passphrase takes 32 KiB and 1 passes")
    assert remark.repair.command == "tlsca passphrase --keep --memory 64 --passes 3"


def test_a_file_that_somebody_else_put_in_the_store_is_told_of(desk, directory):
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    (directory / "objects").mkdir(mode=0o700, exist_ok=True)
    os.chown(directory / "objects", 12345, -1)
    assert "store/objects" in found(desk)["foreign-owner"].message


def test_a_store_behind_a_symbolic_link_is_told_of(desk, directory, tmp_path, clock):
    desk.close()
    (tmp_path / "link").symlink_to(directory)
    behind = open_store(tmp_path / "link", clock=clock)
    assert "link is a symbolic link" in found(behind)["symbolic-link"].message
    behind.close()


def test_a_journal_that_is_a_symbolic_link_is_not_followed(desk, directory, tmp_path, clock):
    desk.close()
    (directory / "journal.jsonl").rename(tmp_path / "elsewhere")
    (directory / "journal.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Exception, match="cannot be opened") as refused:
        open_store(directory, clock=clock)
    assert refused.value.exit_status == 3
