"""Backing up a store in use, and making a store of a backup beside the one there is."""

import io
import stat
import subprocess
import tarfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tlsca.authority import keeping
from tlsca.authority.backup import (
    backup,
    backup_directory,
    backup_in_turn,
    check_backup,
    is_due,
    last_backup,
)
from tlsca.authority.listing import entries
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.restoring import restore
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.authority.rewrapping import change_passphrase
from tlsca.authority.trash import discarded, put_away
from tlsca.authority.upkeep import upkeep
from tlsca.errors import Refused, StoreDamaged, StoreExists, StoreReadOnly, Unreadable
from tlsca.settings import Settings


@pytest.fixture
def shop(desk, create, issue):
    create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    issue("www.example.com", issuer="Acme Issuing")
    issue("old.example.com", issuer="Acme Issuing")
    revoke(desk, RevocationForm(references=("old.example.com",)))
    publish_crl(desk, CrlForm(reference="Acme Issuing"))
    put_away(desk, ["old.example.com"])
    return desk


def titles(desk) -> list[str]:
    return [one.title for one in entries(desk)]


# Backing up


def test_a_backup_is_one_private_file_that_was_read_back(shop, tmp_path):
    report = backup(shop, tmp_path / "a.tar")
    assert stat.S_IMODE(report.path.stat().st_mode) == 0o600
    assert check_backup(report.path).contents == report.contents
    assert report.contents.objects == 5  # four certificates and a list
    last = last_backup(shop)
    assert (last.path, last.lines) == (report.path, report.contents.lines)
    assert [path.name for path in tmp_path.iterdir() if path.name != "store"] == ["a.tar"]


def test_a_backup_unpacked_with_any_tar_is_a_store(shop, tmp_path, reopened, passphrase):
    report = backup(shop, tmp_path / "a.tar")
    (tmp_path / "out").mkdir(mode=0o700)
    subprocess.run(["tar", "xpf", str(report.path), "-C", str(tmp_path / "out")], check=True, timeout=30)
    desk = reopened(tmp_path / "out")
    keeping.unlock(desk, passphrase)
    www = desk.ledger.find("www.example.com", now=desk.now())
    assert desk.private_key(www)
    assert desk.certificate(www) == shop.certificate(www)


def test_nothing_in_a_backup_is_deciphered(shop, tmp_path):
    from tlsca.pki.keys import pkcs8

    key = shop.private_key(shop.ledger.find("www.example.com", now=shop.now()))
    octets = backup(shop, tmp_path / "a.tar").path.read_bytes()
    assert pkcs8(key) not in octets
    assert b"PRIVATE KEY" not in octets


def test_a_backup_is_made_while_others_write(shop, tmp_path, directory, clock, issue):
    stop = threading.Event()
    other = keeping.open_store(directory, clock=clock)

    def write() -> None:
        while not stop.is_set():
            with other.ledger.transaction("edit", at=clock.time) as change:
                change.put_setting("x", {"n": other.ledger.position})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            made = backup(shop, tmp_path / f"{number}.tar")
            assert check_backup(made.path).contents.lines == made.contents.lines
    finally:
        stop.set()
        writer.join()
        other.close()


def test_a_file_that_is_there_is_not_replaced_unasked(shop, tmp_path):
    (tmp_path / "a.tar").write_text("mine")
    with pytest.raises(Refused, match="is there already"):
        backup(shop, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_text() == "mine"
    assert backup(shop, tmp_path / "a.tar", force=True)


def test_a_store_that_is_not_whole_makes_no_backup_that_looks_whole(shop, tmp_path):
    www = shop.ledger.find("www.example.com", now=shop.now())
    shop.ledger.object_path(www.sha256).write_text("gone")
    with pytest.raises(StoreDamaged, match=f"cannot be backed up as a whole.*{www.sha256}"):
        backup(shop, tmp_path / "a.tar")
    shop.ledger.object_path(www.sha256).unlink()
    with pytest.raises(StoreDamaged, match="lacks 1 object"):
        backup(shop, tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()


# Reading a backup


def damaged_copies(octets: bytes):
    yield octets[: len(octets) // 2]
    yield octets[:1000]
    yield b""
    yield b"no tar at all" * 100
    for part in range(1, 20):
        place = len(octets) * part // 20
        flipped = bytes([octets[place] ^ 1])
        copy = octets[:place] + flipped + octets[place + 1 :]
        if octets[place]:  # padding between the files is nobody's
            yield copy


def test_damage_anywhere_is_found_and_changes_nothing(shop, tmp_path, directory, unchanged):
    octets = backup(shop, tmp_path / "a.tar").path.read_bytes()
    unchanged()
    for copy in damaged_copies(octets):
        (tmp_path / "bad.tar").write_bytes(copy)
        with pytest.raises(StoreDamaged):
            restore(tmp_path / "bad.tar", directory)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "bad.tar", "store"]


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "objects/../../evil", "evil", "journal.jsonl"])
def test_a_backup_that_holds_anything_else_is_refused(shop, tmp_path, name):
    path = backup(shop, tmp_path / "a.tar").path
    with tarfile.open(path, "a") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(StoreDamaged, match="belongs to no store"):
        check_backup(path)


def test_a_backup_with_a_link_in_it_is_refused(shop, tmp_path):
    path = backup(shop, tmp_path / "a.tar").path
    with tarfile.open(path, "a") as archive:
        member = tarfile.TarInfo("objects/aa/" + "a" * 64 + ".pem")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(StoreDamaged, match="belongs to no store"):
        check_backup(path)


def test_a_missing_backup_is_told(tmp_path):
    with pytest.raises(Unreadable, match="No such file"):
        check_backup(tmp_path / "nothing.tar")


# Restoring


def test_the_old_store_is_kept_under_a_dated_name(shop, tmp_path, directory, reopened, issue):
    made = backup(shop, tmp_path / "a.tar")
    issue("later.example.com", issuer="Acme Issuing")
    shop.close()
    done = restore(made.path, directory, clock=shop.clock)
    assert done.kept == tmp_path / "store-before-20300131T093000Z"
    assert titles(reopened(directory)) == ["Acme Root", "Acme Issuing", "www.example.com"]
    assert "later.example.com" in titles(reopened(done.kept))
    assert any("1 certificate that came after the backup" in warning for warning in done.warnings)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_what_is_restored_is_all_of_it(shop, tmp_path, reopened, passphrase):
    made = backup(shop, tmp_path / "a.tar")
    restore(made.path, tmp_path / "elsewhere", clock=shop.clock)
    desk = reopened(tmp_path / "elsewhere")
    keeping.unlock(desk, passphrase)
    for one in shop.ledger.certificates():
        assert desk.ledger.certificate(one.id) == one
        assert desk.private_key(one)
    assert [one.title for one in discarded(desk)] == ["old.example.com"]
    assert [act.act for act in keeping.history(desk)][-2:] == ["restore", "unlock"]


def test_whoever_has_the_old_store_open_is_told(shop, tmp_path, directory, issue):
    made = backup(shop, tmp_path / "a.tar")
    restore(made.path, directory, clock=shop.clock)
    with pytest.raises(StoreReadOnly, match="was replaced by another file"):
        issue("a.example.com", issuer="Acme Issuing")


def test_into_another_directory_leaves_the_store_alone(shop, tmp_path, directory, reopened, unchanged):
    made = backup(shop, tmp_path / "a.tar")
    unchanged()
    done = restore(made.path, directory, into=tmp_path / "new", clock=shop.clock)
    assert (done.directory, done.kept) == (tmp_path / "new", None)
    assert "www.example.com" in titles(reopened(tmp_path / "new"))
    with pytest.raises(StoreExists):
        restore(made.path, directory, into=tmp_path / "new", clock=shop.clock)


def test_numbers_of_lists_go_on_above_those_that_were_published(
    shop, tmp_path, directory, reopened, clock, passphrase
):
    made = backup(shop, tmp_path / "a.tar")
    clock.move(days=3)
    published = publish_crl(shop, CrlForm(reference="Acme Issuing")).record.number
    clock.move(days=-3)  # where the clock alone would repeat a number
    shop.close()
    done = restore(made.path, directory, clock=clock)
    assert any("numbered above those" in warning for warning in done.warnings)
    desk = reopened(directory)
    keeping.unlock(desk, passphrase)
    assert publish_crl(desk, CrlForm(reference="Acme Issuing")).record.number > published


def test_what_was_revoked_after_the_backup_stays_revoked(
    shop, tmp_path, directory, reopened, clock, issue, passphrase
):
    made = backup(shop, tmp_path / "a.tar")
    issue("later.example.com", issuer="Acme Issuing")
    revoke(shop, RevocationForm(references=("www.example.com", "later.example.com"), reason="key-compromise"))
    shop.close()
    done = restore(made.path, directory, clock=clock)
    assert any("2 revocations that came after the backup were taken over" in one for one in done.warnings)
    desk = reopened(directory)
    keeping.unlock(desk, passphrase)
    assert {one.title: one.status for one in entries(desk)}["www.example.com"] == "revoked"
    assert publish_crl(desk, CrlForm(reference="Acme Issuing")).record.entries == 3


def test_where_nothing_is_left_what_cannot_be_known_is_said(shop, tmp_path, clock):
    made = backup(shop, tmp_path / "a.tar")
    done = restore(made.path, tmp_path / "empty", clock=clock)
    assert "import the last CRL of each authority" in done.warnings[0]


def test_a_store_that_is_damaged_gives_what_can_be_read(shop, tmp_path, directory, reopened, clock):
    made = backup(shop, tmp_path / "a.tar")
    revoke(shop, RevocationForm(references=("www.example.com",)))
    with shop.ledger.transaction("edit", at=shop.now()):
        pass
    shop.close()
    journal = directory / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:-1], lines[-1].replace(b"edit", b"tide")]))
    done = restore(made.path, directory, clock=clock)
    assert any("no further than its damage" in warning for warning in done.warnings)
    assert {one.title: one.status for one in entries(reopened(directory))}["www.example.com"] == "revoked"


def test_the_passphrase_is_that_of_the_backup(shop, tmp_path, directory, reopened, passphrase):
    made = backup(shop, tmp_path / "a.tar")
    change_passphrase(shop, passphrase, "a new one since then")
    done = restore(made.path, directory, clock=shop.clock)
    assert any("opens with the one of the backup's time" in warning for warning in done.warnings)
    keeping.unlock(reopened(directory), passphrase)


# Those that come round


@pytest.fixture
def weekly(directory, tmp_path):
    return Settings(store=directory, backup_every=7, backup_keep=2, backup_dir=tmp_path / "round")


def test_a_backup_is_due_once_the_last_is_old_and_something_was_written(shop, weekly, clock, issue):
    assert not is_due(shop, replace(weekly, backup_every=0))
    assert is_due(shop, weekly)
    assert upkeep(shop, weekly) == ()
    assert not is_due(shop, weekly)
    clock.move(days=8)
    assert not is_due(shop, weekly)  # nothing was written
    issue("a.example.com", issuer="Acme Issuing")
    assert is_due(shop, weekly)


def test_the_oldest_go_and_nothing_else(shop, weekly, clock, tmp_path):
    (tmp_path / "round").mkdir()
    for name in ("notes.txt", "tlsca-00000000-20300101T000000Z.tar"):
        (tmp_path / "round" / name).write_text("not ours")
    for _ in range(4):
        clock.move(days=8)
        backup_in_turn(shop, weekly)
    names = sorted(path.name for path in (tmp_path / "round").iterdir())
    ours = f"tlsca-{shop.ledger.identity[:8]}-"
    assert [name.removeprefix(ours) for name in names if name.startswith(ours)] == [
        "20300224T093000Z.tar",
        "20300304T093000Z.tar",
    ]
    assert "notes.txt" in names
    assert "tlsca-00000000-20300101T000000Z.tar" in names


def test_they_are_put_beside_the_store_or_where_the_settings_say(weekly, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert backup_directory(replace(weekly, backup_dir=None)) == tmp_path / "store-backups"
    assert backup_directory(replace(weekly, backup_dir=Path("~/ca"))) == tmp_path / "ca"
    assert backup_directory(replace(weekly, backup_dir=Path("~nobody-of-that-name/ca"))).name == "ca"


def test_what_goes_wrong_with_it_is_a_sentence(shop, weekly, tmp_path):
    (tmp_path / "file").write_text("")
    (told,) = upkeep(shop, replace(weekly, backup_dir=tmp_path / "file" / "below"))
    assert told.startswith("Upkeep of the store: The directory")


def test_what_lay_in_the_trash_for_thirty_days_is_emptied_meanwhile(shop, weekly, clock):
    clock.move(days=31)
    upkeep(shop, replace(weekly, backup_every=0))
    assert discarded(shop) == ()
