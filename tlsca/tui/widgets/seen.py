"""What the inspector draws of one object, worked out away from the screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tlsca.authority.chaining import Chain, chain_of
from tlsca.authority.desk import Desk
from tlsca.authority.files import file_stem
from tlsca.authority.inspecting import Inspection, inspect_record
from tlsca.authority.listing import Entry
from tlsca.authority.saving import DER, PEM, TEXT, Shown
from tlsca.errors import TlscaError
from tlsca.pki.lint import Level
from tlsca.pki.read import Kind
from tlsca.pki.remark_rows import remark_rows
from tlsca.pki.rows import Row
from tlsca.text import rfc3339
from tlsca.tui.widgets.facts import rows_text
from tlsca.tui.widgets.text_page import Page, page

_LARGEST_JUDGED = 512 * 1024
_NOTICE = Level.NOTICE.value.capitalize()
_NO_CHAIN = "Only a certificate has a chain."
_NO_STRUCTURE = "There are no bytes to take apart: a private key is not shown."
_NO_PEM = "A private key is not shown. Its public half is in the summary."


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that the inspector draws of one object, worked out away from the screen."""

    inspection: Inspection
    chain: Chain | None
    """The certificate and those above it; None for what is no certificate."""
    text: Page
    pem: Page
    remarks: tuple[Row, ...]
    """What is wrong or unwise in it."""
    absent: Mapping[str, str]
    """Views that this object does not have, each with a sentence why."""

    @property
    def summary(self) -> tuple[Row, ...]:
        """What is wrong with it, what it is, what else is to be said of it, and where it came from."""
        grave = tuple(row for row in self.remarks if row.title != _NOTICE)
        others = tuple(row for row in self.remarks if row.title == _NOTICE)
        return (*grave, *self.inspection.rows, *others, _origin(self.inspection))

    @property
    def stem(self) -> str:
        """The beginning of a file name for it."""
        known = self.inspection.entry
        return file_stem(known.title if known else self.inspection.title or self.inspection.kind.value)

    def shown(self, view: str) -> Shown:
        """Return what the summary, the text or the PEM would save, in every form that it has."""
        text = rows_text(self.summary) if view == "summary" else self.text.text
        encoded = {PEM: self.inspection.pem, DER: self.inspection.der} if self.inspection.der else {}
        what, form = ("PEM", PEM) if view == "pem" else (view, TEXT)
        return Shown(what=what, stem=self.stem, form=form, forms={TEXT: text.encode()} | encoded)


def text_shown(what: str, stem: str, text: str) -> Shown:
    """Return something that can be saved as text alone."""
    return Shown(what=what, stem=stem, form=TEXT, forms={TEXT: text.encode()})


def look_at(desk: Desk, selected: Entry) -> Seen:
    """Read a certificate of the store and lay its text out. Raises StoreDamaged."""
    return look_into(desk, inspect_record(desk, selected.record))


def look_into(desk: Desk, inspection: Inspection, beside: Iterable[Inspection] = ()) -> Seen:
    """Lay the views of any object out; call it in a thread, for an object may be large. Raises StoreDamaged.

    `beside` is what came with it, in which the issuers of a certificate may be.
    """
    absent: dict[str, str] = {}
    chain = None
    remarks: tuple[Row, ...] = ()
    if inspection.kind is Kind.CERTIFICATE:
        remarks = _remarks(desk, inspection.der)
        others = [one.der for one in beside if one.kind is Kind.CERTIFICATE]
        source = inspection.source
        chain = chain_of(desk, inspection.der, beside=others, source=source, place=source)
    else:
        absent["chain"] = _NO_CHAIN
    try:
        text = page(inspection.safe_text())
    except TlscaError as error:
        text, absent["text"] = Page(), f"{error.sentence} {error.hint}".strip()
    if not inspection.pem:
        absent["pem"] = _NO_PEM
    if not inspection.der:
        absent["structure"] = _NO_STRUCTURE
    return Seen(inspection, chain, text, page(inspection.pem.decode("ascii")), remarks, absent)


def _remarks(desk: Desk, der: bytes) -> tuple[Row, ...]:
    """Judge a certificate; a very large one is left alone, since loading it holds up everything else for half a second."""
    if len(der) > _LARGEST_JUDGED:
        return (
            Row("Remarks", f"none made of more than {_LARGEST_JUDGED:,} octets", "tlsca lint makes them"),
        )
    return remark_rows(der, now=desk.now())


def _origin(inspection: Inspection) -> Row:
    known = inspection.entry
    if known is None:
        return Row("From", inspection.source)
    record = known.record
    return Row("From", f"the store, as {known.ref}, since {rfc3339(record.created_at)}", record.profile)
