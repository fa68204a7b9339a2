"""From the registry of acts to Textual: the bindings of a screen or widget, and what the palette asks of a screen."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol, runtime_checkable

from textual.binding import Binding, BindingType

from tlsca.tui.actions import Act


@runtime_checkable
class HasActs(Protocol):
    """A screen whose acts the palette offers."""

    acts: ClassVar[Sequence[Act]]

    def hindrance(self, act: Act) -> str:
        """Say in a sentence why an act cannot be done now; empty where it can."""
        ...

    async def perform(self, act: Act) -> None:
        """Do an act that was chosen by its name, or say why it cannot be done."""
        ...


def bindings(acts: Iterable[Act]) -> list[BindingType]:
    """Return the key bindings of acts, which the settings may change by the acts' ids."""
    return [
        Binding(act.keys, act.action or act.id, act.title, show=act.footer, tooltip=act.help, id=act.id)
        for act in acts
    ]
