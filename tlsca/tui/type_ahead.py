"""Keys in the order they were typed, each after what the one before it led to.

Textual hands every key to whatever has the focus when it comes. Who types faster than a dialog comes, or before the store is open,
would have the end of a passphrase taken for shortcuts.
"""

import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from tlsca.tui.work import ASKING

Typed = events.Key | events.Paste
Place = tuple[Screen[object], Widget | None]
"""A screen, and what has the focus there."""

_AT_ONCE = frozenset({"ctrl+c", "ctrl+q"})
"""Keys that wait for nothing: nobody shall be kept from leaving."""
_LOOKS = 0.02
"""Seconds between looks at whether what is waited for has come."""
_LOST = 2.0
"""Seconds after which a key is no longer waited for that whoever took it may have taken along to its end."""
_NOWHERE = "What was typed before the store was open went nowhere: there was no field to take it."


@runtime_checkable
class Opens(Protocol):
    """A screen that is drawn before what it shows is there."""

    @property
    def opening(self) -> bool:
        """Whether that is still to come."""
        ...

    def asks_for_store(self, key: str) -> bool:
        """Tell whether a key does what takes the store."""
        ...


class Haste(IntEnum):
    """What was waited for when a key was typed."""

    NONE = 0
    """Nothing: it does what it does at any time."""
    DIALOG = 1
    """A dialog: the key is for that, or for nothing."""
    STORE = 2
    """The store: whoever types on means a field, and no shortcut; so a field takes the key, or nothing does."""


@dataclass(slots=True)
class _Kept:
    event: Typed
    haste: Haste


class TypeAhead:
    """Hands keys on one at a time: the next once the one before it has done all it does, and what it asked for is there."""

    def __init__(self, app: App[int], hand_on: Callable[[events.Event], Awaitable[None]]) -> None:
        """`hand_on` gives a key to whatever has the focus."""
        self._app = app
        self._hand_on = hand_on
        self._kept: deque[_Kept] = deque()
        self._calm: Place | None = None
        """Where everything was done that came of the last key; None while one is under way."""
        self._haste = Haste.NONE
        """What is waited for; it counts until nothing is kept any more."""
        self._from: Screen[object] | None = None
        """The screen on which a dialog is waited for."""
        self._number, self._sent_at = 0, 0.0
        self._looks_again = False

    async def take(self, event: Typed) -> None:
        """Hand a key on, or keep it until it can be."""
        if isinstance(event, events.Key) and event.key in _AT_ONCE:
            await self._hand_on(event)
            return
        if not self._kept:
            self._haste, self._from = Haste.NONE, None
        self._kept.append(_Kept(event, self._haste))
        self._note_what_is_waited_for()
        if self._calm is None:
            if time.monotonic() - self._sent_at > _LOST:
                self._follow(self._place())
        elif self._calm == self._place():
            await self._go_on()
        else:
            self._follow(self._place())

    # Following a key on its way up

    def _place(self) -> Place | None:
        stack = self._app._screen_stack  # noqa: SLF001 -- `screen` raises where there is none yet
        return (stack[-1], stack[-1].focused) if stack else None

    def _follow(self, place: Place | None) -> None:
        """Send something after the key that was handed on there: at the top, all who could take that key have had it."""
        self._calm, self._number, self._sent_at = None, self._number + 1, time.monotonic()
        self._pass(place[1] or place[0] if place else self._app, self._number, place)

    def _pass(self, node: DOMNode | None, number: int, place: Place | None) -> None:
        while node is not None and not node.call_later(self._passed, node, number, place):
            node = node.parent  # this one has come to its end

    async def _passed(self, node: DOMNode, number: int, place: Place | None) -> None:
        if number != self._number:
            return
        if node is not self._app:
            self._pass(node.parent, number, place)
        elif place is None or place != self._place():
            self._follow(self._place())  # what has come to the front may have to be made ready first
        else:
            self._calm = place
            await self._go_on()

    # Handing on

    async def _go_on(self) -> None:
        """Hand the next key on, unless something has to come first."""
        while self._kept:
            if self._waits():
                self._look_again()
                return
            kept = self._kept.popleft()
            if not self._fits(kept):
                self._drop(kept)
            elif self._is_text(kept.event):
                await self._hand_on(kept.event)  # it stays in the field, and the next comes behind it
            else:
                place, self._calm = self._place(), None
                await self._hand_on(kept.event)
                self._follow(place)
                return

    def _waits(self) -> bool:
        """Tell whether something has to come before the next key, and remember of every key what it waited for."""
        if any(one.group in ASKING and not one.is_finished for one in self._app.workers):
            self._from = self._from or self._app.screen
            self._hasten(self._kept, Haste.DIALOG)
            return True
        return self._opening and self._asks_for_store(self._kept[0].event)

    def _note_what_is_waited_for(self) -> None:
        """Remember at once of what comes behind a key that takes the store: by the time of its turn the store may be open."""
        kept = list(self._kept) if self._opening else []
        first = next((at for at, one in enumerate(kept) if self._asks_for_store(one.event)), len(kept))
        self._hasten(kept[first + 1 :], Haste.STORE)

    def _hasten(self, kept: Iterable[_Kept], haste: Haste) -> None:
        for one in kept:
            self._haste = max(self._haste, haste)
            one.haste = max(one.haste, haste)

    def _look_again(self) -> None:
        if not self._looks_again:
            self._looks_again = True
            self._app.set_timer(_LOOKS, self._look)

    def _look(self) -> None:
        self._looks_again = False
        if self._calm is not None:
            self._follow(self._place())

    @property
    def _opening(self) -> bool:
        place = self._place()
        return place is not None and isinstance(place[0], Opens) and place[0].opening

    def _asks_for_store(self, event: Typed) -> bool:
        if isinstance(event, events.Paste):
            return not self._in_field
        screen = self._app.screen
        return not self._is_text(event) and isinstance(screen, Opens) and screen.asks_for_store(event.key)

    def _is_text(self, event: Typed) -> bool:
        """Tell whether what has the focus takes a key as text."""
        field = self._app.screen.focused
        return (
            isinstance(event, events.Key)
            and field is not None
            and field.check_consume_key(event.key, event.character)
        )

    @property
    def _in_field(self) -> bool:
        """Whether what has the focus takes letters as text."""
        field = self._app.screen.focused
        return field is not None and field.check_consume_key("a", "a")

    def _fits(self, kept: _Kept) -> bool:
        if kept.haste is Haste.STORE:
            return self._in_field
        return kept.haste is Haste.NONE or self._app.screen is not self._from

    def _drop(self, kept: _Kept) -> None:
        """Let a key go that nothing is there for, and what was typed with it."""
        self._kept = deque(one for one in self._kept if one.haste is not kept.haste)
        if kept.haste is Haste.STORE:
            self._app.notify(_NOWHERE, severity="warning", markup=False)
