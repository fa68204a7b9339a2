"""The form of bulk issuing: where the rows come from, what those get that leave something empty, and whether files are written too."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Select

from tlsca.authority.bulk_files import FilesForm
from tlsca.authority.desk import Desk
from tlsca.authority.dry_run import DryRun, dry_run
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.sheet import text_of_file
from tlsca.tui.widgets.choices import LEAF_LIFETIMES, UNTIL_ISSUER_ENDS, Offer, issuer_choices, key_choices
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.path_completion import PathCompletion, expanded
from tlsca.tui.widgets.rows_area import RowsArea
from tlsca.tui.widgets.tick import Tick

_PLACEHOLDER = """\
Paste rows here: one certificate a line, its names separated by spaces
  www.example.com example.com 10.0.0.1
or a table with a header; only the first of its columns has to be there
  name,profile,san,key,days,until,issuer,subject"""
_FROM_FILE = "The rows come from the file below. Enter in that field reads it again."


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: what was pasted, or a file in its place."""

    text: str
    path: Path | None

    def look_over(self, desk: Desk, usual: CertificateForm, stopped: Callable[[], bool]) -> DryRun:
        """Read the rows and look over them, which is done in a thread. Raises Unreadable."""
        if self.path is None:
            return dry_run(desk, self.text, usual=usual, stopped=stopped)
        table = True if self.path.suffix.lower() == ".csv" else None
        return dry_run(desk, text_of_file(self.path), usual=usual, table=table, stopped=stopped)


class BulkForm(Vertical):
    """Rows, defaults and files."""

    DEFAULT_CSS = """
    BulkForm {
        height: auto;
        & RowsArea { height: 5; }
        & .pair { height: auto; }
        & .pair Field { width: 1fr; }
        & .pair Field:first-child { margin-right: 2; }
        & Field Label { width: 11; }
        & SelectCurrent #label { text-wrap: nowrap; text-overflow: ellipsis; }
        & #with-key { width: 1fr; height: 1; background: transparent; padding: 0; }
    }
    """

    def __init__(self, offer: Offer) -> None:
        super().__init__(id="bulk-form")
        self._offer = offer

    def compose(self) -> ComposeResult:
        """Lay out the rows above everything that says more about them."""
        yield RowsArea(
            id="rows", soft_wrap=False, compact=True, placeholder=_PLACEHOLDER, highlight_cursor_line=False
        )
        yield Field(
            "or a file",
            LineInput(
                id="path",
                compact=True,
                placeholder="a path to a CSV file",
                suggester=PathCompletion(),
            ),
        )
        with Horizontal(classes="pair"):
            yield Field("Profile", self._select("profile", self._offer.profiles, value="server"))
            yield Field("Key", self._select("key", key_choices()))
        with Horizontal(classes="pair"):
            yield Field("Issuer", self._select("issuer", issuer_choices(self._offer.issuers)))
            yield Field("Valid for", self._select("lifetime", LEAF_LIFETIMES))
        with Horizontal(classes="pair"):
            yield Field(
                "Write to",
                LineInput(
                    id="directory",
                    compact=True,
                    placeholder="a directory for chains",
                    suggester=PathCompletion(directories_only=True),
                ),
            )
            yield Tick("their keys too, in the clear", id="with-key")

    def on_mount(self) -> None:
        """Offer the keys only with a place to write them to."""
        self._offer_keys()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Let a file take the place of what was typed."""
        if event.input.id == "path":
            area = self.query_one(RowsArea)
            area.disabled = bool(event.value.strip())
            area.placeholder = _FROM_FILE if area.disabled else _PLACEHOLDER
        self._offer_keys()

    def _offer_keys(self) -> None:
        self.query_one("#with-key", Tick).disabled = not self.query_one("#directory", Input).value.strip()

    @property
    def source(self) -> Source:
        """Where the rows come from."""
        path = _path(self.query_one("#path", Input).value)
        return Source("" if path else self.query_one(RowsArea).text, path)

    @property
    def usual(self) -> CertificateForm:
        """What a row gets that leaves something empty."""
        lifetime = self._chosen("lifetime")
        return CertificateForm(
            names=(),
            issuer=self._chosen("issuer"),
            profile=self._chosen("profile"),
            key=self._chosen("key"),
            days=None if lifetime == UNTIL_ISSUER_ENDS else int(lifetime),
            until_issuer_ends=lifetime == UNTIL_ISSUER_ENDS,
        )

    @property
    def files(self) -> FilesForm | None:
        """What is written besides, if anything is."""
        directory = _path(self.query_one("#directory", Input).value)
        return FilesForm(directory, with_key=self.query_one("#with-key", Tick).value) if directory else None

    def _chosen(self, name: str) -> str:
        return str(self.query_one(f"#{name}", Select).value)

    @staticmethod
    def _select(name: str, choices: object, **more: str) -> Select[str]:
        return Select(choices, id=name, compact=True, allow_blank=False, **more)  # type: ignore[arg-type]


def _path(typed: str) -> Path | None:
    return expanded(typed.strip()) if typed.strip() else None
