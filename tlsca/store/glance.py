"""A glance through documents that no index knows yet: which of them may have a word, told of some hundreds of them at a time.

To tell every word of a certificate takes ten times as long as to see that a word is nowhere in the text of some hundred certificates.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter

from tlsca.store.records import Document

Items = Iterable[tuple[str, Document]]
"""Documents, each with its id."""

_AT_ONCE = 256
_HEX_ESCAPE = re.compile(r"\\[0-9A-Fa-f]{2}").search
_subject, _names, _serial, _sha256 = map(itemgetter, ("subject", "names", "serial", "sha256"))


def named(word: str, documents: Items) -> Iterator[tuple[str, Document]]:
    """Yield documents among which all are that have a name; `word` is the name in lower case."""
    return _suspected(documents, _text_of_names, _may_be_named(word))


def numbered(digits: str, documents: Items) -> Iterator[tuple[str, Document]]:
    """Yield documents among which all are whose serial number or fingerprint begins so."""
    begun = "\n" + digits
    return _suspected(documents, _text_of_numbers, lambda text: begun in text)


def _suspected(
    documents: Items, text_of: Callable[[Sequence[Document]], str], suspect: Callable[[str], bool]
) -> Iterator[tuple[str, Document]]:
    every = iter(documents)
    while some := list(islice(every, _AT_ONCE)):
        try:
            is_suspect = suspect(text_of([document for _, document in some]))
        except (KeyError, TypeError):  # one of them is not as it should be
            is_suspect = True
        if is_suspect:
            yield from some


def _text_of_names(documents: Sequence[Document]) -> str:
    """Return everything that names come from, each in a line."""
    labels = [label for document in documents if (label := document.get("label"))]
    names = chain.from_iterable(map(_names, documents))
    return "\n".join(chain(("",), map(_subject, documents), names, labels, ("",)))


def _text_of_numbers(documents: Sequence[Document]) -> str:
    return "\n".join(chain(("",), map(_serial, documents), map(_sha256, documents)))


def _may_be_named(word: str) -> Callable[[str], bool]:
    """Return what tells whether a name may be in a text; it may say so of a text without it, but never the other way round."""
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
