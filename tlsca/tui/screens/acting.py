"""A screen whose acts stand in a registry: which of them can be done now, why not the others, its help, its menu and its palette."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeVar

from textual import events, on
from textual.binding import ActiveBinding
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tlsca.lazy import lazy_property
from tlsca.tui.actions import Act, Needs
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.keys import character_of
from tlsca.tui.standing import Standing, hindrance
from tlsca.tui.widgets.line_table import LineTable

Answer = TypeVar("Answer")


class ActingScreen(Screen[Answer]):
    """A screen that greys the acts that cannot be done, and says why when one of those is asked for."""

    acts: ClassVar[Sequence[Act]] = ()
    """What can be done here, in the order of the footer."""
    menu: ClassVar[frozenset[str]] = frozenset()
    """The groups of the registry that are done to what is under the cursor."""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """What takes the focus and what loses it draw themselves; Textual's own would have the whole screen drawn each time."""

    def standing(self) -> Standing:
        """Return what there is for acts to be done to."""
        return Standing()

    def menu_title(self) -> str:
        """Return what the menu is about. Printable."""
        return ""

    def hindrance(self, act: Act) -> str:
        """Say in a sentence why an act cannot be done now; empty where it can."""
        return hindrance(act, self.standing())

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that do something now, for the footer; those that a field would take as text do not."""
        found, field = super().active_bindings, self.focused
        if field is None:
            return found
        return {key: one for key, one in found.items() if not field.check_consume_key(key, character_of(key))}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what cannot be done now: None keeps the key in its place, and dead."""
        act = self._by_id.get(action)
        if act is not None and self.hindrance(act):
            return None
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Say why the key that was pressed is greyed."""
        pressed = self.active_bindings.get(event.key)
        if pressed is not None and pressed.node is self:
            act = self._by_id.get(pressed.binding.id or "")
            if act is not None:
                self._tell_hindrance(act)

    async def perform(self, act: Act) -> None:
        """Do an act that was chosen by its name, or say why it cannot be done."""
        if not self._tell_hindrance(act):
            await self.run_action(act.action or act.id)

    def _tell_hindrance(self, act: Act) -> bool:
        reason = self.hindrance(act)
        if reason:
            self.notify(reason, title=act.title, severity="warning", markup=False)
        return bool(reason)

    @lazy_property
    def _by_id(self) -> Mapping[str, Act]:
        return {act.id: act for act in self.acts}

    # Acts that every such screen has

    def action_help(self) -> None:
        """Show every key."""
        from tlsca.tui.dialogs.help import HelpDialog

        self.app.push_screen(HelpDialog(self.acts))

    def action_menu(self) -> None:
        """Show what can be done with what is under the cursor."""
        from tlsca.tui.dialogs.menu import Choice, MenuDialog

        offered = [act for act in self.acts if act.id != "menu" and self._is_in_menu(act)]
        keys = IN_FORCE.get().keys
        choices = [Choice(act.id, act.title, keys(act), act.help, self.hindrance(act)) for act in offered]
        self.app.push_screen(MenuDialog(self.menu_title(), choices), self._chosen_in_menu)

    def _is_in_menu(self, act: Act) -> bool:
        return act.group in self.menu or (act.needs is Needs.CERTIFICATE and act.group == "Authority")

    @on(LineTable.MenuWanted)
    def _menu_wanted(self) -> None:
        self.action_menu()

    def _chosen_in_menu(self, name: str | None) -> None:
        if name is not None:
            self.call_later(self.perform, self._by_id[name])
