"""What a store does for itself now and then: empty what lay in the trash for long enough, and make the backup that is due.

Nobody asked for it, so nobody's act fails because of it: what went wrong is a sentence.
"""

from collections.abc import Callable, Iterator

from tlsca.authority.backup import backup_in_turn, is_due
from tlsca.authority.desk import Desk
from tlsca.authority.trash import empty_trash
from tlsca.errors import TlscaError
from tlsca.settings import Settings
from tlsca.text import printable


def upkeep(desk: Desk, settings: Settings) -> tuple[str, ...]:
    """Do what is due in a store that can be written, and return what went wrong, as printable sentences.

    A store other than the settings' is left alone. Costs nothing to speak of where nothing is due; a backup of a large store takes
    seconds: call it in a thread, after an act.
    """
    if desk.ledger.read_only is not None or desk.ledger.directory != settings.store:
        return ()
    return (*_tried(lambda: _empty(desk)), *_tried(lambda: _back_up(desk, settings)))


def _empty(desk: Desk) -> None:
    empty_trash(desk, overdue=True)


def _back_up(desk: Desk, settings: Settings) -> None:
    if is_due(desk, settings):
        backup_in_turn(desk, settings)


def _tried(act: Callable[[], None]) -> Iterator[str]:
    try:
        act()
    except TlscaError as error:
        yield printable(f"Upkeep of the store: {error.sentence}")
