"""A glance through documents that no index knows yet: which of them may have a word, told of some hundreds of them at a time.

To tell every word of a certificate takes ten times as long as to see that a word is nowhere in the text of some hundred certificates.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter

from tlsca.store.records import Document

Items = Iterable[tuple[str, Document]]
"""Documents, each with its id."""

_AT_ONCE = 256
_HEX_ESCAPE = re.compile(r"\\[0-9A-Fa-f]{2}").search
_subject, _names, _serial, _sha256 = map(itemgetter, ("subject", "names", "serial", "sha256"))


class Glance(ABC):
    """Tells of some documents those among which all are that have a word, sooner than the words of each could be told."""

    @abstractmethod
    def candidates(self, word: str, documents: Items, first: int) -> Items:
        """Return them; the documents are those from the one on that stands at `first` among all."""

    @abstractmethod
    def forget(self) -> None:
        """Forget what was kept of the documents, since they do not stand where they stood, or nobody asks any more."""


class FieldGlance(Glance):
    """Looks at one field of each document."""

    def __init__(self, fits: Callable[[str, Document], object]) -> None:
        self._fits = fits

    def candidates(self, word: str, documents: Items, first: int) -> Items:  # noqa: ARG002 -- nothing is kept
        """Return the documents that fit the word."""
        return [(key, document) for key, document in documents if self._fits(word, document)]

    def forget(self) -> None:
        """Do nothing, since nothing is kept."""


Suspicion = Callable[[str], bool]
"""Tells of a text whether a word may be in it; it may say so of a text without it, but never the other way round."""


class TextGlance(Glance):
    """Looks at the texts of some hundred documents at a time, and keeps them for the next word.

    A document that changes or is added is looked at as it was, or not at all: it is for whoever asks to follow it.
    """

    def __init__(
        self,
        text_of: Callable[[Sequence[Document]], str],
        suspicion: Callable[[str], Suspicion],
        *,
        at_once: int = _AT_ONCE,
    ) -> None:
        self._text_of = text_of
        self._suspicion = suspicion
        self._at_once = at_once
        self._texts: dict[int, str | None] = {}
        """By where the first of their documents stands; None where one of them is not as it should be."""

    def candidates(self, word: str, documents: Items, first: int) -> Iterator[tuple[str, Document]]:
        """Yield all documents of the texts in which the word may be."""
        may_be_in, every = self._suspicion(word), iter(documents)
        while some := list(islice(every, self._at_once)):
            if first not in self._texts:
                self._texts[first] = self._read([document for _, document in some])
            text = self._texts[first]
            if text is None or may_be_in(text):
                yield from some
            first += self._at_once

    def forget(self) -> None:
        """Forget the texts."""
        self._texts.clear()

    def _read(self, documents: Sequence[Document]) -> str | None:
        try:
            return self._text_of(documents)
        except (KeyError, TypeError):
            return None


def named(*, at_once: int = _AT_ONCE) -> Glance:
    """Return what looks for a name, given in lower case."""
    return TextGlance(_text_of_names, _may_be_named, at_once=at_once)


def numbered(*, at_once: int = _AT_ONCE) -> Glance:
    """Return what looks for a serial number or fingerprint by its first digits."""
    return TextGlance(_text_of_numbers, _may_be_numbered, at_once=at_once)


def _text_of_names(documents: Sequence[Document]) -> str:
    """Return everything that names come from, each in a line."""
    labels = [label for document in documents if (label := document.get("label"))]
    names = chain.from_iterable(map(_names, documents))
    return "\n".join(chain(("",), map(_subject, documents), names, labels, ("",)))


def _text_of_numbers(documents: Sequence[Document]) -> str:
    return "\n".join(chain(("",), map(_serial, documents), map(_sha256, documents)))


def _may_be_numbered(digits: str) -> Suspicion:
    begun = "\n" + digits
    return lambda text: begun in text


def _may_be_named(word: str) -> Suspicion:
    line, bare = f"\n{word}\n", word.replace("\\", "")
    common_name = re.compile(rf"(?:cn|2\.5\.4\.3)=\s*{re.escape(bare)}\s*[,+\n]").search

    def may_be_named(text: str) -> bool:
        written = text.lower()
        if "\\" not in text:
            return bare in written and (line in written or common_name(written) is not None)
        # What is escaped stands there as it is after a backslash, or as octets, which cannot be told without reading them.
        plain = text.replace("\\", "").lower()
        return (
            line in written
            or (bare in plain and common_name(plain) is not None)
            or _HEX_ESCAPE(text) is not None
        )

    return may_be_named
