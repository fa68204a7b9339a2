"""What an operator knows of certificates and no certificate says: a name of one's own, tags, whom to ask, a note."""

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.widgets import Input, Label

from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry, own_title_of
from tlsca.errors import TlscaError
from tlsca.store.records import CertificateRecord
from tlsca.text import printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.dialogs.revoke import called
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.rows_area import RowsArea
from tlsca.tui.widgets.word_completion import WordCompletion
from tlsca.tui.work import work


class NoteDialog(Dialog[tuple[CertificateRecord, ...]]):
    """Note about one certificate, or add the same to several; answers their records as they are then."""

    TITLE_TEXT = "Note"
    CONFIRM = "Keep"

    DEFAULT_CSS = """
    NoteDialog {
        & RowsArea { height: 5; width: 1fr; padding: 0; }
        & #note-field { height: 5; margin-top: 1; }
    }
    """

    def __init__(self, desk: Desk, chosen: Sequence[Entry], tags: Sequence[str]) -> None:
        """`tags` are those that there are, the commonest first."""
        super().__init__()
        self._desk = desk
        self._chosen = tuple(chosen)
        self._tags = WordCompletion(tags)
        self._one = chosen[0].record if len(chosen) == 1 else None

    def compose_body(self) -> ComposeResult:
        """Lay out what there is of one certificate, or what is to be added to several."""
        yield Label(
            f"{called(self._chosen)}. Nothing of this is ever signed; filter by it with tag:, note: and contact:.",
            classes="dialog-lead",
            markup=False,
        )
        if self._one is None:
            yield Field("Add tags", self._line("tags", "", "web prod"))
            yield Field("Remove tags", self._line("untag", "", ""))
            yield Field("Add contacts", self._line("contacts", "", "ops@example.com, +1 555 0100"))
        else:
            yield Field("Name", self._line("label", self._one.label or "", _own_name(self._one)))
            yield Field("Tags", self._line("tags", " ".join(self._one.tags), "web prod"))
            contacts = ", ".join(self._one.contacts)
            yield Field("Contacts", self._line("contacts", contacts, "ops@example.com, +1 555 0100"))
        text = RowsArea(
            self._one.note or "" if self._one else "",
            id="note",
            soft_wrap=True,
            placeholder="" if self._one else "Left empty, each keeps its own.",
        )
        yield Field("Note", text, id="note-field")

    def _line(self, name: str, value: str, example: str) -> LineInput:
        completion = self._tags if name in {"tags", "untag"} else None
        return LineInput(
            printable(value),
            id=name,
            compact=True,
            placeholder=example,
            suggester=completion,
            select_on_focus=False,
        )

    def action_confirm(self) -> None:
        """Keep it in a thread; where nothing was changed there is nothing to keep."""
        form = self._form()
        if form.says_nothing:
            self.dismiss(None)
            return
        self.show_error(None)
        self.busy(True)
        seen = tuple(entry.record for entry in self._chosen)
        work(self, lambda: annotate(self._desk, form, seen=seen), self.dismiss, failed=self._refuse)

    def _form(self) -> NoteForm:
        references = tuple(entry.record.sha256 for entry in self._chosen)
        tags, contacts = self._typed("tags").replace(",", " ").split(), _parted(self._typed("contacts"))
        note = self.query_one(RowsArea).text
        if self._one is None:
            untag = self._typed("untag").replace(",", " ").split()
            return NoteForm(
                references=references,
                note=note or None,
                tags=tuple(tags),
                untag=tuple(untag),
                contacts=contacts,
            )
        label = self._typed("label").strip()
        return NoteForm(
            references=references,
            label=None if label == printable(self._one.label or "") else label,
            note=None if note.strip() == (self._one.note or "") else note,
            tags=_without(tags, self._one.tags),
            untag=_without(self._one.tags, [tag.lower() for tag in tags]),
            contacts=_without(contacts, self._one.contacts),
            forget=_without(self._one.contacts, contacts),
        )

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)


def _own_name(record: CertificateRecord) -> str:
    return f"what to call it; else {printable(own_title_of(record))}"


def _parted(contacts: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in contacts.split(",") if one.strip())


def _without(words: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    there = set(others)
    return tuple(word for word in words if word not in there)
