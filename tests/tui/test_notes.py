"""Notes, tags, contacts and names of one's own, typed into the app and found again there."""

from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.keeping import open_store


async def test_what_is_noted_stands_in_the_summary_and_in_a_filter(operate, demo, either_size):
    async with operate(demo, either_size) as op:
        await op.opened()
        await op.go_to("db.home.arpa")
        await op.press("E")
        await op.dialog("NoteDialog")
        await op.type("The database")
        await op.press("tab")
        await op.type("prod sql")
        await op.press("tab")
        await op.type("ops@example.com, +1 555 0100")
        await op.press("tab")
        await op.type("Moves in May")
        await op.press("ctrl+s")
        await op.until(lambda: op.current() and op.current().title == "The database")
        await op.press("enter")
        await op.until("Moves in May")
        assert "prod, sql" in op.text()
        await op.press("escape")

        await op.go_to("mail.home.arpa")
        await op.press("E")
        await op.dialog("NoteDialog")
        await op.press("tab")
        await op.type("pr")
        await op.until("prod")  # offered, because there is one
        await op.press("right", "ctrl+s")
        await op.until(lambda: op.current().record.tags == ("prod",))
        await op.press("slash")
        await op.type("tag:prod")
        await op.press("enter")
        await op.until(lambda: sorted(op.titles()) == ["The database", "mail.home.arpa"])
        await op.press("u")
        await op.dialog("UndoDialog")
        await op.press("y")
        await op.until(lambda: op.titles() == ["The database"])


async def test_several_get_the_same_tag_and_keep_their_own_notes(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        await op.press("space", "space", "E")
        await op.dialog("NoteDialog")
        assert "2 certificates" in op.text()
        await op.type("web")
        await op.press("ctrl+s")
        await op.until(lambda: [entry.record.tags for entry in op.rows()].count(("web",)) == 2)


async def test_what_another_process_noted_meanwhile_is_told_and_not_written_over(operate, demo, in_thread):
    def noted() -> None:
        desk = open_store(demo)
        annotate(desk, NoteForm(references=("db.home.arpa",), note="theirs"))
        desk.close()

    async with operate(demo) as op:
        await op.opened()
        await op.go_to("db.home.arpa")
        await op.press("E")
        await op.dialog("NoteDialog")
        await op.press("tab", "tab", "tab")
        await op.type("mine")
        await in_thread(noted)
        await op.press("ctrl+s")
        await op.until("Somebody else changed what is noted")
        await op.press("escape")
        await op.home()
        await op.until(lambda: op.current().record.note == "theirs")
