"""The app: wiring only. Which screen comes first, the themes, the palette, and what happens when tlsca itself is at fault."""

import asyncio
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.css.query import NoMatches
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import WorkerFailed

from tlsca.defect import write_report
from tlsca.errors import TlscaError
from tlsca.settings import Settings, load_settings
from tlsca.text import printable
from tlsca.tui.actions import PALETTE, Act
from tlsca.tui.ascii_output import ascii_driver, wants_ascii
from tlsca.tui.bindings import HasActs, bindings
from tlsca.tui.clipboard import keep, reaches, sequence
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.keys import shown
from tlsca.tui.own_themes import check_theme, own_themes, theme_directory
from tlsca.tui.places import keymap
from tlsca.tui.screens.home import HomeScreen
from tlsca.tui.screens.welcome import CREATE, DEMO, GUIDE, IMPORT, WelcomeScreen
from tlsca.tui.session import Session, read_session, session_file
from tlsca.tui.themes import PLAIN, THEMES
from tlsca.tui.type_ahead import TypeAhead
from tlsca.tui.without_colour import WithoutColour
from tlsca.tui.work import work

if TYPE_CHECKING:
    from tlsca.authority.company.demo import Demo
    from tlsca.authority.desk import Desk

_LOOK_AT_IDLE = 5.0
"""Seconds between looks at how long nothing was pressed."""
_LOOK_AFTER = 120.0
"""Seconds between looks at whether something is due in the store."""
_MOMENT = 3.0
"""Seconds without a key after which garbage is collected: what moves on the screen has come to rest by then."""
_SIGNALLED = 128
"""What a shell adds to the number of the signal that ended a program."""
_DUE = 10
"""Collections of what is young after which one of everything is due, as Python has it."""
_SHORT_LOOKS = (700, 10, 1000)
"""When garbage is looked for while somebody is at the keys: often and shortly, as Python does, but hardly ever over everything."""

_FIRST = {CREATE: "", GUIDE: "wizard", IMPORT: "import"}
"""The act that comes first in a new store, by how somebody chose to begin."""

_THEN = {
    CREATE: "",
    GUIDE: "then the certificate, in five questions",
    IMPORT: "then the files to take in",
}
"""What that is, while the store is being made."""


def open_app(store: Path | None, *, read_only: bool, demo: bool = False) -> int:
    """Run the app over a store, or the one that the settings name, or the demo, and return the exit status. Raises SettingsError."""
    app = TlscaApp(load_settings(os.environ, store=store, read_only=read_only), demo=demo)
    app.run()
    return app.return_code or 0


def _open(settings: Settings, place: Path) -> "Desk":
    from tlsca.authority.keeping import open_store  # noqa: PLC0415 -- called in a thread, after the first frame

    return open_store(place, read_only=settings.read_only, expiring=timedelta(days=settings.expiring_days))


def _is_there(store: Path) -> bool:
    """Tell whether there is a store to open; where that cannot be told, opening it says why."""
    try:
        return (store / "journal.jsonl").exists() or store.is_file()
    except OSError:
        return True


def _told_of(screen: HasActs, act: Act) -> str:
    """Return what the palette says of an act: its key and what it does, or why it cannot be done now."""
    reason = screen.hindrance(act)
    key = IN_FORCE.get().shown(act)
    return f"Not now: {reason}" if reason else f"{key}  {act.help}" if key else act.help


class TlscaApp(App[int]):
    """tlsca in the terminal."""

    TITLE = "tlsca"
    CSS = """
    Toast { max-width: 70; }
    Footer { background: $panel; }
    Tab.-active { text-style: bold; }
    TlscaApp:nocolor Tab.-active { text-style: bold reverse; }
    TlscaApp:nocolor Button { background: $background !important; color: $foreground !important; text-style: none !important; }
    TlscaApp:nocolor Button:focus { background: $foreground !important; color: $background !important; text-style: bold !important; }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings([PALETTE])

    def __init__(
        self, settings: Settings, *, open_desk: Callable[[Path], "Desk"] | None = None, demo: bool = False
    ) -> None:
        """`open_desk` opens the store of a directory; it is called in a thread. With `demo` the app begins with that.

        Raises SettingsError for keys and themes that cannot be.
        """
        super().__init__()
        self._keymap_chosen = keymap(settings.keys)
        self._settings = settings
        self._open_desk = open_desk or partial(_open, settings)
        self._touched = time.monotonic()
        self._type_ahead = TypeAhead(self, super().on_event)
        self._thresholds = gc.get_threshold()
        self._begins_with_demo = demo
        self._demo: Demo | None = None
        self._colourless = (WithoutColour(self._grounds),) if self.no_color else ()
        if wants_ascii(settings.ascii, os.environ):
            self.driver_class = ascii_driver(self.driver_class)
        for theme in (*THEMES, *own_themes(theme_directory(os.environ))):
            self.register_theme(theme)
        check_theme(settings.theme, self.available_themes)
        self._use_theme(settings.theme)

    def on_load(self) -> None:
        """Put the keys in force, before anything is bound or names one."""
        IN_FORCE.set(self._keymap_chosen)
        self.set_keymap(self._keymap_chosen.by_id())

    def on_mount(self) -> None:
        """Show the store, or how to begin where there is none."""
        self._thresholds = gc.get_threshold()
        self.call_after_refresh(lambda: gc.set_threshold(*_SHORT_LOOKS))
        self.set_interval(_MOMENT, self._collect_when_idle)
        if self._settings.lock_minutes:
            self.set_interval(_LOOK_AT_IDLE, self._lock_when_idle)
        self.set_interval(_LOOK_AFTER, self._look_after)
        if self._settings.watch_every:
            self.set_interval(self._settings.watch_every * 60, self._look_at_hosts)
        for notice in self._keymap_chosen.notices:
            self.notify(notice, title="Keys", severity="warning", timeout=15, markup=False)
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self._end, number)
        if self._begins_with_demo:
            self._play()
        elif _is_there(self._settings.store):
            self._come_back()
        else:
            self._welcome()

    def on_unmount(self) -> None:
        """Take the demo away."""
        gc.set_threshold(*self._thresholds)
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().remove_signal_handler(number)
        if self._demo is not None:
            self._demo.close()

    async def on_event(self, event: events.Event) -> None:
        """Remember when somebody last did something; keys do what they do one after the other."""
        if isinstance(event, events.Key | events.MouseEvent | events.Paste):
            self._touched = time.monotonic()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._type_ahead.take(event)
        else:
            await super().on_event(event)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every act of the registry in the palette, before Textual's own."""
        if isinstance(screen, HasActs):
            for act in screen.acts:
                if act is not PALETTE:
                    yield SystemCommand(act.title, _told_of(screen, act), lambda act=act: screen.perform(act))
        for command in super().get_system_commands(screen):
            if command.title in {"Theme", "Maximize", "Minimize", "Screenshot"}:
                yield command

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line that is drawn goes through."""
        return self._colourless or super().get_line_filters()

    def get_key_display(self, binding: Binding) -> str:
        """Return how a key is shown in the footer."""
        return binding.key_display or shown(binding.key)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text by way of the terminal; one that does not get there is kept in a file, and where is said."""
        self._clipboard = text
        if not reaches(text, os.environ):
            work(self, lambda: keep(text), self._kept, group="keep", exclusive=True)
        elif self._driver is not None:
            self._driver.write(sequence(text, os.environ))

    def _kept(self, place: Path) -> None:
        said = f"This terminal's clipboard does not take it. It is in {printable(str(place))}, which only you can read."
        self.notify(said, title="Copy", severity="warning", timeout=15, markup=False)

    def _use_theme(self, name: str) -> None:
        """Draw with a theme; where no colours are wanted, with the one that has none."""
        if self.no_color:
            self.register_theme(PLAIN)
            self.theme = PLAIN.name
        elif name in self.available_themes:
            self.theme = name

    def _grounds(self) -> tuple[Color, Color]:
        return Color.parse(self.theme_variables["background"]), Color.parse(self.theme_variables["panel"])

    def _end(self, number: signal.Signals) -> None:
        """Leave as on `q`, because a signal asks for it; the status is the one that shells expect."""
        self.exit(return_code=_SIGNALLED + number)

    def _collect_when_idle(self) -> None:
        """Collect garbage while nobody waits: over what a screen is drawn from, that takes a tenth of a second."""
        is_idle = time.monotonic() - self._touched >= _MOMENT and not any(
            one.is_running for one in self.workers
        )
        if is_idle and gc.get_count()[2] >= _DUE:
            gc.collect()

    def _lock_when_idle(self) -> None:
        if time.monotonic() - self._touched >= self._settings.lock_minutes * 60:
            self._lock("Locked, because nothing was pressed for a while.")

    def action_lock_now(self) -> None:
        """Forget the passphrase, whatever screen is in front."""
        self._lock("Locked.")

    def _lock(self, said: str) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, HomeScreen):
                screen.lock_now(said)

    def _look_after(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, HomeScreen):
                screen.look_after(self._settings)

    def _look_at_hosts(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, HomeScreen):
                screen.look_at_hosts()

    def _go_home(self, open_desk: "Callable[[], Desk]", place: Path) -> None:
        self.push_screen(HomeScreen(open_desk, place))

    def _come_back(self) -> None:
        """Go home to the store of the settings, as it was left the last time."""
        store = self._settings.store
        home = HomeScreen(lambda: self._open_desk(store), store)
        if self._settings.session:
            place = session_file(store)
            session = self._last_session(place)
            if session.theme:
                self._use_theme(session.theme)
            home.remember(place, session, self._settings.theme)
        self.push_screen(home)

    def _last_session(self, place: Path) -> Session:
        try:
            return read_session(place)
        except TlscaError as error:
            said = f"{error.sentence} {error.hint}"
            self.notify(said, title="Session", severity="warning", timeout=12, markup=False)
            return Session()

    def _welcome(self) -> None:
        self.push_screen(WelcomeScreen(self._settings.store), self._begin)

    def _begin(self, choice: str | None) -> None:
        if choice in _FIRST:
            from tlsca.tui.dialogs.setup import SetupDialog  # noqa: PLC0415 -- a dialog is loaded when it is first needed

            dialog = SetupDialog(self._settings.store, authority=choice != IMPORT, then=_THEN[choice])
            self.push_screen(dialog, lambda desk: self._begun(desk, _FIRST[choice]))
        elif choice == DEMO:
            self._play()
        else:
            self._welcome()

    def _play(self) -> None:
        from tlsca.authority.company.demo import Demo  # noqa: PLC0415 -- hardly ever

        self._demo = demo = Demo(os.environ)
        self._go_home(lambda: self._opened(demo), demo.place)

    def _opened(self, demo: "Demo") -> "Desk":
        desk = demo.open()
        self.call_later(self.notify, demo.WORDS, title="Demo", timeout=12, markup=False)
        return desk

    def _begun(self, desk: "Desk | None", first: str) -> None:
        if desk is None:
            self._welcome()
            return
        desk.expiring = timedelta(days=self._settings.expiring_days)
        home = HomeScreen(lambda: desk, self._settings.store, first=first)
        if self._settings.session:
            home.remember(session_file(self._settings.store), Session(), self._settings.theme)
        self.push_screen(home)

    def _handle_exception(self, error: Exception) -> None:
        """Take an error nobody caught; but a widget that is still being mounted while the app is left misses its own parts."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error  # what Textual wraps it in tells neither what nor where it was
        if (self._exit or self._closing) and isinstance(error, NoMatches):
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave with a report that holds no values: Textual's own prints local variables, passphrases among them."""
        self.bell()
        error = self._exception or TlscaError("unknown")
        sentence = f"A defect in tlsca ({type(error).__name__}); a report without secrets is in {write_report(error)}."
        self._exit_renderables.append(Text(sentence))
        self._close_messages_no_wait()
