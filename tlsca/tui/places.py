"""Every place of the app and what keys do there: what the settings' keys are checked against, and what the page of keys lists."""

from collections.abc import Sequence

from tlsca.settings import KeyChoice
from tlsca.tui.actions import ACTS, PALETTE
from tlsca.tui.host_acts import HOST_ACTS
from tlsca.tui.keeping_acts import ACTIVITY_ACTS, TRASH_ACTS
from tlsca.tui.keymap import Keymap, Place, choose_keys
from tlsca.tui.moving_acts import FORM_ACTS, ISSUE_FORM_ACTS, LIST_ACTS, SELECTING_ACTS, TREE_ACTS, VIEW_ACTS
from tlsca.tui.opened_acts import OPENED_ACTS

_INSPECTOR = (*VIEW_ACTS, *SELECTING_ACTS, *TREE_ACTS)
_PAGES = tuple(act for act in LIST_ACTS if act.id.startswith("page_"))

PLACES: tuple[Place, ...] = (
    Place("Certificates", (*ACTS, *LIST_ACTS, *_INSPECTOR)),
    Place("Hosts", (*HOST_ACTS, *LIST_ACTS)),
    Place("Activity", (*ACTIVITY_ACTS, *LIST_ACTS)),
    Place("Trash", (*TRASH_ACTS, *LIST_ACTS)),
    Place("What was opened", (*OPENED_ACTS, *LIST_ACTS, *_INSPECTOR)),
    Place("Forms", (*FORM_ACTS, *ISSUE_FORM_ACTS, *_PAGES, PALETTE)),
)


def keymap(choices: Sequence[KeyChoice]) -> Keymap:
    """Return the keys in force where somebody chose these. Raises SettingsError."""
    return choose_keys(PLACES, choices)


def key_table(choices: Sequence[KeyChoice]) -> dict[str, tuple[str, str]]:
    """Return for each act, by its id, the keys that do it and what it does. Raises SettingsError."""
    chosen = keymap(choices)
    acts = {act.id: act for place in PLACES for act in place.acts}
    return {name: (",".join(chosen.keys(act)), act.help) for name, act in acts.items()}
