"""A field for a path: Tab completes it, what is dropped on it is unquoted, and content that is pasted into it is told from a path."""

import asyncio
import os
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester

from tlsca.authority.opening import completions, dropped_path, wanted_of
from tlsca.tui.widgets.line_input import LineInput


class _Paths(Suggester):
    """Suggests the first path that begins with what is typed; the disk is looked at in a thread."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the first completion, if there is one."""
        if not value or "\n" in value:
            return None
        found = await asyncio.to_thread(completions, value)
        return found[0] if found else None


class PathInput(LineInput):
    """A line that holds a path, a host or a reference."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False)]

    @dataclass
    class Offered(Message):
        """Tab found several ways to go on; these are they, as whole paths."""

        paths: tuple[str, ...]

    @dataclass
    class ContentPasted(Message):
        """What was pasted is no path, but the content of a file."""

        text: str

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(
            id=id, compact=True, placeholder=placeholder, suggester=_Paths(), select_on_focus=False
        )

    async def action_complete(self) -> None:
        """Go as far as all possible paths agree; from a field that is empty or complete, go to the next field."""
        typed = self.value
        found = await asyncio.to_thread(completions, typed) if typed else ()
        agreed = os.path.commonprefix(found)  # noqa: RUF071 -- as far as the letters agree, as in a shell
        if not found or agreed == typed == found[0]:
            self.screen.focus_next()
            return
        if len(agreed) > len(typed):
            self.value = agreed
            self.cursor_position = len(agreed)
        self.post_message(self.Offered(found if len(found) > 1 else ()))

    def _on_paste(self, event: events.Paste) -> None:
        """Take a dropped path as the path it means, and hand content on."""
        wanted = wanted_of(event.text)
        if wanted is None:
            super()._on_paste(event)
            return
        event.prevent_default()
        event.stop()
        if wanted.content:
            self.post_message(self.ContentPasted(wanted.content))
        else:
            path = dropped_path(event.text)
            self.value = str(path or wanted.what)
            self.cursor_position = len(self.value)
