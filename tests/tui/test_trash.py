"""The trash and the way back, from the keyboard: nothing goes before somebody said yes to its name."""


async def test_what_was_put_away_comes_back_by_undo_and_out_of_the_trash(operate, demo, either_size):
    async with operate(demo, either_size) as op:
        await op.opened()
        await op.go_to("printer.home.arpa")
        await op.press("K")
        await op.dialog("PutAwayDialog")
        assert "printer.home.arpa, with 1 private key" in op.text()
        await op.press("enter")  # on Cancel
        await op.home()
        assert "printer.home.arpa" in op.titles()

        await op.press("delete")
        await op.dialog("PutAwayDialog")
        await op.press("y")
        await op.until(lambda: "printer.home.arpa" not in op.titles())
        await op.press("u")
        await op.dialog("UndoDialog")
        assert "The putting away of printer.home.arpa" in op.text()
        await op.press("y")
        await op.until(lambda: "printer.home.arpa" in op.titles())

        await op.go_to("printer.home.arpa")
        await op.press("K")
        await op.dialog("PutAwayDialog")
        await op.press("y")
        await op.until(lambda: "printer.home.arpa" not in op.titles())
        await op.press("7")
        await op.until("1 certificate, 1 private key")
        await op.until("in 30 days")
        await op.press("enter")
        await op.until("The trash is empty.")
        await op.press("escape")
        await op.home()
        await op.until(lambda: op.current().title == "printer.home.arpa")
        assert op.current().has_key


async def test_the_trash_is_emptied_only_after_its_names_were_shown(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("printer.home.arpa")
        await op.press("space", "space", "K")
        await op.dialog("PutAwayDialog")
        assert "printer.home.arpa and alice@home.arpa" in op.text()
        await op.press("y")
        await op.until(lambda: len(op.rows()) == 9)
        await op.press("7")
        await op.until("2 certificates, 2 private keys")
        await op.press("X")
        await op.dialog("EmptyTrashDialog")
        assert "2 certificates with 2 private keys: " in op.text()
        await op.press("enter")  # on Cancel
        await op.until(lambda: "2 certificates, 2 private keys" in op.text())
        await op.press("X")
        await op.dialog("EmptyTrashDialog")
        await op.press("y")
        await op.until("The trash is empty.")
        await op.press("q")
        await op.home()
        await op.press("u")
        await op.until(lambda: "cannot be undone" in op.told())
        assert "What was emptied is gone" in op.told()


async def test_an_authority_with_certificates_is_not_put_away_and_why_is_told(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("Home Issuing CA")
        await op.press("K")
        await op.until(lambda: "would lose their issuer" in op.told())
        assert len(op.rows()) == 11
