"""The app over a store whose restore was interrupted: it does not offer to begin anew as if there had never been one."""


async def test_where_a_restore_was_interrupted_the_first_run_says_where_the_stores_are(operate, tmp_path):
    for name in ("store-before-20300131T093000Z", "store-restored-20300131T093000Z"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "journal.jsonl").write_text("")
    async with operate(tmp_path / "store") as op:
        await op.until("that was interrupted")
        shown = "".join(op.text().split())
        assert "yet." not in op.text()
        for name in ("store-before-20300131T093000Z", "store-restored-20300131T093000Z"):
            assert name.replace(" ", "") in shown.replace("│", "")
