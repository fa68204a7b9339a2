"""What an operator knows of a certificate and no certificate says: what to call it, a note, tags, and whom to ask about it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tlsca.authority.desk import Desk
from tlsca.authority.listing import title_of
from tlsca.errors import StoreConflict, UsageError
from tlsca.pki.rows import Row
from tlsca.store.records import CertificateRecord, Document
from tlsca.text import count, listing, printable, shorten

MOST_OF_A_NOTE = 10_000
MOST_OF_A_LINE = 200
"""Characters that a label, a tag or a contact has at most."""

FIELDS = ("label", "note", "tags", "contacts")
_TAG = re.compile(r"[^\s,:*]+")
_LOGGED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteForm:
    """What is typed about certificates; what is None or empty stays as it is."""

    references: tuple[str, ...]
    label: str | None = None
    """What to call it from now on; an empty text goes back to its own name."""
    note: str | None = None
    """Takes the place of the note there is; an empty text removes it."""
    tags: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()
    """Contacts to be removed."""

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was typed but whom it is about."""
        return (
            self.label is None
            and self.note is None
            and not (*self.tags, *self.untag, *self.contacts, *self.forget)
        )


def annotate(
    desk: Desk, form: NoteForm, *, seen: Iterable[CertificateRecord] = ()
) -> tuple[CertificateRecord, ...]:
    """Change what is noted about certificates, in one transaction; return their records as they are now.

    Those that are as they should be already stay untouched. `seen` is how they were when the form was filled in, without it
    how the desk read them last: what somebody else noted about one of them since is a StoreConflict. Raises NotFound, Ambiguous, UsageError, StoreConflict, StoreError.
    """
    _check(form)
    before = {record.id: record for record in seen}
    if before:
        desk.ledger.refresh()
    now = desk.now()
    found = [desk.ledger.find(reference, now=now) for reference in form.references]
    records = tuple({record.id: record for record in found}.values())
    for record in records:
        _check_as_seen(record, before.get(record.id, record))
    after = {record.id: _annotated(record, form) for record in records}
    return put_annotations(desk, [(record, after[record.id]) for record in records], act="note")


def put_annotations(
    desk: Desk,
    changes: Iterable[tuple[CertificateRecord, CertificateRecord]],
    *,
    act: str,
    detail: Document | None = None,
) -> tuple[CertificateRecord, ...]:
    """Write annotated records in the place of what they were, each given as before and after, as one act; return them.

    Raises StoreConflict, StoreError.
    """
    pairs = list(changes)
    changed = {old.id: (old, new) for old, new in pairs if old != new}
    if changed:
        said = _detail(list(changed.values())) | (detail or {})
        with desk.ledger.transaction(act=act, at=desk.now(), detail=said) as change:
            for old, new in changed.values():
                change.replace_certificate(old, new)
    return tuple(new for _, new in pairs)


def _annotated(record: CertificateRecord, form: NoteForm) -> CertificateRecord:
    return replace(
        record,
        label=record.label if form.label is None else form.label.strip() or None,
        note=record.note if form.note is None else form.note.strip() or None,
        tags=_tags((*record.tags, *form.tags), form.untag),
        contacts=_contacts((*record.contacts, *form.contacts), form.forget),
    )


def _check_as_seen(record: CertificateRecord, seen: CertificateRecord) -> None:
    changed = _differing(seen, record)
    if changed:
        raise StoreConflict(
            f"Somebody else changed what is noted about {printable(title_of(record))} meanwhile: {listing(changed)}.",
            hint="Leave the form, look at what is there now, then decide.",
        )


def _tags(words: Iterable[str], without: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(map(str.lower, words)) - set(map(str.lower, without))))


def _contacts(contacts: Iterable[str], without: Iterable[str]) -> tuple[str, ...]:
    gone = {contact.strip().lower() for contact in without}
    kept = {contact.strip().lower(): contact.strip() for contact in contacts}
    return tuple(contact for key, contact in kept.items() if key not in gone)


def _check(form: NoteForm) -> None:
    if form.says_nothing:
        raise UsageError("There is nothing to note.", hint="Give a name, a note, a tag or a contact.")
    if form.note is not None and len(form.note) > MOST_OF_A_NOTE:
        raise UsageError(
            f"A note has at most {MOST_OF_A_NOTE:,} characters, not {len(form.note):,}.",
            hint="Keep the rest in a file, and note where it is.",
        )
    for tag in form.tags:
        if not _TAG.fullmatch(tag) or tag.startswith("-"):
            raise UsageError(
                f"“{_shown(tag)}” is no tag.",
                hint="A tag is one word without comma, colon or asterisk, and does not begin with a hyphen.",
            )
    for line in (form.label or "", *form.tags, *form.contacts):
        if len(line) > MOST_OF_A_LINE or "\n" in line:
            raise UsageError(
                f"“{_shown(line)}” is too long: names, tags and contacts have one line of {MOST_OF_A_LINE} characters.",
                hint="A note may be longer.",
            )
    if not all(contact.strip() for contact in form.contacts):
        raise UsageError("A contact was left empty.", hint="Give an e-mail address, a name or a number.")


def _detail(changed: list[tuple[CertificateRecord, CertificateRecord]]) -> Document:
    """Return what the audit log tells, and under `was` what each certificate had before, from which the act can be undone."""
    return {
        "certificates": [f"{old.serial} {title_of(old)}" for old, _ in changed[:_LOGGED]],
        "changed": sorted({name for old, new in changed for name in _differing(old, new)}),
        "was": {old.id: {name: _plain(old, name) for name in _differing(old, new)} for old, new in changed},
    }


def _differing(old: CertificateRecord, new: CertificateRecord) -> list[str]:
    return [name for name in FIELDS if getattr(old, name) != getattr(new, name)]


def _plain(record: CertificateRecord, name: str) -> Any:  # noqa: ANN401 -- what JSON can hold
    return record.to_document().get(name)


def _shown(text: str) -> str:
    return shorten(printable(text), 40)


def told(records: tuple[CertificateRecord, ...]) -> str:
    """Return how one says which certificates were noted about: the name of one, the number of several; printable."""
    return printable(title_of(records[0])) if len(records) == 1 else count(len(records), "certificate")


def noted_rows(record: CertificateRecord) -> tuple[Row, ...]:
    """Return what was noted about a certificate as facts; none where nothing was."""
    facts = (
        ("Called", record.label or ""),
        ("Tags", ", ".join(record.tags)),
        ("Contacts", ", ".join(record.contacts)),
        ("Note", record.note or ""),
    )
    return tuple(Row(title, printable(value.replace("\n", " "))) for title, value in facts if value)
