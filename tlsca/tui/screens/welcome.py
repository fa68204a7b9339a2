"""First run: what to do with an empty store."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tlsca.authority.interrupted import interruption
from tlsca.text import printable
from tlsca.tui.widgets.key_line import KeyLine

CREATE, GUIDE, IMPORT, DEMO = "create", "guide", "import", "demo"


class WelcomeScreen(Screen[str]):
    """Offers to create an authority, alone or step by step, to import one, or to try the demo; answers which."""

    HELP = "Choose with the arrows and press Enter."

    DEFAULT_CSS = """
    WelcomeScreen {
        align: center middle;
        & > Vertical { width: 72; max-width: 100%; height: auto; padding: 1 2; border: round $primary; background: $surface; }
        & #welcome-title { text-style: bold; color: $primary; }
        & #welcome-lead { color: $text-muted; margin-bottom: 1; }
        & OptionList, & OptionList:focus { height: auto; border: none; background: $surface; padding: 0; }
        & OptionList:focus > .option-list--option-highlighted { background: $primary 30%; color: $foreground; text-style: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "choose('create')", "Create an authority"),
        Binding("s", "choose('guide')", "Step by step"),
        Binding("i", "choose('import')", "Import"),
        Binding("d", "choose('demo')", "Try the demo"),
        Binding("q,escape", "app.quit", "Quit"),
    ]

    def __init__(self, place: Path) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        """Lay out the ways to begin."""
        with Vertical():
            yield Static("tlsca", id="welcome-title")
            yield Static(Content(_lead(self._place)), id="welcome-lead")
            yield OptionList(
                Option(
                    _option("Create an authority", "a passphrase, a root, and what issues below it"),
                    id=CREATE,
                ),
                Option(
                    _option("Step by step", "the same, and then the first certificate, question by question"),
                    id=GUIDE,
                ),
                Option(_option("Import", "certificates and keys that you have"), id=IMPORT),
                Option(
                    _option("Try the demo", "a small authority to play with; gone when you leave"), id=DEMO
                ),
            )
        yield KeyLine()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the choice."""
        self.action_choose(str(event.option.id))

    def action_choose(self, choice: str) -> None:
        """Answer with the choice."""
        self.dismiss(choice)


def _lead(place: Path) -> str:
    """Return why there is no store to be shown: there never was one, or it is only out of its place."""
    left = interruption(place)
    if left is not None:
        return f"{left.sentence} {left.hint}"
    return f"A certificate authority in your terminal.\nThere is no store in {printable(str(place))} yet."


def _option(title: str, text: str) -> Content:
    return Content.assemble((title, "bold"), (f"\n{text}\n", "$foreground-muted"))
