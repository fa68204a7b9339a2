"""Publish an authority's certificate revocation list: how things stand, where to write it, and for how long it is current."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Select

from tlsca.authority.desk import Desk
from tlsca.authority.files import check_target, file_stem, write_file
from tlsca.authority.listing import Entry
from tlsca.authority.publishing import CrlForm, CrlState, PublishedCrl, crl_state, plan_crl, publish_crl
from tlsca.authority.showing import show_crl
from tlsca.errors import TlscaError
from tlsca.pki.describe import Row
from tlsca.text import printable, rfc3339
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.unlock import once_unlocked
from tlsca.tui.widgets.choices import Choice
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.work import sentence, work

_DAYS: tuple[Choice, ...] = (
    (Content("7 days"), "7"),
    (Content("1 day"), "1"),
    (Content("30 days"), "30"),
    (Content("90 days"), "90"),
    (Content("1 year, as for a root that is kept offline"), "365"),
)
_FORMATS: tuple[Choice, ...] = (
    (Content("DER, as HTTP clients fetch it"), "der"),
    (Content("PEM"), "pem"),
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be signed, and where it goes; `out` is None where it is kept in the store alone."""

    form: CrlForm
    out: Path | None
    force: bool
    der: bool


class PublishDialog(Dialog[str]):
    """Sign a revocation list, keep it in the store, and write it to a file; answers what was done, in a sentence."""

    TITLE_TEXT = "Publish a CRL"
    CONFIRM = "Publish"

    DEFAULT_CSS = """
    PublishDialog Facts { margin-top: 1; }
    """

    def __init__(self, desk: Desk, authority: Entry, directory: Path) -> None:
        super().__init__()
        self._desk = desk
        self._authority = authority
        self._directory = directory

    def compose_body(self) -> ComposeResult:
        """Lay out the place and the lifetime above how things stand."""
        stem = file_stem(self._authority.title)
        yield Label(
            f"What {printable(self._authority.title)} has revoked, signed for its clients.",
            classes="dialog-lead",
            markup=False,
        )
        yield Field(
            "File",
            LineInput(
                str(self._directory / f"{stem}.crl"),
                id="out",
                compact=True,
                placeholder="empty: keep it in the store alone",
            ),
        )
        yield Field("Format", Select(_FORMATS, id="format", compact=True, allow_blank=False))
        yield Field("Current for", Select(_DAYS, id="days", compact=True, allow_blank=False))
        yield Field("", Tick("only what changed since the last full CRL (a delta)", id="delta"))
        yield Field("", Tick("replace a file that is there", id="force"))
        yield Facts()

    def on_mount(self) -> None:
        """Look at how things stand."""
        work(
            self,
            lambda: crl_state(self._desk, self._authority.record),
            self._show,
            failed=self._explain,
            group="state",
        )

    def action_confirm(self) -> None:
        """Find out whether it can be done, unlock if need be, then sign and write in a thread."""
        self.show_error(None)
        self.busy(True)
        wanted = self._wanted()
        work(
            self, lambda: _check(self._desk, wanted), lambda _: self._unlock_and(wanted), failed=self._refuse
        )

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that sign the list."""
        form = self._wanted().form
        return lambda: show_crl(self._desk, form)

    def _unlock_and(self, wanted: _Wanted) -> None:
        self.busy(False)
        once_unlocked(self, self._desk, "to sign with the authority's key", lambda: self._publish(wanted))

    def _publish(self, wanted: _Wanted) -> None:
        self.busy(True)
        work(self, lambda: _publish(self._desk, wanted), self.dismiss, failed=self._refuse)

    def _wanted(self) -> _Wanted:
        typed = self.query_one("#out", Input).value.strip()
        return _Wanted(
            CrlForm(
                reference=self._authority.record.sha256,
                delta=self.query_one("#delta", Tick).value,
                days=int(str(self.query_one("#days", Select).value)),
            ),
            Path(typed).expanduser() if typed else None,
            self.query_one("#force", Tick).value,
            self.query_one("#format", Select).value == "der",
        )

    def _show(self, state: CrlState) -> None:
        told = state.full or state.why
        head = [Content(state.sentence(self._desk.now()))] if told else []
        self.query_one(Facts).show(_state_rows(state), head=head)

    def _explain(self, error: TlscaError) -> None:
        self.query_one(Facts).show((), head=[sentence(error)])

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _state_rows(state: CrlState) -> tuple[Row, ...]:
    newest = state.delta or state.full
    if newest is None:
        return (Row("Published", "never"),)
    kind = f"delta of {newest.base}" if newest.base else "full"
    return (
        Row(
            "Published",
            f"{rfc3339(newest.this_update)}, number {newest.number}, {kind}, entries: {newest.entries}",
        ),
        Row("Current until", rfc3339(newest.next_update)),
    )


def _check(desk: Desk, wanted: _Wanted) -> None:
    """Raise TlscaError where it could not be signed, or not be written, before a number is used up."""
    plan_crl(desk, wanted.form)
    if wanted.out is not None:
        check_target(wanted.out, force=wanted.force)


def _publish(desk: Desk, wanted: _Wanted) -> str:
    """Sign and write; return what was done. Raises TlscaError."""
    published = publish_crl(desk, wanted.form)
    said = f"{printable(published.authority.subject)} published CRL number {published.record.number}"
    return f"{said}, {_counted(published)}{_written(published, wanted)}."


def _counted(published: PublishedCrl) -> str:
    entries = published.record.entries
    return f"{entries} entr{'y' if entries == 1 else 'ies'}"


def _written(published: PublishedCrl, wanted: _Wanted) -> str:
    if wanted.out is None:
        return ", kept in the store"
    data = published.der if wanted.der else published.pem
    return f", in {printable(str(write_file(wanted.out, data, private=False, force=wanted.force)))}"
