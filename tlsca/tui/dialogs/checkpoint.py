"""A checkpoint of the audit log: what the log is now, signed by an authority if that is wanted, to be kept on another machine."""

import json
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Label

from tlsca.authority.checkpoints import Checkpoint, checkpoint, signed_checkpoint
from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.saving import TEXT, Shown
from tlsca.errors import TlscaError
from tlsca.text import count
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import issuer_choices
from tlsca.tui.widgets.chooser import Chooser
from tlsca.tui.widgets.field import Field
from tlsca.tui.work import work

_NOBODY = ""


class Wish(Enum):
    """What is to be done with a checkpoint."""

    COPY = auto()
    SAVE = auto()


class CheckpointDialog(Dialog[tuple[Checkpoint, Wish]]):
    """Choose who signs; answers the checkpoint, and what is to be done with it."""

    TITLE_TEXT = "Checkpoint"
    CONFIRM = "Save"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "copy", "Copy", show=False)]

    def __init__(self, desk: Desk, signers: Sequence[Entry]) -> None:
        super().__init__()
        self._desk = desk
        self._signers = signers

    def compose_body(self) -> ComposeResult:
        """Lay out the one choice."""
        many = count(self._desk.ledger.position, "line")
        yield Label(
            f"That the log has {many} now, and the hash of the last. Keep it on another machine: "
            "tlsca log --compare FILE then notices if lines were cut off or written anew.",
            classes="dialog-lead",
            markup=False,
        )
        nobody = (Content("nobody"), _NOBODY)
        yield Field("Signed by", Chooser([nobody, *issuer_choices(self._signers)], id="signer"))

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: to leave, to copy it, to save it."""
        yield Button("Cancel", id="leave", compact=True)
        yield Button("Copy (y)", id="copy", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Copy it; the frame does what the other buttons say."""
        if event.button.id == "copy":
            self.action_copy()

    def action_confirm(self) -> None:
        """Make it, to be saved."""
        self._make(Wish.SAVE)

    def action_copy(self) -> None:
        """Make it, to be copied."""
        self._make(Wish.COPY)

    def _make(self, wish: Wish) -> None:
        self.show_error(None)
        signer, desk = self.query_one(Chooser).chosen, self._desk
        if signer:
            once_unlocked(
                self,
                desk,
                "to sign with the authority's key",
                lambda: self._do(lambda: signed_checkpoint(desk, signer), wish),
            )
        else:
            self._do(lambda: checkpoint(desk), wish)

    def _do(self, make: Callable[[], Checkpoint], wish: Wish) -> None:
        self.busy(True)
        work(self, make, lambda made: self.dismiss((made, wish)), failed=self._refuse)

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def shown(made: Checkpoint) -> Shown:
    """Return a checkpoint as something that can be saved."""
    text = json.dumps(made.to_json(), indent=2) + "\n"
    return Shown(
        what=f"checkpoint of {count(made.lines, 'line')}",
        stem=f"tlsca-checkpoint-{made.lines}",
        form=TEXT,
        forms={TEXT: text.encode("ascii")},
    )
