"""Where to look: what the ledger knows of its documents without reading them.

Each index maps a word of a document to the ids of the documents that have it, and follows every change one document at a
time, so that neither a search nor a commit costs more in a large store than in a small one.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from tlsca.store.records import Document

Words = Callable[[Document], Iterable[str]]
Documents = Callable[[], Mapping[str, Document]]

PREFIX = 4
"""How many digits of a serial number or fingerprint name a certificate at least."""

_COMMON_NAME = re.compile(r"(?:^|[,+])\s*(?:CN|2\.5\.4\.3)=((?:\\.|[^\\,+])*)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}(?:\\[0-9A-Fa-f]{2})*|.)")


class Index:
    """Words and the ids of the documents that have them.

    `words` tells a document's words, `documents` gives the table. The first question builds the index, so that a program
    that asks one thing of 100,000 documents does not wait for the answers to all others; from then on it follows.
    """

    def __init__(self, words: Words, documents: Documents) -> None:
        self._words = words
        self._documents = documents
        # Most words belong to one document: a set for each of them would cost 20 MB more per index.
        self._ids: dict[str, int | set[int]] | None = None

    def words(self) -> list[str]:
        """Return every word that a document has."""
        return list(self._built())

    def get(self, word: str) -> list[int]:
        """Return the ids of the documents that have this word, the oldest first."""
        ids = self._built().get(word)
        if ids is None:
            return []
        return [ids] if isinstance(ids, int) else sorted(ids)

    def change(self, doc_id: int, old: Document | None, new: Document | None) -> None:
        """Follow one document's change, if anybody asked yet."""
        if self._ids is None:
            return
        if old is not None:
            for word in self._words(old):
                _discard(self._ids, word, doc_id)
        if new is not None:
            for word in self._words(new):
                _add(self._ids, word, doc_id)

    def _built(self) -> dict[str, int | set[int]]:
        if self._ids is None:
            self._ids = {}
            for key, document in self._documents().items():
                for word in self._words(document):
                    _add(self._ids, word, int(key))
        return self._ids


def _add(index: dict[str, int | set[int]], word: str, doc_id: int) -> None:
    ids = index.setdefault(word, doc_id)
    if isinstance(ids, set):
        ids.add(doc_id)
    elif ids != doc_id:
        index[word] = {ids, doc_id}


def _discard(index: dict[str, int | set[int]], word: str, doc_id: int) -> None:
    ids = index.get(word)
    if isinstance(ids, set):
        ids.discard(doc_id)
    if not ids or ids == doc_id:
        index.pop(word, None)


class CertificateIndexes:
    """The certificates by everything that they are looked up by."""

    def __init__(self, documents: Documents) -> None:
        self.ids = Index(field("id"), documents)
        self.fingerprints = Index(field("sha256"), documents)
        self.serials = Index(field("serial"), documents)
        self.issuers = Index(field("issuer_id"), documents)
        self.revoked = Index(_revoked_issuer, documents)
        """The issuers of revoked certificates."""
        self.authorities = Index(_authority, documents)
        """Those that may issue, under one word."""
        self.keys = Index(field("key_id"), documents)
        self.names = Index(_names, documents)
        """Lower-case: label, common name, whole subject, each subject alternative name."""
        self.prefixes = Index(_prefixes, documents)
        """The first digits of serial number and fingerprint."""
        self.expiry_days = Index(_expiry_day, documents)
        """`2030-01-31`."""
        self._all = [value for value in vars(self).values() if isinstance(value, Index)]

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


_serial, _sha256, _not_after, _subject, _issuer, _label = map(
    field, ("serial", "sha256", "not_after", "subject", "issuer_id", "label")
)


def _revoked_issuer(document: Document) -> Iterable[str]:
    return _issuer(document) if document.get("revoked_at") else ()


AUTHORITY = "authority"
"""The word under which authorities stand."""


def _authority(document: Document) -> Iterable[str]:
    return (AUTHORITY,) if document.get("is_authority") else ()


def _prefixes(document: Document) -> list[str]:
    return [digits[:PREFIX] for digits in (*_serial(document), *_sha256(document))]


def _expiry_day(document: Document) -> list[str]:
    return [moment[:10] for moment in _not_after(document)]


def _names(document: Document) -> list[str]:
    named = names_of("".join(_subject(document)), document.get("names"))
    return [*(word for label in _label(document) if (word := label.lower()) not in named), *named]


def names_of(subject: str, alternatives: object) -> list[str]:
    """Return every name that a certificate answers to, in lower case, without repetition."""
    listed = (
        [name for name in alternatives if isinstance(name, str)]
        if isinstance(alternatives, list | tuple)
        else []
    )
    names = [*common_names(subject), subject, *listed]
    return list(dict.fromkeys(name.lower() for name in names if name))


def common_names(subject: str) -> list[str]:
    """Return the common names in RFC 4514 text, without its escapes."""
    return [_ESCAPE.sub(_unescaped, value).strip() for value in _COMMON_NAME.findall(subject)]


def _unescaped(found: re.Match[str]) -> str:
    escaped = found[1]
    if len(escaped) == 1:
        return escaped
    return bytes.fromhex(escaped.replace("\\", "")).decode("utf-8", "replace")
