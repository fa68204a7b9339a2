"""What the app does in the store by itself, behind whatever is on the screen."""


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
