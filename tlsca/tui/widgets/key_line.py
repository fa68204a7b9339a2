"""The keys at the foot of a screen, drawn anew only where they differ.

Textual's own footer makes all its keys anew for whatever happens, a cursor that goes down one row among it, and lays each out three
times over: that takes longer than everything else that the press of a key leads to.
"""

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import reactive
from textual.widgets import Footer
from textual.widgets._footer import FooterKey


class _Shown(NamedTuple):
    """A key as it stands in the line."""

    binding: Binding
    display: str
    enabled: bool
    tooltip: str


class _Key(FooterKey):
    """A key with the space around it from the beginning: Textual's takes it back and is laid out again for that."""

    compact = reactive(False)

    def __init__(self, shown: _Shown) -> None:
        super().__init__(
            shown.binding.key,
            shown.display,
            shown.binding.description,
            shown.binding.action,
            disabled=not shown.enabled,
            tooltip=shown.tooltip,
        )


class KeyLine(Footer):
    """The keys that do something now on the screen, those that are dead greyed."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._drawn: Sequence[_Shown] = ()

    def compose(self) -> ComposeResult:
        """Make a widget for each key."""
        yield from map(_Key, self._drawn)

    async def recompose(self) -> None:
        """Make the keys anew if they are others than those that are drawn; not on a screen that is left, which takes itself apart."""
        if not self.is_attached or self.screen not in self.app.screen_stack:
            return
        shown = self._shown()
        if shown != self._drawn:
            self._drawn = shown
            await super().recompose()

    def _shown(self) -> Sequence[_Shown]:
        """Return the keys of the screen, one for each act."""
        found: dict[str, _Shown] = {}
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in found:
                display = self.app.get_key_display(binding)
                found[binding.action] = _Shown(binding, display, enabled, tooltip)
        return tuple(found.values())
