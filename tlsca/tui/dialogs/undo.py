"""Ask before an act is undone: which it would be, and who did it when."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tlsca.authority.desk import Desk
from tlsca.authority.undoing import Undoable, last_undoable, undo
from tlsca.tui.dialogs.yes_no import YesNoDialog
from tlsca.tui.work import work


class UndoDialog(YesNoDialog[Undoable]):
    """Answers the act that is to be undone."""

    TITLE_TEXT = "Undo"
    CONFIRM = "Undo"
    QUESTION = "Undo it?"

    def __init__(self, found: Undoable) -> None:
        title = f"{found.title[:1].upper()}{found.title[1:]}."
        super().__init__(found, title, "What was changed again since then is told, and stays.")


def ask_to_undo(
    screen: Screen[Any], desk: Desk, done: Callable[[], object], *, line: int | None = None
) -> None:
    """Ask whether the last act, or that of a line of the log, is to be undone, and undo it; where it cannot be, say why."""

    def tell(undone: Undoable) -> None:
        screen.notify(f"Undid {undone.title}.", timeout=8, markup=False)
        done()

    def answered(wanted: Undoable | None) -> None:
        if wanted is not None:
            work(screen, lambda: undo(desk, line=wanted.act.seq), tell, group="undone")

    def ask(found: Undoable) -> None:
        screen.app.push_screen(UndoDialog(found), answered)

    work(screen, lambda: last_undoable(desk, line=line), ask, group="undo", exclusive=True)
