"""Find, page, copy and save: what is done with what an inspector shows, on whatever screen it stands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.actions import BY_ID
from tlsca.tui.clipboard import copy_text
from tlsca.tui.keymap import IN_FORCE
from tlsca.tui.screens.acting import ActingScreen
from tlsca.tui.work import tell, work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tlsca.authority.differing import Diff
    from tlsca.authority.saving import Saved, Shown
    from tlsca.tui.copying import Piece
    from tlsca.tui.widgets.inspector import Inspector

_SAVE = BY_ID["save"]
_SOON = 0.05


class ViewingActs(ActingScreen[None]):
    """Acts on the view in front of an inspector."""

    def _inspector(self) -> Inspector:
        from tlsca.tui.widgets.inspector import Inspector

        return self.query_one(Inspector)

    def action_copy(self) -> None:
        """Ask what to copy: what is selected or shown, or a part of what is under the cursor."""
        self._when_seen(self._gather_pieces)

    def _when_seen(self, act: Callable[[], None]) -> None:
        """Act once what is shown is what is under the cursor: before, it is what was there last, or nothing."""
        if self._inspector().is_looking:
            self.set_timer(_SOON, lambda: self._when_seen(act))
        else:
            act()

    def _gather_pieces(self) -> None:
        work(self, self._inspector().pieces(), self._ask_what_to_copy, group="copy", exclusive=True)

    def _ask_what_to_copy(self, found: Sequence[Piece]) -> None:
        from tlsca.tui.dialogs.menu import Choice, MenuDialog

        if not found:
            self._tell_nothing("copy")
            return
        choices = [Choice(one.id, one.title, one.keys, one.shown) for one in found]
        choices.append(Choice("save", "into a file", IN_FORCE.get().keys(_SAVE), "what is shown, by a name"))
        pieces = {piece.id: piece for piece in found}
        self.app.push_screen(MenuDialog("Copy", choices), lambda name: self._copy(pieces, name))

    def _copy(self, pieces: Mapping[str, Piece], name: str | None) -> None:
        piece = pieces.get(name or "")
        if piece is not None:
            said = f"Copied the {piece.title}."
            work(
                self, piece.make, lambda text: copy_text(self.app, text, said), group="copied", exclusive=True
            )
        elif name is not None:
            self.action_save()

    def action_find(self) -> None:
        """Find letters in the view in front."""
        self._inspector().find()

    def action_pager(self) -> None:
        """Show what the view in front shows in the pager."""
        self._when_seen(self._make_ready_to_page)

    def _make_ready_to_page(self) -> None:
        shown = self._inspector().shown()
        if shown is None:
            self._tell_nothing("page through")
        else:
            work(self, shown, self._page, group="page", exclusive=True)

    def _page(self, shown: Shown) -> None:
        from tlsca.tui.pager import page_through

        try:
            page_through(self.app, shown.forms[shown.form].decode(), os.environ)
        except TlscaError as error:
            tell(self.app, error)

    def action_save(self) -> None:
        """Ask where to save what the view in front shows."""
        self._when_seen(self._make_ready_to_save)

    def _make_ready_to_save(self) -> None:
        shown = self._inspector().shown()
        if shown is None:
            self._tell_nothing("save")
        else:
            work(self, shown, self._ask_where, group="save", exclusive=True)

    def _ask_where(self, shown: Shown) -> None:
        from tlsca.tui.dialogs.save import SaveDialog

        self.app.push_screen(SaveDialog(shown, Path.cwd()), self._saved)

    def _saved(self, saved: Saved | None) -> None:
        if saved is not None:
            said = f"Saved {printable(str(saved.path))}: {saved.form}, {saved.octets:,} octets."
            self.notify(said, timeout=8, markup=False)

    def _show_difference(self, found: Diff | None) -> None:
        from tlsca.tui.dialogs.diff import DifferenceDialog

        if found is not None:
            self.app.push_screen(DifferenceDialog(found))

    def _tell_nothing(self, act: str) -> None:
        self.notify(f"This view has nothing to {act}.", severity="warning", timeout=4, markup=False)
