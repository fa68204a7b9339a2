"""What the inspector draws of one object, worked out away from the screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tlsca.authority.annotating import noted_rows
from tlsca.authority.chaining import Chain, chain_of
from tlsca.authority.desk import Desk
from tlsca.authority.files import file_stem
from tlsca.authority.inspecting import Inspection, inspect_record, judged
from tlsca.authority.listing import Entry
from tlsca.authority.saving import DER, PEM, TEXT, Shown
from tlsca.errors import TlscaError
from tlsca.pki.read import Kind
from tlsca.pki.rows import Row
from tlsca.text import rfc3339
from tlsca.tui.widgets.facts import rows_text
from tlsca.tui.widgets.text_page import Page, page

LARGE = 256 * 1024
"""Octets from which on a view is laid out when it is first looked at: it takes longer than one waits without being told anything."""
_MOST_BESIDE_AT_ONCE = 20
"""With more certificates than these beside it, a chain is looked for when it is first looked at."""
_NO_PAGE = Page()
_NO_CHAIN = "Only a certificate has a chain."
_NO_STRUCTURE = "There are no bytes to take apart: a private key is not shown."
_NO_PEM = "A private key is not shown. Its public half is in the summary."

Copied = tuple[str, str]
"""What something is called, and its text."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the inspector draws of one object; a view that is `pending` has still to be laid out."""

    inspection: Inspection
    """With what is wrong or unwise in it among its rows."""
    absent: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Views that this object does not have, each with a sentence why."""
    pending: frozenset[str] = frozenset()
    """Views that are laid out once they come to the front, because that takes its time."""
    beside: tuple[bytes, ...] = field(default=(), repr=False)
    """DER certificates that came with it, in which its issuers may be."""
    chain: Chain | None = None
    """The certificate and those above it; None for what is no certificate."""
    text: Page = _NO_PAGE
    pem: Page = _NO_PAGE

    @property
    def summary(self) -> tuple[Row, ...]:
        """What was noted about it, what it is, what is wrong with it, and where it came from."""
        known = self.inspection.entry
        noted = noted_rows(known.record) if known else ()
        return (*noted, *self.inspection.rows, _origin(self.inspection))

    @property
    def is_large(self) -> bool:
        """Whether it is so large that none of its views is laid out before it comes to the front."""
        return len(self.inspection.der) > LARGE

    def with_views_of(self, other: "Seen | None") -> "Seen":
        """Return the same with what was laid out before of the same octets, so that nobody waits for it twice."""
        if other is None or not self.pending or other.inspection.der != self.inspection.der:
            return self
        text = other.text if "text" in self.pending else self.text
        pem = other.pem if "pem" in self.pending else self.pem
        done = {"text", "pem"} - other.pending
        return replace(
            self, text=text, pem=pem, absent={**other.absent, **self.absent}, pending=self.pending - done
        )

    @property
    def stem(self) -> str:
        """The beginning of a file name for it."""
        known = self.inspection.entry
        return file_stem(known.title if known else self.inspection.title or self.inspection.kind.value)

    def copied(self, view: str) -> Copied:
        """Return what the summary, the text or the PEM would copy; call it in a thread. Raises Unreadable."""
        if view == "text":
            return "text", self.inspection.text().decode("utf-8", "backslashreplace")
        pem = self.inspection.pem.decode("ascii")
        return ("PEM", pem) if pem else ("summary", rows_text(self.summary))

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
    """Read a certificate of the store and lay its views out. Raises StoreDamaged."""
    return look_into(desk, inspect_record(desk, selected.record))


def look_into(desk: Desk, inspection: Inspection, beside: Iterable[Inspection] = ()) -> Seen:
    """Judge any object and lay its views out, but for those that are `pending`; call it in a thread. Raises StoreDamaged.

    `beside` is what came with it, in which the issuers of a certificate may be.
    """
    is_certificate = inspection.kind is Kind.CERTIFICATE
    others = tuple(one.der for one in beside if one.kind is Kind.CERTIFICATE) if is_certificate else ()
    absent = {} if is_certificate else {"chain": _NO_CHAIN}
    if not inspection.has_pem:
        absent["pem"] = _NO_PEM
    if not inspection.der:
        absent["structure"] = _NO_STRUCTURE
    pending = frozenset(_LAID_OUT) - absent.keys()
    seen = Seen(judged(inspection, now=desk.now()), absent, pending, others)
    for view in sorted(pending):
        if not _takes_long(seen, view):
            seen = lay_out(desk, seen, view)
    return seen


def _takes_long(seen: Seen, view: str) -> bool:
    return seen.is_large or (view == "chain" and len(seen.beside) > _MOST_BESIDE_AT_ONCE)


def whole(desk: Desk, seen: Seen, view: str) -> Seen:
    """Return the same with this view laid out, whether it was before or not; call it in a thread. Raises StoreDamaged."""
    return lay_out(desk, seen, view) if view in seen.pending else seen


def lay_out(desk: Desk, seen: Seen, view: str) -> Seen:
    """Return the same with one more view laid out; call it in a thread, for an object may be large. Raises StoreDamaged."""
    return replace(_LAID_OUT[view](desk, seen), pending=seen.pending - {view})


def _with_chain(desk: Desk, seen: Seen) -> Seen:
    source = seen.inspection.source
    chain = chain_of(desk, seen.inspection.der, beside=seen.beside, source=source, place=source)
    return replace(seen, chain=chain)


def _with_text(_: Desk, seen: Seen) -> Seen:
    try:
        return replace(seen, text=page(seen.inspection.safe_text()))
    except TlscaError as error:
        why = f"{error.sentence} {error.hint}".strip()
        return replace(seen, absent={**seen.absent, "text": why})


def _with_pem(_: Desk, seen: Seen) -> Seen:
    return replace(seen, pem=page(seen.inspection.pem.decode("ascii")))


_LAID_OUT = {"chain": _with_chain, "text": _with_text, "pem": _with_pem}
"""How each view is laid out that has to be."""


def _origin(inspection: Inspection) -> Row:
    known = inspection.entry
    if known is None:
        return Row("From", inspection.source)
    record = known.record
    return Row("From", f"the store, as {known.ref}, since {rfc3339(record.created_at)}", record.profile)
