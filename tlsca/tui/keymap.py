"""Which keys do which act, once the settings have had their say: what was chosen is checked before the app begins.

Every act may be given other keys in the table `[keys]` of the settings, by its id: `issue = "i,f7"`.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from tlsca.errors import SettingsError, UsageError
from tlsca.settings import KeyChoice
from tlsca.text import printable
from tlsca.tui.actions import Act
from tlsca.tui.keys import keys_of, shown

_UNBOUND = "unbound"
"""No terminal sends a key of this name; Textual knows no other way to take the last key of an act away."""


class Place(NamedTuple):
    """A place of the app, at which every key does one thing."""

    title: str
    acts: Sequence[Act]


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys in force."""

    changed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """The id of each act whose keys are not its own any more, and what they are now."""
    notices: tuple[str, ...] = ()
    """A sentence for each act that another one's choice took a key from. Printable."""

    def keys(self, act: Act) -> tuple[str, ...]:
        """Return the keys that do an act."""
        return self.changed.get(act.id, tuple(act.keys.split(",")))

    def shown(self, act: Act, *, most: int = 1) -> str:
        """Return the first keys of an act as people know them; nothing where it has none."""
        return " ".join(shown(key) for key in self.keys(act)[:most])

    def by_id(self) -> dict[str, str]:
        """Return what Textual's `set_keymap` takes."""
        return {name: ",".join(keys) or _UNBOUND for name, keys in self.changed.items()}


_UNCHANGED = Keymap()
IN_FORCE: ContextVar[Keymap] = ContextVar("keymap", default=_UNCHANGED)
"""The keymap of the app that runs in this context: everything that names a key asks here."""


def choose_keys(places: Sequence[Place], choices: Iterable[KeyChoice]) -> Keymap:
    """Return the keymap that was chosen. What one choice takes from an act that nobody chose keys for is told in a notice.

    Raises SettingsError for an act that is not known, a key that is none or never arrives, and two choices of one key.
    """
    known = {act.id: act for place in places for act in place.acts}
    chosen = {choice.act: choice for choice in choices}
    changed = {name: _keys(choice, known) for name, choice in chosen.items()}
    notices: dict[str, None] = {}
    for place in places:
        owners = _owners(place, chosen, changed)
        for act in place.acts:
            kept = tuple(key for key in act.keys.split(",") if key not in owners)
            lost = [key for key in act.keys.split(",") if key in owners]
            if act.id not in chosen and lost:
                changed[act.id] = tuple(key for key in changed.get(act.id, kept) if key in kept)
                notices |= {_taken(key, owners[key], known[owners[key].act], act): None for key in lost}
    return Keymap(MappingProxyType(changed), tuple(notices))


def _owners(
    place: Place, chosen: Mapping[str, KeyChoice], changed: Mapping[str, Sequence[str]]
) -> dict[str, KeyChoice]:
    """Return who chose each key at a place; raise SettingsError where two did."""
    owners: dict[str, KeyChoice] = {}
    titles = {act.id: act.title for act in place.acts}
    for name in titles.keys() & chosen.keys():
        for key in changed[name]:
            other = owners.setdefault(key, chosen[name])
            if other.act != name:
                first, second = sorted((other, chosen[name]), key=lambda choice: choice.line)
                raise SettingsError(
                    f"{second.place} gives {shown(key)} to {titles[second.act]} ({second.act}), but line {first.line} gives it"
                    f" to {titles[first.act]} ({first.act}).",
                    hint="Choose another key for one of them.",
                )
    return owners


def _keys(choice: KeyChoice, known: Mapping[str, Act]) -> tuple[str, ...]:
    if choice.act not in known:
        near = difflib.get_close_matches(choice.act, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "The names of all acts are in: tlsca config --keys."
        raise SettingsError(f"{choice.place}: “{printable(choice.act)}” is no act.", hint=hint)
    try:
        return keys_of(choice.keys)
    except UsageError as error:
        raise SettingsError(f"{choice.place}, {choice.act}: {error.sentence}", hint=error.hint) from None


def _taken(key: str, choice: KeyChoice, taker: Act, act: Act) -> str:
    return f"{choice.place} gives {shown(key)} to {taker.title}; it was the key of {act.title} ({act.id})."
