"""Keys that come before what they are for: each waits for what the one before it asked for, and none acts as a shortcut meanwhile."""

import threading

import pytest
from textual import events

from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.demo import PASSPHRASE
from tlsca.authority.keeping import open_store
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp


class Opening:
    """A store that is not open before somebody says so."""

    def __init__(self, store):
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.app = TlscaApp(Settings(store=store, session=False), open_desk=self._open)

    def _open(self, place):
        self.begun.set()
        self.may_end.wait(60)
        return open_store(place)


@pytest.fixture
def opening(demo):
    one = Opening(demo)
    yield one
    one.may_end.set()


def send(operator, *keys):
    """Press keys as fast as they come, without a look at what they led to."""
    for key in keys:
        operator._send(key)


def dialogs(operator):
    """Name what is in front of the home screen."""
    return [type(screen).__name__ for screen in operator.app.screen_stack[2:]]


async def test_a_passphrase_typed_before_the_store_is_open_goes_into_the_field_that_asks_for_it(
    operate, demo, opening, either_size
):
    async with operate(demo, either_size, app=opening.app) as operator:
        await operator.until(opening.begun.is_set)
        send(operator, "ctrl+l", *PASSPHRASE, "enter")
        await operator.settle()
        assert "Opening the store" in operator.text()
        assert PASSPHRASE[:7] not in operator.text()
        opening.may_end.set()
        await operator.until("unlocked")
        assert dialogs(operator) == []
        assert operator.notices == []


async def test_a_passphrase_that_nothing_asks_for_does_no_act_when_the_store_is_open(operate, demo, opening):
    desk = open_store(demo)
    annotate(desk, NoteForm(references=("localhost",), note="kept"))
    desk.close()
    async with operate(demo, app=opening.app) as operator:
        await operator.until(opening.begun.is_set)
        send(operator, *"uyyyx", "enter")  # u asks whether to undo the last act, and y would say yes to that
        opening.may_end.set()
        await operator.dialog("UndoDialog")
        await operator.until(lambda: "went nowhere" in operator.told())
        assert dialogs(operator) == ["UndoDialog"]
        await operator.press("escape")
        await operator.opened()
        assert operator.rows()[-1].record.note == "kept"


async def test_what_is_pasted_before_the_store_is_open_goes_into_the_field_too(operate, demo, opening):
    async with operate(demo, app=opening.app) as operator:
        await operator.until(opening.begun.is_set)
        send(operator, "ctrl+l")
        operator.app._driver.send_message(events.Paste(PASSPHRASE))
        send(operator, "enter")
        opening.may_end.set()
        await operator.until("unlocked")
        assert operator.notices == []


async def test_what_needs_no_store_is_done_before_it_is_open(operate, demo, opening):
    async with operate(demo, app=opening.app) as operator:
        await operator.until(opening.begun.is_set)
        await operator.press("question_mark")
        await operator.dialog("HelpDialog")
        await operator.press("escape", "slash")
        await operator.type("localhost")
        await operator.until("localhost")
        opening.may_end.set()
        await operator.opened()
        assert operator.titles() == ["localhost"]


async def test_leaving_waits_for_nothing(operate, demo, opening):
    async with operate(demo, app=opening.app) as operator:
        await operator.until(opening.begun.is_set)
        send(operator, "i", *"www.home.arpa", "ctrl+q")
        await operator.until(lambda: operator.app._exit)


async def test_what_is_typed_at_once_after_the_key_of_a_form_stands_in_the_form(operate, demo, either_size):
    async with operate(demo, either_size) as operator:
        await operator.opened()
        send(operator, "i", *"www.home.arpa")
        await operator.dialog("IssueDialog")
        await operator.until("www.home.arpa")
        assert dialogs(operator) == ["IssueDialog"]
        assert operator.notices == []


async def test_a_passphrase_typed_at_once_after_the_key_that_asks_for_it_is_taken_whole(operate, demo):
    async with operate(demo) as operator:
        await operator.opened()
        send(operator, "ctrl+l", *PASSPHRASE, "enter")
        await operator.until("unlocked")
        assert dialogs(operator) == []
        assert operator.notices == []


async def test_keys_that_ask_for_nothing_follow_each_other_as_before(operate, demo):
    async with operate(demo) as operator:
        await operator.opened()
        send(operator, "home", "down", "down", "up", "space", "down", "space")  # space goes on to the next
        await operator.until(lambda: len(operator.home_screen.query_one("#table").marked) == 2)
        assert operator.home_screen.query_one("#table").cursor == 4


_OPENS_WHEN_TOLD = """
import pathlib, time
import tlsca.authority.keeping as keeping
opened = keeping.open_store
def open_store(*args, **kwargs):
    while not pathlib.Path("{sign}").exists():
        time.sleep(0.01)
    return opened(*args, **kwargs)
keeping.open_store = open_store
"""


def test_on_a_real_terminal_a_passphrase_typed_too_early_is_neither_shown_nor_acted_on(
    terminal, demo, tmp_path
):
    sign = tmp_path / "open"
    app = terminal(demo, before=_OPENS_WHEN_TOLD.format(sign=sign))
    app.until("Opening the store")
    app.keys("\x0c")
    app.keys(PASSPHRASE + "\r")
    app.rest(0.3)
    sign.touch()
    app.until("unlocked")
    app.keys("q")
    assert app.ended() == 0
    assert app.restored
    assert "horse" not in app.words
    assert "A defect" not in app.words
    assert "Unlock the store" in app.words


def test_on_a_real_terminal_a_form_takes_what_is_typed_with_its_key_in_one_go(terminal, demo):
    app = terminal(demo)
    app.until("Home Issuing CA")
    app.keys("iwww.home.arpa")
    app.until("www.home.arpa")
    app.keys("\x11")
    assert app.ended() == 0
