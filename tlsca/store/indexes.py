"""Where to look: what the ledger knows of its documents without reading them.

Each index maps a word of a document to the ids of the documents that have it, and follows every change one document at a
time, so that neither a search nor a commit costs more in a large store than in a small one. Of a large store an index is built
bit by bit while questions come, each of which is answered meanwhile by a glance at notes of the rest: so none waits for the whole.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from tlsca.store.glance import ColumnGlance, Glance, lines_with, named, numbered
from tlsca.store.records import Document

Words = Callable[[Document], Iterable[str]]
Documents = Callable[[], Mapping[str, Document]]

PREFIX = 4
"""How many digits of a serial number or fingerprint name a certificate at least."""

Ids = int | tuple[int, ...] | set[int]
"""The ids of the documents that have a word: one, a few, or many."""
_SEVERAL = 8

STEP = 5_120
"""How many documents a question takes in while an index is not built: some milliseconds' work."""
FEW = 1_024
"""The same where each has several words."""

_AT_ONCE = 256
"""How many documents a note is of."""

_COMMON_NAME = re.compile(r"(?:^|[,+])\s*(?:CN|2\.5\.4\.3)=((?:\\.|[^\\,+])*)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}(?:\\[0-9A-Fa-f]{2})*|.)")


class Index:
    """Words and the ids of the documents that have them.

    `words` tells a document's words, `documents` gives the table, and `glance` has notes of what is not indexed. Who asks one thing
    of 100,000 documents gets the answer without an index; from the second question on each indexes `step` documents more, and once
    it has them all it follows them.
    """

    def __init__(self, words: Words, documents: Documents, glance: Glance[Any], *, step: int = STEP) -> None:
        self._words = words
        self._documents = documents
        self._glance = glance
        self._step = step
        # Most words belong to one document, or few: a set for each of them would cost 20 MB more per index.
        self._ids: dict[str, Ids] = {}
        self._is_followed = self._is_asked = False

    def indexed(self) -> Iterable[str]:
        """Return the words that the index has so far."""
        return self._ids

    def words(self) -> list[str]:
        """Return every word that a document has."""
        self.follow()
        self._take_in(None)
        return list(self._ids)

    def get(self, word: str) -> list[int]:
        """Return the ids of the documents that have this word, the oldest first."""
        self.follow()
        if self._glance and (self._is_asked or len(self._documents()) <= self._step):
            self._take_in(self._step)
        self._is_asked = True
        ids = self._ids.get(word, ())
        found = [ids] if isinstance(ids, int) else sorted(ids)
        return sorted({*found, *self._looked_for(word)}) if self._glance else found

    def follow(self) -> None:
        """Take note of all documents that there are, and follow their changes from now on, if that was not done before."""
        if not self._is_followed:
            for keys, documents in some_at_once(self._documents()):
                self.read(keys, documents)
        self._is_followed = True

    def read(self, keys: Sequence[str], documents: Sequence[Document]) -> None:
        """Take note of some hundred documents, new ones or others than before, whose ids are `keys`; follow them from now on."""
        self._glance.note(keys, documents)
        self._is_followed = True

    def change(self, doc_id: int, old: Document | None, new: Document | None) -> None:
        """Follow one document's change, if anybody asked yet."""
        if not self._is_followed:
            return
        if old is not None:
            for word in self._words(old):
                _discard(self._ids, word, doc_id)
        if new is not None:
            for word in self._words(new):
                _add(self._ids, word, doc_id)

    def _looked_for(self, word: str) -> Iterator[int]:
        """Yield the ids of documents that are yet to be taken in and have a word."""
        documents = self._documents()
        for key in self._glance.candidates(word):
            document = documents.get(key)
            if document is not None and word in self._words(document):
                yield int(key)

    def _take_in(self, step: int | None) -> None:
        """Index so many documents more, or all that are left."""
        documents, taken = self._documents(), 0
        while self._glance and (step is None or taken < step):
            keys = self._glance.give_up()
            taken += len(keys)
            for key in keys:
                for word in self._words(documents.get(key, _GONE)):
                    _add(self._ids, word, int(key))


_GONE: Document = {}


def some_at_once(
    documents: Mapping[str, Document],
) -> Iterator[tuple[Sequence[str], Sequence[Document]]]:
    """Yield documents with their ids, as many at once as a note is of."""
    keys, values = list(documents), list(documents.values())
    for at in range(0, len(keys), _AT_ONCE):
        some = slice(at, at + _AT_ONCE)
        yield keys[some], values[some]


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
        self.revoked = Index(_revoked_issuer, documents, ColumnGlance(_revoked_issuers))
        """The issuers of revoked certificates."""
        self.authorities = Index(_authority, documents, ColumnGlance(_authorities))
        """Those that may issue, under one word."""
        self.keys = field_index("key_id", documents)
        self._texts = named()
        self.names = Index(_names, documents, self._texts, step=FEW)
        """Lower-case: label, common name, whole subject, each subject alternative name."""
        self.prefixes = Index(_prefixes, documents, numbered(PREFIX), step=FEW)
        """The first digits of serial number and fingerprint."""
        self._all = [value for value in vars(self).values() if isinstance(value, Index)]

    def read(self, documents: Mapping[str, Document]) -> None:
        """Take note of documents that were just read: later, when they are in no cache any more, it takes several times as long."""
        for keys, some in some_at_once(documents):
            for index in self._all:
                index.read(keys, some)

    def names_with(self) -> Callable[[str], Iterator[str]]:
        """Return what yields the names in which a text is; one that is gone may be among them."""
        self.names.follow()
        texts = ["\n".join(("", *self.names.indexed(), "")), *self._texts.texts()]

        def with_part(part: str) -> Iterator[str]:
            for line in chain.from_iterable(lines_with(part, text) for text in texts):
                yield from names_of(line, ()) if "=" in line else (line,)

        return with_part

    def change(self, doc_id: int, old: Document | None, new: Document | None) -> None:
        """Follow one document's change."""
        for index in self._all:
            index.change(doc_id, old, new)


def field(name: str) -> Words:
    """Return what tells a document's one word: the text of this field, if it has any."""

    def words(document: Document) -> tuple[str, ...]:
        value = document.get(name)
        return (value,) if isinstance(value, str) and value else ()

    return words


def field_index(name: str, documents: Documents, *, step: int = STEP) -> Index:
    """Return the index of one field."""
    value_of = itemgetter(name)

    def column(some: Sequence[Document]) -> Sequence[object]:
        try:
            return list(map(value_of, some))
        except KeyError:
            return [document.get(name) for document in some]

    return Index(field(name), documents, ColumnGlance(column), step=step)


_serial, _sha256, _subject, _issuer, _label = map(
    field, ("serial", "sha256", "subject", "issuer_id", "label")
)


def _revoked_issuer(document: Document) -> Iterable[str]:
    return _issuer(document) if document.get("revoked_at") else ()


def _revoked_issuers(documents: Sequence[Document]) -> Sequence[object]:
    return [document.get("revoked_at") and document.get("issuer_id") for document in documents]


AUTHORITY = "authority"
"""The word under which authorities stand."""


def _authority(document: Document) -> Iterable[str]:
    return (AUTHORITY,) if document.get("is_authority") else ()


def _authorities(documents: Sequence[Document]) -> Sequence[object]:
    return [document.get("is_authority") and AUTHORITY for document in documents]


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
