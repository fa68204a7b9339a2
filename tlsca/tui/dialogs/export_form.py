"""The form of an export: where to, under which passphrase, and below that what would be written."""

import os
from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Checkbox, Input, Static

from tlsca.authority.destinations import Destination
from tlsca.authority.files import file_stem
from tlsca.authority.listing import Entry
from tlsca.authority.outgoing import Outgoing
from tlsca.authority.passphrases import Grade, Strength, generated_strength, strength
from tlsca.pki.bundle import FORMATS
from tlsca.pki.programs.recipe import Secrecy
from tlsca.store.vault import SHORTEST_PASSPHRASE
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.outlook_view import OutlookView
from tlsca.tui.widgets.path_completion import PathCompletion, expanded
from tlsca.tui.widgets.tick import Tick

_IN_THE_CLEAR = "in the clear"
_CLEAR_WARNING = "! Whoever can read the file has the key."
_GRADES = {
    Grade.WEAK: ("▰▱▱ weak", "$text-error"),
    Grade.FAIR: ("▰▰▱ fair", "$text-warning"),
    Grade.STRONG: ("▰▰▰ strong", "$text-success"),
}


class ExportForm(Vertical):
    """Place and passphrase of an export, and the outlook on it."""

    DEFAULT_CSS = """
    ExportForm {
        width: 1fr; height: 1fr; padding-left: 2;
        & Field Label { width: 12; }
        & #about { height: auto; margin-bottom: 1; }
        & #secret { height: auto; }
        & #strength { height: 1; padding-left: 12; }
        & #secret-ways { height: 1; padding-left: 12; }
        & #clear { width: 1fr; height: 1; background: transparent; padding: 0; }
        & #outlook { height: 1fr; margin-top: 1; scrollbar-size-vertical: 1; }
    }
    """

    def __init__(self, selected: Sequence[Entry], directory: Path) -> None:
        super().__init__()
        self._selected = selected
        self._directory = directory
        self._destination: Destination | None = None
        self._offered = ""
        """The name that was filled in; whatever else stands there was typed."""
        self._generated = ""

    def compose(self) -> ComposeResult:
        """Lay out the fields above the outlook."""
        yield Static(id="about")
        yield Field(
            "To",
            LineInput(
                id="out",
                compact=True,
                select_on_focus=False,
                suggester=PathCompletion(directories_only=True),
            ),
        )
        with Vertical(id="secret"):
            yield Field("Passphrase", Input(password=True, id="passphrase", compact=True))
            yield Field("Once more", Input(password=True, id="again", compact=True))
            yield Static(id="strength")
            with Horizontal(id="secret-ways"):
                yield Tick(_IN_THE_CLEAR, id="clear")
                yield Button("Generate (^g)", id="generate", compact=True)
        with VerticalScroll(id="outlook", can_focus=False):
            yield OutlookView()

    def on_mount(self) -> None:
        """Say what the passphrase is for."""
        self._tell_strength()

    # What is asked for

    @property
    def form(self) -> Outgoing | None:
        """What the fields say; None until something is chosen and has a place."""
        typed = self.query_one("#out", Input).value.strip()
        if self._destination is None or not typed:
            return None
        needs_key = self._destination.needs_key
        return Outgoing(
            references=tuple(entry.record.sha256 for entry in self._selected),
            target=self._destination.name,
            is_program=self._destination.is_program,
            out=expanded(typed),
            passphrase=self._typed("passphrase") if needs_key and not self.clear else None,
            clear_key=needs_key and self.clear,
        )

    @property
    def clear(self) -> bool:
        """Whether the key is to go out without a passphrase."""
        return self.query_one("#clear", Tick).value

    @property
    def takes_passphrase(self) -> bool:
        """Whether a passphrase is wanted."""
        chosen = self._destination
        able = chosen is not None and chosen.needs_key and chosen.secrecy is not Secrecy.CLEAR_ONLY
        return able and not self.clear

    @property
    def missing(self) -> str:
        """The field that is still to be filled in, as a selector; empty where none is."""
        if self._destination is None or not self._destination.needs_key or self.clear:
            return ""
        if not self.takes_passphrase:
            return "#clear"
        return next((f"#{name}" for name in ("passphrase", "again") if not self._typed(name)), "")

    @property
    def agrees(self) -> bool:
        """Whether the passphrase was typed twice alike."""
        return self._typed("passphrase") == self._typed("again")

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value

    # What is chosen

    def show(self, destination: Destination) -> None:
        """Ask what is needed for another destination, at a place with its name."""
        self._destination = destination
        about = (
            ("for ", destination.title)
            if destination.is_program
            else (f"{destination.name}, ", destination.title)
        )
        self.query_one("#about", Static).update(
            Content.assemble((about[0], "$foreground-muted"), (about[1], "bold"))
        )
        self._fill_in_place(destination)
        self._show_secret(destination)

    def _fill_in_place(self, destination: Destination) -> None:
        """Put the usual name at the end of the path, unless another one was typed there."""
        field, name = self.query_one("#out", Input), self._usual_name(destination)
        before, last = os.path.split(field.value)
        if not field.value:
            field.value = os.path.join(self._directory, name)  # noqa: PTH118 -- an empty name leaves a slash behind
        elif last == self._offered:
            field.value = os.path.join(before, name)  # noqa: PTH118 -- keeps the `~` that was typed
        else:
            return
        self._offered = name
        field.cursor_position = len(field.value)

    def _usual_name(self, destination: Destination) -> str:
        if len(self._selected) > 1:
            return ""
        stem = file_stem(self._selected[0].title)
        return (
            f"{stem}-{destination.name}"
            if destination.is_program
            else stem + FORMATS[destination.name].suffix
        )

    def _show_secret(self, destination: Destination) -> None:
        self.query_one("#secret").display = destination.needs_key
        self._follow_clear()
        clear = self.query_one("#clear", Tick)
        clear.disabled = destination.secrecy is Secrecy.SEALED_ONLY
        if clear.disabled:
            clear.value = False
        alone = destination.secrecy is Secrecy.CLEAR_ONLY
        clear.label = Content(
            f"{_IN_THE_CLEAR}: {destination.name} reads no other" if alone else _IN_THE_CLEAR
        )

    @on(Checkbox.Changed, "#clear")
    def _follow_clear(self) -> None:
        for name in ("passphrase", "again"):
            self.query_one(f"#{name}").disabled = not self.takes_passphrase
        self.query_one("#generate").display = self.takes_passphrase
        self._tell_strength()

    @on(Input.Changed, "#passphrase")
    @on(Input.Changed, "#again")
    def _tell_strength(self) -> None:
        self.query_one("#strength", Static).update(self._told())

    def _told(self) -> Content:
        typed = self._typed("passphrase")
        if self.clear:
            return Content.styled(_CLEAR_WARNING, "$text-warning")
        if not self.takes_passphrase:
            return Content("")
        if not typed:
            return Content.styled(self._purpose(), "$foreground-muted")
        if len(typed) < SHORTEST_PASSPHRASE:
            return Content.styled(f"▱▱▱ too short, {SHORTEST_PASSPHRASE} at least", "$text-error")
        return strength_told(
            generated_strength() if typed == self._generated else strength(typed),
            exact=typed == self._generated,
        )

    def _purpose(self) -> str:
        chosen = self._destination
        if chosen is not None and chosen.secrecy is Secrecy.SEALED_ONLY:
            return f"{chosen.name} reads no key in the clear"
        return "keeps the key safe in the file"

    # The passphrase that was made

    def take(self, made: str) -> None:
        """Fill in a passphrase that was made."""
        self._generated = made
        for name in ("passphrase", "again"):
            self.query_one(f"#{name}", Input).value = made

    # The outlook

    @property
    def base(self) -> Path:
        """The directory as seen from which files are named."""
        out = expanded(self._typed("out").strip())
        inside = self._destination is not None and (self._destination.is_program or len(self._selected) > 1)
        return out if inside or out.is_dir() else out.parent

    @property
    def outlook(self) -> OutlookView:
        """The view of what would be written."""
        return self.query_one(OutlookView)


def strength_told(found: Strength, *, exact: bool) -> Content:
    """Return how strong a passphrase is, as a bar and words."""
    words, style = _GRADES[found.grade]
    return Content.assemble(
        (words, style), (f", {'' if exact else 'at most '}{found.bits} bits", "$foreground-muted")
    )
