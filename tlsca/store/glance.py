"""A glance at documents that are in no index yet: notes of some hundreds of them, which tell at once whether a word may be among them.

To tell every word of a certificate takes ten times as long as to see that a word is nowhere in the text of some hundred certificates.
"""

import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Generic, TypeVar

from tlsca.store.records import Document

Content = TypeVar("Content")

_HEX_ESCAPE = re.compile(r"\\[0-9A-Fa-f]{2}").search
_subject, _names = itemgetter("subject"), itemgetter("names")


class Glance(ABC, Generic[Content]):
    """Notes of documents, in which whoever asks for a word finds those among which all are that have it.

    A note stays as it was taken: what has changed since, or is gone, is for whoever asks to know.
    """

    def __init__(self) -> None:
        self._notes: deque[tuple[Sequence[str], Content]] = deque()

    def __bool__(self) -> bool:
        """Tell whether there are any notes."""
        return bool(self._notes)

    def note(self, keys: Sequence[str], documents: Sequence[Document]) -> None:
        """Take note of some hundred documents, whose ids are these."""
        self._notes.append((keys, self._content(documents)))

    def candidates(self, word: str) -> Iterator[str]:
        """Yield the ids of documents that may have a word, all that have it among them; one may come twice, or be gone."""
        suspects = self._suspects(word)
        for keys, content in self._notes:
            yield from suspects(keys, content)

    def give_up(self) -> Sequence[str]:
        """Forget the oldest note, since its documents are about to be indexed; return their ids."""
        return self._notes.popleft()[0]

    @abstractmethod
    def _content(self, documents: Sequence[Document]) -> Content:
        """Return what is to be remembered of some documents."""

    @abstractmethod
    def _suspects(self, word: str) -> Callable[[Sequence[str], Content], Iterable[str]]:
        """Return what finds those that may have the word, of the ids and the content of a note."""


Column = Callable[[Sequence[Document]], Sequence[object]]
"""Tells the one word of each document; what is no text is none."""


class ColumnGlance(Glance[Sequence[object]]):
    """Remembers the one word of each document."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._column = column

    def _content(self, documents: Sequence[Document]) -> Sequence[object]:
        return self._column(documents)

    def _suspects(self, word: str) -> Callable[[Sequence[str], Sequence[object]], Iterable[str]]:
        def suspects(keys: Sequence[str], words: Sequence[object]) -> Iterable[str]:
            return [key for key, own in zip(keys, words, strict=True) if own == word] if word in words else ()

        return suspects


Suspicion = Callable[[str], bool]
"""Tells of a text whether a word may be in it; it may say so of a text without it, but never the other way round."""


class TextGlance(Glance[str | None]):
    """Remembers a text in which every word of the documents is, or None where one of them is not as it should be."""

    def __init__(
        self,
        text_of: Callable[[Sequence[Document]], str],
        suspicion: Callable[[str], Suspicion],
    ) -> None:
        super().__init__()
        self._text_of = text_of
        self._suspicion = suspicion

    def texts(self) -> list[str]:
        """Return the texts in lower case; each line of one ends in a newline, and each stands behind one."""
        return [text.lower() if "\\" in text else text for _, text in self._notes if text is not None]

    def _content(self, documents: Sequence[Document]) -> str | None:
        try:
            return self._text_of(documents)
        except (KeyError, TypeError):
            return None

    def _suspects(self, word: str) -> Callable[[Sequence[str], str | None], Iterable[str]]:
        may_be_in = self._suspicion(word)
        return lambda keys, text: keys if text is None or may_be_in(text) else ()


def lines_with(part: str, text: str) -> Iterator[str]:
    """Yield the lines of a text in which a part is that has no newline; each line ends in one, and stands behind one."""
    place = text.find(part)
    while place >= 0:
        end = text.find("\n", place)
        yield text[text.rfind("\n", 0, place) + 1 : end]
        place = text.find(part, end)


def named() -> TextGlance:
    """Return what looks for a name, given in lower case."""
    return TextGlance(_text_of_names, _may_be_named)


def numbered(digits: int) -> TextGlance:
    """Return what looks for a serial number or fingerprint by so many of its first digits, or all where it has fewer."""
    return TextGlance(lambda documents: _text_of_numbers(documents, digits), _may_be_numbered)


def _text_of_names(documents: Sequence[Document]) -> str:
    """Return everything that names come from, each in a line; in lower case if nothing in it is escaped."""
    labels = [label for document in documents if (label := document.get("label"))]
    names = chain.from_iterable(map(_names, documents))
    text = "\n".join(chain(("",), map(_subject, documents), names, labels, ("",)))
    return text if "\\" in text else text.lower()


def _text_of_numbers(documents: Sequence[Document], digits: int) -> str:
    serials = [document["serial"][:digits] for document in documents]
    return "\n".join(("", *serials, *[document["sha256"][:digits] for document in documents]))


def _may_be_numbered(digits: str) -> Suspicion:
    begun = "\n" + digits
    return lambda text: begun in text


def _may_be_named(word: str) -> Suspicion:
    line, bare = f"\n{word}\n", word.replace("\\", "")
    common_name = re.compile(rf"(?:cn|2\.5\.4\.3)=\s*{re.escape(bare)}\s*[,+\n]").search

    def may_be_named(text: str) -> bool:
        if "\\" not in text:
            return bare in text and (line in text or common_name(text) is not None)
        # What is escaped stands there as it is after a backslash, or as octets, which cannot be told without reading them.
        plain = text.replace("\\", "").lower()
        return (
            line in text.lower()
            or (bare in plain and common_name(plain) is not None)
            or _HEX_ESCAPE(text) is not None
        )

    return may_be_named
