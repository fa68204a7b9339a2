"""Stores to look at, and a way to drive the app by its keys that waits for what is to be seen instead of for a time."""

import asyncio
import shutil
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tlsca.authority.demo import PASSPHRASE, create_demo
from tlsca.authority.listing import Entry
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.screens.home import HomeScreen
from tlsca.tui.widgets.certificate_table import CertificateTable

PATIENCE = 15.0
"""Seconds after which what was waited for is taken never to come; reached only by a test that fails."""


@dataclass
class Operator:
    """Somebody at the keyboard, who looks at the screen."""

    app: TlscaApp
    pilot: Pilot

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
        quiet = 0
        while (
            quiet < 12
        ):  # a key goes from the app to the widget with the focus, and up again to whoever binds it
            await asyncio.sleep(0)
            nodes = [self.app, *self.app.screen.walk_children(with_self=True)]
            waiting = any(not node._message_queue.empty() for node in nodes)
            quiet = 0 if waiting else quiet + 1

    async def replace(self, text: str) -> None:
        """Type into the field that has the focus, in the place of what is there."""
        await self.press("end", "ctrl+u")
        await self.type(text)

    async def until(self, condition) -> None:
        """Wait until a condition holds; `condition` is a function, or text that shall be on the screen."""
        seen = (lambda: condition in self.text()) if isinstance(condition, str) else condition
        deadline = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < deadline, f"waited in vain for {condition}\n{self.text()}"
            await self.pilot.pause(0.01)

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
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    def rows(self) -> list[Entry]:
        """Return the certificates in the table."""
        return list(self.home_screen.query_one(CertificateTable).entries)

    def titles(self) -> list[str]:
        return [entry.title for entry in self.rows()]

    def current(self) -> Entry:
        return self.home_screen.query_one(CertificateTable).current

    def told(self) -> str:
        """Return every notification, oldest first."""
        return "\n".join(f"{note.title}: {note.message}" for note in self.app._notifications)

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

    async def choose(self, value: str) -> None:
        """Choose a value of the select that has the focus, by the arrow keys."""
        select = self.app.focused
        values = [choice for _, choice in select._options]
        await self.press("enter", "home", *["down"] * values.index(value), "enter")
        await self.until(lambda: select.value == value and not select.expanded)
        await self.pilot.pause()


@asynccontextmanager
async def operate(store: Path, size=(80, 24), *, app: TlscaApp | None = None, **settings):
    """Open the app over a store, and sit down at it."""
    app = app or TlscaApp(Settings(store=store, **settings))
    async with app.run_test(size=size, notifications=True) as pilot:
        operator = Operator(app, pilot)
        yield operator
        await operator._settled()


@pytest.fixture(name="operate")
def _operate():
    return operate


@pytest.fixture(scope="session")
def _demo(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo") / "store"
    create_demo(place).close()
    return place


@pytest.fixture
def demo(_demo, tmp_path):
    """Return the directory of a demo store of one's own."""
    return Path(shutil.copytree(_demo, tmp_path / "store"))


@pytest.fixture
def passphrase():
    return PASSPHRASE


@pytest.fixture
def in_thread():
    """Run something that blocks beside the app."""
    return asyncio.to_thread
