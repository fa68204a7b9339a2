"""Stores to look at, and a way to drive the app by its keys that waits for what is to be seen instead of for a time."""

import asyncio
import fcntl
import gc
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual import events
from textual._context import visible_screen_stack
from textual.css.model import RuleSet
from textual.css.query import NoMatches
from textual.css.stylesheet import Stylesheet
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tlsca.authority.demo import PASSPHRASE, create_demo
from tlsca.authority.listing import Entry
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.screens.home import HomeScreen
from tlsca.tui.widgets.certificate_table import CertificateTable

PATIENCE = 120.0
"""Seconds after which what was waited for is taken never to come; reached only by a test that fails."""
_LONGEST_PAUSE = 0.04
"""Seconds between two looks at what is long in coming: each draws the screen."""


@dataclass
class Operator:
    """Somebody at the keyboard, who looks at the screen."""

    app: TlscaApp
    pilot: Pilot
    notices: list[str]
    """Title and words of every notification so far."""

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each after what the one before it led to."""
        for key in keys:
            self._send(key)
            await self._settled()

    async def type(self, text: str) -> None:
        """Type text, as fast as a keyboard sends it."""
        for char in text:
            self._send(char)
        await self._settled()

    def _send(self, key: str) -> None:
        name = key if len(key) > 1 else _character_to_key(key)
        event = events.Key(name, key if len(key) == 1 else None)
        event.set_sender(self.app)
        self.app._driver.send_message(event)

    async def _settled(self) -> None:
        """Let every message arrive; Pilot's own way waits for an idle processor besides, which takes seconds."""
        ready = asyncio.get_running_loop()._ready
        while True:
            await asyncio.sleep(0)
            if ready:
                continue  # a key goes from the app to the widget with the focus, and up again to whoever binds it
            if self.app._exit or self.app._exception is not None:
                return  # nobody takes what is in the queues of an app that is at its end
            nodes = [self.app, *self.app.screen.walk_children(with_self=True)]
            if all(node._message_queue.empty() for node in nodes):
                return
            await asyncio.sleep(0.002)

    async def settle(self) -> None:
        """Let every message arrive, and have drawn what they changed."""
        await self._settled()
        self.app.screen._on_timer_update()

    async def replace(self, text: str) -> None:
        """Type into the field that has the focus, in the place of what is there."""
        await self.press("end", "ctrl+u")
        await self.type(text)

    async def until(self, condition) -> None:
        """Wait until a condition holds; `condition` is a function, or text that shall be on the screen."""
        deadline, pause = time.monotonic() + PATIENCE, 0.005
        while not self._holds(condition):
            assert time.monotonic() < deadline, f"waited in vain for {condition}\n{self.text()}"
            await asyncio.sleep(pause)
            await self.settle()
            pause = min(1.5 * pause, _LONGEST_PAUSE)

    def _holds(self, condition) -> bool:
        """Tell whether a condition holds on a screen that is laid out; what is not there yet may still come."""
        if not self.app.screen.is_mounted:
            return False
        if isinstance(condition, str):
            text = self.text()
            return condition in text or condition in _words(text)
        try:
            return bool(condition())
        except NoMatches:
            return False

    async def opened(self) -> None:
        """Wait for the home screen with the store in it and the inspector beside it."""
        await self.until(
            lambda: isinstance(self.app.screen, HomeScreen) and self.app.screen.query("Inspector")
        )
        await self.until(self.rows)

    async def dialog(self, name: str) -> None:
        """Wait for the dialog of this class to be in front and drawn."""
        await self.until(
            lambda: type(self.app.screen).__name__ == name and self.app.screen.TITLE_TEXT in self.text()
        )

    async def home(self) -> None:
        """Wait for the home screen to be in front again."""
        await self.until(lambda: isinstance(self.app.screen, HomeScreen))

    async def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Answer the dialog that asks for the passphrase."""
        await self.dialog("UnlockDialog")
        await self.type(passphrase)
        await self.press("enter")

    def text(self) -> str:
        """Return what is on the screen, line by line."""
        # A dialog keeps what is drawn of the screen below it; without this it would keep an empty one.
        visible_screen_stack.set(self.app._background_screens)
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    def rows(self) -> list[Entry]:
        """Return the certificates in the table."""
        return list(self.home_screen.query_one(CertificateTable).entries)

    def titles(self) -> list[str]:
        return [entry.title for entry in self.rows()]

    def current(self) -> Entry:
        return self.home_screen.query_one(CertificateTable).current

    def told(self) -> str:
        """Return every notification there was, oldest first; on a busy machine one may be gone before a test looks."""
        return "\n".join(self.notices)

    @property
    def home_screen(self) -> HomeScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, HomeScreen))

    def find(self, selector, kind=None):
        return self.app.screen.query_one(selector, kind) if kind else self.app.screen.query_one(selector)

    async def go_to(self, title: str) -> None:
        """Bring the cursor of the table to a certificate, by the arrow keys."""
        await self.press("home")
        while self.current().title != title:
            before = self.current()
            await self.press("down")
            assert self.current() is not before, f"{title} is not in the table"

    async def copy(self) -> str:
        """Copy what is in front, by the menu for that, and return what is on the clipboard then."""
        self.app._clipboard = ""
        await self.press("y")
        await self.dialog("MenuDialog")
        await self.press("y")
        await self.until(lambda: self.app.clipboard)
        return self.app.clipboard

    async def choose(self, value: str) -> None:
        """Choose a value of the select that has the focus, by the arrow keys."""
        select = self.app.focused
        values = [choice for _, choice in select._options]
        await self.press("enter", "home", *["down"] * values.index(value), "enter")
        await self.until(lambda: select.value == value and not select.expanded)
        await self.settle()


def _words(text: str) -> str:
    """Return the words in a dialog one after the other: how long a path in a sentence is decides where its lines end."""
    return " ".join(text.replace("│", " ").split())


@asynccontextmanager
async def operate(store: Path, size=(80, 24), *, app: TlscaApp | None = None, **settings):
    """Open the app over a store, and sit down at it."""
    app = app or TlscaApp(Settings(store=store, **{"session": False} | settings))
    notices, notify = [], app.notify

    def noted(message, *, title="", **how):
        notices.append(f"{title}: {message}")
        notify(message, title=title, **how)

    app.notify = noted
    async with app.run_test(size=size, notifications=True) as pilot:
        operator = Operator(app, pilot, notices)
        yield operator
        await operator._settled()


@pytest.fixture(name="operate")
def _operate():
    return operate


@pytest.fixture(autouse=True, scope="session")
def _styles_are_compiled_once():
    """The apps of a run share the rules that Textual compiles of its style sheets: a quarter of what an app takes to start."""
    compile_rules = Stylesheet._parse_rules
    compiled, themes, colours = {}, {}, {}

    def theme_of(variables: dict[str, str]) -> int:
        """Return one number for all variables that are equal; `colours` keeps each, lest another gets its id."""
        if id(variables) not in colours:
            colours[id(variables)] = variables, themes.setdefault(frozenset(variables.items()), len(themes))
        return colours[id(variables)][1]

    def remembered(sheet: Stylesheet, css: str, **where):
        key = (css, *where.values(), theme_of(sheet._variables))
        if key not in compiled:
            compiled[key] = compile_rules(sheet, css, **where)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", remembered)
        # Textual writes the same in Python; the rules of a style sheet are looked up anew for each widget.
        patch.setattr(RuleSet, "__hash__", object.__hash__)
        yield


@pytest.fixture(autouse=True, scope="session")
def _what_is_loaded_stays():
    """What was there before the first test is no garbage and is not looked through again for that."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _own_state(monkeypatch, tmp_path):
    """Let the app remember its sessions below the test's own directory, on a terminal like most."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def _demo(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo") / "store"
    create_demo(place).close()
    return place


@pytest.fixture
def demo(_demo, tmp_path):
    """Return the directory of a demo store of one's own."""
    return Path(shutil.copytree(_demo, tmp_path / "store"))


@pytest.fixture(params=[(80, 24), (160, 45)], ids=["80x24", "160x45"])
def either_size(request):
    """The smallest terminal that the app is made for, and a large one: what is told as a story is told in both."""
    return request.param


@pytest.fixture
def passphrase():
    return PASSPHRASE


@pytest.fixture
def in_thread():
    """Run something that blocks beside the app."""
    return asyncio.to_thread


_ON_ITS_TERMINAL = """
import fcntl, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.default_int_handler)
exec(compile(sys.argv.pop(1), "app", "exec"))
"""
_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[ -/]*[0-Z\\^-~])"
)


class Terminal:
    """The app as a process of its own on a real pseudo-terminal, and every octet that it sends there."""

    def __init__(self, program: str, environment: dict[str, str], cwd: Path) -> None:
        self._master, slave = pty.openpty()
        self.resize(80, 24)
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _ON_ITS_TERMINAL, program],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={"TERM": "xterm-256color", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | environment,
            cwd=cwd,
            start_new_session=True,
        )
        self._slave = slave
        self.sent = b""

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def keys(self, text: str) -> None:
        os.write(self._master, text.encode())

    def until(self, text: str) -> None:
        """Wait until some text was drawn since the last time that one was waited for."""
        start = len(self.sent)
        deadline = time.monotonic() + PATIENCE
        while text.encode() not in _ESCAPES.sub(b"", self.sent[start:]):
            assert time.monotonic() < deadline, f"waited in vain for {text}: {self.sent[start:][-2000:]!r}"
            self._read(0.1)

    def rest(self, seconds: float) -> None:
        """Take no key for a while, as a person does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._read(0.01)

    def ended(self, seconds: float = PATIENCE) -> int:
        """Wait for the end of the process and return its exit status."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"still running: {self.sent[-2000:]!r}"
            self._read(0.02)
        self._read(0)
        return self.process.returncode

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was: line discipline, main screen, cursor, no reports of the mouse."""
        left = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l")
        return termios.tcgetattr(self._slave) == self.before and all(octets in self.sent for octets in left)

    @property
    def words(self) -> str:
        """Everything that was drawn, without escape sequences."""
        return _ESCAPES.sub(b"", self.sent).decode("utf-8", "replace")

    def _read(self, seconds: float) -> None:
        while select.select([self._master], [], [], seconds)[0]:
            self.sent += os.read(self._master, 65536)
            seconds = 0

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._slave)
        os.close(self._master)


@pytest.fixture
def terminal(tmp_path):
    """Return a function that starts the app over a store, on a terminal; `before` is Python that runs first."""
    opened = []

    def start(store: Path, *, before: str = "", **environment: str) -> Terminal:
        program = f"{before}\nfrom tlsca.__main__ import main\nmain()"
        (tmp_path / "tmp").mkdir(exist_ok=True)
        told = {
            "TLSCA_STORE": str(store),
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path / "tmp"),
        } | environment
        opened.append(Terminal(program, told, Path(__file__).parents[2]))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
