"""What the app does in the store by itself, behind whatever is on the screen, and what keeps it safe."""

import pytest

from tlsca.authority.backup import check_backup
from tlsca.authority.keeping import open_store, unlock
from tlsca.authority.rewrapping import RECOMMENDED, kdf_parameters
from tlsca.errors import PassphraseWrong


async def test_a_backup_that_is_due_is_made_and_one_that_fails_is_told(operate, demo, tmp_path):
    round_ = tmp_path / "round"
    async with operate(demo, backup_every=7, backup_dir=round_) as op:
        await op.opened()
        op.home_screen.look_after(op.app._settings)
        await op.until(lambda: len(list(round_.glob("tlsca-*.tar"))) == 1)
        (tmp_path / "file").write_text("")
    async with operate(demo, backup_every=7, backup_dir=tmp_path / "file" / "below") as op:
        await op.opened()
        op.home_screen.look_after(op.app._settings)
        await op.until(lambda: "Upkeep of the store: " in op.told())


async def test_a_backup_is_made_behind_and_told_with_the_way_back(operate, demo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with operate(demo) as op:
        await op.opened()
        await op.press("f8")
        await op.dialog("BackupDialog")
        assert "none that the store knows of" in op.text()
        await op.replace(str(tmp_path / "kept.tar"))
        await op.press("ctrl+s")
        await op.until(lambda: "found whole. tlsca restore FILE brings it back" in op.told())
        assert check_backup(tmp_path / "kept.tar").contents.lines == 13
        await op.press("f8")
        await op.dialog("BackupDialog")
        await op.until("kept.tar")
        await op.replace(str(tmp_path / "kept.tar"))
        await op.press("ctrl+s")
        await op.home()
        await op.press("5")
        await op.until("Backing up into kept.tar")
        await op.until("there already")


async def test_a_new_passphrase_opens_the_store_and_the_old_one_does_not(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.press("f9")
        await op.dialog("ChangePassphraseDialog")
        for typed in (passphrase, "a quite different phrase", "a quite different phrase"):
            await op.type(typed)
            await op.press("tab")
        await op.press("ctrl+s")
        await op.until(lambda: "The store has its new passphrase" in op.told())
    desk = open_store(demo)
    unlock(desk, "a quite different phrase")
    assert not kdf_parameters(desk).cheaper_than(RECOMMENDED)
    with pytest.raises(PassphraseWrong):
        unlock(desk, passphrase)
    desk.close()
