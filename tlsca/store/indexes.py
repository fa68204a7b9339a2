"""Where to look: what the ledger knows of its documents without reading them.

Each index maps a word of a document to the ids of the documents that have it, and follows every change one document at a
time, so that neither a search nor a commit costs more in a large store than in a small one.
"""

import re
from collections.abc import Iterator

from tlsca.store.journal import Document

PREFIX = 4
"""How many digits of a serial number or fingerprint name a certificate at least."""

_COMMON_NAME = re.compile(r"(?:^|[,+])\s*(?:CN|2\.5\.4\.3)=((?:\\.|[^\\,+])*)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}(?:\\[0-9A-Fa-f]{2})*|.)")


class Index:
    """Words and the ids of the documents that have them, in the order of their ids."""

    def __init__(self) -> None:
        # Most words belong to one document; a set for each of 100,000 would cost 20 MB per index.
        self._ids: dict[str, int | set[int]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def get(self, word: str) -> list[int]:
        """Return the ids of the documents that have this word."""
        ids = self._ids.get(word)
        if ids is None:
            return []
        return [ids] if isinstance(ids, int) else sorted(ids)

    def add(self, word: str, doc_id: int) -> None:
        """Note that a document has this word."""
        ids = self._ids.setdefault(word, doc_id)
        if isinstance(ids, set):
            ids.add(doc_id)
        elif ids != doc_id:
            self._ids[word] = {ids, doc_id}

    def discard(self, word: str, doc_id: int) -> None:
        """Note that a document does not have this word any more."""
        ids = self._ids.get(word)
        if isinstance(ids, set):
            ids.discard(doc_id)
        if not ids or ids == doc_id:
            self._ids.pop(word, None)


class DocumentIndex:
    """The documents of one table by one of their fields."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._index = Index()

    def get(self, word: str) -> list[int]:
        """Return the ids of the documents whose field is this word."""
        return self._index.get(word)

    def words(self) -> list[str]:
        """Return every word that a document has."""
        return list(self._index)

    def change(self, doc_id: int, old: Document | None, new: Document | None) -> None:
        """Follow one document's change."""
        if old is not None:
            self._index.discard(_text(old, self._field), doc_id)
        if new is not None:
            self._index.add(_text(new, self._field), doc_id)


class CertificateIndex:
    """The documents of the certificates' table by everything that they are looked up by."""

    def __init__(self) -> None:
        self.ids = Index()
        self.fingerprints = Index()
        self.serials = Index()
        self.issuers = Index()
        self.keys = Index()
        self.names = Index()
        """Lower-case: common name, whole subject, each subject alternative name."""
        self.prefixes = Index()
        """The first digits of serial number and fingerprint."""
        self.expiry_days = Index()
        """`2030-01-31`."""

    def change(self, doc_id: int, old: Document | None, new: Document | None) -> None:
        """Follow one document's change."""
        before = set() if old is None else set(self._words(old))
        after = set() if new is None else set(self._words(new))
        for index, word in before - after:
            index.discard(word, doc_id)
        for index, word in after - before:
            index.add(word, doc_id)

    def _words(self, document: Document) -> Iterator[tuple[Index, str]]:
        return ((index, word) for index, word in self._fields(document) if word)

    def _fields(self, document: Document) -> Iterator[tuple[Index, str]]:
        serial, sha256 = _text(document, "serial"), _text(document, "sha256")
        yield self.ids, _text(document, "id")
        yield self.fingerprints, sha256
        yield self.serials, serial
        yield self.prefixes, serial[:PREFIX]
        yield self.prefixes, sha256[:PREFIX]
        yield self.issuers, _text(document, "issuer_id")
        yield self.keys, _text(document, "key_id")
        yield self.expiry_days, _text(document, "not_after")[:10]
        for name in names_of(_text(document, "subject"), document.get("names") or ()):
            yield self.names, name


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


def _text(document: Document, field: str) -> str:
    value = document.get(field)
    return value if isinstance(value, str) else ""
