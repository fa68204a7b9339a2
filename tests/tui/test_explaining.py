"""A problem that has the focus is explained by its page; anywhere else the same key shows the keys."""

from textual.app import App

from tlsca.authority.connecting import ProbeForm
from tlsca.authority.keeping import open_store
from tlsca.authority.watching import look_again, watch, watches
from tlsca.tui.dialogs.explain import ExplainDialog
from tlsca.tui.widgets.result_page import ResultPage


async def test_a_question_mark_explains_what_was_found_and_elsewhere_shows_the_keys(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("question_mark")
        await op.dialog("HelpDialog")
        await op.press("escape", "D")
        await op.dialog("DoctorDialog")
        await op.until("10 live certificates looked at: ")
        while "long-lifetime" not in op.text():
            await op.press("down")
        await op.press("question_mark")
        await op.dialog("ExplainDialog")
        await op.until("It lives longer than clients put up with")
        await op.press("escape")
        await op.dialog("DoctorDialog")
        await op.press("escape")
        await op.home()
        await op.press("t", "ctrl+a")
        await op.type("nowhere.invalid:70000")
        await op.press("enter")
        await op.until("bad-target")
        await op.press("question_mark")
        await op.dialog("ExplainDialog")
        for told in ("The target cannot be dialled", "Why it matters", "Nothing was dialled"):
            await op.until(told)


async def test_of_several_problems_the_next_one_is_a_key_away():
    app = App()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ExplainDialog(["expired", "hostname-mismatch"]))
        for keys, title in (
            (["n"], "hostname-mismatch"),
            (["right"], "expired"),
            (["N"], "hostname-mismatch"),
        ):
            await pilot.press(*keys)
            shown = app.screen.query_one(ResultPage).text()
            assert shown.startswith(title)
            assert max(map(len, shown.splitlines())) <= 100
        await pilot.click("#next")
        assert app.screen.query_one(ResultPage).text().startswith("expired")


async def test_the_problems_of_a_watched_host_are_explained_too(operate, demo):
    desk = open_store(demo)
    watch(desk, [ProbeForm(target="nowhere.invalid:443")])
    list(look_again(desk, watches(desk)))
    desk.close()
    async with operate(demo) as op:
        await op.opened()
        await op.press("H")
        await op.until("nowhere.invalid")
        await op.press("enter")
        await op.dialog("HostDialog")
        await op.press("question_mark")
        await op.dialog("ExplainDialog")
        await op.until(lambda: "dns-" in op.text())
