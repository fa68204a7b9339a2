"""Where to look: what the ledger knows of its documents without reading them.

Each index maps a word of a document to the ids of the documents that have it, and follows every change one document at a
time, so that neither a search nor a commit costs more in a large store than in a small one. Of a large store an index is built
bit by bit while questions come, each of which is answered meanwhile by a look through all documents: so none waits for the whole.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from tlsca.store.glance import FieldGlance, Glance, named, numbered
from tlsca.store.records import Document

Words = Callable[[Document], Iterable[str]]
Documents = Callable[[], Mapping[str, Document]]

PREFIX = 4
"""How many digits of a serial number or fingerprint name a certificate at least."""

Ids = int | tuple[int, ...] | set[int]
"""The ids of the documents that have a word: one, a few, or many."""
_SEVERAL = 8

STEP = 10_240
"""How many documents a question takes in while an index is not built: some milliseconds' work."""
FEW = 1_024
"""The same where each has several words."""

_NOWHERE = "\0"

_COMMON_NAME = re.compile(r"(?:^|[,+])\s*(?:CN|2\.5\.4\.3)=((?:\\.|[^\\,+])*)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}(?:\\[0-9A-Fa-f]{2})*|.)")


class Index:
    """Words and the ids of the documents that have them.

    `words` tells a document's words, `documents` gives the table, and `glance` looks through what is not indexed. Who asks one thing
    of 100,000 documents gets the answer without an index; from the second question on each indexes `step` documents more, and once
    it has them all it follows them.
    """

    def __init__(self, words: Words, documents: Documents, glance: Glance, *, step: int = STEP) -> None:
        self._words = words
        self._documents = documents
        self._glance = glance
        self._step = step
        # Most words belong to one document, or few: a set for each of them would cost 20 MB more per index.
        self._ids: dict[str, Ids] = {}
        self._taken = 0
        """How many documents are indexed, from the first one on; later ones may be."""
        self._is_asked = self._is_whole = False

    def words(self) -> list[str]:
        """Return every word that a document has."""
        self._take_in(None)
        return list(self._ids)

    def get(self, word: str) -> list[int]:
        """Return the ids of the documents that have this word, the oldest first."""
        if self._is_asked or len(self._documents()) <= self._step:
            self._take_in(self._step)
        self._is_asked = True
        ids = self._ids.get(word, ())
        found = [ids] if isinstance(ids, int) else sorted(ids)
        return found if self._is_whole else sorted({*found, *self._looked_for(word)})

    def prepare(self) -> None:
        """Ask for what is nowhere, where the first question would take longest: of many documents."""
        if len(self._documents()) > STEP:
            self.get(_NOWHERE)

    def change(self, doc_id: int, old: Document | None, new: Document | None) -> None:
        """Follow one document's change, if anybody asked yet."""
        if not self._is_asked:
            return
        if old is not None:
            for word in self._words(old):
                _discard(self._ids, word, doc_id)
        if new is not None:
            for word in self._words(new):
                _add(self._ids, word, doc_id)
        elif not self._is_whole:
            self._taken = 0  # which documents are behind it has changed; to take one in again does no harm
            self._glance.forget()

    def _looked_for(self, word: str) -> Iterator[int]:
        """Yield the ids of documents that are yet to be taken in and have a word."""
        left = islice(self._documents().items(), self._taken, None)
        for key, document in self._glance.candidates(word, left, self._taken):
            if word in self._words(document):
                yield int(key)

    def _take_in(self, step: int | None) -> None:
        """Index so many documents more, or all that are left."""
        if self._is_whole:
            return
        documents = self._documents()
        end = len(documents) if step is None else self._taken + step
        for key, document in islice(documents.items(), self._taken, end):
            for word in self._words(document):
                _add(self._ids, word, int(key))
        self._taken, self._is_asked = end, True
        self._is_whole = end >= len(documents)
        if self._is_whole:
            self._glance.forget()


def _add(index: dict[str, Ids], word: str, doc_id: int) -> None:
    ids = index.setdefault(word, doc_id)
    if isinstance(ids, set):
        ids.add(doc_id)
    elif isinstance(ids, tuple):
        if doc_id not in ids:
            index[word] = (*ids, doc_id) if len(ids) < _SEVERAL else {*ids, doc_id}
    elif ids != doc_id:
        index[word] = (ids, doc_id)


def _discard(index: dict[str, Ids], word: str, doc_id: int) -> None:
    ids = index.get(word)
    if isinstance(ids, set):
        ids.discard(doc_id)
    elif isinstance(ids, tuple):
        index[word] = ids = tuple(one for one in ids if one != doc_id)
    if not ids or ids == doc_id:
        index.pop(word, None)


class CertificateIndexes:
    """The certificates by everything that they are looked up by."""

    def __init__(self, documents: Documents) -> None:
        self.ids = field_index("id", documents)
        self.fingerprints = field_index("sha256", documents)
        self.serials = field_index("serial", documents)
        self.issuers = field_index("issuer_id", documents)
        self.revoked = Index(_revoked_issuer, documents, _having("revoked_at"))
        """The issuers of revoked certificates."""
        self.authorities = Index(_authority, documents, _having("is_authority"))
        """Those that may issue, under one word."""
        self.keys = field_index("key_id", documents)
        self.names = Index(_names, documents, named(), step=FEW)
        """Lower-case: label, common name, whole subject, each subject alternative name."""
        self.prefixes = Index(_prefixes, documents, numbered(), step=FEW)
        """The first digits of serial number and fingerprint."""
        self._all = [value for value in vars(self).values() if isinstance(value, Index)]

    def prepare(self) -> None:
        """Have the first question for a name find the texts of a large store read, which takes longer than a key press may."""
        self.names.prepare()

    def change(self, doc_id: int, old: Document | None, new: Document | None) -> None:
        """Follow one document's change."""
        for index in self._all:
            index.change(doc_id, old, new)


def field(name: str) -> Words:
    """Return what tells a document's one word: the text of this field, if it has any."""

    def words(document: Document) -> list[str]:
        value = document.get(name)
        return [value] if isinstance(value, str) and value else []

    return words


def field_index(name: str, documents: Documents, *, step: int = STEP) -> Index:
    """Return the index of one field."""
    glance = FieldGlance(lambda word, document: document.get(name) == word)
    return Index(field(name), documents, glance, step=step)


def _having(name: str) -> Glance:
    """Return what looks for documents that have a field, whatever is in it."""
    return FieldGlance(lambda _word, document: document.get(name))


_serial, _sha256, _subject, _issuer, _label = map(
    field, ("serial", "sha256", "subject", "issuer_id", "label")
)


def _revoked_issuer(document: Document) -> Iterable[str]:
    return _issuer(document) if document.get("revoked_at") else ()


AUTHORITY = "authority"
"""The word under which authorities stand."""


def _authority(document: Document) -> Iterable[str]:
    return (AUTHORITY,) if document.get("is_authority") else ()


def _prefixes(document: Document) -> list[str]:
    return [digits[:PREFIX] for digits in (*_serial(document), *_sha256(document))]


def _names(document: Document) -> list[str]:
    named = names_of("".join(_subject(document)), document.get("names"))
    return [*(word for label in _label(document) if (word := label.lower()) not in named), *named]


def names_of(subject: str, alternatives: object) -> list[str]:
    """Return every name that a certificate answers to, in lower case, without repetition; what is in lower case already, as it is."""
    listed = (
        [name for name in alternatives if isinstance(name, str)]
        if isinstance(alternatives, list | tuple)
        else []
    )
    names = [*common_names(subject), subject, *listed]
    own = {name: name for name in listed}
    return [own.get(name, name) for name in dict.fromkeys(name.lower() for name in names if name)]


def common_names(subject: str) -> list[str]:
    """Return the common names in RFC 4514 text, without its escapes."""
    return [_written(value) for value in _COMMON_NAME.findall(subject)]


def _written(value: str) -> str:
    return (_ESCAPE.sub(_unescaped, value) if "\\" in value else value).strip()


def _unescaped(found: re.Match[str]) -> str:
    escaped = found[1]
    if len(escaped) == 1:
        return escaped
    return bytes.fromhex(escaped.replace("\\", "")).decode("utf-8", "replace")
